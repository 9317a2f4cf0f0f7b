"""What is measured: medians with their quartiles, and changes of a value in the same men. No verdict.

The methods: docs/methods/quantities.md and docs/methods/paired-change.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.counting import begun, carried_out
from audit.definitions import LATER, Described, Direction, Section, Text, anybody
from audit.results import Apart, Unit
from caselog.choices import AzoospermiaType, ResultStatus, Weighing
from caselog.dataset import CaseRow

MONTHS = (3, 6, 12, 18)
Value = float | Apart
_UNWEIGHED = {
    Weighing.ESTIMATED: Apart.ESTIMATED,
    Weighing.NOT_WEIGHED: Apart.NOT_WEIGHED,
}


@dataclass(frozen=True, kw_only=True)
class QuantityMeasure(Described):
    """values: of one operation, or why there is none; several where the unit is the testis."""

    measured_in: Text
    values: Callable[[CaseRow], Sequence[Value]]


@dataclass(frozen=True, kw_only=True)
class ChangeMeasure(Described):
    """pair: the value before the operation and at the follow-up of a month, or why there are not both."""

    measured_in: Text
    pair: Callable[[CaseRow, int], tuple[float, float] | Apart]


def _of_the_man(row: CaseRow) -> list[Value]:
    if row.tissue_mg is not None:
        return [float(row.tissue_mg)]
    missing = _of_each_testis(row)
    return [next((why for why in _UNWEIGHED.values() if why in missing), Apart.NOT_RECORDED)]


def _of_each_testis(row: CaseRow) -> list[Value]:
    """A side that nobody recorded is not known to have been operated on."""
    return [_weighed(row, side) for side in row.operated]


def _weighed(row: CaseRow, side: str) -> Value:
    mg, weighing = getattr(row, f"{side}_tissue_weight_mg"), getattr(row, f"{side}_weighing")
    if mg is None or weighing == Weighing.ESTIMATED:
        return _UNWEIGHED.get(weighing, Apart.NOT_RECORDED)
    return float(mg)


def _search(row: CaseRow) -> list[Value]:
    if row.result_status != ResultStatus.FINAL:
        return [Apart.PENDING]
    return [Apart.NOT_RECORDED if row.search_minutes is None else float(row.search_minutes)]


def _days_to_entry(row: CaseRow) -> list[Value]:
    return [Apart.NOT_RECORDED if row.days_to_entry is None else float(row.days_to_entry)]


def _days_to_final(row: CaseRow) -> list[Value]:
    if row.result_status != ResultStatus.FINAL:
        return [Apart.PENDING]
    return [Apart.NOT_RECORDED if row.days_to_final is None else float(row.days_to_final)]


def _testosterone(row: CaseRow, month: int) -> tuple[float, float] | Apart:
    before, after = row.testosterone_before, getattr(row, f"testosterone_{month}")
    if row.replacement_month is not None and row.replacement_month <= month:
        return Apart.REPLACEMENT
    if before is None or after is None:
        return Apart.NOT_BEFORE if before is None else Apart.NOT_AFTER
    return (float(before), float(after)) if before and after else Apart.ZERO


def _is_noa(row: CaseRow) -> bool:
    return row.azoospermia_type == AzoospermiaType.NON_OBSTRUCTIVE


_MG, _MINUTES = pgettext_lazy("unit", "mg"), pgettext_lazy("unit", "min")
DAYS, _NMOL_L = pgettext_lazy("unit", "days"), "nmol/L"
_TISSUE = (Apart.ESTIMATED, Apart.NOT_WEIGHED, Apart.NOT_RECORDED)

QUANTITIES = [
    QuantityMeasure(
        id="tissue_of_a_man", claim="C13", section=Section.TISSUE, direction=Direction.LOWER,
        name=_("Tissue of a man"), measured_in=_MG,
        population=_("Men with non-obstructive azoospermia, each at his first signed operation in the "
                     "period"),
        numerator=_("Weight of all tissue that was taken, both testes together"),
        denominator=_("Men with every operated testis weighed"),
        apart=(*_TISSUE, *LATER),
        words=_("An estimated weight is no weight. 0 mg is one: nothing was taken."),
        belongs=_is_noa, values=_of_the_man,
    ),
    QuantityMeasure(
        id="tissue_of_a_testis", claim="C13", section=Section.TISSUE, direction=Direction.LOWER,
        unit=Unit.TESTIS, name=_("Tissue of a testis"), measured_in=_MG,
        population=_("Operated testes of men with non-obstructive azoospermia, all signed operations"),
        numerator=_("Weight of all tissue that was taken from one testis"),
        denominator=_("Testes that were weighed"),
        apart=_TISSUE,
        words=_("The median of the testes that were weighed, also where the other one of the man was not. "
                "The two testes of one man are alike, so there is no interval."),
        belongs=_is_noa, values=_of_each_testis,
    ),
    QuantityMeasure(
        id="search_minutes", claim="C14", section=Section.LABORATORY, unit=Unit.ATTEMPT,
        name=_("Search in the laboratory"), measured_in=_MINUTES,
        population=_("All signed and performed operations"),
        numerator=_("Minutes of search in the final report"),
        denominator=_("Operations with a final report that says how long"),
        apart=(Apart.PENDING, Apart.NOT_RECORDED),
        words=_("“No sperm” after 10 minutes is another result than after 4 hours. A search often stops "
                "when sperm is found, so the two findings stand apart."),
        groupings=("finding",), values=_search,
    ),
    QuantityMeasure(
        id="days_to_entry", section=Section.TIME, direction=Direction.LOWER, unit=Unit.ATTEMPT,
        name=_("From the operation to its entry"), measured_in=DAYS,
        population=_("All cases of the period, drafts and cancelled operations too"),
        numerator=_("Whole days from the day of operation to the day of the first entry"),
        denominator=_("Cases with both days"),
        apart=(Apart.NOT_RECORDED,),
        words=_("What is entered late is remembered worse. Cases that were imported count from the day of "
                "the import."),
        counts=anybody, groupings=("",), values=_days_to_entry,
    ),
    QuantityMeasure(
        id="days_to_result", section=Section.TIME, direction=Direction.LOWER, unit=Unit.ATTEMPT,
        name=_("From the operation to the final result"), measured_in=DAYS,
        population=_("All signed and performed operations"),
        numerator=_("Whole days from the day of operation to the day of the final report"),
        denominator=_("Operations with a final report"),
        apart=(Apart.PENDING, Apart.NOT_RECORDED),
        words=_("Of a recent period only the quick results are there yet: while many are pending the median "
                "is too low."),
        counts=carried_out, groupings=("",), values=_days_to_final,
    ),
]  # fmt: skip

CHANGES = [
    ChangeMeasure(
        id="testosterone", claim="C20", section=Section.SAFETY, direction=Direction.HIGHER,
        name=_("Testosterone, of its level before the operation"), measured_in=_NMOL_L,
        population=_("Men operated on, each at his first signed operation in the period, abandoned ones too"),
        numerator=_("Total testosterone at the follow-up ÷ before the operation, in the same man"),
        denominator=_("Men with both values who had not started replacement by then"),
        apart=(Apart.NOT_BEFORE, Apart.NOT_AFTER, Apart.REPLACEMENT, Apart.ZERO, *LATER),
        words=_("The geometric mean of each man's later value ÷ his own value before. Under replacement the "
                "value is of the drug, so these men are left out, which flatters the figure. Men whose "
                "follow-up is not due yet are among those without a later value."),
        counts=begun, groupings=("procedure", "primary_aetiology"), pair=_testosterone,
    ),
]  # fmt: skip
