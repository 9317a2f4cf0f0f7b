"""Each man beside the reference that fits him best. The method: docs/methods/case-mix.md."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from audit import counting, quality
from audit.adopted import figure_of_case, most_specific_first
from audit.reference import ReferenceFigure, ReferenceSet
from audit.results import Adjusted, Part, TakenFigure
from audit.statistics import Band, Interval, standardise
from caselog.dataset import CaseRow

Rows = Sequence[CaseRow]
Places = dict[Part, list[CaseRow]]


def adjusted(rows: Rows, references: Iterable[ReferenceSet], coverage: float) -> tuple[Adjusted, ...]:
    """The men of these rows, which stand in the order of operation, beside each reference set.

    coverage: of the expected range, two-sided, a fraction strictly between 0 and 1.
    """
    men = counting.first_attempts(rows)
    others = _others(rows, men)
    return tuple(_beside(one, men, others, coverage) for one in references)


def _others(rows: Rows, men: Rows) -> Places:
    """The operations by which no man is counted, by the reason."""
    first, codes = {id(row) for row in men}, {row.patient_code for row in men}
    found: Places = defaultdict(list)
    for row in rows:
        if part := quality.not_carried_out(row):
            found[part].append(row)
        elif id(row) not in first:
            found[Part.REPEAT if row.patient_code in codes else Part.FIRST_LEFT_OUT].append(row)
    return found


def _beside(references: ReferenceSet, men: Rows, others: Places, coverage: float) -> Adjusted:
    figures = most_specific_first(references)
    taken: dict[str, Places] = {figure.id: defaultdict(list) for figure in figures}
    without: Places = defaultdict(list)
    for row in men:
        if figure := figure_of_case(row, figures):
            taken[figure.id][counting.result_of(row)].append(row)
        else:
            without[quality.of_no_population(row) or Part.NO_FIGURE].append(row)
    told = tuple(_taken(references, one, taken[one.id]) for one in figures if taken[one.id])
    return Adjusted(
        reference_set=references.id,
        coverage=coverage,
        figures=told,
        left_out=counting.case_numbers(others | without),
        **_judged(told, coverage),
    )


def _taken(references: ReferenceSet, figure: ReferenceFigure, places: Places) -> TakenFigure:
    found, known = len(places[Part.FOUND]), len(places[Part.FOUND]) + len(places[Part.NOT_FOUND])
    band = _band(figure)
    return TakenFigure(
        reference_set=references.id,
        reference=figure,
        found=found,
        known=known,
        pending=len(places[Part.PENDING]),
        expected=Interval(known * band.lower, known * band.upper),
        cases=counting.case_numbers(places),
    )


def _judged(figures: Sequence[TakenFigure], coverage: float) -> dict[str, Any]:
    """Of what is known; and, where results are pending, of what would be known with them."""
    found, pending = sum(one.found for one in figures), sum(one.pending for one in figures)
    known, operated = Counter[Band](), Counter[Band]()
    for one in figures:
        known[_band(one.reference)] += one.known
        operated[_band(one.reference)] += one.known + one.pending
    return {
        "pending": pending,
        "result": standardise(found, known, coverage),
        "worst": standardise(found, operated, coverage) if pending else None,
        "best": standardise(found + pending, operated, coverage) if pending else None,
    }


def _band(figure: ReferenceFigure) -> Band:
    """One that can give a verdict has limits: the rules of the files and of a clinic's own see to that."""
    if figure.band is None:
        raise ValueError(f"{figure.id} is no rate with limits")
    return figure.band
