"""Where each field of the dictionary is found: asked of the code of each place, not listed by hand."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from caselog import dictionary
from caselog.api import follow_up, histology, serializers
from caselog.dictionary import IDENTIFIERS, PARTS, Entry, When
from caselog.excel import headings
from caselog.excel.columns import CASES, SHEETS, format_of, heading
from caselog.forms.answers import AnswersForm
from caselog.forms.fields import field_for
from caselog.forms.follow_up import ComplicationForm, CycleForm, VisitForm
from caselog.forms.histology import HistologyForm
from caselog.forms.identifiers import IdentifiersForm
from caselog.forms.laboratory import LaboratoryForm
from caselog.forms.operation import OperationForm
from caselog.management.commands import data_dictionary
from caselog.models import User
from caselog.services import exports, import_parts

COLUMNS = ["field", "form", "API", "import", "export", "dictionary page", "completeness", "used in"]
FORMS: dict[str, type[AnswersForm]] = {
    "operation": OperationForm,
    "laboratory": LaboratoryForm,
    "histology": HistologyForm,
    "follow_up": VisitForm,
    "complication": ComplicationForm,
    "icsi": CycleForm,
}
# What stands in the address of the form's page instead.
IN_ADDRESS = {("follow_up", "month")}
SERIALIZERS: dict[str, tuple[type[serializers.Answers], type[serializers.Record]]] = {
    "operation": (serializers.NewCaseSerializer, serializers.CaseSerializer),
    "laboratory": (serializers.NewLaboratoryReportSerializer, serializers.LaboratoryReportSerializer),
    "histology": (histology.NewHistologySerializer, histology.HistologySerializer),
    "follow_up": (follow_up.NewFollowUpSerializer, follow_up.FollowUpSerializer),
    "complication": (follow_up.NewComplicationSerializer, follow_up.ComplicationSerializer),
    "icsi": (follow_up.NewIcsiCycleSerializer, follow_up.IcsiCycleSerializer),
}


STAYS = "never leaves the clinic"


def rows() -> Iterator[tuple[str, list[str]]]:
    """For each field, its part and a cell for each column; a blank cell says that it is not there."""
    with translation.override("en"):
        page = data_dictionary.page()
        for part, entries in PARTS.items():
            for entry in entries:
                yield (
                    part,
                    [
                        f"`{entry.name}`",
                        _form(part, entry),
                        _api(part, entry),
                        _import(part, entry),
                        _export(part, entry),
                        _dictionary_page(part, entry, page),
                        _completeness(part, entry),
                        ", ".join(entry.used_in),
                    ],
                )
        for entry in IDENTIFIERS:
            yield "identifiers", _of_identifier(entry, page)


def _of_identifier(entry: Entry, page: str) -> list[str]:
    """What stays is in no serializer, under no heading and on no sheet; a blank cell says where it is."""
    field = IdentifiersForm.base_fields.get(entry.name)
    served = any(entry.name in one().fields for both in SERIALIZERS.values() for one in both)
    sheets = {CASES, *SHEETS}
    read = any(_import(sheet, entry) for sheet in sheets)
    written = any(_export(sheet, entry) for sheet in sheets)
    return [
        f"`{entry.name}`",
        _words(type(field.widget).__name__) if field else "",
        *("" if found else STAYS for found in (served, read, written)),
        _dictionary_page("identifiers", entry, page),
        "" if entry.required else "optional",
        ", ".join(entry.used_in),
    ]


def sheet_of(part: str) -> str:
    return part if part in SHEETS else CASES


def _form(part: str, entry: Entry) -> str:
    if (part, entry.name) in IN_ADDRESS:
        return "in the page's address"
    if entry not in FORMS[part].part:
        return ""
    people = {entry.name: User.objects.none()} if _kind(entry) == "ForeignKey" else {}
    return _words(type(field_for(entry, people).widget).__name__)


def _api(part: str, entry: Entry) -> str:
    takes, gives = SERIALIZERS[part]
    taken = takes().fields.get(entry.name)
    return _words(type(taken).__name__) if taken is not None and entry.name in gives().fields else ""


def _import(part: str, entry: Entry) -> str:
    """What a cell under this field's heading, in each language, is read as."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if headings.match((heading(entry),), sheet_of(part)).fields != {0: entry}:
                return ""
    saved = ", saved" if import_parts.FIELDS[sheet_of(part)].get(entry.name) == part else ""
    if entry.several:
        return f"several codes{saved}"
    if entry.choices:
        return f"code{saved}"
    return ("person" if _kind(entry) == "ForeignKey" else format_of(entry).value) + saved


def _export(part: str, entry: Entry) -> str:
    listed = exports.columns_of(sheet_of(part))
    return f"{heading(entry)}" if entry in listed else ""


def _dictionary_page(part: str, entry: Entry, page: str) -> str:
    _before, _title, section = page.partition(f"## {data_dictionary.TITLES[part]}\n")
    found = f"\n| `{entry.name}` | " in section.partition("\n## ")[0]
    return data_dictionary.TITLES[part] if found else ""


def _completeness(part: str, entry: Entry) -> str:
    """When it is expected; what never is, is counted where somebody gave it."""
    if entry in dictionary.expected({}, PARTS[part]):
        return "always"
    when = entry.required if isinstance(entry.required, When) else entry.condition
    if entry in dictionary.expected(_answers_for(entry, part), PARTS[part]):
        return f"when {when.parent} says so" if when else ""
    return "" if entry.required else "optional"


def _answers_for(entry: Entry, part: str) -> dict[str, str]:
    """Answers under which this question is asked."""
    answers: dict[str, str] = {}
    known = dictionary.entries() | {one.name: one for one in PARTS[part]}
    asked = [when for when in (entry.condition, entry.required) if isinstance(when, When)]
    while asked:
        when = asked.pop()
        answers.setdefault(when.parent, when.values[0])
        if (parent := known.get(when.parent)) and parent.condition:
            asked.append(parent.condition)
    return answers


def _kind(entry: Entry) -> str:
    return entry.model_field.get_internal_type()


def _words(name: str) -> str:
    """CharField → char field."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
