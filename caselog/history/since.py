"""Which cases changed after a moment: whether figures of then are still those of the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q

from caselog.models import Case, Change, Clinic, Finding, LaboratoryReport, Testis

_LABORATORY = [model._meta.db_table for model in (LaboratoryReport, Finding)]
# What the analysis dataset is made from (caselog.dataset).
_RECORDED = [*_LABORATORY, *(model._meta.db_table for model in (Case, Testis))]


@dataclass(frozen=True)
class ChangedCase:
    """A case as it is today, and when it was last changed."""

    pk: int
    number: str
    procedure_date: date
    changed_at: datetime
    reported_at: datetime | None  # by the laboratory

    def is_of(self, since: date | None, until: date | None) -> bool:
        return (since is None or since <= self.procedure_date) and (
            until is None or self.procedure_date <= until
        )

    def result_after(self, moment: datetime) -> bool:
        return self.reported_at is not None and self.reported_at > moment


def changed_cases(user, clinic: Clinic, *, after: datetime) -> list[ChangedCase]:
    """The cases of the clinic that `user` may see and that changed after this moment, by number.

    Two queries, whatever the number of cases and of changes.
    """
    changes = Change.objects.visible_to(user).filter(clinic_id=clinic.pk, table__in=_RECORDED, at__gt=after)
    last = {
        case: (at, reported)
        for case, at, reported in changes.filter(case_id__isnull=False)
        .order_by()
        .values_list("case_id")
        .annotate(changed=Max("at"), reported=Max("at", filter=Q(table__in=_LABORATORY)))
    }
    return sorted(_changed(user, clinic, last), key=lambda case: (case.procedure_date, case.pk))


def _changed(
    user, clinic: Clinic, last: dict[int, tuple[datetime, datetime | None]]
) -> Iterator[ChangedCase]:
    there = Case.objects.visible_to(user).filter(clinic=clinic)
    for pk, number, on in there.values_list("pk", "number", "procedure_date"):
        if pk in last:
            yield ChangedCase(pk, number, on, *last[pk])
