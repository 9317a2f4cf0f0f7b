"""Which operations of a theatre list were never logged. Only reads: nothing of the list is kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import OperationStatus
from caselog.excel import csv_text, headings, reader, values
from caselog.excel.reader import Cell, Position, Row, Sheet
from caselog.models import Case, Clinic
from caselog.models.case import EARLIEST_OPERATION
from caselog.permissions import Permission, require
from caselog.text import clean_text

ONE_DAY = timedelta(days=1)
Left = dict[tuple[str, date], list[Case]]  # by code and day
_DATE, _CODE, _PROCEDURE = "procedure_date", "patient_code", "procedure"
# What theatre lists write above their columns, beside what case spreadsheets do.
_ALSO = {
    _DATE: ("date", "day", "operated", "التاريخ", "اليوم", "tarih"),
    _CODE: ("code", "patient", "case", "الرمز", "المريض", "kod"),
    _PROCEDURE: ("operation", "العملية", "الإجراء", "işlem"),
}


@dataclass(frozen=True)
class Operation:
    """One line of the list."""

    row: int
    on: date
    code: str
    procedure: str = ""  # as the list says it

    @property
    def key(self) -> tuple[str, date]:
        return self.code.casefold(), self.on


@dataclass(frozen=True)
class RowError:
    row: int
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        words = {"row": self.row, "value": self.value, "rule": self.rule, "remedy": self.remedy}
        return _("Row %(row)s, “%(value)s”: %(rule)s; %(remedy)s.") % words


class NotAList(ValueError):
    """What keeps the list from being compared, all of it."""

    def __init__(self, errors: Iterable):
        self.errors = [str(error) for error in errors]
        super().__init__(f"{len(self.errors)} errors")


@dataclass
class Ascertainment:
    """The list beside the record. A case answers for one operation of the list at most."""

    listed: list[Operation]
    logged: list[tuple[Operation, Case]] = field(default_factory=list)  # same code, same day
    perhaps: list[tuple[Operation, Case]] = field(default_factory=list)  # same code, a day apart
    missing: list[Operation] = field(default_factory=list)
    not_listed: list[Case] = field(default_factory=list)
    repeated: list[Operation] = field(default_factory=list)  # lines that say another one again

    @property
    def first(self) -> date:
        return min(one.on for one in self.listed)

    @property
    def last(self) -> date:
        return max(one.on for one in self.listed)


def pasted(text: str, *, today: date) -> list[Operation]:
    """The operations in a pasted list. Raises NotAList."""
    return _read(lambda: csv_text.read_csv(text.encode()), today)


def uploaded(path: Path, *, today: date) -> list[Operation]:
    """The operations in an .xlsx or CSV file. Raises NotAList."""
    return _read(lambda: reader.read(path), today)


def _read(table: Callable[[], Sheet], today: date) -> list[Operation]:
    try:
        sheet = table()
    except reader.Unreadable as unreadable:
        raise NotAList([unreadable.reason]) from unreadable
    places, rows = _table(sheet)
    found, errors = [], list(_refused(sheet, places))
    for row in rows:
        try:
            found.append(_operation(row, places, today))
        except _Wrong as wrong:
            errors.append(wrong.error)
    if errors:
        raise NotAList(sorted(errors, key=lambda error: error.row))
    if not found:
        raise NotAList([_("The list has headings and no operation below them.")])
    return found


def compare(listed: list[Operation], *, by, clinic: Clinic) -> Ascertainment:
    """The list beside the cases of its days; one query. Raises PermissionDenied."""
    require(by, Permission.MANAGE_CLINIC, clinic)
    first: dict[tuple[str, date], Operation] = {}
    for one in listed:
        first.setdefault(one.key, one)
    found = Ascertainment(list(first.values()), repeated=[one for one in listed if first[one.key] is not one])
    days = (found.first - ONE_DAY, found.last + ONE_DAY)
    cases = Case.objects.visible_to(by).filter(clinic=clinic, procedure_date__range=days)
    left: Left = defaultdict(list)
    # A cancelled operation was not in theatre: it comes last.
    for case in sorted(cases.select_related("patient").order_by("procedure_date", "pk"), key=_cancelled):
        left[case.patient.code.casefold(), case.procedure_date].append(case)
    unmatched = _take(found.listed, left, found.logged, (timedelta(0),))
    found.missing = _take(unmatched, left, found.perhaps, (-ONE_DAY, ONE_DAY))
    found.not_listed = sorted(
        (
            case
            for cases_of_day in left.values()
            for case in cases_of_day
            if found.first <= case.procedure_date <= found.last and not _cancelled(case)
        ),
        key=lambda case: (case.procedure_date, case.pk),
    )
    return found


def _take(listed, left: Left, into: list, apart: tuple[timedelta, ...]) -> list[Operation]:
    """Pair what fits, each case once; returns the operations that nothing fits."""
    unmatched = []
    for one in listed:
        fitting = [case for days in apart for case in left.get((one.key[0], one.on + days), [])[:1]]
        if not fitting:
            unmatched.append(one)
            continue
        case = min(fitting, key=_cancelled)
        left[one.key[0], case.procedure_date].remove(case)
        into.append((one, case))
    return unmatched


def _cancelled(case: Case) -> bool:
    return case.status == OperationStatus.CANCELLED


# Reading the list


class _Wrong(Exception):
    def __init__(self, row: int, cell: Cell, rule: str, remedy: str):
        super().__init__(rule)
        self.error = RowError(row, "" if cell is None else str(cell), rule, remedy)


def _table(sheet: Sheet) -> tuple[dict[str, int], list[Row]]:
    """Where each column stands, and the rows of operations; a list may have no headings."""
    places = {entry.name: place for place, entry in headings.match(sheet.headings).fields.items()}
    for name, words in _ALSO.items():
        known = {values.normalised(word) for word in words}
        for place, text in enumerate(sheet.headings):
            if name not in places and values.normalised(text) in known:
                places[name] = place
    if _DATE in places and _CODE in places:
        return places, list(sheet.rows)
    first = Row(sheet.heading_row, sheet.headings)
    on = next((place for place, cell in enumerate(first.cells) if _reads_as_date(cell)), None)
    others = [place for place, cell in enumerate(first.cells) if place != on and cell]
    if on is None or not others:
        raise NotAList(
            [
                RowError(
                    sheet.heading_row,
                    " · ".join(sheet.headings)[:80],
                    _("this row names no column of dates and no column of patient codes"),
                    _("write “date” and “code” above them, with a tab, comma or semicolon between columns"),
                )
            ]
        )
    return dict(zip((_DATE, _CODE, _PROCEDURE), (on, *others), strict=False)), [first, *sheet.rows]


def _operation(row: Row, places: dict[str, int], today: date) -> Operation:
    cells = {name: row.cells[place] if place < len(row.cells) else None for name, place in places.items()}
    code = clean_text("" if cells[_CODE] is None else values.text_of(cells[_CODE]))
    if not code:
        raise _Wrong(row.number, cells[_CODE], _("the patient code is missing"), _("write it in this row"))
    if cells[_DATE] is None:
        raise _Wrong(row.number, code, _("the date is missing"), _("write it as year-month-day"))
    try:
        on = _date(cells[_DATE])
    except values.NotAValue as wrong:
        raise _Wrong(row.number, cells[_DATE], wrong.rule, wrong.remedy) from wrong
    if on > today:
        raise _Wrong(
            row.number,
            cells[_DATE],
            _("this day is still to come"),
            _("leave planned operations out of the list"),
        )
    if on < EARLIEST_OPERATION:
        message = _("operations before %(year)s are not compared") % {"year": EARLIEST_OPERATION.year}
        raise _Wrong(row.number, cells[_DATE], message, _("check the year"))
    procedure = cells.get(_PROCEDURE)
    return Operation(row.number, on, code, "" if procedure is None else values.text_of(procedure))


def _date(cell: Cell) -> date:
    on: date = values.parse(dictionary.entries()[_DATE], cell)
    return on


def _reads_as_date(cell: Cell) -> bool:
    try:
        return bool(cell and _date(cell))
    except (values.NotAValue, ValidationError):
        return False


def _refused(sheet: Sheet, places: dict[str, int]) -> Iterator[RowError]:
    used = {places[name] + 1 for name in (_DATE, _CODE)}
    for refusal in sheet.refusals:
        reach = range(refusal.at.column, refusal.at.column + refusal.columns)
        if used & set(reach):
            at = Position(refusal.at.row, refusal.at.column)
            yield RowError(at.row, refusal.value, refusal.rule, refusal.remedy)
