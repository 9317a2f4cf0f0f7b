"""What a column of a sheet is, and the columns of a case, taken from the data dictionary.

The line listing and the codebook write these columns and the reader of spreadsheets recognises
them, so that a heading means the same on the way out and on the way in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from caselog.choices import OperationStatus, Role, Sides
from caselog.dictionary import Answers, Entry, When, entries, is_blank


class Format(StrEnum):
    """How a column's cells look; the value below it keeps its full precision."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"


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
    Entry("case_number", "case", "number", Role.SURGEON),
    Entry("state", "case", "state", Role.SURGEON),
    Entry("result_status", "laboratoryreport", "result_status", Role.EMBRYOLOGIST),
    Entry(
        "sperm_found", "finding", "sperm_found", Role.EMBRYOLOGIST,
        synonyms=("sperm", "sperm retrieved", "العثور على الحيوانات المنوية", "sperm bulundu"),
    ),
    Entry(
        "tissue_weight_mg", "testis", "tissue_weight_mg", Role.SURGEON, unit="mg",
        condition=When("sides", tuple(Sides)),
        synonyms=("tissue", "وزن النسيج", "doku ağırlığı"),
    ),
    _FreeText("histology", "", "", Role.SURGEON, synonyms=("النسيج المرضي", "histoloji")),
]  # fmt: skip
_FORMATS = {
    models.DateField: Format.DATE,
    models.DecimalField: Format.NUMBER,
    models.IntegerField: Format.INTEGER,
}
_WIDTHS = {Format.TEXT: 25, Format.DATE: 14, Format.NUMBER: 12, Format.INTEGER: 12, Format.PERCENT: 10}


@cache
def case_fields() -> dict[str, Entry]:
    """Every field that a sheet of cases may have, by name."""
    return {entry.name: entry for entry in _OF_ROWS} | entries()


def heading(entry: Entry) -> str:
    """The field's label with its side and unit, in the language of the moment; once in a sheet."""
    label = str(entry.label)
    if entry.row:
        label = _("%(side)s: %(label)s") % {"side": entry.of_row, "label": label}
    if entry.unit:
        label = _("%(label)s (%(unit)s)") % {"label": label, "unit": unit(entry)}
    return label[:1].upper() + label[1:]


_UNITS = {"years": gettext_lazy("years"), "min": gettext_lazy("min"), "mg": gettext_lazy("mg")}


def unit(entry: Entry) -> str:
    return str(_UNITS.get(entry.unit, entry.unit))


def format_of(entry: Entry) -> Format:
    field = entry.model_field
    return next((form for kind, form in _FORMATS.items() if isinstance(field, kind)), Format.TEXT)


def case_columns(names: list[str]) -> list[Column]:
    """The columns of these fields, for rows of answers by field name.

    A missing answer says so; a question that does not apply leaves its cell empty.
    """
    not_recorded = pgettext("answer", "not recorded")
    return [
        Column(
            entry.name,
            heading(entry),
            _cell_of(entry, not_recorded),
            form := format_of(entry),
            _WIDTHS[form],
        )
        for entry in (case_fields()[name] for name in names)
    ]


def _cell_of(entry: Entry, not_recorded: str) -> Callable[[Answers], Any]:
    name, conditions = entry.name, _conditions(entry)
    # Looked up once: a lazy translation for every cell costs more than writing the cell.
    labels = {code: str(label) for code, label in entry.choices} if entry.model_field.flatchoices else {}

    def cell(answers: Answers) -> Any:
        value = answers[name]
        if not is_blank(value):
            return labels.get(value, value) if labels else value
        # Where the parent's own answer is missing nobody knows whether the question applies.
        applies = all(one.holds(answers) or is_blank(answers.get(one.parent)) for one in conditions)
        return not_recorded if applies else None

    return cell


def _conditions(entry: Entry) -> list[When]:
    """The question's own condition and those of the questions it hangs on."""
    conditions = [When("status", (OperationStatus.PERFORMED,))] if entry.owner == Role.EMBRYOLOGIST else []
    parent: Entry | None = entry
    while parent and parent.condition:
        conditions.append(parent.condition)
        parent = case_fields().get(parent.condition.parent)
    return conditions
