"""The operations on a sheet, as answers, and every cell that is not one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from caselog.dictionary import OPERATION, Entry
from caselog.excel import headings, reader, values
from caselog.excel.columns import case_fields, heading
from caselog.excel.reader import Position, Row, Sheet
from caselog.models import Clinic, User

# Beside the answers: whether the operation was signed.
READ = {entry.name for entry in OPERATION} | {"state"}


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
        self.errors = sorted(errors, key=lambda error: (error.row, len(error.cell), error.cell))


@dataclass
class Operations:
    """The sheet as rows of answers; `error` tells a cell of it."""

    sheet: Sheet
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)  # by the row's number
    errors: list[CellError] = field(default_factory=list)

    def __post_init__(self):
        self.match = headings.match(self.sheet.headings)
        self.used = {place: entry for place, entry in self.match.fields.items() if entry.name in READ}
        self.place_of = {entry.name: place for place, entry in self.used.items()}

    @property
    def not_read(self) -> list[str]:
        places = self.match.unknown.keys() | (self.match.fields.keys() - self.used.keys())
        return [self.sheet.headings[place] for place in sorted(places)]

    def error(self, row: int, name: str, rule: str, remedy: str, value: Any = None) -> CellError:
        known = case_fields().get(name)
        return CellError(
            sheet=self.sheet.name,
            row=row,
            cell=str(Position(row, self.place_of.get(name, 0) + 1)),
            field=heading(known) if known else name,
            value="" if value is None else values.text_of(value),
            rule=rule.rstrip("."),
            remedy=remedy,
        )

    def cell(self, row: int, name: str) -> Any:
        """What stands there, as it was typed."""
        cells = next((one.cells for one in self.sheet.rows if one.number == row), ())
        place = self.place_of.get(name)
        return cells[place] if place is not None and place < len(cells) else None


def read_operations(path: Path, clinic: Clinic) -> Operations:
    """Raises reader.Unreadable, or CellErrors where reading the rows is pointless."""
    sheet = reader.read(path)
    found = Operations(replace(sheet, name=sheet.name or path.name))
    if wrong := list(_wrong_headings(found)):
        raise CellErrors(wrong)
    people = _People(clinic)
    for row in found.sheet.rows:
        found.rows[row.number] = dict(_answers(found, row, people))
    return found


def _wrong_headings(found: Operations) -> Iterator[CellError]:
    row = found.sheet.heading_row
    for place, entry in [*found.match.twice.items(), *found.match.without_unit.items()]:
        if entry.name not in READ:
            continue
        twice = place in found.match.twice
        yield CellError(
            found.sheet.name, row, str(Position(row, place + 1)), heading(entry), found.sheet.headings[place],
            _("is a second column of this field") if twice else _("does not say the unit of these weights"),
            _("delete or rename one of them") if twice else _("add mg or g to the heading"),
        )  # fmt: skip
    for name in ("patient_code", "procedure_date"):
        if name not in found.place_of:
            yield found.error(
                row, name, _("this column is required and is not there"), _("add it, or name its heading so")
            )


def _answers(found: Operations, row: Row, people: "_People") -> Iterator[tuple[str, Any]]:
    refused = {
        refusal.at.column + more: refusal
        for refusal in found.sheet.refusals
        if refusal.at.row == row.number
        for more in range(refusal.columns)
    }
    for place, entry in found.used.items():
        cell = row.cells[place] if place < len(row.cells) else None
        if refusal := refused.get(place + 1):
            wrong = found.error(row.number, entry.name, refusal.rule, refusal.remedy, refusal.value)
            found.errors.append(wrong)
        elif not values.is_not_recorded(cell):
            try:
                yield entry.name, _value(entry, cell, people, 3 if place in found.match.grams else 0)
            except values.NotAValue as error:
                found.errors.append(found.error(row.number, entry.name, error.rule, error.remedy, cell))


def _value(entry: Entry, cell: Any, people: "_People", power: int) -> Any:
    value = values.parse(entry, cell, power=power)
    return people.named(value) if isinstance(entry.model_field, ForeignKey) else value


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
