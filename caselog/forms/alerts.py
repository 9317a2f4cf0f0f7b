from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from caselog.models import Alert


class AcknowledgementForm(forms.Form):
    use_required_attribute = False
    action = forms.CharField(
        max_length=Alert._meta.get_field("action").max_length,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        error_messages={"required": _("Say what was done, for example who was told.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].label = capfirst(str(Alert._meta.get_field("action").verbose_name))
