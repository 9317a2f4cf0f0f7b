"""The forest as a chart of Excel's own, drawn from cells of the same sheet.

Excel's bars cannot lie beside names and carry intervals, so the forest stands upright: stacked
columns for the reference and its tolerance, a square for the rate, error bars for its intervals: a thick
one at 95 %, and a thin one beyond it at 99.8 %.
"""

from typing import Any

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from audit.results import Comparison
from audit.statistics import Interval
from audit.workbook.drawing import Cells, show_axes
from caselog.excel.columns import Column, Format
from caselog.excel.styles import ACCENT

WIDTH_CM, HEIGHT_CM = 36, 14
THINNEST = 0.01
PALE, DARK = "DCE9EA", "8DB9BD"


def figures() -> list[Column]:
    """What the chart draws: heights to stack and lengths of error bars, not limits."""
    return [
        _column("chart_base", _("Chart: up to the tolerance"), lambda c: _stack(c, 0)),
        _column("chart_lower_zone", _("Chart: tolerance below"), lambda c: _stack(c, 1)),
        _column("chart_band", _("Chart: reference"), lambda c: _stack(c, 2)),
        _column("chart_upper_zone", _("Chart: tolerance above"), lambda c: _stack(c, 3)),
        _column("chart_rate", _("Chart: rate"), lambda c: c.rate),
        _column("chart_minus", _("Chart: rate to lower limit"), lambda c: _reach(c, c.interval, "lower")),
        _column("chart_plus", _("Chart: rate to upper limit"), lambda c: _reach(c, c.interval, "upper")),
        _column(
            "chart_wide_minus", _("Chart: rate to lower limit (99.8 %)"), lambda c: _reach(c, c.wide, "lower")
        ),
        _column(
            "chart_wide_plus", _("Chart: rate to upper limit (99.8 %)"), lambda c: _reach(c, c.wide, "upper")
        ),
    ]


def _column(key: str, heading: str, value: Any) -> Column:
    return Column(key, heading, value, Format.PERCENT, 13)


def _stack(comparison: Comparison, part: int) -> float | None:
    """How high one part of the column is; all four reach from 0 to the end of the tolerance."""
    band = comparison.band
    if band is None:
        return None
    # A point reference has no height, and is still to be seen.
    half = max(band.upper - band.lower, THINNEST) / 2
    middle = min((band.lower + band.upper) / 2, 1 - half)
    tolerance = band.tolerance if comparison.verdict else 0.0
    edges = [0.0, min(band.lower - tolerance, middle - half), middle - half, middle + half]
    edges.append(max(band.upper + tolerance, middle + half))
    below, above = (min(1.0, max(0.0, edge)) for edge in edges[part : part + 2])
    return above - below


def _reach(comparison: Comparison, interval: Interval | None, limit: str) -> float | None:
    if comparison.rate is None or interval is None:
        return None
    return abs(float(getattr(interval, limit)) - comparison.rate)


def forest(sheet: str, *, rows: int, first_figure: int) -> Any:
    """The chart of `rows` rows below the headings, whose `figures` begin in column `first_figure`."""
    from openpyxl.chart import BarChart, LineChart

    cells = Cells(sheet, rows)
    bars, line = BarChart(), LineChart()
    bars.grouping, bars.overlap, bars.gapWidth = "stacked", 100, 60
    tolerance = _("Tolerance")
    looks = [("", None), (tolerance, PALE), (_("Reference"), DARK), (tolerance, PALE)]
    for column, (name, colour) in enumerate(looks, start=first_figure):
        bars.series.append(_band(cells, column, name, colour))
    rate = first_figure + len(looks)
    thin, thick = 9525, 38100
    line.series.append(_rates(cells, rate, rate + 3, _("Its exact interval (99.8 %)"), thin))
    line.series.append(_rates(cells, rate, rate + 1, _("Rate with its exact interval (95 %)"), thick))
    bars += line
    _set_axes(bars)
    _set_legend(bars)
    bars.title = _("Sperm found: rate with its exact intervals (95 and 99.8 %), beside the reference")
    bars.title.overlay = False
    bars.width, bars.height = WIDTH_CM, HEIGHT_CM
    bars.display_blanks = "gap"
    return bars


def _series(cells: Cells, column: int, name: str) -> Any:
    from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
    from openpyxl.chart.series import Series, SeriesLabel

    return Series(
        tx=SeriesLabel(v=name),
        cat=AxDataSource(strRef=StrRef(cells.values(1))),
        val=NumDataSource(numRef=NumRef(f=cells.values(column))),
    )


def _band(cells: Cells, column: int, name: str, colour: str | None) -> Any:
    series = _series(cells, column, name)
    series.invertIfNegative = False
    properties = series.graphicalProperties
    properties.line.noFill = True
    if colour:
        properties.solidFill = colour
    else:
        properties.noFill = True
    return series


def _rates(cells: Cells, column: int, reach: int, name: str, width: int) -> Any:
    """The rates of `column`, with bars of this width whose lengths begin in the column `reach`."""
    from openpyxl.chart.data_source import NumDataSource, NumRef
    from openpyxl.chart.error_bar import ErrorBars
    from openpyxl.chart.marker import Marker
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    series = _series(cells, column, name)
    series.smooth = False
    series.graphicalProperties.line.noFill = True
    series.marker = Marker(symbol="square", size=9)
    series.marker.graphicalProperties = GraphicalProperties(solidFill=ACCENT)
    series.marker.graphicalProperties.line.solidFill = ACCENT
    series.errBars = ErrorBars(
        errDir="y",
        errBarType="both",
        errValType="cust",
        noEndCap=False,
        minus=NumDataSource(numRef=NumRef(f=cells.values(reach))),
        plus=NumDataSource(numRef=NumRef(f=cells.values(reach + 1))),
        spPr=GraphicalProperties(ln=LineProperties(w=width, solidFill=ACCENT)),
    )
    return series


def _set_axes(chart: Any) -> None:
    show_axes(chart)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.majorUnit = 0.1
    chart.y_axis.number_format = "0%"
    if get_language_bidi():
        chart.x_axis.scaling.orientation = "maxMin"


def _set_legend(chart: Any) -> None:
    from openpyxl.chart.legend import Legend, LegendEntry

    # The invisible base, and the second of the two tolerance columns.
    chart.legend = Legend(
        legendPos="b", legendEntry=[LegendEntry(idx=0, delete=True), LegendEntry(idx=3, delete=True)]
    )
