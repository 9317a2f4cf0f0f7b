"""Puts each case where it counts in a measure. The rules: docs/methods/units-and-first-procedures.md."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from audit.measures import Measure, Membership
from audit.results import Part, Unit
from caselog.choices import RETRIEVED, AzoospermiaType, CaseState, OperationStatus, SpermFound
from caselog.dataset import CaseRow, operation_order

_COUNTED = (Part.FOUND, Part.NOT_FOUND, Part.PENDING)
# A combined operation is a man's first one too: what comes after it is a later attempt.
_OF_POPULATION = (*_COUNTED, Part.COMBINED)


@dataclass
class Tally:
    """Where the cases went in one measure, and what was counted in the chosen unit."""

    rows: dict[Part, list[CaseRow]] = field(default_factory=lambda: defaultdict(list))
    found: int = 0
    known: int = 0
    pending: int = 0

    @property
    def counted(self) -> list[CaseRow]:
        """The cases whose men are in the population, pending ones included."""
        return [row for part in _COUNTED for row in self.rows[part]]

    @property
    def with_result(self) -> list[CaseRow]:
        return self.rows[Part.FOUND] + self.rows[Part.NOT_FOUND]


def in_order(rows: Sequence[CaseRow]) -> list[CaseRow]:
    """In the order of operation; rows without a date keep the order of their file, last."""
    return sorted(rows, key=operation_order)


def carried_out(row: CaseRow) -> bool:
    return row.state == CaseState.COMPLETE and row.status == OperationStatus.PERFORMED


def begun(row: CaseRow) -> bool:
    """Also an abandoned operation: what it did to the man is to be counted."""
    return row.state == CaseState.COMPLETE and row.status != OperationStatus.CANCELLED


def first_attempts(rows: Sequence[CaseRow], counts: Callable[[CaseRow], bool] = carried_out) -> list[CaseRow]:
    """The first operation of each man in these rows, which stand in the order of operation.

    None of a man whose first one in the period was left out by a filter.
    """
    men: dict[str, CaseRow] = {}
    for row in rows:
        if counts(row) and not any(map(counts, row.earlier)):
            men.setdefault(row.patient_code, row)
    return list(men.values())


def of_population(measure: Measure, rows: Sequence[CaseRow]) -> list[CaseRow]:
    """The operations of its men: those it counts, and combined ones, which may be a man's first."""
    return [row for row in rows if _is_of(measure, row)]


def tally(measure: Measure, rows: Sequence[CaseRow], unit: Unit) -> Tally:
    """Count one measure over rows in the order of operation."""
    result = Tally()
    counts = partial(_is_of, measure) if measure.first_in_population else carried_out
    first = {row.patient_code: row for row in first_attempts(rows, counts)}
    for row in rows:
        part = _place(measure, row)
        if part in _COUNTED and unit is Unit.MAN and row is not first.get(row.patient_code):
            part = Part.REPEAT if row.patient_code in first else Part.FIRST_LEFT_OUT
        if part:
            result.rows[part].append(row)
    count(result, unit)
    return result


def count(result: Tally, unit: Unit) -> None:
    """Put the numbers beside the rows: of testes their sides, otherwise the rows themselves."""
    if unit is Unit.TESTIS:
        _count_testes(result)
    else:
        result.found = len(result.rows[Part.FOUND])
        result.known = len(result.with_result)
        result.pending = len(result.rows[Part.PENDING])


def _is_of(measure: Measure, row: CaseRow) -> bool:
    return _place(measure, row) in _OF_POPULATION


def _place(measure: Measure, row: CaseRow) -> Part | None:
    """Where the case goes; None when it is not in this population at all."""
    member = membership(measure, row)
    if member is False:
        return None
    if row.state == CaseState.DRAFT:
        return Part.DRAFT
    if row.status == OperationStatus.CANCELLED:
        # Nothing was performed, so a measure of one procedure cannot claim it.
        return Part.CANCELLED if member is True else None
    if row.status == OperationStatus.ABANDONED:
        return Part.ABANDONED
    return member if isinstance(member, Part) else result_of(row)


def result_of(row: CaseRow) -> Part:
    """Of one that was carried out."""
    if row.pending:
        return Part.PENDING
    return Part.FOUND if row.retrieved else Part.NOT_FOUND


def case_numbers(rows: Mapping[Part, Iterable[CaseRow]]) -> dict[str, tuple[str, ...]]:
    """Of each part that has any."""
    numbers = {part: tuple(row.case_number for row in of_part) for part, of_part in rows.items()}
    return {part: found for part, found in numbers.items() if found}


def membership(measure: Measure, row: CaseRow) -> Membership:
    """In the population or not; a Part when an answer that decides is missing."""
    doubts: list[Part] = []
    if row.azoospermia_type == AzoospermiaType.UNCERTAIN:
        doubts.append(Part.UNCERTAIN_TYPE)
    elif row.azoospermia_type == "":
        doubts.append(Part.NOT_RECORDED)
    elif row.azoospermia_type != measure.azoospermia:
        return False
    for belongs in (_of_technique(measure, row), measure.belongs(row) if measure.belongs else True):
        if belongs is False:
            return False
        if isinstance(belongs, Part):
            doubts.append(belongs)
    return doubts[0] if doubts else True


def _of_technique(measure: Measure, row: CaseRow) -> Membership:
    """A combined operation is left out of the rate of each of its procedures: no technique can claim it."""
    if measure.procedure is None:
        return True
    if not row.procedure:
        return Part.NOT_RECORDED
    if measure.procedure not in row.procedures:
        return False
    return Part.COMBINED if row.combined else True


def _count_testes(result: Tally) -> None:
    for row in result.with_result:
        sides = [row.right_sperm_found, row.left_sperm_found]
        result.found += sum(side in RETRIEVED for side in sides)
        result.known += sum(side in RETRIEVED or side == SpermFound.NONE for side in sides)
    result.pending = sum(len(row.operated) for row in result.rows[Part.PENDING])
