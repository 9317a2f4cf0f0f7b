"""What became of a man after his operation: visits, complications, ICSI cycles.

Of signed operations that began: until a case is signed its date may change and the case may go.
These rows have versions of their own and stay open when the case's period is locked.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caselog import dictionary
from caselog.choices import Complications, FollowUpMonth
from caselog.dictionary import COMPLICATION, FOLLOW_UP, ICSI, Answers, Entry
from caselog.history import recorded
from caselog.models import Case, Complication, FollowUp, IcsiCycle, Measurement
from caselog.permissions import Permission, require
from caselog.services import rules_follow_up as rules
from caselog.services.answers import assign, measurements_of, save_measurements
from caselog.services.doubts import Confirmations, remember, settle
from caselog.services.errors import Refused, Stale
from caselog.services.merging import Base, turn
from caselog.services.rules import Errors

R = TypeVar("R", bound="FollowUp | Complication | IcsiCycle")
_ASKED = [entry for entry in FOLLOW_UP if entry.name != "month"]
_CHANGED = gettext_lazy("A colleague changed this while it was open here.")
NOTHING_CONFIRMED: Confirmations = {}
_OF_VISIT = [entry for entry in FOLLOW_UP if entry.model == "followup"]


@recorded
def save_visit(
    *,
    by,
    case: Case,
    month: str,
    answers: Answers,
    today: date,
    version: int | None = None,
    base: Base | None = None,
    confirmed: Confirmations = NOTHING_CONFIRMED,
) -> FollowUp:
    """Record one follow-up of a case, or change it; there is one for each month.

    version: of the visit that was read; None takes it as it stands, 0 says that there was none.
    base: the answers that were read, instead: what a colleague changed meanwhile is kept.
    confirmed: of what is unusual, that it is right.

    Raises PermissionDenied, Refused, Stale, Doubtful, or ValidationError by field; nothing is
    saved then.
    """
    case = _take_turn(by, case)
    visit = FollowUp.objects.filter(case=case, month=FollowUpMonth(month)).first()
    answers = turn(
        _ASKED,
        mine=answers,
        theirs=answers_of_visit(visit) if visit else {},
        base=base,
        version=version,
        stored_version=visit.version if visit else 0,
        message=_("A colleague recorded this follow-up while it was open here."),
    )
    if errors := problems_of_visit(case=case, month=month, answers=answers, today=today):
        raise ValidationError(errors)
    asked = _of_month(answers, month)
    doubts = rules.doubts_of_visit(asked, case=case, month=month)
    settled = settle(doubts, case=case, confirmed=confirmed)
    visit = _next_version(visit or FollowUp(case=case, clinic=case.clinic, version=0))
    assign(visit, _OF_VISIT, asked)
    visit.save()
    save_measurements(FOLLOW_UP, asked, case=case, follow_up=visit)
    remember(settled, case=case, by=by)
    return visit


@recorded
def save_complication(
    *,
    by,
    case: Case,
    answers: Answers,
    today: date,
    complication: Complication | None = None,
    version: int | None = None,
    base: Base | None = None,
    confirmed: Confirmations = NOTHING_CONFIRMED,
) -> Complication:
    """Add a complication to a case, or change it. Raises as `save_visit` does."""
    case = _take_turn(by, case)
    found = Complication(case=case, clinic=case.clinic, version=0)
    if complication is not None:
        found = _read_again(complication, case)
        answers = _together(COMPLICATION, answers, found, answers_of_complication(found), base, version)
    if errors := problems_of_complication(case=case, answers=answers, today=today):
        raise ValidationError(errors)
    doubts = rules.doubts_of_complication(answers, case=case, complication=complication)
    settled = settle(doubts, case=case, confirmed=confirmed)
    assign(_next_version(found), COMPLICATION, answers)
    found.save()
    remember(settled, case=case, by=by)
    return found


@recorded
def save_cycle(
    *,
    by,
    case: Case,
    answers: Answers,
    today: date,
    cycle: IcsiCycle | None = None,
    version: int | None = None,
    base: Base | None = None,
    confirmed: Confirmations = NOTHING_CONFIRMED,
) -> IcsiCycle:
    """Add an ICSI cycle to a case, or change it. Raises as `save_visit` does."""
    case = _take_turn(by, case)
    found = IcsiCycle(case=case, clinic=case.clinic, version=0)
    if cycle is not None:
        found = _read_again(cycle, case)
        answers = _together(ICSI, answers, found, answers_of_cycle(found), base, version)
    if errors := problems_of_cycle(answers=answers, today=today):
        raise ValidationError(errors)
    asked = dictionary.without_inapplicable(answers, ICSI)
    settled = settle(rules.doubts_of_cycle(asked, case=case), case=case, confirmed=confirmed)
    assign(_next_version(found), ICSI, asked)
    found.save()
    remember(settled, case=case, by=by)
    return found


@recorded
def remove(*, by, record: FollowUp | Complication | IcsiCycle, version: int | None = None) -> None:
    """Take away what was recorded by mistake; the history keeps it. Raises PermissionDenied or Stale."""
    case = _take_turn(by, record.case)
    found = _read_again(record, case)
    if version not in (None, found.version):
        raise Stale(str(_CHANGED))
    found.delete()


def problems_of_visit(*, case: Case, month: str, answers: Answers, today: date) -> Errors:
    """What keeps `save_visit` from saving these answers, by field; empty when nothing does."""
    return rules.of_visit(answers, _of_month(answers, month), case=case, today=today)


def problems_of_complication(*, case: Case, answers: Answers, today: date) -> Errors:
    return rules.of_complication(answers, case=case, today=today)


def problems_of_cycle(*, answers: Answers, today: date) -> Errors:
    return rules.of_cycle(answers, dictionary.without_inapplicable(answers, ICSI), today=today)


def answers_of_visit(visit: FollowUp, measured: Iterable[Measurement] | None = None) -> dict[str, Any]:
    """The inverse of `save_visit`. measured: the visit's measurements, where they are read already."""
    answers = {entry.name: getattr(visit, entry.attribute) for entry in _OF_VISIT}
    return answers | measurements_of(FOLLOW_UP, visit.measurements.all() if measured is None else measured)


def answers_of_complication(complication: Complication) -> dict[str, Any]:
    return {entry.name: getattr(complication, entry.attribute) for entry in COMPLICATION}


def answers_of_cycle(cycle: IcsiCycle) -> dict[str, Any]:
    return {entry.name: getattr(cycle, entry.attribute) for entry in ICSI}


def is_open(case: Case) -> bool:
    """Whether there is anything to follow up in this case yet."""
    return not case.is_draft and case.status != "cancelled"


def denied(visits: Iterable[FollowUp], complications: Iterable[Complication]) -> list[FollowUp]:
    """The visits that say "none known" although a complication of before then is recorded."""
    known = list(complications)
    return [
        visit
        for visit in visits
        if visit.complications == Complications.NONE_KNOWN
        and visit.seen_on
        and any(one.began_by(visit.seen_on) for one in known)
    ]


def _of_month(answers: Answers, month: str) -> dict[str, Any]:
    return dictionary.without_inapplicable({**answers, "month": FollowUpMonth(month)}, FOLLOW_UP)


def _take_turn(by, case: Case) -> Case:
    """The case, held until the end of the transaction: one at a time writes what hangs on it."""
    require(by, Permission.FOLLOW_UP, case.clinic)
    stored = Case.objects.select_for_update().filter(pk=case.pk).first()
    if stored is None:
        raise Stale(_("Somebody deleted this case while it was open here."))
    if not is_open(stored):
        raise Refused(
            _("Sign the case first: follow-up begins with the signed operation.")
            if stored.is_draft
            else _("This operation was cancelled, so there is nothing to follow up.")
        )
    return stored


def _read_again(record: R, case: Case) -> R:
    if record.case_id != case.pk:
        raise ValueError("the record belongs to another case")
    stored: Any = type(record).objects.filter(pk=record.pk).first()
    if stored is None:
        raise Stale(_("A colleague removed this while it was open here."))
    return stored


def _together(
    part: list[Entry],
    mine: Answers,
    record: Complication | IcsiCycle,
    theirs: Answers,
    base: Base | None,
    version: int | None,
) -> Answers:
    return turn(
        part,
        mine=mine,
        theirs=theirs,
        base=base,
        version=version,
        stored_version=record.version,
        message=str(_CHANGED),
    )


def _next_version(record: R) -> R:
    record.version += 1
    return record
