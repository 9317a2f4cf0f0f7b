"""What a person chooses for an access token."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    DAYS = [(30, _("30 days")), (90, _("90 days")), (365, _("365 days"))]
    days = forms.TypedChoiceField(
        label=_("Valid for"), choices=DAYS, coerce=int, initial=90, widget=forms.RadioSelect
    )
