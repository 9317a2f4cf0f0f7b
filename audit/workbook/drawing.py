"""What the charts of the workbook share: the cells they are drawn from, and their axes."""

from typing import Any

from caselog.excel.writer import sheet_cell


class Cells:
    """References to the columns of a sheet: of its first `rows` rows below the headings."""

    def __init__(self, sheet: str, rows: int):
        self._sheet, self._last = sheet, rows + 1

    def values(self, column: int) -> str:
        from openpyxl.utils import absolute_coordinate, quote_sheetname

        cells = f"{sheet_cell(column, 2)}:{sheet_cell(column, self._last)}"
        return f"{quote_sheetname(self._sheet)}!{absolute_coordinate(cells)}"


def show_axes(chart: Any) -> None:
    """With pale lines across; the labels of the horizontal one stand below, whatever is under zero."""
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    # openpyxl hides both unless told otherwise.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(w=6350, solidFill="E3E7E8"))
    chart.x_axis.tickLblPos = "low"
