"""Finds the columns of a sheet, and reads its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from audit.spreadsheet import counts, rules
from audit.spreadsheet.attempts import problems_between
from audit.spreadsheet.rules import Problem, Read
from caselog.dataset import CaseRow
from caselog.excel import headings, reader, values
from caselog.excel.columns import case_fields
from caselog.excel.reader import Position, Sheet

REQUIRED = ("patient_code", "azoospermia_type", "procedure", "sperm_found")
_OF_SIDES = ("right_sperm_found", "left_sperm_found")
# In the file's place stand "row 12" and "complete": what a file says of these is of its own system.
_NOT_READ = ("case_number", "state")
USED = {field for field in CaseRow.__dataclass_fields__ if field in case_fields()} - {*_NOT_READ} | {
    "birth_year"
}


@dataclass(frozen=True)
class CellError:
    """What is wrong in one place, which rule it breaks and what to do about it."""

    row: int
    column: str  # the field's name
    cell: str  # "C12"; "" where the column is not there
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = {"row": self.row, "column": self.column, "value": self.value}
        where = (
            _("row %(row)s, column %(column)s, value “%(value)s”") % place
            if self.value
            else _("row %(row)s, column %(column)s") % place
        )
        return _("%(where)s: %(rule)s; %(remedy)s") % {
            "where": where, "rule": self.rule, "remedy": self.remedy,
        }  # fmt: skip


class SpreadsheetErrors(ValueError):
    """Every error of the file, in the order in which a reader of it meets them."""

    def __init__(self, errors: Iterable[CellError]):
        self.errors = tuple(sorted(errors, key=lambda error: (error.row, len(error.cell), error.cell)))
        super().__init__(f"{len(self.errors)} errors")


@dataclass(frozen=True)
class Cases:
    rows: tuple[CaseRow, ...]
    ignored: tuple[str, ...]  # headings of columns that were not used
    other_sheets: tuple[str, ...]
    absent: tuple[str, ...]  # fields that no row answers
    unusual: tuple[str, ...]  # cells of weights outside the soft limits
    first_after_another: tuple[str, ...]  # cells of attempt 1 beside an earlier attempt


def read_cases(path: Path, *, today: date) -> Cases:
    """The cases in a CSV or XLSX file. `today` is the last day on which an operation can have been.

    Raises reader.Unreadable, or SpreadsheetErrors with all that is wrong.
    """
    sheet = reader.read(path)
    columns = _Columns(sheet)
    errors = list(columns.errors())
    read: list[Read] = []
    if not errors:
        read = [_read_row(columns, row, today, errors) for row in sheet.rows]
        errors += [columns.error(row, problem) for row, problem in problems_between(read)]
        if not read:
            errors.append(_no_rows(sheet))
    if errors:
        raise SpreadsheetErrors(errors)
    completed = {one.row: rules.completed(one.answers) for one in read}
    return Cases(
        rows=tuple(
            CaseRow(case_number=_("row %(number)s") % {"number": row}, **answers)
            for row, answers in completed.items()
        ),
        ignored=columns.ignored,
        other_sheets=sheet.other_sheets,
        absent=rules.absent(CaseRow.__dataclass_fields__, completed.values()),
        unusual=tuple(
            str(Position(one.row, columns.place_of[name] + 1))
            for one in read
            for name in rules.unusual_weights(one.answers)
        ),
        first_after_another=tuple(
            str(Position(one.row, columns.place_of["attempt_number"] + 1))
            for one in read
            if rules.is_first_after_another(one.answers)
        ),
    )


class _Columns:
    """Where each field stands in one sheet, and how an error in it is told."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.match = headings.match(sheet.headings)
        self.used = {place: entry for place, entry in self.match.fields.items() if entry.name in USED}
        self.place_of = {entry.name: place for place, entry in self.used.items()}
        self.refused = {
            Position(refusal.at.row, place + 1): refusal
            for refusal in sheet.refusals
            for place in self.used
            if refusal.at.column <= place + 1 < refusal.at.column + refusal.columns
        }

    @property
    def ignored(self) -> tuple[str, ...]:
        unused = {place for place, entry in self.match.twice.items() if entry.name not in USED}
        places = self.match.unknown.keys() | (self.match.fields.keys() - self.used.keys()) | unused
        return tuple(self.sheet.headings[place] for place in sorted(places))

    def errors(self) -> Iterator[CellError]:
        """What makes reading the rows pointless."""
        row = self.sheet.heading_row
        for place, entry in self.match.twice.items():
            if entry.name not in USED:
                continue
            yield CellError(
                row, entry.name, str(Position(row, place + 1)), self.sheet.headings[place],
                _("is a second column of this field"), _("delete or rename one of them"),
            )  # fmt: skip
        for place, entry in self.match.without_unit.items():
            yield CellError(
                row, entry.name, str(Position(row, place + 1)), self.sheet.headings[place],
                _("does not say the unit of these weights"),
                _("add mg or g to the heading, such as “tissue weight (mg)”"),
            )  # fmt: skip
        for name in REQUIRED:
            if name not in self.place_of and not (name == "sperm_found" and self._has_sides()):
                yield CellError(
                    row, name, "", "", _("this column is required and is not there"),
                    _("add it, or name its heading so"),
                )  # fmt: skip

    def _has_sides(self) -> bool:
        return any(name in self.place_of for name in _OF_SIDES)

    def without_heading(self, row: reader.Row) -> Iterator[CellError]:
        """A cell beside the table was meant for one of its columns, or the row has slipped."""
        for place, cell in enumerate(row.cells):
            if cell is not None and not "".join(self.sheet.headings[place : place + 1]):
                at = Position(row.number, place + 1)
                yield CellError(
                    row.number, at.letter, str(at), values.text_of(cell),
                    _("stands under no heading"), _("give the column a heading, or clear the cell"),
                )  # fmt: skip

    def error(self, row: int, problem: Problem) -> CellError:
        place = self.place_of.get(problem.field)
        return CellError(
            row=row,
            column=problem.field,
            cell="" if place is None else str(Position(row, place + 1)),
            value=problem.value,
            rule=problem.rule,
            remedy=problem.remedy,
        )


def _read_row(columns: _Columns, row: reader.Row, today: date, errors: list[CellError]) -> Read:
    """The row's answers; what is wrong with them is added to `errors`."""
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    astray = list(columns.without_heading(row))
    for place, entry in columns.used.items():
        cell = row.cells[place] if place < len(row.cells) else None
        if refusal := columns.refused.get(Position(row.number, place + 1)):
            problems.append(Problem(entry.name, refusal.value, refusal.rule, refusal.remedy))
        elif cell is not None:
            try:
                found = rules.answers_of(entry, cell, grams=place in columns.match.grams)
                answers |= rules.agreeing(found, answers)
            except values.NotAValue as error:
                problems.append(Problem(entry.name, values.text_of(cell), error.rule, error.remedy))
    if not (problems or astray):  # a wrong cell would be told twice, once as a contradiction
        problems = [*rules.contradictions(answers, today), *counts.contradictions(answers)]
    errors += [*astray, *(columns.error(row.number, problem) for problem in problems)]
    return Read(row.number, answers, len(problems) + len(astray))


def _no_rows(sheet: Sheet) -> CellError:
    return CellError(
        sheet.heading_row, "patient_code", "", "", _("there is no row below the headings"), _("add the cases")
    )
