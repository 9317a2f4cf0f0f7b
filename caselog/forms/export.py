"""What of the record is taken out."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from caselog.forms.filters import DayField


class ExportForm(forms.Form):
    """It lives in the address. Blank days leave nothing out."""

    since = DayField(label=_("Operations from"), required=False)
    until = DayField(label=_("Operations to"), required=False)
    consented = forms.BooleanField(
        label=_("Only men who agreed to research"),
        help_text=_("Otherwise only men who refused are left out."),
        required=False,
    )

    def __init__(self, asked: QueryDict):
        super().__init__(asked, label_suffix="")

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first. Change one of them."))
        return typed
