"""The sheets of a file as rows of answers, and every cell that is not one."""

from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from caselog.dictionary import Entry
from caselog.excel import headings, reader, values
from caselog.excel.columns import CASES, SEVERAL, SHEETS, heading, sheet_fields
from caselog.excel.reader import Position, Row, Sheet
from caselog.models import Clinic, User
from caselog.services import merging
from caselog.services.import_parts import FIELDS, KEY, KEYS


@dataclass(frozen=True)
class CellError:
    """What is wrong in one cell, which rule it breaks and what to do about it."""

    sheet: str
    row: int
    cell: str  # "C12"
    field: str  # as its heading says
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = {"sheet": self.sheet, "cell": self.cell, "field": self.field, "value": self.value}
        where = (
            _("sheet “%(sheet)s”, cell %(cell)s, %(field)s, value “%(value)s”")
            if self.value
            else _("sheet “%(sheet)s”, cell %(cell)s, %(field)s, empty")
        )
        return _("%(where)s: %(rule)s; %(remedy)s") % {
            "where": where % place,
            "rule": self.rule,
            "remedy": self.remedy,
        }


class CellErrors(ValueError):
    """Every error of the file, in the order in which a reader of it meets them."""

    def __init__(self, errors: list[CellError]):
        super().__init__(f"{len(errors)} errors")
        sheets = list(dict.fromkeys(error.sheet for error in errors))
        self.errors = sorted(
            errors, key=lambda error: (sheets.index(error.sheet), error.row, len(error.cell), error.cell)
        )


@dataclass
class Table:
    """A sheet as rows of answers; `tell` adds an error of a cell of it.

    kind: which sheet of the record it is.
    may: the parts that the person who imports may record.
    """

    sheet: Sheet
    kind: str
    may: Set[str]
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)  # by the row's number
    # Of each row, where others are read: the parts that are answered and that this person does not record.
    withheld: dict[int, set[str]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # fields of which a row says what the record does not
    errors: list[CellError] = field(default_factory=list)

    def __post_init__(self):
        self.match = headings.match(self.sheet.headings, self.kind)
        self.part_of = FIELDS[self.kind]
        self.used = {place: one for place, one in self.match.fields.items() if self.reads(one)}
        # Of every column: what is wrong may be at odds with an answer of another profession.
        self.place_of = {entry.name: place for place, entry in self.match.fields.items()}
        self.cells = {row.number: row.cells for row in self.sheet.rows}

    @property
    def is_read(self) -> bool:
        """Of a sheet of one part, whoever may not record it has only the keys read."""
        return self.kind == CASES or self.kind in self.may

    def reads(self, entry: Entry) -> bool:
        return entry.name in KEY or self.part_of.get(entry.name) in self.may

    @property
    def parts(self) -> set[str]:
        """Those that it has columns for."""
        return {self.part_of[one.name] for one in self.match.fields.values() if one.name in self.part_of}

    @property
    def not_read(self) -> list[str]:
        """The headings of what is no field of the record, or of what is lost of it."""
        places = {
            place
            for place, one in self.match.fields.items()
            if one.name in self.lost or one.name not in (*KEY, *self.part_of)
        }
        return [self.sheet.headings[place] for place in sorted(places | self.match.unknown.keys())]

    @property
    def wrong_rows(self) -> set[int]:
        return {error.row for error in self.errors}

    def lose(self, row: int, stored: dict[str, Any]) -> None:
        """Keep in mind which of these answers are not saved although the row has others."""
        for place, entry in self.match.fields.items():
            if entry.name in stored:
                cell, power = self.cell(row, entry.name), 3 if place in self.match.grams else 0
                if _says_other(entry, cell, stored[entry.name], power):
                    self.lost.add(entry.name)

    def tell(self, row: int, name: str, rule: str, remedy: str, value: Any = None) -> None:
        """value: what stands there, where it is at hand."""
        known = sheet_fields(self.kind).get(name)
        value = self.cell(row, name) if value is None else value
        self.errors.append(
            CellError(
                sheet=self.sheet.name,
                row=row,
                cell=str(Position(row, self.place_of.get(name, 0) + 1)),
                field=heading(known) if known else name,
                value="" if value is None else values.text_of(value),
                rule=rule.rstrip("."),
                remedy=remedy,
            )
        )

    def cell(self, row: int, name: str) -> Any:
        """What stands there, as it was typed."""
        cells, place = self.cells.get(row, ()), self.place_of.get(name)
        return cells[place] if place is not None and place < len(cells) else None


def read_tables(path: Path, clinic: Clinic, may: Set[str]) -> list[Table]:
    """The cases, then what hangs on them; in a CSV, and in a first sheet of any other name, there are cases.

    Raises reader.Unreadable, or CellErrors where reading the rows is pointless.
    """
    found = reader.read_sheets(path, wanted=lambda name: headings.sheet_named(name) in SEVERAL)
    kinds = [headings.sheet_named(sheet.name) for sheet in found]
    tables = [
        Table(replace(sheet, name=sheet.name or path.name), kind if kind in SEVERAL else CASES, may)
        for sheet, kind in zip(found, kinds, strict=True)
    ]
    tables.sort(key=lambda table: SHEETS.index(table.kind))
    read = [table for table in tables if table.is_read]
    for table in read:
        _tell_wrong_headings(table)
    raise_errors(read)
    people = _People(clinic)
    for table in tables:
        for row in table.sheet.rows:
            if table.is_read:
                table.rows[row.number] = dict(_answers(table, row, people))
                table.withheld[row.number] = set(_withheld(table, row))
            else:
                table.rows[row.number] = dict(_keys(table, row))
    return tables


def raise_errors(tables: Iterable[Table]) -> None:
    if errors := [error for table in tables for error in table.errors]:
        raise CellErrors(errors)


def _tell_wrong_headings(table: Table) -> None:
    row = table.sheet.heading_row
    twice = (_("is a second column of this field"), _("delete or rename one of them"))
    without = (_("does not say the unit of these weights"), _("add mg or g to the heading"))
    for places, why in ((table.match.twice, twice), (table.match.without_unit, without)):
        for place, entry in places.items():
            if table.reads(entry):
                at, text = str(Position(row, place + 1)), table.sheet.headings[place]
                table.errors.append(CellError(table.sheet.name, row, at, heading(entry), text, *why))
    for name in KEY:
        if name not in table.place_of:
            table.tell(
                row, name, _("this column is required and is not there"), _("add it, or name its heading so")
            )


def _withheld(table: Table, row: Row) -> Iterator[str]:
    """What is answered of it and not read; whose case it is says nothing of an operation."""
    for place in table.match.fields.keys() - table.used.keys():
        part = table.part_of.get(table.match.fields[place].name)
        if part and place < len(row.cells) and not values.is_not_recorded(row.cells[place]):
            yield part


def _keys(table: Table, row: Row) -> Iterator[tuple[str, Any]]:
    """What tells a row that is not saved from another, where it can be read."""
    for entry in table.match.fields.values():
        cell = table.cell(row.number, entry.name)
        if entry.name in KEYS[table.kind] and not values.is_not_recorded(cell):
            with suppress(values.NotAValue):
                yield entry.name, values.parse(entry, cell)


def _answers(table: Table, row: Row, people: "_People") -> Iterator[tuple[str, Any]]:
    refused = {
        refusal.at.column + more: refusal
        for refusal in table.sheet.refusals
        if refusal.at.row == row.number
        for more in range(refusal.columns)
    }
    for place, entry in table.used.items():
        cell = row.cells[place] if place < len(row.cells) else None
        if refusal := refused.get(place + 1):
            table.tell(row.number, entry.name, refusal.rule, refusal.remedy, refusal.value)
        elif not values.is_not_recorded(cell):
            try:
                yield entry.name, _value(entry, cell, people, 3 if place in table.match.grams else 0)
            except values.NotAValue as error:
                table.tell(row.number, entry.name, error.rule, error.remedy, cell)


def _value(entry: Entry, cell: Any, people: "_People", power: int) -> Any:
    value = values.parse(entry, cell, power=power)
    return people.named(value) if isinstance(entry.model_field, ForeignKey) else value


def _says_other(entry: Entry, cell: Any, stored: Any, power: int) -> bool:
    """Whether a cell says something, and not this value."""
    if values.is_not_recorded(cell):
        return False
    try:
        said = values.parse(entry, cell, power=power)
    except values.NotAValue:
        return True
    return merging.as_text(said) != merging.as_text(stored)


class _People:
    """Who works or worked in the clinic, by name and by address."""

    def __init__(self, clinic: Clinic):
        self.by_name: dict[str, list[User]] = {}
        for person in User.objects.filter(memberships__clinic=clinic).distinct():
            for name in {str(person), person.email}:
                self.by_name.setdefault(values.normalised(name), []).append(person)

    def named(self, name: str) -> User:
        found = self.by_name.get(values.normalised(name), [])
        if len(found) == 1:
            return found[0]
        raise values.NotAValue(
            _("is the name of several people of this clinic") if found else _("does not work in this clinic"),
            _("write the e-mail address") if found else _("add the person first, or correct the name"),
        )
