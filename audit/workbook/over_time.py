"""Rates in the order of time: by quarter, and case by case, as a kept audit holds them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from audit import words
from audit.results import Audit, Quarter, Series
from audit.statistics import Cusum, Direction
from audit.words.groupings import group_name
from audit.workbook import lines_drawn
from audit.workbook.lines_drawn import GREY, Drawn
from audit.workbook.sheet import Sheet, limit_of, shown
from caselog.excel.columns import Column, Format
from caselog.excel.styles import ACCENT


class _OfQuarter(NamedTuple):
    series: Series
    quarter: Quarter


class _OfCase(NamedTuple):
    series: Series
    number: int  # of the case, from 1

    def score(self, direction: Direction) -> float | str:
        return shown(next((one.scores[self.number - 1] for one in self._charts(direction)), None))

    def limit(self, direction: Direction) -> float | str:
        return shown(next((one.limit for one in self._charts(direction)), None))

    def _charts(self, direction: Direction) -> list[Cusum]:
        return [one for one in self.series.cusums if one.direction is direction]


def by_quarter(audit: Audit) -> Sheet:
    columns = [
        Column("measure", _("Measure"), lambda row: words.measure_name(row.series.measure), width=34),
        Column("quarter", _("Quarter"), lambda row: group_name(row.quarter.by, row.quarter.group), width=20),
        Column("found", _("Sperm found"), lambda row: row.quarter.found, Format.INTEGER, 10),
        Column("known", _("With a final result"), lambda row: row.quarter.known, Format.INTEGER, 10),
        Column("pending", _("Results pending"), lambda row: row.quarter.pending, Format.INTEGER, 10),
        Column("rate", _("Rate"), lambda row: shown(row.quarter.rate), Format.PERCENT, 10),
        Column(
            "from", _("From (95 %)"), lambda row: limit_of(row.quarter.interval, "lower"), Format.PERCENT, 10
        ),
        Column("to", _("To (95 %)"), lambda row: limit_of(row.quarter.interval, "upper"), Format.PERCENT, 10),
        Column(
            "words",
            _("In words"),
            lambda row: words.over_time.quarter(row.quarter, row.series.unit),
            width=50,
        ),
    ]
    return Sheet(
        pgettext("sheet", "By quarter"),
        _("Each rate by calendar quarter, also those without a case."),
        columns,
        [_OfQuarter(series, quarter) for series in audit.over_time for quarter in series.quarters],
        freeze_columns=2,
    )


def case_by_case(audit: Audit) -> Sheet:
    """The series with most cases comes first, and is drawn."""
    several = sorted(audit.over_time, key=lambda series: -len(series.points))
    columns = [
        Column("measure", _("Measure"), lambda row: words.measure_name(row.series.measure), width=30),
        Column("case", _("Case"), lambda row: _point(row).case, width=14),
        Column("date", _("Date of operation"), lambda row: _point(row).operated_on, Format.DATE, 17),
        Column("finding", _("Finding"), lambda row: words.over_time.finding(_point(row)), width=18),
        Column("number", _("Number in the order of operation"), lambda row: row.number, Format.INTEGER, 11),
        *(Column(name, str(said), value, Format.NUMBER, 12) for name, (said, value) in _VALUES.items()),
        Column("signal", _("Signal"), _signal, width=44),
    ]
    items = [_OfCase(series, number) for series in several for number in range(1, len(series.points) + 1)]
    keys = [column.key for column in columns]
    return Sheet(
        pgettext("sheet", "Case by case"),
        _("Men found so far less those expected (VLAD), and the scores that signal (CUSUM)."),
        columns,
        items,
        freeze_columns=2,
        charts_beside=[partial(_drawn, several[0], keys, chart) for chart in _CHARTS],
    )


_VALUES = {
    "lower": (_lazy("Observed − lower edge"), lambda row: row.series.over_lower[row.number - 1]),
    "upper": (_lazy("Observed − upper edge"), lambda row: row.series.over_upper[row.number - 1]),
    "worse": (_lazy("Score for worse"), lambda row: row.score(Direction.WORSE)),
    "better": (_lazy("Score for better"), lambda row: row.score(Direction.BETTER)),
    "worse_limit": (_lazy("Limit for worse"), lambda row: row.limit(Direction.WORSE)),
    "better_limit": (_lazy("Limit for better"), lambda row: row.limit(Direction.BETTER)),
}
# A chart's lines: the column, and how it looks; grey stands for the upper edge and for better.
_VLAD = {"lower": ("solid", ACCENT), "upper": ("dash", GREY)}
_CUSUM = {
    "worse": ("solid", ACCENT), "worse_limit": ("dash", ACCENT),
    "better": ("solid", GREY), "better_limit": ("dash", GREY),
}  # fmt: skip
_CHARTS: tuple[tuple[Promise, Mapping[str, tuple[str, str]]], ...] = (
    (_lazy("Observed less expected (VLAD)"), _VLAD),
    (_lazy("Scores that signal (CUSUM)"), _CUSUM),
)


def _drawn(series: Series, keys: list[str], chart, sheet: str) -> Any:
    name, looks = chart
    return lines_drawn.over_cases(
        sheet,
        rows=len(series.points),
        across=keys.index("number") + 1,
        lines=[
            Drawn(keys.index(key) + 1, str(_VALUES[key][0]), dash, colour)
            for key, (dash, colour) in looks.items()
        ],
        title=_("%(measure)s: %(chart)s") % {"measure": words.measure_name(series.measure), "chart": name},
        x=_("Cases in the order of operation"),
    )


def _point(row: _OfCase):
    return row.series.points[row.number - 1]


def _signal(row: _OfCase) -> str:
    found = [one.direction for one in row.series.cusums if row.number in one.signals]
    return "\n".join(words.over_time.signal(row.series, direction, row.number) for direction in found)


def sheets(audit: Audit) -> Sequence[Sheet]:
    """None of an audit that holds no series; the cases only where there is a point."""
    if not audit.over_time:
        return ()
    has_points = any(series.points for series in audit.over_time)
    return (by_quarter(audit), case_by_case(audit)) if has_points else (by_quarter(audit),)
