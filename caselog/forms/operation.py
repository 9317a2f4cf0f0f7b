"""The surgeon's form: one operation, in the four sections of its page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caselog import dictionary
from caselog.choices import (
    AETIOLOGIES,
    Aetiology,
    Analyte,
    Magnification,
    Measured,
    OperationStatus,
    PriorRetrieval,
    Procedure,
    Role,
    Side,
    Unit,
    Weighing,
)
from caselog.dictionary import OPERATION, Entry
from caselog.forms.answers import FOLLOWS, AnswersForm, Inference, Question
from caselog.forms.fields import choice
from caselog.forms.widgets import GroupedSelect
from caselog.models import Case, Clinic, User
from caselog.models.procedure import LONGEST_OPERATION
from caselog.services.rules_operation import minutes_between

WEIGHINGS = tuple(
    Inference(f"{side}_weighing", Weighing.BALANCE, given=f"{side}_tissue_weight_mg") for side in Side
)
INFERENCES = (
    *WEIGHINGS,
    Inference("attempt_number", "1", given="prior_retrieval", when=PriorRetrieval.NO_PRIOR),
    *(
        Inference("magnification", Magnification.MICROSCOPE, given="procedure", when=procedure)
        for procedure in (Procedure.MICRO_TESE, Procedure.MESA)
    ),
    *(
        Inference(f"{analyte}_result", Measured.MEASURED, given=f"{analyte}_{detail}")
        for analyte in Analyte
        for detail in ("value", "unit")
    ),
    # Both units of these two are the same number; every other unit is the person's to say.
    *(
        Inference(f"{analyte}_unit", Unit.IU_L, given=f"{analyte}_value")
        for analyte in (Analyte.FSH, Analyte.LH)
    ),
)
# The folded sections cost a routine case nothing.
_TITLES = {
    "diagnosis": _("Patient and diagnosis"),
    "operation": pgettext_lazy("section", "Operation"),
    "testis": _("Each testis"),
    "background": _("More about the man and his diagnosis (optional)"),
    "examination": _("Examination and hormones (optional)"),
    "procedure": _("More about the operation (optional)"),
}
FOLDED = ("background", "examination", "procedure")
SECTIONS = {name: [entry for entry in OPERATION if entry.section == name] for name in _TITLES}


@dataclass
class Group:
    """Questions under one heading; those of a testis or a hormone appear and go together."""

    title: Any
    asked_with: str
    questions: list[Question] = field(default_factory=list)

    @property
    def hormone(self) -> bool:
        return bool(self.questions and self.questions[0].entry.analyte)

    @property
    def answered(self) -> int:
        """How many answers a reader would count: a hormone with its unit and date is one."""
        found = sum(question.answered for question in self.questions)
        return min(found, 1) if self.hormone else found


@dataclass
class Section:
    name: str
    title: Any
    groups: list[Group] = field(default_factory=list)

    @property
    def folded(self) -> bool:
        return self.name in FOLDED

    @property
    def wrong(self) -> bool:
        """A mistake must not stay folded away, nor what is asked about."""
        return any(
            question.errors or question.checks for group in self.groups for question in group.questions
        )

    @property
    def answered(self) -> int:
        return sum(group.answered for group in self.groups)


class OperationForm(AnswersForm):
    part = OPERATION
    inferences = INFERENCES
    worked_out = ("operative_minutes",)
    folded = FOLDED

    def __init__(self, *args, clinic: Clinic, case: Case | None = None, **kwargs):
        super().__init__(*args, people=_people(clinic, case), **kwargs)
        # What was filled in from an earlier case, and whose it was; the page sends it along.
        self.filled_from = self.data.get("filled_from", "")
        self.filled = {
            name: self.data[f"filled.{name}"] for name in self.fields if f"filled.{name}" in self.data
        }
        # What was filled in as the surgeon usually operates, and the words that say so.
        self.habits_from = self.data.get("habits_from", "")
        self.habits = {
            name: self.data[f"habit.{name}"] for name in self.fields if f"habit.{name}" in self.data
        }
        self._say_filled_in()

    def field_for(self, entry: Entry, people):
        made = super().field_for(entry, people)
        if entry.name == "primary_aetiology":
            groups = _causes_by_type()
            made = choice(entry.choices, label=made.label, help_text=made.help_text, required=False)
            made.widget = GroupedSelect(
                parent="azoospermia_type",
                parent_of_group={str(label): kind for kind, label, _causes in groups},
            )
            made.choices = [("", ""), *((label, causes) for _kind, label, causes in groups)]
        if entry.name == "changed_plan_reason":
            made.help_text = _("Only where another procedure was performed than planned.")
        return made

    @property
    def sections(self) -> list[Section]:
        """Every question once, in the order of the dictionary."""
        sections = []
        for name, entries in SECTIONS.items():
            section = Section(name, _TITLES[name])
            for entry in entries:
                title = entry.of_row
                if not section.groups or section.groups[-1].title != title:
                    section.groups.append(Group(title, entry.name if title else ""))
                section.groups[-1].questions.append(self.question(entry.name))
            sections.append(section)
        return sections

    def clean(self):
        if self.filled and self.filled_from != self.cleaned_data.get("patient_code"):
            self._forget_filled()
        super().clean()
        self._work_out_the_minutes()
        return self.cleaned_data

    def _work_out_the_minutes(self) -> None:
        """From start to end: what was left blank, and what followed the times before they were changed."""
        start, end = self.cleaned_data.get("start_time"), self.cleaned_data.get("end_time")
        name = "operative_minutes"
        if not start or not end or name in self.errors:
            return
        given, taken = self.cleaned_data.get(name), minutes_between(start, end)
        if given in (None, self._minutes_before()) and given != taken and 0 < taken <= LONGEST_OPERATION:
            self.fill({name: taken}, words=FOLLOWS)

    def _minutes_before(self) -> int | None:
        """The stored operating time, where it is that of the stored times."""
        start, end, minutes = map(self.initial.get, ("start_time", "end_time", "operative_minutes"))
        return minutes if start and end and minutes == minutes_between(start, end) else None

    def _forget_filled(self) -> None:
        """The code was another man's: what his case answered and nobody changed is blank again."""
        self.fill({name: "" for name, value in self.filled.items() if self._typed(name) == value})
        self.filled = {}

    def _typed(self, name: str) -> str:
        """What stands in the question; of a date, as "1 Feb 2024"."""
        found = self[name].data
        return " ".join(part or "" for part in found) if isinstance(found, list) else found or ""

    def fill_from_earlier(self, earlier: Mapping[str, Any]) -> list[Question]:
        """Answer what is still blank as the man's earlier case does; returns what was filled in."""
        typed = self.answers | dict.fromkeys(self.errors, None)  # what cannot be read is not blank
        fitting = {
            name: value for name, value in fitting_answers(typed, earlier).items() if name in self.fields
        }
        self.fill(fitting)
        self.filled_from = typed.get("patient_code", "")
        self.filled |= {name: self._typed(name) for name in fitting}
        return [self.question(name) for name in fitting]

    def fill_habits(self, habits: Mapping[str, Any], *, words: str) -> list[Question]:
        """Answer what is still blank as the surgeon usually operates; returns what was filled in.

        What a question no longer offers, such as a colleague who left, stays blank.
        """
        typed = self.answers | dict.fromkeys(self.errors, None)
        blank = {
            name: str(value)
            for name, value in habits.items()
            if name in self.fields and name not in typed and self._offers(name, value)
        }
        if self.is_bound:
            self.fill(blank)
        else:
            self.initial = dict(self.initial) | blank
        self.habits, self.habits_from = self.habits | blank, words
        self._say_filled_in()
        asked = dictionary.without_inapplicable({**typed, **blank}, OPERATION)
        return [self.question(name) for name in blank if name in asked]

    @property
    def waiting_habits(self) -> set[str]:
        """Those whose question is not asked yet; form.js fills them in when it is."""
        return set(self.habits) - set(dictionary.without_inapplicable(self.habits | self.answers, OPERATION))

    def _offers(self, name: str, value: Any) -> bool:
        try:
            return not dictionary.is_blank(self.fields[name].clean(str(value)))
        except ValidationError:
            return False

    def _say_filled_in(self) -> None:
        given = self.data if self.is_bound else self.initial
        for name, value in self.habits.items():
            if str(given.get(name, "")) == value:
                self.filled_in[name] = self.habits_from


def first_answers(*, by: User, clinic: Clinic, today: date) -> dict[str, Any]:
    """What a new case starts with: done today, by the person who logs it."""
    surgeon = {"surgeon": by.pk} if _surgeons(clinic, None).filter(pk=by.pk).exists() else {}
    return {"procedure_date": today, "status": OperationStatus.PERFORMED} | surgeon


def fitting_answers(typed: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """What the earlier case answers, the person has not, and does not contradict what he typed."""
    given = {name: value for name, value in earlier.items() if name in dictionary.entries()}
    for parent, child in (("azoospermia_type", "primary_aetiology"), ("prior_retrieval", "attempt_number")):
        if typed.get(parent, given.get(parent)) != given.get(parent):
            given.pop(child, None)
        if child in typed and parent not in typed and typed[child] != given.get(child):
            given.pop(parent, None)
    blank = {
        name: value
        for name, value in given.items()
        if not dictionary.is_blank(value) and name not in typed and not _answered_instead(name, typed)
    }
    kept = dictionary.without_inapplicable({**typed, **blank}, OPERATION)
    return {name: value for name, value in blank.items() if name in kept}


def _answered_instead(name: str, typed: Mapping[str, Any]) -> bool:
    return any(entry.instead == name and entry.name in typed for entry in OPERATION)


def _people(clinic: Clinic, case: Case | None) -> dict[str, QuerySet[User]]:
    here = _surgeons(clinic, case)
    return {"surgeon": here, "assistant": here}


def _surgeons(clinic: Clinic, case: Case | None):
    """Who operates here now, and who did in this case."""
    here = clinic.memberships.current().filter(role=Role.SURGEON).values("user")
    recorded = [pk for pk in (case.surgeon_id, case.assistant_id) if pk] if case else []
    return (User.objects.filter(pk__in=here) | User.objects.filter(pk__in=recorded)).order_by("name", "pk")


def _causes_by_type() -> list[tuple[str, Any, list]]:
    """Type, heading and causes; those that go with every type come last, under no type."""
    shared = set.intersection(*(set(causes) for causes in AETIOLOGIES.values()))
    groups = [
        (kind.value, kind.label, [(cause.value, cause.label) for cause in causes if cause not in shared])
        for kind, causes in AETIOLOGIES.items()
    ]
    either = [(cause.value, cause.label) for cause in Aetiology if cause in shared]
    return [*groups, ("", pgettext_lazy("causes", "Either type"), either)]
