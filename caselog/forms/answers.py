"""A form made from a part of the dictionary. It reads shapes; the rules are the services'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Textarea
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from caselog import dictionary
from caselog.dictionary import Entry, When
from caselog.forms.doubts import Check, confirmed
from caselog.forms.fields import field_for
from caselog.forms.typed import as_typed
from caselog.forms.widgets import NumberInput, SeveralChoices, TimeInput, WeightInput
from caselog.services.authors import Author
from caselog.services.doubts import Confirmed, Doubt

FOLLOWS = _("Filled in")


@dataclass(frozen=True)
class Inference:
    """An answer that another one gives away: filled in while it is blank, and seen to be."""

    fills: str
    value: str
    given: str
    when: str = ""  # this answer only; blank is any


@dataclass(frozen=True)
class Progress:
    answered: int
    expected: int


class Question(forms.BoundField):
    """A field of the form with its entry: how it is worded, and when it is asked."""

    form: "AnswersForm"

    @property
    def template_name(self):
        return "components/field.html"

    @cached_property
    def entry(self) -> Entry:
        return self.form.entries[self.name]

    @property
    def optional(self) -> bool:
        """To be said here; a folded section says it once, in its title."""
        told = self.entry.section in self.form.folded or self.name in self.form.alternatives
        return not self.entry.required and not told

    @property
    def full_label(self) -> str:
        """The label where it stands alone, without the heading that names its testis or hormone."""
        label = capfirst(str(self.entry.label))
        return f"{self.entry.of_row}: {label}" if self.entry.row else label

    @property
    def first_id(self) -> str:
        """The control that a link to this question leads to."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.auto_id

    @property
    def short(self) -> bool:
        """Short answers stand side by side."""
        return isinstance(self.field.widget, NumberInput | TimeInput)

    @property
    def wide(self) -> bool:
        return isinstance(self.field.widget, SeveralChoices | Textarea)

    @property
    def answered(self) -> bool:
        given = self.value()
        # The unit of a weight, the second of its parts, is no answer by itself.
        parts = given[:1] if isinstance(self.field.widget, WeightInput) and isinstance(given, list) else given
        return any(parts) if isinstance(parts, list) else not dictionary.is_blank(parts)

    @property
    def filled_in(self) -> str:
        """Where the answer came from, if nobody typed it."""
        return self.form.filled_in.get(self.name, "")

    follows = FOLLOWS

    @property
    def author(self) -> Author | None:
        """Of the stored answer, so of none that is being typed."""
        return None if self.form.is_bound else self.form.authors.get(self.name)

    @property
    def may_follow(self) -> bool:
        """Other answers may give this one away."""
        return self.name in self.form.worked_out or bool(self.followed)

    @property
    def followed(self) -> list[Inference]:
        return [inference for inference in self.form.inferences if inference.fills == self.name]

    @property
    def checks(self) -> list[Check]:
        return [check for check in self.form.checks if check.name == self.name]

    @property
    def attributes(self) -> str:
        """What form.js needs to show, clear, fill in and count this question."""
        entry, condition = self.entry, self.entry.condition
        found: dict[str, Any] = {"data-question": self.name}
        if condition and condition.parent in self.form.entries:
            found |= {"data-parent": condition.parent, "data-values": " ".join(condition.values)}
            found["data-blank-too"] = asked_while_blank(entry, self.form.inferences)
        if isinstance(entry.required, When):
            found |= {"data-expected-with": entry.required.parent}
            found["data-expected-values"] = " ".join(entry.required.values)
        elif entry.required:
            found["data-expected"] = True
        if entry.instead:
            found["data-instead"] = entry.instead
        if self.followed:
            found["data-follows"] = " ".join(f"{one.given}:{one.when}:{one.value}" for one in self.followed)
        if self.filled_in:
            found["data-filled-in"] = True
        return flatatt(found)


def asked_while_blank(entry: Entry, inferences: Iterable[Inference]) -> bool:
    """The answer to this question gives its own condition away, so it is asked before that is answered."""
    return entry.condition is not None and any(
        inference.given == entry.name and inference.fills == entry.condition.parent
        for inference in inferences
    )


class AnswersForm(forms.Form):
    part: list[Entry]
    inferences: tuple[Inference, ...] = ()
    worked_out: tuple[str, ...] = ()  # questions that several others answer together
    folded: tuple[str, ...] = ()  # sections that are optional as a whole
    bound_field_class = Question
    use_required_attribute = False

    def __init__(self, *args, people: Mapping[str, QuerySet], **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.entries = {entry.name: entry for entry in self.part if self.asks(entry)}
        self.people = people
        self.checks: list[Check] = []
        self.filled_in: dict[str, Any] = {}
        self.authors: Mapping[str, Author] = {}  # of answers that several professions may have given
        self.alternatives = {entry.instead for entry in self.part if entry.instead}
        for name, entry in self.entries.items():
            self.fields[name] = self.field_for(entry, people)

    def asks(self, entry: Entry) -> bool:
        return True

    def field_for(self, entry: Entry, people) -> forms.Field:
        field = field_for(entry, people)
        if entry.instead:
            field.label = format_lazy(_("or {label}"), label=entry.label)
        return field

    def clean(self):
        for inference in self.inferences:
            given = self.cleaned_data.get(inference.given)
            blank = (
                dictionary.is_blank(self.cleaned_data.get(inference.fills))
                and inference.fills not in self.errors
            )
            if blank and not dictionary.is_blank(given) and inference.when in ("", given):
                self.fill({inference.fills: inference.value}, words=FOLLOWS)
        return self.cleaned_data

    def fill(self, values: Mapping[str, Any], *, words: Any = "") -> None:
        """Answer these questions as if they had been typed; `words` say to the person why."""
        data = cast(QueryDict, self.data).copy()
        for name, value in values.items():
            field, html_name = self.fields[name], self.add_prefix(name)
            if isinstance(field.widget, forms.MultiWidget):
                for control, typed in as_typed(field, html_name, value).items():
                    data.setlist(control, typed)
            else:
                data[html_name] = str(value)
            self.cleaned_data[name] = field.clean(field.widget.value_from_datadict(data, {}, html_name))
        self.data = data
        if words:
            self.filled_in |= dict.fromkeys(values, words)

    def question(self, name: str) -> Question:
        return cast(Question, self[name])

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered; a blank is no answer."""
        given = self.cleaned_data if self.is_bound and self.errors is not None else self.initial
        return {name: given[name] for name in self.entries if not dictionary.is_blank(given.get(name))}

    @property
    def progress(self) -> Progress:
        answers = dictionary.without_inapplicable(self.answers, self.part)
        expected = len(dictionary.expected(answers, self.part))
        return Progress(expected - len(dictionary.missing(answers, self.part)), expected)

    def refuse(self, error: ValidationError) -> None:
        """Put the service's messages on the questions that they are about."""
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)

    def refuse_too(self, problems: Mapping[str, list]) -> None:
        """Beside what could not be read, what is wrong with the rest: all of it in one answer."""
        self.refuse(ValidationError({n: found for n, found in problems.items() if n not in self.errors}))

    def doubt(self, doubts: Iterable[Doubt]) -> None:
        """Ask whether these answers are right, each where the first of them stands."""
        said = self.confirmations
        self.checks = [Check(doubt, said.get(doubt.code), self._first_of(doubt.fields)) for doubt in doubts]

    def _first_of(self, names: Iterable[str]) -> str:
        return next((name for name in names if name in self.fields), "")

    @property
    def confirmations(self) -> dict[str, Confirmed]:
        """What the person said is right, by the doubt's code."""
        return confirmed(self.data)

    @property
    def other_checks(self) -> list[Check]:
        return [check for check in self.checks if not check.name]

    @property
    def confirmed_before(self) -> dict[str, Confirmed]:
        """Said already, and not asked again on this page: it goes along until everything is saved."""
        asked = {check.doubt.code for check in self.checks}
        return {code: said for code, said in self.confirmations.items() if code not in asked}

    @property
    def wrong(self) -> list[Question]:
        return [self.question(name) for name in self.fields if name in self.errors]
