"""Doubts about answers: asked once, when a case is signed or a report is final, and then remembered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from caselog.dictionary import Answers
from caselog.models import Case, Confirmation
from caselog.services import checks
from caselog.services.checks import Doubt
from caselog.services.errors import Doubtful

__all__ = [
    "Confirmed",
    "Doubt",
    "Told",
    "by_field",
    "confirming",
    "doubtful_fields",
    "doubts_of",
    "remember",
    "settle",
]


MOST_OF_REASON = 200  # characters; what the column takes


@dataclass(frozen=True)
class Confirmed:
    """A person said that an answer is right. `about` tells whether it still is that answer."""

    about: str
    reason: str = ""


Confirmations = Mapping[str, Confirmed]  # by the doubt's code
Settled = list[tuple[Doubt, Confirmed]]


def doubts_of(answers: Answers) -> list[Doubt]:
    """Whatever is unusual in the answers of a case, the laboratory's among them where there are any."""
    return [*checks.of_operation(answers), *checks.of_report(answers)]


def settle(doubts: Iterable[Doubt], *, case: Case | None, confirmed: Confirmations) -> Settled:
    """What is confirmed now, to `remember` when the record is saved. Raises Doubtful about the rest."""
    known = _known(case) if case is not None else set()
    asked = [doubt for doubt in doubts if (doubt.code, doubt.about) not in known]
    if still_open := [doubt for doubt in asked if not _is_answered(doubt, confirmed.get(doubt.code))]:
        raise Doubtful([_shorter(doubt, confirmed.get(doubt.code)) for doubt in still_open])
    return [(doubt, confirmed[doubt.code]) for doubt in asked]


def remember(settled: Settled, *, case: Case, by) -> None:
    """In the transaction of the service that saves the record."""
    for doubt, said in settled:
        Confirmation.objects.create(
            clinic=case.clinic,
            case=case,
            code=doubt.code,
            about=doubt.about,
            reason=said.reason.strip(),
            confirmed_by=by,
        )


@dataclass(frozen=True)
class Told:
    """A doubt about stored answers, and who confirmed them."""

    doubt: Doubt
    confirmation: Confirmation | None


def by_field(answers: Answers, confirmations: Iterable[Confirmation]) -> dict[str, list[Told]]:
    """What is or was in doubt, under the answer to look at first."""
    known = {(one.code, one.about): one for one in confirmations}
    found: dict[str, list[Told]] = {}
    for doubt in doubts_of(answers):
        told = Told(doubt, known.get((doubt.code, doubt.about)))
        found.setdefault(doubt.fields[0], []).append(told)
    return found


def doubtful_fields(answers: Answers, confirmations: Collection[tuple[str, str]]) -> set[str]:
    """The answers in doubt that nobody confirmed: they count as no answer where completeness is told.

    confirmations: the code and `about` of each.
    """
    return {
        name
        for doubt in doubts_of(answers)
        if (doubt.code, doubt.about) not in confirmations
        for name in doubt.fields
        if answers.get(name) not in (None, "", [])
    }


def confirming(doubts: Iterable[Doubt], *, reason: str = "") -> dict[str, Confirmed]:
    """All of these confirmed, as by somebody who was asked about each."""
    return {doubt.code: Confirmed(doubt.about, reason if doubt.needs_reason else "") for doubt in doubts}


def _known(case: Case) -> set[tuple[str, str]]:
    return set(Confirmation.objects.filter(case=case).values_list("code", "about"))


def _is_answered(doubt: Doubt, said: Confirmed | None) -> bool:
    if said is None or said.about != doubt.about:
        return False
    reason = said.reason.strip()
    return len(reason) <= MOST_OF_REASON and (bool(reason) or not doubt.needs_reason)


def _shorter(doubt: Doubt, said: Confirmed | None) -> Doubt:
    """The doubt, asking too for a shorter reason where that is what is wrong: cut, its end would be lost."""
    length = len(said.reason.strip()) if said else 0
    if length <= MOST_OF_REASON:
        return doubt
    words = _("The reason has %(length)s characters. Shorten it to %(most)s.")
    return replace(doubt, message=f"{doubt.message} {words % {'length': length, 'most': MOST_OF_REASON}}")
