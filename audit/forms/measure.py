"""Which rate is looked at, on a page of one."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from audit import words


class MeasureForm(forms.Form):
    measure = forms.ChoiceField(label=_("Measure"))

    def __init__(self, chosen: str, offered: Sequence[str]):
        """chosen: also one that is not offered, so that the page says what it shows."""
        super().__init__({"measure": chosen})
        names = dict.fromkeys([*offered, chosen])
        cast(forms.ChoiceField, self.fields["measure"]).choices = [
            (name, words.measure_name(name)) for name in names
        ]
