"""What the answers in one row of a spreadsheet mean together, and what they cannot mean."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from caselog.choices import (
    AETIOLOGIES,
    SPERM_DISPOSITIONS,
    OperationStatus,
    PriorRetrieval,
    ResultStatus,
    Side,
    Sides,
    SpermFound,
    Weighing,
)
from caselog.dataset import best_finding
from caselog.dictionary import Answers, Entry, entries, is_blank
from caselog.excel import values
from caselog.excel.reader import Cell

LIGHTEST_MG = 1
USUAL_MG = entries()["right_tissue_weight_mg"].soft or (0, float("inf"))
# Weights that differ by no more were rounded.
ROUNDING_MG = 1
# Of the man as a whole, said in the column of his tissue; a CaseRow has it by side only.
_WEIGHING = "weighing"


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


def answers_of(entry: Entry, cell: Cell, *, grams: bool = False) -> dict[str, Any]:
    """What one cell answers; "not weighed" in a column of weights answers another question.

    Raises values.NotAValue.
    """
    if entry.attribute == "tissue_weight_mg":
        if values.normalised(values.text_of(cell)) in _NOT_WEIGHED:
            return {f"{entry.side}_weighing" if entry.side else _WEIGHING: Weighing.NOT_WEIGHED}
        weight = values.parse(entry, cell, power=3 if grams else 0)
        if 0 < weight < LIGHTEST_MG:
            remedy = _("correct the value") if grams else _("write milligrams: 0.12 g is 120")
            raise values.NotAValue(_("is less than 1 mg"), remedy)
        return {entry.name: weight}
    # Not sampled is said of one testis; an operation without a result has an empty cell.
    without = (SpermFound.NOT_SAMPLED,) if entry.name == "sperm_found" else ()
    return {entry.name: values.parse(entry, cell, without)}


_NOT_WEIGHED = {
    values.normalised("not weighed"),
    values.normalised("not_weighed"),
    values.normalised("لم يوزن"),
}


def agreeing(found: Answers, before: Answers) -> Answers:
    """What a cell answers, unless a cell before it answers the same question otherwise.

    Raises values.NotAValue.
    """
    if any(before.get(name, value) != value for name, value in found.items()):
        raise values.NotAValue(_("disagrees with another column of this row"), _("correct one of them"))
    return found


def completed(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with what follows from them, as the fields of a CaseRow."""
    known = dict(answers)
    born, day = known.pop("birth_year", None), known.get("procedure_date")
    if born and day:
        known.setdefault("age_at_procedure", day.year - born)
    weighing = known.pop(_WEIGHING, None)
    known.setdefault("sides", _sides(known))
    if weighing:
        for side in Side:
            if known["sides"] in ("", side, Sides.BOTH):
                known.setdefault(f"{side}_weighing", weighing)
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
    if sides := answers.get("sides"):
        return sides in (side, Sides.BOTH)
    found = answers.get(f"{side}_sperm_found")
    if found == SpermFound.NOT_SAMPLED:
        return False
    return True if found or answers.get(f"{side}_tissue_weight_mg") is not None else None


def contradictions(answers: Answers, today: date) -> Iterator[Problem]:
    if "patient_code" not in answers:
        yield Problem("patient_code", "", _("is empty"), _("give every man a code of his own"))
    yield from _day(answers, today)
    for rule in (_cause, _attempt, _birth, _age, _result, _status, _sites, _weighing, _whole, _use):
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
    if number and number > 1 and earlier == PriorRetrieval.NO_PRIOR:
        yield _problem(
            answers, "attempt_number", _("a later attempt has an earlier one"),
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


def _age(answers: Answers) -> Iterator[Problem]:
    born, day, age = (answers.get(name) for name in ("birth_year", "procedure_date", "age_at_procedure"))
    # The year alone leaves open whether his birthday had come.
    if born and day and age is not None and abs(day.year - born - age) > 1:
        yield _problem(
            answers, "age_at_procedure", _("disagrees with the year of birth"), _("correct one of them")
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


def _sites(answers: Answers) -> Iterator[Problem]:
    rule, remedy = _("this side was not operated on"), _("correct one of them")
    for side in Side:
        found, weight = f"{side}_sperm_found", f"{side}_tissue_weight_mg"
        elsewhere = answers.get("sides", Sides.BOTH) not in (side, Sides.BOTH)
        not_sampled = answers.get(found) == SpermFound.NOT_SAMPLED
        if elsewhere and found in answers and not not_sampled:
            yield _problem(answers, found, rule, remedy)
        if weight in answers and (elsewhere or (not_sampled and answers[weight])):
            yield _problem(answers, weight, rule, remedy)


def _weighing(answers: Answers) -> Iterator[Problem]:
    for side in Side:
        weight = answers.get(f"{side}_tissue_weight_mg")
        if weight is not None and answers.get(f"{side}_weighing") == Weighing.NOT_WEIGHED:
            yield _problem(
                answers, f"{side}_weighing", _("there is a weight of this side"), _("correct one of them")
            )


def _whole(answers: Answers) -> Iterator[Problem]:
    """The tissue of the man as a whole, beside what is said of his sides."""
    sides = [side for side in Side if _operated(answers, side) is not False]
    weights = [answers.get(f"{side}_tissue_weight_mg") for side in sides]
    weighings = {answers.get(f"{side}_weighing") for side in sides}
    name = "tissue_weight_mg"
    if _WEIGHING in answers:
        if any(mg is not None for mg in weights) or not weighings <= {None, Weighing.NOT_WEIGHED}:
            value = str(answers[_WEIGHING])
            yield Problem(name, value, _("there is a weight of a side"), _("correct one of them"))
    elif name in answers and weighings & {Weighing.ESTIMATED, Weighing.NOT_WEIGHED}:
        yield _problem(
            answers,
            name,
            _("a side was estimated or not weighed"),
            _("clear it, and write the weights by side"),
        )
    elif name in answers and _disagree(answers[name], weights):
        yield _problem(
            answers, name, _("disagrees with the weights of the two sides"), _("correct one of them")
        )


def _disagree(whole: Decimal, weights: list[Decimal | None]) -> bool:
    """A side without a weight may have given what the other one leaves."""
    excess = sum((mg for mg in weights if mg is not None), Decimal(0)) - whole
    return excess > ROUNDING_MG or (None not in weights and excess < -ROUNDING_MG)


def _use(answers: Answers) -> Iterator[Problem]:
    of_sides = best_finding(answers.get(f"{side}_sperm_found", "") for side in Side)
    none = answers.get("sperm_found", of_sides) == SpermFound.NONE
    if none and answers.get("disposition") in SPERM_DISPOSITIONS:
        yield _problem(
            answers, "disposition", _("no sperm was found that could be used"), _("correct one of them")
        )


def unusual_weights(answers: Answers) -> list[str]:
    """The weights outside the soft limits: possible, and worth a look."""
    low, high = USUAL_MG
    return [
        name
        for name, weight in answers.items()
        if name.endswith("tissue_weight_mg") and not low <= weight <= high
    ]


def is_first_after_another(answers: Answers) -> bool:
    """Attempt 1 of a man who had an earlier one: possible, and worth a look."""
    earlier = answers.get("prior_retrieval")
    return answers.get("attempt_number") == 1 and earlier not in (None, "", PriorRetrieval.NO_PRIOR)


def absent(names: Collection[str], rows: Collection[Answers]) -> tuple[str, ...]:
    """The questions of the dictionary that could have an answer in these rows, and have none."""
    return tuple(
        name
        for name, entry in entries().items()
        if name in names
        and all(is_blank(row.get(name)) for row in rows)
        and any(_may_apply(entry, row) for row in rows)
    )


def _may_apply(entry: Entry, row: Answers) -> bool:
    """Where the parent's own answer is missing nobody knows whether the question applies."""
    return entry.condition is None or entry.applies(row) or is_blank(row.get(entry.condition.parent))
