"""What an administrator types to close an audit."""

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit import words
from audit.closing import Closing
from audit.forms.filters import DayField
from audit.models import AuditRun


class _Form(forms.Form):
    use_required_attribute = False

    def refuse(self, error: ValidationError) -> None:
        """The service's messages that are about these fields."""
        for name, messages in error.message_dict.items():
            if name in self.fields:
                self.add_error(name, messages)


class MonthsForm(_Form):
    """Which months, beside which figures."""

    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    reference_set = forms.ChoiceField(
        label=_("Compare with"), choices=words.reference_set_choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, adopted: bool, **kwargs):
        super().__init__(*args, **kwargs)
        missing = {"since": _("Give the first day."), "until": _("Give the last day.")}
        for name, message in missing.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message
        offered = cast(forms.ChoiceField, self.fields["reference_set"])
        offered.choices = words.reference_set_choices(adopted=adopted)

    @property
    def closing(self) -> Closing:
        return Closing(**self.cleaned_data)


class ClosedTitleForm(_Form):
    """The name of what is closed; `seen` is `closing.seen_of` what was looked at."""

    title = forms.CharField(
        label=_("Title"),
        max_length=AuditRun._meta.get_field("title").max_length,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
