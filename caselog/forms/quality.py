"""What people type on the pages about the quality of the data."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from caselog.forms.filters import DayField

YEAR = timedelta(days=365)


class PeriodForm(forms.Form):
    """From which day to which. It lives in the address; at first, the last twelve months."""

    since = DayField(label=_("Operations from"))
    until = DayField(label=_("Operations to"))

    def __init__(self, asked: QueryDict, *, today: date):
        usual = {"since": (today - YEAR).isoformat(), "until": today.isoformat()}
        super().__init__({name: asked.get(name) or day for name, day in usual.items()}, label_suffix="")

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error(
                "until", ValidationError(_("The last day is before the first. Change one of them."))
            )
        return typed


class TheatreListForm(forms.Form):
    """A list to paste or a file to choose. What was pasted stays on the page."""

    pasted = forms.CharField(
        label=_("Paste the list"),
        help_text=_(
            "A line for each operation: date (2024-03-04), patient code and, if you like, procedure."
        ),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 8, "dir": "ltr", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        help_text=_("An Excel workbook (.xlsx) or a CSV file with the same columns."),
        required=False,
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
    )

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        given = [bool((typed.get("pasted") or "").strip()), bool(typed.get("file"))]
        if sum(given) != 1 and not self.errors:
            message = (
                _("Paste a list or choose a file.")
                if not any(given)
                else _("Either paste a list or choose a file, not both.")
            )
            raise ValidationError(message)
        return typed
