"""Reads the sheets of a CSV or XLSX file that may be wrong, or hostile, into rows of typed cells.

Nothing is interpreted here: text stays text ("NA", "None", "007"), a date that Excel typed is a
date, an empty cell is None. What cannot be read without guessing is refused, with a reason.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 20 * 2**20
MOST_ROWS = 20_000
MOST_COLUMNS = 200

Cell = str | int | float | bool | date | time | None


class Unreadable(Exception):
    """The file as a whole cannot be read; says why and what to do about it."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Position:
    row: int
    column: int  # from 1

    @classmethod
    def of(cls, letters: str, row: int) -> "Position":
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return cls(row, column)

    @property
    def letter(self) -> str:
        number, letters = self.column, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return letters

    def __str__(self) -> str:
        return f"{self.letter}{self.row}"


@dataclass(frozen=True)
class Refusal:
    """One cell that has no value that could be used without guessing, or several in its row."""

    at: Position
    value: str
    rule: str
    remedy: str
    columns: int = 1  # how many cells, from `at` on


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet program shows it
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """The table of one sheet: its first row that is not empty, and what stands below."""

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...] = ()
    name: str = ""  # "" for CSV
    other_sheets: tuple[str, ...] = field(default=())  # visible ones that were not read


def read(path: Path) -> Sheet:
    """The first table in the file. Raises Unreadable."""
    return read_sheets(path, wanted=lambda _name: False)[0]


def read_sheets(path: Path, *, wanted: Callable[[str], bool]) -> list[Sheet]:
    """The first table in the file, and of a workbook those on further sheets of wanted names.

    Raises Unreadable.
    """
    data = _bytes_of(path)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from caselog.excel.xlsx import read_xlsx

        return read_xlsx(data, wanted)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password.")
        )
    from caselog.excel.csv_text import read_csv

    return [read_csv(data)]


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Unreadable(_("This is a folder. Name a file in it."))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(_("There is no such file.")) from None
    except OSError as error:
        raise Unreadable(
            _("The file cannot be opened: %(why)s.") % {"why": error.strerror or error}
        ) from error
    if len(data) > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than %(limit)s MB. Split it.") % {"limit": MOST_BYTES // 2**20}
        )
    if not data:
        raise Unreadable(_("The file is empty."))
    return data


def table_of(numbered: Iterable[tuple[int, tuple[Cell, ...]]], **about: Any) -> Sheet:
    """The table in numbered rows of cells; empty rows are passed over, wherever they stand."""
    filled = ((number, cells) for number, cells in map(_tidy, numbered) if any(c is not None for c in cells))
    heading_row, headings = next(filled, (0, ()))
    if not headings:
        raise Unreadable(_("The file has no headings and no rows."))
    rows = tuple(Row(number, cells) for number, cells in _within_limits(filled))
    return Sheet(
        headings=tuple("" if cell is None else str(cell) for cell in headings),
        heading_row=heading_row,
        rows=rows,
        **about,
    )


def _tidy(numbered: tuple[int, tuple[Cell, ...]]) -> tuple[int, tuple[Cell, ...]]:
    number, cells = numbered
    if len(cells) > MOST_COLUMNS and any(cell is not None for cell in cells[MOST_COLUMNS:]):
        raise Unreadable(
            _("Row %(row)s reaches beyond column %(limit)s. Delete what stands there.")
            % {"row": number, "limit": Position(number, MOST_COLUMNS).letter}
        )
    return number, tuple(_plain(cell) for cell in cells[:MOST_COLUMNS])


def _within_limits(rows: Iterator[tuple[int, tuple[Cell, ...]]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Unreadable(
                _("The file has more than %(limit)s rows. Split it.") % {"limit": f"{MOST_ROWS:,}"}
            )
        yield row


def _plain(cell: Any) -> Cell:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()  # Excel has no dates without a time
    plain: Cell = cell
    return plain
