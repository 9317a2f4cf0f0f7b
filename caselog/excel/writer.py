"""Writes workbooks: one table a sheet, typed cells, text that stays text, ready to print.

openpyxl's write-only mode streams the rows to disk. What a column looks like is worked out once
a sheet; each of its rows then reuses one styled cell.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import IO, TYPE_CHECKING, Any

from caselog.excel.columns import Column, Format, Formatted
from caselog.excel.styles import add_styles, style_name

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.chart._chart import ChartBase
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_CHARACTERS = 32_767  # in one cell; Excel refuses the file otherwise
A4 = 9  # the number of the paper in OOXML
LINE = 15  # points
CHART_ROWS = 30
NORMAL, BOLD = 1.0, 1.15  # of a column's width that a character takes
_ILLEGAL_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# What a cell cannot hold as it is. Excel and LibreOffice decode _x000D_ in a cell, and XML turns a
# bare carriage return into a new line.
_UNSAFE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|\r|[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff\ufffe\uffff]")


def safe_text(text: str) -> str:
    """The text as a cell can hold it: a control character becomes its visible picture (␀, ␛)."""
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(_safe, text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _safe(match: re.Match[str]) -> str:
    character = match[0]
    if character in "_\r":
        return f"_x{ord(character):04X}_"
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


def sheet_title(text: str, taken: Iterable[str] = ()) -> str:
    """`text` as a sheet may be called: at most 31 characters, none that Excel forbids, no name twice."""
    taken = {title.casefold() for title in taken}
    stem = _ILLEGAL_IN_TITLES.sub(" ", text).strip(" '") or "Sheet"
    title, number = stem[:31].rstrip(" '"), 2
    while title.casefold() in taken:
        suffix = f" {number}"
        title, number = stem[: 31 - len(suffix)].rstrip(" '") + suffix, number + 1
    return title


class Workbook:
    """`add_table` for each sheet, in order, then `save`."""

    def __init__(self, *, title: str, creator: str, right_to_left: bool = False):
        from openpyxl import Workbook as OpenpyxlWorkbook

        self._book = OpenpyxlWorkbook(write_only=True)
        self._book.properties.title = safe_text(title)
        self._book.properties.creator = safe_text(creator)
        self._right_to_left = right_to_left
        self._title = title
        add_styles(self._book, right_to_left)

    @property
    def titles(self) -> list[str]:
        return list(self._book.sheetnames)

    def add_table(
        self,
        title: str,
        columns: Sequence[Column],
        items: Iterable[Any],
        *,
        plain: bool = False,
        freeze_columns: int = 0,
        printed_columns: int = 0,
        chart: "ChartBase | None" = None,
        charts_beside: "Sequence[ChartBase]" = (),
    ) -> "WriteOnlyWorksheet":
        """One sheet that holds one table, its headings in row 1, and a chart of it below.

        plain: text and numbers look as Excel shows them anyway, which halves the time of a long table.
        freeze_columns: how many stay in sight when scrolling sideways.
        printed_columns: how many go to paper when the rest only feeds the chart; 0 is all.
        charts_beside: of a long table, at its end across, the one under the other; they stay on the screen.
        """
        sheet = self._sheet(title)
        _set_widths(sheet, [column.width for column in columns])
        sheet.freeze_panes = sheet_cell(freeze_columns + 1, 2)
        heads = unique([column.heading for column in columns])
        widths = [column.width for column in columns]
        _set_height(sheet, 1, heads, widths, BOLD)
        sheet.append([_heading(sheet, column, head) for column, head in zip(columns, heads, strict=True)])
        last = 1
        for last, cells in enumerate(_rows(sheet, columns, items, plain), start=2):
            if not plain:
                _set_height(sheet, last, map(_words, cells), widths)
            sheet.append(cells)
        if last > 1:
            _make_table(sheet, heads, last, number=len(self.titles))
        sheet.print_title_rows = "1:1"
        if chart:
            sheet.add_chart(chart, f"A{last + 2}")
            sheet.page_setup.fitToHeight = 1
        for number, drawn in enumerate(charts_beside):
            sheet.add_chart(drawn, sheet_cell(len(columns) + 2, 2 + number * CHART_ROWS))
        if charts_beside:
            printed_columns = printed_columns or len(columns)
        if printed_columns:
            sheet.print_area = f"A1:{sheet_cell(printed_columns, last + (CHART_ROWS if chart else 0))}"
        return sheet

    def add_page(
        self, title: str, heading: str, items: Iterable[tuple["str | SheetLink", Any]]
    ) -> "WriteOnlyWorksheet":
        """One sheet of names and values that a person reads from the top: a cover."""
        sheet = self._sheet(title)
        widths = [34, 100]
        _set_widths(sheet, widths)
        sheet.page_setup.fitToHeight = 1
        sheet.row_dimensions[1].height = 2 * LINE
        sheet.append([_styled(sheet, "title", safe_text(heading))])
        for row, (name, value) in enumerate(items, start=2):
            name_cell = (
                _link(sheet, name) if isinstance(name, SheetLink) else _styled(sheet, "name", safe_text(name))
            )
            cells = [name_cell, _page_value(sheet, value)]
            _set_height(sheet, row, map(_words, cells), widths)
            sheet.append(cells)
        return sheet

    def save(self, to: IO[bytes]) -> None:
        self._book.save(to)

    def _sheet(self, title: str) -> "WriteOnlyWorksheet":
        sheet = self._book.create_sheet(sheet_title(title, self.titles))
        sheet.sheet_view.rightToLeft = self._right_to_left
        sheet.sheet_view.showGridLines = False
        _set_up_print(sheet, self._title)
        return sheet


@dataclass(frozen=True)
class SheetLink:
    """The name of a sheet of the same workbook, as a link to it."""

    sheet: str


def unique(headings: Sequence[str]) -> list[str]:
    """A table of Excel refuses the same heading twice; the second gets a number."""
    seen: list[str] = []
    for text in headings:
        number, name = 2, text
        while name.casefold() in (one.casefold() for one in seen):
            name, number = f"{text} ({number})", number + 1
        seen.append(name)
    return seen


def sheet_cell(column: int, row: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def _styled(sheet: Any, style: str, value: Any = None) -> "WriteOnlyCell":
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.style = style_name(style)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _heading(sheet: Any, column: Column, text: str) -> "WriteOnlyCell":
    style = "heading" if column.format is Format.TEXT else "heading of numbers"
    return _styled(sheet, style, safe_text(text))


def _link(sheet: Any, link: "SheetLink") -> "WriteOnlyCell":
    from openpyxl.worksheet.hyperlink import Hyperlink

    cell = _styled(sheet, "link", safe_text(link.sheet))
    # A place in this file, not an address: nothing leaves it.
    quoted = link.sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref="A1", location=f"'{quoted}'!A1", display=link.sheet)
    return cell


def _page_value(sheet: Any, value: Any) -> "WriteOnlyCell":
    if isinstance(value, date):
        return _styled(sheet, "page date", value)
    if isinstance(value, str):
        return _styled(sheet, Format.TEXT.value, safe_text(value))
    return _styled(sheet, "page number", value)


def _rows(sheet: Any, columns: Sequence[Column], items: Iterable[Any], plain: bool) -> Iterator[list[Any]]:
    """Each row as cells. A row is on disk before the next one is made, so its cells serve again."""
    pairs = [(column.value, _cell_of(sheet, column, plain)) for column in columns]
    for item in items:
        cells = []
        for value_of, cell in pairs:
            value = value_of(item)
            if isinstance(value, Formatted):
                cell, value = _styled(sheet, value.format.value), value.value
            if value == "":
                value = None
            if isinstance(value, str):
                value = safe_text(value)
                if cell is None and value[:1] in _LIKE_A_FORMULA:
                    cell = _styled(sheet, Format.TEXT.value)
            if cell is not None:
                _fill(cell, value)
            cells.append(value if cell is None else cell)
        yield cells


def _cell_of(sheet: Any, column: Column, plain: bool) -> "WriteOnlyCell | None":
    """The cell that a column's values are put in; None where a bare value will do."""
    if not plain:
        return _styled(sheet, column.format.value)
    return (
        _styled(sheet, f"plain {column.format}")
        if column.format in (Format.DATE, Format.TIME, Format.PERCENT)
        else None
    )


# Of these, openpyxl takes "=1" for a formula and "#N/A" for an error.
_LIKE_A_FORMULA = ("=", "#")


def _fill(cell: "WriteOnlyCell", value: Any) -> None:
    # openpyxl would round a number to 16 digits, and another one come back.
    cell.value = repr(value) if isinstance(value, float) else value
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, float):
        cell.data_type = "n"


def _set_widths(sheet: Any, widths: Sequence[float]) -> None:
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _words(cell: "WriteOnlyCell") -> Any:
    """What wraps in a cell: a number is shown in few digits, however many it is stored with."""
    return None if cell.data_type == "n" else cell.value


def _set_height(
    sheet: Any, row: int, values: Iterable[Any], widths: Sequence[float], size: float = NORMAL
) -> None:
    """Room for the wrapped text: not every program works it out when it opens a file."""
    lines = max(
        sum(max(1, ceil(len(line) * size / width)) for line in value.split("\n"))
        if isinstance(value, str)
        else 1
        for value, width in zip(values, widths, strict=True)
    )
    sheet.row_dimensions[row].height = min(LINE * lines + 2, 409)  # Excel's highest row


def _make_table(sheet: Any, headings: Sequence[str], last_row: int, number: int) -> None:
    from openpyxl.worksheet.table import AutoFilter, Table, TableColumn, TableStyleInfo

    ref = f"A1:{sheet_cell(len(headings), last_row)}"
    table = Table(displayName=f"Table{number}", ref=ref, autoFilter=AutoFilter(ref=ref))
    # Named here: openpyxl would look the headings up in cells that are on disk already.
    table.tableColumns = [TableColumn(id=i, name=safe_text(head)) for i, head in enumerate(headings, start=1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="In write-only mode you must add table columns manually")
        sheet.add_table(table)


def _set_up_print(sheet: Any, title: str) -> None:
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # "&" starts a code in a header, and a digit after one would be read as a font size.
    sheet.oddHeader.left.text = title.replace("&", "&&")
    sheet.oddHeader.right.text = "&A"
    sheet.oddFooter.center.text = "&P / &N"
