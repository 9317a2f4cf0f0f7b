"""What an administrator types about a period."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from caselog.forms.fields import DateField


class PeriodForm(forms.Form):
    use_required_attribute = False
    since = DateField(
        label=_("First day"), required=True, error_messages={"required": _("Give the first day.")}
    )
    until = DateField(
        label=_("Last day"), required=True, error_messages={"required": _("Give the last day.")}
    )

    def refuse(self, error: ValidationError) -> None:
        """The service's messages; what is said of the whole stands on the last day."""
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else "until", messages)
