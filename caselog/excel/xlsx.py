"""XLSX files: the archive is judged before it is opened, then each sheet that is wanted is read as a stream.

openpyxl's usual mode builds every cell up to the farthest one: two cells can hang it. Its
read-only mode yields rows, which end here at the first one beyond the limits.
"""

import io
import re
import warnings
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from caselog.excel.reader import MOST_COLUMNS, MOST_ROWS, Position, Refusal, Sheet, Unreadable, table_of

MOST_ENTRIES = 1_000
MOST_UNPACKED = 64 * 2**20
# Sheets of cases shrink 5 to 30 times; what shrinks more and is large was made to hurt.
MOST_SHRINKAGE, SMALL = 200, 4 * 2**20
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAMAGED = (
    zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    OSError, EOFError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip  # all that openpyxl and zipfile were seen to raise


def read_xlsx(data: bytes, wanted: Callable[[str], bool]) -> list[Sheet]:
    """The table on the first sheet in sight, and those on further ones of wanted names. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_hostile(archive)
        return list(_sheets(data, wanted))
    except _DAMAGED as error:
        raise Unreadable(
            _("The workbook is damaged. Open it in Excel and save it again as .xlsx.")
        ) from error


def _refuse_hostile(archive: zipfile.ZipFile) -> None:
    """Look at the directory only: nothing is unpacked yet, and a size given there is never exceeded."""
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(_("The workbook has a password. Save it without one."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(_("The workbook holds macros. Save it as .xlsx, without macros."))
    if "[Content_Types].xml" not in names:
        raise Unreadable(_("This archive is not an Excel workbook. Save the table as .xlsx or CSV."))
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or len(names) < len(entries)
        or unpacked > MOST_UNPACKED
        or any(e.file_size > max(SMALL, MOST_SHRINKAGE * e.compress_size) for e in entries)
    ):
        raise Unreadable(_("The workbook unpacks to more than cases need. Copy the table into a new one."))


def _sheets(data: bytes, wanted: Callable[[str], bool]) -> Iterator[Sheet]:
    with _opened(data, data_only=False) as book:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise Unreadable(_("The workbook has no visible sheet."))
        first, *further = visible
        read = [first, *(sheet for sheet in further if wanted(sheet.title))]
        others = tuple(sheet.title for sheet in further if sheet not in read)
        for sheet in read:
            # Formulas first: one that was never computed has no value, and would look like an empty cell.
            rows = dict(_rows(sheet))
            if not rows and sheet is not first:
                continue
            try:
                yield _table(data, sheet.title, sheet._worksheet_path, rows, others)
            except Unreadable as error:
                if len(read) == 1:
                    raise
                where = {"name": sheet.title, "reason": error.reason}
                raise Unreadable(_("Sheet “%(name)s”: %(reason)s") % where) from error


def _table(
    data: bytes, name: str, path: str, rows: dict[int, tuple[Any, ...]], others: tuple[str, ...]
) -> Sheet:
    formulas = {at for at, cell in _cells(rows) if cell.data_type == "f"}
    if formulas:
        with _opened(data, data_only=True) as book:
            rows = dict(_rows(book[name]))
    refusals = [*_merged(data, path, rows), *_without_value(rows, formulas)]
    return table_of(
        ((number, tuple(map(_value, cells))) for number, cells in rows.items()),
        name=name,
        refusals=tuple(refusals),
        other_sheets=others,
    )


@contextmanager
def _opened(data: bytes, *, data_only: bool) -> Iterator[Any]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that a table of cases does not need
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that hold something, one more than allowed at most, so that the excess is noticed."""
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if not any(cell.value is not None for cell in cells):
            continue
        yield number, cells
        found += 1
        if found > MOST_ROWS + 1:
            return
        if len(cells) > MOST_COLUMNS:
            return  # table_of says why; building thousands of such rows would take minutes


def _cells(rows: dict[int, tuple[Any, ...]]) -> Iterator[tuple[Position, Any]]:
    for number, cells in rows.items():
        for column, cell in enumerate(cells[:MOST_COLUMNS], start=1):
            yield Position(number, column), cell


def _value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str):
        # A cell's text may hold any character as _xHHHH_; openpyxl leaves that to its reader.
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value
    return str(value) if isinstance(value, timedelta) else value


def _without_value(rows: dict[int, tuple[Any, ...]], formulas: set[Position]) -> Iterator[Refusal]:
    for at, cell in _cells(rows):
        if cell.data_type == "e":
            yield Refusal(
                at, str(cell.value), _("is an error of the spreadsheet"), _("correct or clear the cell")
            )
        formulas -= {at} if cell.value is not None else set()
    for at in sorted(formulas, key=lambda at: (at.row, at.column)):
        yield Refusal(
            at, "=", _("is a formula without a stored result"), _("open the file in Excel and save it again")
        )


def _merged(data: bytes, path: str, rows: dict[int, tuple[Any, ...]]) -> Iterator[Refusal]:
    """A merged range has one value and several cells: whose is it? The read-only mode does not tell.

    Each range is told in the first row of the table that it touches.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = _MERGED.findall(archive.read(path))
    below_headings = list(rows)[1:]
    for from_letters, from_digits, to_letters, to_digits in found:
        top = Position.of(from_letters.decode(), int(from_digits))
        end = Position.of(to_letters.decode(), int(to_digits))
        place = bisect_left(below_headings, top.row)
        if place == len(below_headings) or below_headings[place] > end.row:
            continue
        cells = rows.get(top.row, ())
        value = cells[top.column - 1].value if top.column <= len(cells) else None
        yield Refusal(
            Position(below_headings[place], top.column),
            "" if value is None else str(value),
            _("is merged with other cells"),
            _("unmerge them and fill each one"),
            columns=end.column - top.column + 1,
        )
