"""What the pathologist wrote about the tissue of one case."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import AlertKind, HistologyPattern, Side
from caselog.dictionary import HISTOLOGY, Answers
from caselog.history import recorded
from caselog.models import Case, Histology
from caselog.permissions import Permission, require
from caselog.services import alerts, merging, periods, rules
from caselog.services.answers import assign
from caselog.services.errors import Refused, Stale


@recorded
def record_histology(
    *,
    by,
    case: Case,
    answers: Answers,
    version: str | None = None,
    base: merging.Base | None = None,
    reason: str = "",
) -> Case:
    """Record the histology of every operated testis; a blank pattern takes that of its testis away.

    answers: by the names of `dictionary.HISTOLOGY`.
    version: `version_of` the histology that was read; None takes it as it stands.
    base: the answers that were read; what others changed meanwhile is then kept.
    reason: why, for a case of a locked period.

    Germ cell neoplasia raises an alert. A later correction does not take it away: whoever was
    to be told must still learn that it was a mistake, so a person closes every alert.

    Raises PermissionDenied, Refused for a case without tissue, Stale, NeedsReason, or
    ValidationError with the messages of each field; nothing is saved then.
    """
    require(by, Permission.RECORD_HISTOLOGY, case.clinic)
    # One at a time per case: on PostgreSQL by this lock, on SQLite by the transaction.
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not has_tissue(case):
        raise Refused(_("No tissue was taken in this case, so there is no histology."))
    before = answers_of(case)
    message = _("A colleague changed this histology while it was open here.")
    if version not in (None, version_of(before)):
        raise Stale(message)
    answers = merging.turn(
        HISTOLOGY,
        mine={**answers, "sides": case.sides},
        theirs={**before, "sides": case.sides},
        base=base,
        version=None,
        stored_version=0,
        message=message,
    )
    periods.require_reason(reason, case.clinic, case.procedure_date)
    if errors := problems(case=case, answers=answers):
        raise ValidationError(errors)

    answers = _asked(answers, case)
    _save(case, answers)
    if _neoplasia(answers) - _neoplasia(before):
        alerts.raise_alert(case, AlertKind.GERM_CELL_NEOPLASIA)
    return case


def has_tissue(case: Case) -> bool:
    return case.performed and bool(case.testes.all())


def problems(*, case: Case, answers: Answers) -> rules.Errors:
    """What keeps `record_histology` from saving these answers, by field; empty when nothing does."""
    return rules.of_histology(answers, _asked(answers, case))


def answers_of(case: Case) -> dict[str, Any]:
    """The histology of one case, blank where there is none."""
    rows = {testis.side: getattr(testis, "histology", None) for testis in case.testes.all()}
    return {
        entry.name: getattr(rows[entry.side], entry.attribute, None)
        for entry in HISTOLOGY
        if entry.side in rows
    }


def version_of(answers: Answers) -> str:
    """Says which histology was read: two that differ have different versions."""
    return "|".join(merging.as_text(answers.get(entry.name)) for entry in HISTOLOGY)


def _asked(answers: Answers, case: Case) -> dict[str, Any]:
    return dictionary.without_inapplicable({**answers, "sides": case.sides}, HISTOLOGY)


def _save(case: Case, answers: Answers) -> None:
    for testis in case.testes.all():
        row = Histology.objects.filter(testis=testis).first() or Histology(testis=testis, clinic=case.clinic)
        assign(row, _of(testis.side), answers)
        if row.pattern:
            row.save()
        elif row.pk:
            row.delete()


def _of(side: str) -> Iterable[dictionary.Entry]:
    return [entry for entry in HISTOLOGY if entry.side == side]


def _neoplasia(answers: Answers) -> set[str]:
    """The sides in which germ cell neoplasia was seen."""
    return {side for side in Side if answers.get(f"{side}_pattern") == HistologyPattern.GERM_CELL_NEOPLASIA}
