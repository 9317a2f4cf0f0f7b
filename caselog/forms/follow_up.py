"""The forms of the time after the operation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from caselog.choices import FollowUpMonth
from caselog.dictionary import COMPLICATION, FOLLOW_UP, ICSI
from caselog.forms.answers import AnswersForm
from caselog.forms.operation import INFERENCES, Group, Section

_MORE = "more"  # the section that costs nothing until it is opened


class _FollowUpForm(AnswersForm):
    folded = (_MORE,)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, people={}, **kwargs)

    @property
    def first(self) -> Section:
        return self._section("")

    @property
    def more(self) -> Section:
        return self._section(_MORE)

    def _section(self, name: str) -> Section:
        section = Section(name, "")
        for entry in (entry for entry in self.entries.values() if entry.section == name):
            # A testis has one question here, which says its side itself.
            title = entry.of_row if entry.analyte else ""
            if not section.groups or section.groups[-1].title != title:
                section.groups.append(Group(title, entry.name if title else ""))
            section.groups[-1].questions.append(self.question(entry.name))
        return section


class VisitForm(_FollowUpForm):
    """One follow-up; its month is in the address."""

    part = [entry for entry in FOLLOW_UP if entry.name != "month"]
    inferences = tuple(one for one in INFERENCES if one.fills in {entry.name for entry in FOLLOW_UP})


class ComplicationForm(_FollowUpForm):
    part = COMPLICATION


class CycleForm(_FollowUpForm):
    part = ICSI


class DueFilter(forms.Form):
    month = forms.ChoiceField(
        label=_("Follow-up"),
        choices=[("", _("All")), *FollowUpMonth.choices],
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
