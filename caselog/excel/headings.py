"""Which column of a spreadsheet is which field of the dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import translation

from caselog.dictionary import Entry
from caselog.excel.columns import case_fields, heading
from caselog.excel.values import normalised


@dataclass(frozen=True)
class Headings:
    fields: dict[int, Entry]  # by the column's place, from 0
    twice: dict[int, Entry]  # columns whose field has a column already
    unknown: dict[int, str]  # columns with a heading that is no field's


def match(headings: tuple[str, ...]) -> Headings:
    fields: dict[int, Entry] = {}
    twice: dict[int, Entry] = {}
    unknown: dict[int, str] = {}
    for place, text in enumerate(headings):
        entry = _entries_by_heading().get(normalised(text))
        if entry is None:
            if text:
                unknown[place] = text
        elif entry in fields.values():
            twice[place] = entry
        else:
            fields[place] = entry
    return Headings(fields, twice, unknown)


@cache
def _entries_by_heading() -> dict[str, Entry]:
    """A field's own name is surest, then our headings in each language, then what clinics write."""
    known: dict[str, Entry] = {}
    for names_of in (_own_name, _shown_names, _synonyms):
        for entry in case_fields().values():
            for name in names_of(entry):
                known.setdefault(normalised(name), entry)
    return known


def _own_name(entry: Entry) -> Iterator[str]:
    yield entry.name


def _shown_names(entry: Entry) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield heading(entry)
            if not entry.side:  # both sides have the same label
                yield str(entry.label)


def _synonyms(entry: Entry) -> Iterator[str]:
    yield from entry.synonyms
