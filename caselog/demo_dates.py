"""The days on which the cases of a synthetic clinic count as entered and as finally reported.

The services make all of them in one go, so that every delay would last until today. Only the columns
from which delays are counted are set back, by a change of its own with its reason: the history keeps
the true moment of each case, and this change beside it.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from caselog.history import acting
from caselog.models import Case, Clinic, LaboratoryReport, User

REASON = "Synthetic clinic: dated as if it had been entered then"
# Days after the operation, as often as they stand here; a few are slow, as in every clinic.
_ENTERED = [0, 0, 0, 1, 1, 1, 2, 3, 4, 6, 9, 24]
_FINAL = [1, 1, 2, 2, 3, 3, 4, 6, 8, 12, 19, 41]


def date_back(clinic: Clinic, *, by: User, today: date, seed: int) -> None:
    draw = Random(seed)  # noqa: S311  reproducible, not secret
    cases = list(clinic.cases.select_related("laboratory_report").order_by("procedure_date", "pk"))
    reports = []
    for case in cases:
        entered, final = (case.procedure_date + timedelta(draw.choice(days)) for days in (_ENTERED, _FINAL))
        case.created_at = _on(entered, before=case.created_at, today=today)
        case.signed_at = case.signed_at and case.created_at
        report = getattr(case, "laboratory_report", None)
        if report is not None and report.is_final:
            report.finalised_at = _on(max(entered, final), before=report.finalised_at, today=today)
            reports.append(report)
    with acting(by=by, reason=REASON):
        Case.objects.bulk_update(cases, ["created_at", "signed_at"])
        LaboratoryReport.objects.bulk_update(reports, ["finalised_at"])


def _on(day: date, *, before: datetime, today: date) -> datetime:
    """In the afternoon of that day, and never in the future."""
    return min(timezone.make_aware(datetime.combine(min(day, today), time(16, 30))), before)
