"""What a question about a case may be about."""

from functools import cache

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from caselog import dictionary
from caselog.dictionary import Entry

# Of these a case has several, so their answers are named by the part too: "follow_up.seen_on".
AFTERWARDS = {
    "follow_up": _("Follow-up"),
    "complication": _("Complication"),
    "icsi": _("ICSI cycle"),
}


@cache
def entries() -> dict[str, Entry]:
    """Every answer of the record, as questions name it."""
    afterwards = {f"{part}.{entry.name}": entry for part in AFTERWARDS for entry in dictionary.PARTS[part]}
    return dictionary.entries() | afterwards


def label_of(name: str) -> str:
    """What a question is about, for a reader."""
    part = name.rpartition(".")[0]
    label = of_entry(entries()[name])
    return f"{AFTERWARDS[part]}: {label}" if part else label


def of_entry(entry: Entry) -> str:
    label = capfirst(str(entry.label))
    return f"{entry.of_row}: {label}" if entry.row else label
