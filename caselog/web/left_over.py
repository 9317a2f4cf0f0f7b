"""What a person typed in answer to a question that their form does not ask any more.

A surgeon may take a side out of a case while its findings are being typed. They have no place to
be saved in then, so the person sees them and says that the rest is saved without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from caselog import questions
from caselog.dictionary import Entry
from caselog.forms.answers import AnswersForm
from caselog.services import merging
from caselog.services.errors import Refused
from caselog.web import summary

AGREED = "leave_out"


@dataclass(frozen=True)
class LeftOver:
    """One such answer. Its control goes along, hidden: the side may come back."""

    name: str
    label: str
    shown: str
    control: forms.BoundField


class NotAgreed(Refused):
    """Nothing was saved: the person did not say yet that the rest is saved without these answers."""

    def __init__(self):
        super().__init__(
            _("Some of what you typed has no place in this case any more. Look at it below before you save.")
        )


def of(form: AnswersForm, read: Mapping[str, str]) -> list[LeftOver]:
    """read: the answers that the person saw when the form was opened, as text; these were not typed."""
    if not form.is_bound:
        return []
    missing = (_of(form, entry, read) for entry in form.part if entry.name not in form.entries)
    return [one for one in missing if one is not None]


def agreed(left_over: list[LeftOver], data: Mapping[str, Any]) -> bool:
    return data.get(AGREED) == names(left_over)


def names(left_over: list[LeftOver]) -> str:
    return " ".join(one.name for one in left_over)


def _of(form: AnswersForm, entry: Entry, read: Mapping[str, str]) -> LeftOver | None:
    field = form.field_for(entry, form.people)
    control = forms.BoundField(form, field, entry.name)
    try:
        answer = field.clean(control.data)
        shown = summary.shown(entry, answer)
    except ValidationError:  # what cannot be read was typed all the same
        typed = control.data
        answer = shown = " ".join(map(str, typed)) if isinstance(typed, list) else str(typed)
    if merging.as_text(answer) in ("", read.get(entry.name, "")):
        return None
    return LeftOver(entry.name, questions.of_entry(entry), shown, control)
