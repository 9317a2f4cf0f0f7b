"""What a model field has no place for: unit, condition, owner, when it is required, what it is used for.

One entry a field, in the order in which a person is asked. Labels, help, vocabularies and hard
limits come from the model fields. Forms, API, spreadsheets, completeness, the data dictionary
page and the workbook's codebook read these two and list nothing again.

Answers are flat: the fields of a testis carry its side in front (`right_samples_n`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models

from caselog.choices import (
    AzoospermiaType,
    OperationStatus,
    PriorRetrieval,
    Role,
    Side,
    Sides,
    Weighing,
)

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class When:
    """A question's condition: another answer is one of these values."""

    parent: str
    values: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.parent) in self.values


@dataclass(frozen=True)
class Entry:
    name: str
    model: str  # "patient", "case", "testis", "laboratoryreport", "finding"
    attribute: str
    owner: Role
    required: bool | When = False  # to complete its part of the record
    condition: When | None = None  # asked, and kept, only while this holds
    instead: str = ""  # an answer to this other field does as well
    side: str = ""
    unit: str = ""
    soft: tuple[float, float] | None = None
    identifier: bool = False
    used_in: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = field(default=(), compare=False)  # headings met in spreadsheets

    @property
    def model_field(self) -> models.Field:
        from django.apps import apps  # the registry is not ready while this module loads

        return apps.get_model("caselog", self.model)._meta.get_field(self.attribute)

    @property
    def label(self):
        return self.model_field.verbose_name

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return [(code, label) for code, label in self.model_field.flatchoices if code]

    def applies(self, answers: Answers) -> bool:
        return self.condition is None or self.condition.holds(answers)

    def is_required(self, answers: Answers) -> bool:
        if not self.applies(answers):
            return False
        return self.required.holds(answers) if isinstance(self.required, When) else self.required


_PERFORMED = When("status", (OperationStatus.PERFORMED,))
_STARTED = When("status", (OperationStatus.PERFORMED, OperationStatus.ABANDONED))
_SURGEON, _EMBRYOLOGIST = Role.SURGEON, Role.EMBRYOLOGIST


def _of_side(side: Side) -> list[Entry]:
    operated = When("sides", (Sides(side.value), Sides.BOTH))
    weighed = When(f"{side}_weighing", (Weighing.BALANCE, Weighing.ESTIMATED))
    turkish, arabic = {"right": ("sağ", "اليمنى"), "left": ("sol", "اليسرى")}[side]
    return [
        Entry(
            f"{side}_weighing", "testis", "weighing", _SURGEON,
            required=_PERFORMED, condition=operated, side=side, used_in=("tissue_ratio", "data_quality"),
        ),
        Entry(
            f"{side}_tissue_weight_mg", "testis", "tissue_weight_mg", _SURGEON,
            required=True, condition=weighed, side=side, unit="mg", soft=(1, 3000), used_in=("tissue_ratio",),
            synonyms=(
                f"tissue weight {side}", f"{side} tissue", f"وزن النسيج {arabic}", f"{turkish} doku ağırlığı",
            ),
        ),
        Entry(
            f"{side}_samples_n", "testis", "samples_n", _SURGEON,
            condition=operated, side=side, soft=(1, 40), used_in=("note",),
        ),
    ]  # fmt: skip


OPERATION: list[Entry] = [
    Entry(
        "patient_code", "patient", "code", _SURGEON,
        required=True, identifier=True, used_in=("men", "note"),
        synonyms=("patient", "code", "رمز المريض", "hasta kodu"),
    ),
    Entry("birth_year", "patient", "birth_year", _SURGEON, identifier=True, used_in=("case_mix",)),
    Entry(
        "age_at_procedure", "case", "age_at_procedure", _SURGEON,
        required=True, instead="birth_year", unit="years", soft=(18, 60), used_in=("case_mix",),
        synonyms=("age", "العمر", "yaş"),
    ),
    Entry(
        "azoospermia_type", "case", "azoospermia_type", _SURGEON,
        required=True, used_in=("obstructive", "conventional_noa", "micro_noa"),
        synonyms=("type", "azoospermia", "انعدام الحيوانات المنوية", "azospermi tipi"),
    ),
    Entry(
        "primary_aetiology", "case", "primary_aetiology", _SURGEON,
        required=True, used_in=("genetic", "case_mix"),
        synonyms=("aetiology", "etiology", "السبب", "etiyoloji"),
    ),
    Entry(
        "klinefelter_status", "case", "klinefelter_status", _SURGEON,
        required=True, used_in=("klinefelter", "genetic", "case_mix"),
        synonyms=("klinefelter", "متلازمة كلاينفلتر", "klinefelter sendromu"),
    ),
    Entry(
        "y_microdeletion", "case", "y_microdeletion", _SURGEON,
        required=True, condition=When("azoospermia_type", (AzoospermiaType.NON_OBSTRUCTIVE,)),
        used_in=("genetic", "case_mix"), synonyms=("azf", "y deletion"),
    ),
    Entry(
        "prior_retrieval", "case", "prior_retrieval", _SURGEON,
        required=True, used_in=("failed_before", "case_mix"),
        synonyms=("earlier retrieval", "previous result"),
    ),
    Entry(
        "prior_procedure", "case", "prior_procedure", _SURGEON,
        condition=When(
            "prior_retrieval", (PriorRetrieval.NONE_FOUND, PriorRetrieval.FOUND, PriorRetrieval.UNKNOWN)
        ),
        used_in=("note",),
    ),
    Entry(
        "attempt_number", "case", "attempt_number", _SURGEON,
        required=True, used_in=("men",), synonyms=("attempt", "رقم المحاولة"),
    ),
    Entry(
        "procedure_date", "case", "procedure_date", _SURGEON,
        required=True, used_in=("period",), synonyms=("date", "date of operation", "تاريخ العملية", "tarih"),
    ),
    Entry("surgeon", "case", "surgeon", _SURGEON, required=True, used_in=("note",)),
    Entry("status", "case", "status", _SURGEON, required=True, used_in=("exclusions",)),
    Entry(
        "status_reason", "case", "status_reason", _SURGEON,
        required=True, condition=When("status", (OperationStatus.ABANDONED, OperationStatus.CANCELLED)),
        used_in=("exclusions",),
    ),
    Entry(
        "procedure", "case", "procedure", _SURGEON,
        required=True, condition=_STARTED, used_in=("conventional_noa", "micro_noa"),
        synonyms=("operation", "procedure performed", "العملية", "işlem"),
    ),
    Entry("sides", "case", "sides", _SURGEON, required=_PERFORMED, condition=_STARTED, used_in=("note",)),
    Entry(
        "anaesthesia", "case", "anaesthesia", _SURGEON,
        required=_PERFORMED, condition=_STARTED, used_in=("case_mix",),
    ),
    *_of_side(Side.RIGHT),
    *_of_side(Side.LEFT),
]  # fmt: skip

LABORATORY: list[Entry] = [
    *(
        Entry(
            f"{side}_sperm_found", "finding", "sperm_found", _EMBRYOLOGIST,
            required=True, condition=When("sides", (Sides(side.value), Sides.BOTH)),
            side=side, used_in=("retrieval",),
        )
        for side in Side
    ),
    Entry(
        "processing_methods", "laboratoryreport", "processing_methods", _EMBRYOLOGIST,
        required=True, used_in=("note",),
    ),
    Entry(
        "search_minutes", "laboratoryreport", "search_minutes", _EMBRYOLOGIST,
        required=True, unit="min", soft=(5, 600), used_in=("data_quality",), synonyms=("search time",),
    ),
    Entry(
        "disposition", "laboratoryreport", "disposition", _EMBRYOLOGIST,
        required=True, used_in=("note",),
    ),
    Entry("witness", "laboratoryreport", "witness", _EMBRYOLOGIST, required=True, used_in=("note",)),
]  # fmt: skip


@cache
def entries() -> dict[str, Entry]:
    return {entry.name: entry for entry in [*OPERATION, *LABORATORY]}


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
