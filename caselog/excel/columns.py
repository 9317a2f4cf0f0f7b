"""What a column of a sheet is, and the columns of the record, taken from the data dictionary.

The line listing, the export and the codebook write these columns and the reader of spreadsheets
recognises them, so that a heading means the same on the way out and on the way in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from caselog.choices import OperationStatus, Role, Sides
from caselog.dictionary import PARTS, Answers, Entry, When, entries, is_blank


class Format(StrEnum):
    """How a column's cells look; the value below it keeps its full precision."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A value that looks otherwise than its column: a share among counts."""

    value: Any
    format: Format


@dataclass(frozen=True)
class Column:
    key: str
    heading: str
    value: Callable[[Any], Any]  # of one item of the rows
    format: Format = Format.TEXT
    width: float = 14


class _FreeText(Entry):
    """Said by spreadsheets, as its author wrote it; no table of ours has it yet."""

    @property
    def model_field(self) -> "models.Field[Any, Any]":
        return models.CharField(_HISTOLOGY, max_length=200)


_HISTOLOGY = gettext_lazy("histology")
# What a row of cases holds beside the questions of the dictionary.
_OF_ROWS = [
    Entry("case_number", "case", "number", (Role.SURGEON,)),
    Entry("state", "case", "state", (Role.SURGEON,)),
    Entry("result_status", "laboratoryreport", "result_status", (Role.EMBRYOLOGIST,)),
    Entry("embryologist", "laboratoryreport", "embryologist", (Role.EMBRYOLOGIST,)),
    Entry(
        "sperm_found", "finding", "sperm_found", (Role.EMBRYOLOGIST,),
        synonyms=("sperm", "sperm retrieved", "العثور على الحيوانات المنوية", "sperm bulundu"),
    ),
    Entry(
        "tissue_weight_mg", "testis", "tissue_weight_mg", (Role.SURGEON,), unit="mg",
        condition=When("sides", tuple(Sides)),
        synonyms=("tissue", "وزن النسيج", "doku ağırlığı"),
    ),
    _FreeText("histology", "", "", (Role.SURGEON,), synonyms=("النسيج المرضي", "histoloji")),
]  # fmt: skip
# Which case a visit, a complication or a cycle is of.
_KEY = ("case_number", "patient_code", "procedure_date")
CASES = "cases"
SEVERAL = ("follow_up", "complication", "icsi")
SHEETS = (CASES, *SEVERAL)
BETWEEN_CODES = "; "  # a comma stands within some of their words
_FORMATS = {
    models.DateField: Format.DATE,
    models.TimeField: Format.TIME,
    models.DecimalField: Format.NUMBER,
    models.IntegerField: Format.INTEGER,
}
_WIDTHS = {
    Format.TEXT: 25,
    Format.DATE: 14,
    Format.TIME: 10,
    Format.NUMBER: 12,
    Format.INTEGER: 12,
    Format.PERCENT: 10,
}


@cache
def sheet_fields(sheet: str = CASES) -> dict[str, Entry]:
    """Every field that this sheet may have, by name."""
    of_cases = {entry.name: entry for entry in _OF_ROWS} | entries()
    if sheet == CASES:
        return of_cases
    return {name: of_cases[name] for name in _KEY} | {entry.name: entry for entry in PARTS[sheet]}


def sheet_titles() -> dict[str, str]:
    """What each sheet is called in the language of the moment."""
    return {
        CASES: pgettext("sheet", "Cases"),
        "follow_up": pgettext("sheet", "Follow-up"),
        "complication": pgettext("sheet", "Complications"),
        "icsi": pgettext("sheet", "ICSI cycles"),
    }


def case_fields() -> dict[str, Entry]:
    return sheet_fields(CASES)


def heading(entry: Entry) -> str:
    """The field's label with its side and unit, in the language of the moment; once in a sheet."""
    label = str(entry.label)
    if entry.row:
        label = _("%(side)s: %(label)s") % {"side": entry.of_row, "label": label}
    if entry.unit:
        label = _("%(label)s (%(unit)s)") % {"label": label, "unit": unit(entry)}
    return label[:1].upper() + label[1:]


_UNITS = {
    "years": gettext_lazy("years"),
    "months": gettext_lazy("months"),
    "weeks": gettext_lazy("weeks"),
    "days": gettext_lazy("days"),
    "min": gettext_lazy("min"),
    "mg": gettext_lazy("mg"),
    "g": gettext_lazy("g"),
    "kg": gettext_lazy("kg"),
    "cm": gettext_lazy("cm"),
    "mL": gettext_lazy("mL"),
}


def unit(entry: Entry) -> str:
    return str(_UNITS.get(entry.unit, entry.unit))


def format_of(entry: Entry) -> Format:
    field = entry.model_field
    return next((form for kind, form in _FORMATS.items() if isinstance(field, kind)), Format.TEXT)


def case_columns(names: list[str], sheet: str = CASES) -> list[Column]:
    """The columns of these fields, for rows of answers by field name.

    A missing answer says so; a question that does not apply leaves its cell empty.
    """
    fields = sheet_fields(sheet)
    not_recorded = pgettext("answer", "not recorded")
    return [
        Column(
            entry.name,
            heading(entry),
            _cell_of(entry, _conditions(entry, fields), not_recorded),
            form := format_of(entry),
            _WIDTHS[form],
        )
        for entry in (fields[name] for name in names)
    ]


def _cell_of(entry: Entry, conditions: list[When], not_recorded: str) -> Callable[[Answers], Any]:
    name = entry.name
    # Looked up once: a lazy translation for every cell costs more than writing the cell.
    coded = bool(entry.model_field.flatchoices)
    labels: dict[Any, str] = {code: str(label) for code, label in entry.choices} if coded else {}

    def cell(answers: Answers) -> Any:
        value = answers.get(name)
        if isinstance(value, list) and value:
            return BETWEEN_CODES.join(labels[code] for code in value)
        if not is_blank(value):
            return labels.get(value, value) if labels else value
        # Where the parent's own answer is missing nobody knows whether the question applies.
        applies = all(one.holds(answers) or is_blank(answers.get(one.parent)) for one in conditions)
        return not_recorded if applies else None

    return cell


def _conditions(entry: Entry, fields: Mapping[str, Entry]) -> list[When]:
    """The question's own condition and those of the questions it hangs on."""
    of_laboratory = entry.owners == (Role.EMBRYOLOGIST,)
    conditions = [When("status", (OperationStatus.PERFORMED,))] if of_laboratory else []
    parent: Entry | None = entry
    while parent and parent.condition:
        conditions.append(parent.condition)
        parent = fields.get(parent.condition.parent)
    return conditions
