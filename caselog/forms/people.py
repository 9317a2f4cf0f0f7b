"""What an administrator types about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from caselog.choices import Role
from caselog.models import User


class MemberForm(forms.Form):
    """Who joins the clinic, and as what. The service decides whether they may."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The person signs in with it."),
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person's e-mail address."),
            "invalid": _("“%(value)s” is not an e-mail address. Write one like name@hospital.org."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=User._meta.get_field("name").max_length,
        help_text=_("As colleagues know the person. Somebody with an account keeps the name it has."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the person's name.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role.")},
    )
