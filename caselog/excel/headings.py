"""Which sheet of a spreadsheet is which part of the record, and which column which field."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.utils import translation

from caselog.dictionary import Entry
from caselog.excel.columns import CASES, heading, sheet_fields, sheet_titles
from caselog.excel.values import normalised

# A weight's heading says its unit: 0.4 may be grams, and 400 is taken for granted by nobody.
_UNITS = {
    "mg": ("mg", "milligram", "milligrams", "ملغ", "ملغم", "مغ", "مجم"),
    "g": ("g", "gr", "gram", "grams", "غ", "غم", "غرام", "جم", "جرام"),
}


@dataclass(frozen=True)
class Headings:
    fields: dict[int, Entry]  # by the column's place, from 0
    twice: dict[int, Entry]  # columns whose field has a column already
    unknown: dict[int, str]  # columns with a heading that is no field's
    without_unit: dict[int, Entry]  # columns of weights that may be in mg or in g
    grams: set[int]  # columns of weights in g


def match(headings: tuple[str, ...], sheet: str = CASES) -> Headings:
    found = Headings({}, {}, {}, {}, set())
    for place, text in enumerate(headings):
        entry, unit = _by_heading(sheet).get(normalised(text), (None, ""))
        if entry is None:
            if text:
                found.unknown[place] = text
        elif entry.unit and not unit:
            found.without_unit[place] = entry
        elif entry in found.fields.values():
            found.twice[place] = entry
        else:
            found.fields[place] = entry
            if unit == "g":
                found.grams.add(place)
    return found


def sheet_named(name: str) -> str:
    """The sheet of the record that has this name in one of the languages; "" when none has."""
    return _by_title().get(normalised(name), "")


@cache
def _by_title() -> dict[str, str]:
    known = {normalised(sheet): sheet for sheet in sheet_titles()}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {normalised(title): sheet for sheet, title in sheet_titles().items()}
    return known


@cache
def _by_heading(sheet: str) -> dict[str, tuple[Entry, str]]:
    """The field and unit of each heading.

    A field's own name is surest, then our headings in each language, then what clinics write.
    """
    known: dict[str, tuple[Entry, str]] = {}
    for names_of in (_own_name, _shown_names, _synonyms):
        for entry in sheet_fields(sheet).values():
            for name in names_of(entry):
                for text, unit in _with_units(entry, name):
                    known.setdefault(normalised(text), (entry, unit))
    return known


def _with_units(entry: Entry, name: str) -> Iterator[tuple[str, str]]:
    if not _is_weight(entry):
        yield name, entry.unit
        return
    yield name, ""
    for unit, words in _UNITS.items():
        yield from ((name + word, unit) for word in words)


def _is_weight(entry: Entry) -> bool:
    return entry.unit == "mg"


def _own_name(entry: Entry) -> Iterator[str]:
    yield entry.name.removesuffix("_mg") if _is_weight(entry) else entry.name


def _shown_names(entry: Entry) -> Iterator[str]:
    shown = replace(entry, unit="") if _is_weight(entry) else entry
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield heading(shown)
            if not entry.row:  # both sides, and all hormones, have the same label
                yield str(entry.label)


def _synonyms(entry: Entry) -> Iterator[str]:
    yield from entry.synonyms
