"""What the printed operation note says, item by item.

The items are those which the Royal College of Surgeons of England asks for (docs/operation-note.md).
What the record does not hold is left as a line to write on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from caselog import dictionary
from caselog.choices import Analyte, Side
from caselog.dictionary import HISTOLOGY, OPERATION, Entry
from caselog.web.summary import shown


@dataclass(frozen=True)
class Row:
    label: Any
    value: str = ""
    lines: int = 0  # to write on

    @property
    def ruled(self) -> range:
        return range(self.lines)


@dataclass(frozen=True)
class Item:
    title: Any
    names: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()  # of the names, those that leave a line where nobody answered
    by_hand: tuple[Any, ...] = ()  # what the record has no field for
    lines: int = 1  # where nothing is recorded; 0 leaves the item out


def _of_sides(*attributes: str) -> tuple[str, ...]:
    return tuple(f"{side}_{attribute}" for side in Side for attribute in attributes)


ITEMS = (
    Item(
        _("Date and time"),
        ("procedure_date", "start_time", "end_time", "operative_minutes"),
        wanted=("start_time", "end_time"),
    ),
    Item(_("Elective or emergency"), ("timing",)),
    Item(
        _("Team"),
        ("surgeon", "assistant", "trainee_operating"),
        wanted=("surgeon", "assistant"),
        by_hand=(_("Anaesthetist"),),
    ),
    Item(
        _("Procedure"),
        (
            *("status", "status_reason", "planned_procedure", "procedure", "sides", "anaesthesia"),
            *("magnification", "magnification_x"),
        ),
        wanted=("procedure", "sides", "anaesthesia"),
    ),
    Item(_("Extra procedure, and why"), ("preceding_procedures", "changed_plan_reason")),
    Item(_("Incision")),
    Item(
        _("Diagnosis"),
        (
            *("azoospermia_type", "primary_aetiology", "additional_aetiologies", "klinefelter_status"),
            *("karyotype", "y_microdeletion", "cftr"),
        ),
    ),
    Item(
        _("Findings"),
        (*_of_sides("tubule_appearance", "vessels_preserved", "wet_prep"), "stopped_when_found"),
        lines=2,
    ),
    Item(
        _("Problems and complications"),
        ("intraoperative_complication", "intraoperative_complication_text"),
    ),
    Item(_("Tissue removed"), _of_sides("samples_n", "weighing", "tissue_weight_mg")),
    Item(_("Prosthesis or implant, with its number")),
    Item(_("Closure")),
    Item(_("Blood loss")),
    Item(_("Antibiotic prophylaxis")),
    Item(_("Thrombosis prophylaxis")),
    Item(_("Note"), ("operation_note",), lines=0),
    Item(_("Care after the operation"), lines=4),
    Item(_("Histology"), tuple(entry.name for entry in HISTOLOGY), lines=0),
)
_PLACED = {"patient_code", *(name for item in ITEMS for name in item.names)}  # the code is in the head
# Whatever else the dictionary marks for the note.
REST = [entry for entry in OPERATION if "note" in entry.used_in and entry.name not in _PLACED]


@dataclass(frozen=True)
class Section:
    title: Any
    rows: list[Row]


def sections(answers: Mapping[str, Any]) -> list[Section]:
    """The note of one case. answers: of the operation and the histology."""
    entries = {entry.name: entry for entry in [*OPERATION, *HISTOLOGY]}
    found = [Section(item.title, _rows(item, entries, answers)) for item in ITEMS]
    before = [*_of_entries(REST, answers), *_of_hormones(REST, answers)]
    found.insert(-1, Section(_("Before the operation"), before))  # the histology comes weeks later
    return [section for section in found if section.rows]


def _rows(item: Item, entries: Mapping[str, Entry], answers: Mapping[str, Any]) -> list[Row]:
    asked = [entries[name] for name in item.names if entries[name].applies(answers)]
    rows = list(_of_entries(asked, answers, wanted=item.wanted))
    rows += [Row(label, lines=1) for label in item.by_hand]
    return rows or ([Row("", lines=item.lines)] if item.lines else [])


def _of_entries(
    asked: Iterable[Entry], answers: Mapping[str, Any], wanted: tuple[str, ...] = ()
) -> Iterator[Row]:
    for entry in asked:
        if entry.analyte:
            continue
        label = capfirst(str(entry.label))
        label = f"{entry.of_row}: {label}" if entry.of_row else label
        if not dictionary.is_blank(answers.get(entry.name)):
            yield Row(label, shown(entry, answers[entry.name]))
        elif entry.name in wanted:
            yield Row(label, lines=1)


def _of_hormones(asked: Iterable[Entry], answers: Mapping[str, Any]) -> Iterator[Row]:
    """One row a hormone: "5.2 IU/L, 3 Mar 2025"."""
    for analyte in Analyte:
        parts = {
            entry.attribute: shown(entry, answers.get(entry.name))
            for entry in asked
            if entry.analyte == analyte
        }
        measured = " ".join(filter(None, [parts.get("value"), parts.get("unit")]))
        if said := ", ".join(filter(None, [measured or parts.get("result"), parts.get("taken_on")])):
            yield Row(analyte.label, said)
