"""Lines over the cases of a series, as a chart of Excel's own, drawn from cells of the same sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language_bidi

from audit.workbook.drawing import Cells, show_axes
from caselog.excel.styles import ACCENT

WIDTH_CM, HEIGHT_CM = 24, 10
GREY = "6B7780"


@dataclass(frozen=True)
class Drawn:
    """A column of the sheet as a line: its number from 1, its name, how it looks."""

    column: int
    name: str
    dash: str = "solid"  # of DrawingML: solid, dash, sysDot
    colour: str = ACCENT


def over_cases(sheet: str, *, rows: int, across: int, lines: Sequence[Drawn], title: str, x: str) -> Any:
    """A scatter of the first `rows` rows below the headings, over the numbers in the column `across`."""
    from openpyxl.chart import ScatterChart

    chart, cells = ScatterChart(scatterStyle="lineMarker"), Cells(sheet, rows)
    for line in lines:
        chart.series.append(_series(cells, across, line))
    show_axes(chart)
    chart.x_axis.title, chart.title = x, title
    chart.title.overlay = False
    chart.x_axis.scaling.min = 0
    chart.x_axis.number_format = "0"
    chart.y_axis.number_format = "0.0"
    chart.x_axis.majorGridlines = None
    if get_language_bidi():  # time runs from left to right, its scale stands at the start of the page
        chart.y_axis.crosses = "min"
    chart.legend.position = "b"
    chart.width, chart.height = WIDTH_CM, HEIGHT_CM
    return chart


def _series(cells: Cells, across: int, line: Drawn) -> Any:
    from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef
    from openpyxl.chart.marker import Marker
    from openpyxl.chart.series import SeriesLabel, XYSeries
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    series = XYSeries(
        tx=SeriesLabel(v=line.name),
        xVal=AxDataSource(numRef=NumRef(f=cells.values(across))),
        yVal=NumDataSource(numRef=NumRef(f=cells.values(line.column))),
    )
    series.smooth = False
    series.marker = Marker(symbol="none")
    series.graphicalProperties = GraphicalProperties(
        ln=LineProperties(w=19050, solidFill=line.colour, prstDash=line.dash)
    )
    return series
