"""Rates in the order of time: an audit and its rows in, quarters, VLAD and CUSUM out.

The methods: docs/methods/run-chart.md, vlad.md and cusum.md.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from audit import counting
from audit.counting import Tally
from audit.limits import USUAL
from audit.measures import BY_ID
from audit.reference import ReferenceFigure
from audit.results import QUARTER, Audit, Comparison, Part, Partly, Point, Quarter, Series, Unit
from audit.statistics import (
    Band,
    Cusum,
    Direction,
    cusum_chart,
    cusum_limit,
    cusum_weights,
    period_rates,
    vlad,
)
from caselog.dataset import CaseRow, operation_order

HORIZONS = (50, 100, 200, 500, 1000)
_OF_QUARTER = (Part.FOUND, Part.NOT_FOUND, Part.PENDING)


def may_judge(comparison: Comparison) -> Comparison | None:
    """Beside the first of its references that has a band and may judge; None where none may."""
    judging = (one for one in comparison.judged if one.band and one.reference and one.reference.verdict)
    return next(judging, None)


def offered(audit: Audit) -> list[str]:
    """The measures that have a chart of cases, by their order."""
    return [one.measure for one in audit.comparisons if may_judge(one)]


def usual(audit: Audit) -> str:
    """Of those offered the one with most cases; without any, of all measures."""
    names = offered(audit) or [one.measure for one in audit.comparisons]
    cases = {one.measure: one.known + one.pending for one in audit.comparisons}
    return max(names, key=lambda name: cases[name])


def held(audit: Audit, rows: Sequence[CaseRow], measures: Sequence[str] | None = None) -> Audit:
    """The audit with the series of these measures; as it is kept, of each that is offered."""
    names = offered(audit) if measures is None else measures
    return replace(audit, over_time=tuple(series(audit, rows, name) for name in names))


def series(audit: Audit, rows: Sequence[CaseRow], measure: str) -> Series:
    """rows: those the audit was made of. Raises StopIteration for a measure that is none of its own."""
    comparison = next(one for one in audit.comparisons if one.measure == measure)
    judged = may_judge(comparison)
    figure = (judged or comparison).reference
    tally = counting.tally(BY_ID[measure], counting.in_order(rows), comparison.unit)
    no_chart = _no_chart(figure, judged, comparison.unit)
    men = [] if no_chart else _in_order(tally.with_result)
    found = [row.retrieved for row in men]
    band = judged.band if judged else None
    horizon = _horizon(len(men))
    return Series(
        measure=measure,
        unit=comparison.unit,
        found=comparison.found,
        known=comparison.known,
        pending=comparison.pending,
        reference=figure,
        band=band,
        no_chart=no_chart,
        quarters=tuple(_quarters(audit, measure, tally)),
        points=tuple(
            Point(case=row.case_number, operated_on=row.procedure_date, found=row.retrieved) for row in men
        ),
        over_lower=vlad(found, [band.lower] * len(men)) if band else (),
        over_upper=vlad(found, [band.upper] * len(men)) if band else (),
        horizon=horizon,
        cusums=tuple(_cusums(found, band, horizon)) if band and men else (),
    )


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _no_chart(figure: ReferenceFigure | None, judged: Comparison | None, unit: Unit) -> str:
    if judged is None:
        return figure.no_verdict if figure and figure.no_verdict else "no_reference"
    return "" if unit is Unit.MAN else "unit"


def _in_order(rows: Sequence[CaseRow]) -> list[CaseRow]:
    """By day, attempt and number: the same whatever order the rows came in."""
    return sorted(rows, key=lambda row: (operation_order(row), row.case_number))


def _horizon(cases: int) -> int:
    return next((horizon for horizon in HORIZONS if cases <= horizon), HORIZONS[-1])


def _cusums(found: Sequence[bool], band: Band, horizon: int) -> Iterator[Cusum]:
    for direction, edge in ((Direction.WORSE, band.lower), (Direction.BETTER, band.upper)):
        if max(cusum_weights(edge, direction)) > 0:  # a rate of 100 % cannot be bettered
            limit = cusum_limit([edge] * horizon, direction)
            yield cusum_chart(found, [edge] * len(found), direction, limit)


def _quarters(audit: Audit, measure: str, tally: Tally) -> Iterator[Quarter]:
    parts: dict[str, dict[Part, list[CaseRow]]] = defaultdict(lambda: defaultdict(list))
    days = [row.procedure_date for row in tally.counted if row.procedure_date]
    for part in _OF_QUARTER:
        for row in tally.rows[part]:
            if row.procedure_date:
                parts[quarter_of(row.procedure_date)][part].append(row)
    fewest = (audit.limits or USUAL).counts_only_below
    for first in _first_days(audit, days):
        name = quarter_of(first)
        counted = Tally(rows=parts[name])
        counting.count(counted, audit.filters.unit)
        too_few = counted.known < max(1, fewest) or audit.filters.unit is Unit.TESTIS
        (rate,) = period_rates([(counted.found, counted.known)])
        yield Quarter(
            measure=measure,
            by=QUARTER,
            group=name,
            found=counted.found,
            known=counted.known,
            pending=counted.pending,
            interval=None if too_few else rate.interval,
            cases=counting.case_numbers({part: _in_order(of_part) for part, of_part in counted.rows.items()}),
            partly=_partly(audit, first),
        )


def _first_days(audit: Audit, days: Sequence[date]) -> Iterator[date]:
    """Of each quarter, from the first with a case to the end of the period, or to today."""
    if not days:
        return
    made, until = audit.made_at.date(), audit.filters.until
    last = max(*days, min(made, until) if until else made)
    first = _first_day(min(days))
    while first <= last:
        yield first
        first = _next_quarter(first)


def _partly(audit: Audit, first: date) -> Partly | None:
    last = _next_quarter(first) - timedelta(days=1)
    since, until = audit.filters.since or first, audit.filters.until or last
    if last >= audit.made_at.date():
        return Partly.NOT_OVER
    return Partly.CUT if since > first or until < last else None


def _first_day(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _next_quarter(first: date) -> date:
    return _first_day(first + timedelta(days=100))
