"""The laboratory's report, when a surgeon changes what both professions answer about the tissue."""

from django.db.models import F
from django.utils.translation import gettext as _

from caselog.choices import Sides
from caselog.dictionary import Answers, is_blank
from caselog.models import Case, LaboratoryReport
from caselog.services import laboratory
from caselog.services.errors import NeedsReason


def beside_report(case: Case, *, before: Answers, answers: Answers, reason: str) -> None:
    """Make the report one of another version where these answers change what it shows too.

    case: as it stands, held by the caller. Raises NeedsReason for a change beside a final report; what nobody
    had answered in a draft is filled in without, so that it can be signed after its report.
    """
    report = getattr(case, "laboratory_report", None)
    # What was answered of a side goes with it.
    here = [one for one in laboratory.changes_of_shared(before, answers) if _operated(one.side, answers)]
    changed = {entry.name for entry in here}
    if report is None or not changed:
        return
    fills_in_draft = case.is_draft and all(is_blank(before.get(name)) for name in changed)
    if report.is_final and not fills_in_draft and not reason.strip():
        raise NeedsReason(
            _("The laboratory's report is final. What it shows too changes only with a reason.")
        )
    LaboratoryReport.objects.filter(pk=report.pk).update(version=F("version") + 1)


def _operated(side: str, answers: Answers) -> bool:
    return answers.get("sides") in (side, Sides.BOTH)
