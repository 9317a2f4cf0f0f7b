"""Why a final report, a case of a locked period or a locked period itself changes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason for the amendment"),
        help_text=_("It stays in the record with your name, and the old answers beside the new ones."),
        max_length=300,
        widget=forms.Textarea({"class": "form-control", "rows": 2, "dir": "auto"}),
        error_messages={"required": _("Say why this changes.")},
    )
