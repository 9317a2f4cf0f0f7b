"""What the answers in one row of a spreadsheet mean together, and what they cannot mean."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from caselog.choices import (
    AETIOLOGIES,
    OperationStatus,
    PriorRetrieval,
    ResultStatus,
    Side,
    Sides,
    SpermFound,
    Weighing,
)
from caselog.dataset import best_finding
from caselog.dictionary import Answers, Entry
from caselog.excel import values
from caselog.excel.reader import Cell

LIGHTEST_MG = 1


@dataclass(frozen=True)
class Problem:
    field: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True)
class Read:
    """One row's answers; some are missing from them where the row has problems."""

    row: int
    answers: dict[str, Any]
    problems: int = 0


def answers_of(entry: Entry, cell: Cell) -> dict[str, Any]:
    """What one cell answers; "not weighed" in a column of weights answers another question.

    Raises values.NotAValue.
    """
    if entry.attribute == "tissue_weight_mg":
        if values.normalised(values.text_of(cell)) in _NOT_WEIGHED:
            return {f"{entry.side}_weighing": Weighing.NOT_WEIGHED} if entry.side else {}
        weight = values.parse(entry, cell)
        if 0 < weight < LIGHTEST_MG:
            raise values.NotAValue(_("is less than 1 mg"), _("write milligrams: 0.12 g is 120"))
        return {entry.name: weight}
    # Not sampled is said of one testis; an operation without a result has an empty cell.
    without = (SpermFound.NOT_SAMPLED,) if entry.name == "sperm_found" else ()
    return {entry.name: values.parse(entry, cell, without)}


_NOT_WEIGHED = {
    values.normalised("not weighed"),
    values.normalised("not_weighed"),
    values.normalised("لم يوزن"),
}


def completed(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with what follows from them, as the fields of a CaseRow."""
    known = dict(answers)
    born, day = known.pop("birth_year", None), known.get("procedure_date")
    if born and day:
        known.setdefault("age_at_procedure", day.year - born)
    known.setdefault("sides", _sides(known))
    known.setdefault("sperm_found", best_finding(known.get(f"{side}_sperm_found", "") for side in Side))
    if known["sperm_found"]:
        # A spreadsheet that gives a result means it, unless it says otherwise.
        known.setdefault("result_status", ResultStatus.FINAL)
    return known


def _sides(answers: Answers) -> str:
    """The operated sides, where the answers about each side leave no doubt."""
    operated = {side: _operated(answers, side) for side in Side}
    if None in operated.values() or not any(operated.values()):
        return ""
    return Sides.BOTH if all(operated.values()) else next(str(side) for side in Side if operated[side])


def _operated(answers: Answers, side: Side) -> bool | None:
    found = answers.get(f"{side}_sperm_found")
    if found == SpermFound.NOT_SAMPLED:
        return False
    return True if found or answers.get(f"{side}_tissue_weight_mg") is not None else None


def contradictions(answers: Answers, today: date) -> Iterator[Problem]:
    if "patient_code" not in answers:
        yield Problem("patient_code", "", _("is empty"), _("give every man a code of his own"))
    yield from _day(answers, today)
    for rule in (_cause, _attempt, _birth, _result, _status, _weighing):
        yield from rule(answers)


def _problem(answers: Answers, name: str, rule: str, remedy: str) -> Problem:
    return Problem(name, str(answers.get(name, "")), rule, remedy)


def _cause(answers: Answers) -> Iterator[Problem]:
    causes = AETIOLOGIES.get(answers.get("azoospermia_type", ""))
    if causes and answers.get("primary_aetiology", causes[0]) not in causes:
        yield _problem(
            answers,
            "primary_aetiology",
            _("does not go with this type of azoospermia"),
            _("correct one of them"),
        )


def _attempt(answers: Answers) -> Iterator[Problem]:
    number, earlier = answers.get("attempt_number"), answers.get("prior_retrieval")
    if number and earlier and (number == 1) != (earlier == PriorRetrieval.NO_PRIOR):
        yield _problem(
            answers, "attempt_number", _("attempt 1 has no earlier attempt, a later one has"),
            _("correct attempt_number or prior_retrieval"),
        )  # fmt: skip


def _day(answers: Answers, today: date) -> Iterator[Problem]:
    day = answers.get("procedure_date")
    if day and not date(1900, 1, 1) <= day <= today:
        yield _problem(answers, "procedure_date", _("is in the future or before 1900"), _("correct the date"))


def _birth(answers: Answers) -> Iterator[Problem]:
    born, day = answers.get("birth_year"), answers.get("procedure_date")
    if born and day and not 12 <= day.year - born <= 99:
        yield _problem(
            answers,
            "birth_year",
            _("gives an age at operation outside 12 to 99"),
            _("correct the year or the date"),
        )


def _result(answers: Answers) -> Iterator[Problem]:
    of_sides = best_finding(answers.get(f"{side}_sperm_found", "") for side in Side)
    if answers.get("sperm_found") and of_sides and not _agree(answers["sperm_found"], of_sides):
        yield _problem(
            answers,
            "sperm_found",
            _("disagrees with the findings of the two sides"),
            _("correct one of them"),
        )


def _agree(whole: str, of_sides: str) -> bool:
    """Found without more is true of motile and of immotile sperm."""
    found = SpermFound.NONE not in (whole, of_sides)
    return whole == of_sides or (found and SpermFound.UNSPECIFIED in (whole, of_sides))


def _status(answers: Answers) -> Iterator[Problem]:
    if answers.get("status") == OperationStatus.CANCELLED and answers.get("sperm_found"):
        yield _problem(
            answers,
            "status",
            _("a cancelled operation has no result"),
            _("correct the status or clear sperm_found"),
        )


def _weighing(answers: Answers) -> Iterator[Problem]:
    for side in Side:
        weight = answers.get(f"{side}_tissue_weight_mg")
        if weight is not None and answers.get(f"{side}_weighing") == Weighing.NOT_WEIGHED:
            yield _problem(
                answers, f"{side}_weighing", _("there is a weight of this side"), _("correct one of them")
            )


def problems_between(read: Iterable[Read]) -> Iterator[tuple[int, Problem]]:
    """What is wrong with rows that are right one by one: the attempts of one man."""
    attempts: dict[str, list[Read]] = {}
    spelling: dict[str, str] = {}
    for one in read:
        code = one.answers.get("patient_code")
        if code is None:
            continue
        first = spelling.setdefault(values.normalised(code) or code, code)
        if first != code:
            yield one.row, Problem(
                "patient_code", code,
                _("may be the man of “%(other)s”") % {"other": first},
                _("write a man's code in one way only"),
            )  # fmt: skip
        attempts.setdefault(code, []).append(one)
    for of_one_man in attempts.values():
        if not any(one.problems for one in of_one_man):  # the wrong cell may be the one that orders them
            yield from _unordered(of_one_man)


def _unordered(attempts: list[Read]) -> Iterator[tuple[int, Problem]]:
    """His first attempt is the one that counts, so the rows must say which it is."""
    if len(attempts) < 2:
        return
    by_date = any("procedure_date" in one.answers for one in attempts)
    name = "procedure_date" if by_date else "attempt_number"
    if without := [one for one in attempts if name not in one.answers]:
        for one in without:
            yield one.row, Problem(
                "patient_code", one.answers["patient_code"],
                _("stands in several rows, and nothing orders them"),
                _("fill in procedure_date or attempt_number in each of them"),
            )  # fmt: skip
        return
    for earlier, later in pairwise(sorted(attempts, key=_place)):
        first, second = (one.answers.get("attempt_number") for one in (earlier, later))
        if _place(earlier) == _place(later):
            yield later.row, Problem(
                name, str(later.answers[name]),
                _("is also in row %(row)s, for the same man") % {"row": earlier.row},
                _("delete the row if it is the same operation, or correct it"),
            )  # fmt: skip
        elif first and second and first >= second:
            yield later.row, Problem(
                "attempt_number", str(second), _("does not follow the order of the dates"),
                _("correct the attempt numbers or the dates"),
            )  # fmt: skip


def _place(one: Read) -> tuple[date, int]:
    return one.answers.get("procedure_date", date.max), one.answers.get("attempt_number", 0)
