"""What an administrator types about who a man is. None of it becomes a draft, in no browser's list either."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caselog.models import LocalIdentifiers


def _field(name: str, **more) -> Any:
    column: Any = LocalIdentifiers._meta.get_field(name)
    widget = forms.TextInput({"autocomplete": "off", "dir": "auto"})
    return column.formfield(widget=widget, **more)


class IdentifiersForm(forms.Form):
    name = _field("name")
    hospital_number = _field("hospital_number")


class HospitalNumberForm(forms.Form):
    """Sent by POST: a number in an address would stay in logs and in the browser's history."""

    use_required_attribute = False
    hospital_number = _field(
        "hospital_number", required=True, error_messages={"required": _("Type the hospital number.")}
    )
