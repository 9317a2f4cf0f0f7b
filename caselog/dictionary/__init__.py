"""What a model field has no place for: unit, condition, owner, when it is required, what it is used for.

One entry a field, in the order in which a person is asked. Labels, help, vocabularies and hard
limits come from the model fields. Forms, API, spreadsheets, completeness, the data dictionary
page and the workbook's codebook read these two and list nothing again.

Answers are flat: the fields of a testis carry its side in front (`right_samples_n`), those of a
hormone its name (`fsh_value`).
"""

from dataclasses import replace
from functools import cache
from typing import Any

from caselog.choices import Role
from caselog.dictionary.entry import Answers, Entry, When
from caselog.dictionary.follow_up import COMPLICATION, FOLLOW_UP, ICSI
from caselog.dictionary.identifiers import IDENTIFIERS
from caselog.dictionary.laboratory import HISTOLOGY, LABORATORY
from caselog.dictionary.operation import OPERATION

__all__ = [
    "COMPLICATION",
    "FOLLOW_UP",
    "FORMS",
    "HISTOLOGY",
    "ICSI",
    "IDENTIFIERS",
    "LABORATORY",
    "OPERATION",
    "PARTS",
    "PATIENT",
    "REPORT",
    "SHARED",
    "Answers",
    "Entry",
    "When",
]

# What is filled in as one form, under its name in addresses and documents. The API, spreadsheets and the
# history take everything in here along, so IDENTIFIERS, which never leave the clinic, are not.
PARTS = {
    "operation": OPERATION,
    "laboratory": LABORATORY,
    "histology": HISTOLOGY,
    "follow_up": FOLLOW_UP,
    "complication": COMPLICATION,
    "icsi": ICSI,
}


# Asked about the operation, and the embryologist's to answer too: it is weighed and looked at on the way.
SHARED = [entry for entry in OPERATION if Role.EMBRYOLOGIST in entry.owners]
# All that an embryologist is asked; in PARTS each field stands once.
REPORT = [*LABORATORY, *SHARED]
# What is recorded about the man himself and an administrator answers too. There each answer goes by its
# column: in a case his code says whose it is, and here it is corrected.
PATIENT = [
    replace(entry, name=entry.attribute)
    for entry in OPERATION
    if entry.model == "patient" and Role.ADMINISTRATOR in entry.owners
]
# What each page that is filled in asks, under the name that its form carries.
FORMS = PARTS | {"laboratory": REPORT, "patient": PATIENT}


@cache
def entries() -> dict[str, Entry]:
    """The fields of which a case has one each; follow-ups, complications and cycles come in numbers."""
    return {entry.name: entry for entry in [*OPERATION, *LABORATORY, *HISTOLOGY]}


def is_blank(value: Any) -> bool:
    """Nothing was answered. Zero and False are answers."""
    return value is None or value == "" or value == []


def without_inapplicable(answers: Answers, part: list[Entry]) -> dict[str, Any]:
    """The answers whose questions apply; an answer goes when the one it hangs on goes."""
    kept = dict(answers)
    for entry in part:  # parents stand before their children, so one pass clears a whole branch
        if entry.name in kept and not entry.applies(kept):
            kept.pop(entry.name)
    return kept


def expected(answers: Answers, part: list[Entry]) -> list[Entry]:
    """The fields that must be answered to complete this part, given what was answered so far."""
    return [entry for entry in part if entry.is_required(answers)]


def missing(answers: Answers, part: list[Entry]) -> list[Entry]:
    return [
        entry
        for entry in expected(answers, part)
        if is_blank(answers.get(entry.name)) and is_blank(answers.get(entry.instead))
    ]
