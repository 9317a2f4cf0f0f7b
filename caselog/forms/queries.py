"""What people type in a conversation about a case."""

from collections.abc import Iterator
from typing import cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caselog import dictionary, questions
from caselog.choices import OperationStatus
from caselog.dictionary import Answers

_WHOLE = "case"  # in the form only; stored as a blank


def name_of(field: str) -> str:
    """What a question is about, for a reader."""
    return questions.label_of(field) if field in questions.entries() else _("The case as a whole")


def _text(label) -> forms.CharField:
    # How long it may be, the service says: cut off by the browser, its end would be lost unseen.
    area = forms.Textarea({"rows": 3, "dir": "auto"})
    said = {"required": gettext_lazy("Write what you want to say.")}
    return forms.CharField(label=label, widget=area, error_messages=said)


class AskForm(forms.Form):
    """A question about one of the answers that this case can have, or about all of it."""

    field = forms.ChoiceField(label=gettext_lazy("About"), initial=_WHOLE)
    text = _text(gettext_lazy("Question"))

    def __init__(self, *args, answers: Answers, **kwargs):
        super().__init__(*args, **{"label_suffix": "", "auto_id": "ask_%s", **kwargs})
        about = cast(forms.ChoiceField, self.fields["field"])
        about.choices = lambda: list(_choices(answers))

    def clean_field(self):
        about = self.cleaned_data["field"]
        return "" if about == _WHOLE else about


def _choices(answers: Answers) -> Iterator[tuple]:
    yield _WHOLE, _("The case as a whole")
    parts = [
        (_("Operation"), dictionary.OPERATION),
        (_("Laboratory"), dictionary.LABORATORY),
        (_("Histology"), dictionary.HISTOLOGY),
    ]
    for title, part in parts:
        asked = [(entry.name, questions.of_entry(entry)) for entry in part if entry.applies(answers)]
        if asked:
            yield title, asked
    if answers.get("status") != OperationStatus.CANCELLED:
        for after, heading in questions.AFTERWARDS.items():
            part = dictionary.PARTS[after]
            yield heading, [(f"{after}.{entry.name}", questions.of_entry(entry)) for entry in part]


class AnswerForm(forms.Form):
    """The next turn of one conversation. Each on the page has ids of its own."""

    text = _text(gettext_lazy("Reply"))

    def __init__(self, *args, query, **kwargs):
        super().__init__(*args, **{"label_suffix": "", "auto_id": f"q{query.pk}_%s", **kwargs})
