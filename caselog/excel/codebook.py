"""What the columns of a workbook mean: field, heading, unit, and each code in words."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog.dictionary import Entry
from caselog.excel.columns import Column, heading, unit


class Code(NamedTuple):
    entry: Entry
    code: str
    meaning: str


def columns(heading_title: str) -> list[Column]:
    return [
        Column("field", _("Field"), lambda code: code.entry.name, width=26),
        Column("heading", heading_title, lambda code: heading(code.entry), width=42),
        Column("unit", pgettext("of a field", "Unit"), lambda code: unit(code.entry), width=10),
        Column("code", _("Code"), lambda code: code.code, width=26),
        Column("meaning", _("Meaning"), lambda code: code.meaning, width=50),
    ]


def codes(entries: Iterable[Entry]) -> Iterator[Code]:
    for entry in entries:
        if not entry.model_field.flatchoices:
            yield Code(entry, "", "")
        for code, label in entry.choices:
            yield Code(entry, code, str(label))
