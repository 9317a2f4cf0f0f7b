"""What one entry of the dictionary says of a field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from caselog.choices import Analyte, Role, Side

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class When:
    """A question's condition: another answer is one of these values."""

    parent: str
    values: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.parent)
        return any(one in self.values for one in given) if isinstance(given, list) else given in self.values


@dataclass(frozen=True)
class Entry:
    name: str
    model: str  # the table, "case", "testis", "measurement" …
    attribute: str
    owners: tuple[Role, ...]  # who answer it, the one who usually does first
    required: bool | When = False  # to complete its part of the record
    condition: When | None = None  # asked, and kept, only while this holds
    instead: str = ""  # an answer to this other field does as well
    section: str = ""  # of the form
    side: str = ""  # the testis, and
    analyte: str = ""  # the hormone whose row holds the answer
    only: tuple[str, ...] = ()  # of the column's vocabulary, what goes with this entry; blank is all
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
    def row(self) -> str:
        """Which of the case's rows in its table; blank where a case has one."""
        return self.side or self.analyte

    @property
    def of_row(self) -> str:
        """The name of that row for a reader."""
        if self.side:
            return str(Side(self.side).label)
        return str(Analyte(self.analyte).label) if self.analyte else ""

    @property
    def choices(self) -> list[tuple[str, Any]]:
        found = [(code, label) for code, label in self.model_field.flatchoices if code]
        return [one for one in found if one[0] in self.only] if self.only else found

    @property
    def several(self) -> bool:
        """The answer is a list of codes: such a column begins with an empty one (caselog.models.fields)."""
        return self.model_field.default is list

    def applies(self, answers: Answers) -> bool:
        return self.condition is None or self.condition.holds(answers)

    def is_required(self, answers: Answers) -> bool:
        if not self.applies(answers):
            return False
        return self.required.holds(answers) if isinstance(self.required, When) else self.required
