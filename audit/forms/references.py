"""What a person types about reference figures: rates in percent, as everybody writes them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit import reference, words
from audit.forms.filters import DayField
from audit.measures import BY_ID
from audit.models import Adoption, CountedIn, OwnFigure


class PlainForm(forms.Form):
    use_required_attribute = False

    def refuse(self, error: ValidationError) -> None:
        """The service's messages, each at its field."""
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


class PercentField(forms.DecimalField):
    """Typed in percent, in any digits and with either comma; a fraction for the rest of the product."""

    def __init__(self, *, most: float = 100, **kwargs):
        attrs = {"dir": "ltr", "inputmode": "decimal", "size": 6}
        super().__init__(
            min_value=0, max_value=most, decimal_places=3, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def to_python(self, value):
        return super().to_python(str(value).translate({0x66B: ".", 0x2C: "."}) if value else value)

    def clean(self, value):
        percent = super().clean(value)
        return None if percent is None else percent.scaleb(-2)


class CountField(forms.IntegerField):
    def __init__(self, *, required: bool = False, **kwargs):
        attrs = {"dir": "ltr", "inputmode": "numeric", "size": 6}
        super().__init__(required=required, min_value=0, widget=forms.TextInput(attrs=attrs), **kwargs)


def _column(name: str) -> Any:
    return OwnFigure._meta.get_field(name)


def _label(name: str) -> Any:
    return _column(name).verbose_name


def _text(name: str, **more) -> forms.CharField:
    return forms.CharField(label=_label(name), max_length=_column(name).max_length, **more)


def _reason(**more) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=Adoption._meta.get_field("reason").max_length, **more
    )


class SetForm(PlainForm):
    reference_set = forms.ChoiceField(
        label=_("Compare this clinic with"),
        choices=lambda: [(name, words.reference_set_name(name)) for name in reference.names()],
        widget=forms.RadioSelect,
    )
    reason = _reason(required=False)


class ToleranceForm(PlainForm):
    tolerance = PercentField(label=_("Tolerance in percentage points"), most=99, required=False)
    reason = _reason(required=False)  # the service asks for it, in its own words

    def __init__(self, typed, *, figure, own_again: bool):
        super().__init__(typed, initial={"tolerance": f"{100 * figure.tolerance:.4g}"})
        self.own_again = own_again

    def clean(self):
        super().clean()
        if self.own_again:
            self.cleaned_data["tolerance"] = None
        elif self.cleaned_data.get("tolerance") is None and "tolerance" not in self.errors:
            self.add_error("tolerance", _("Write the points, such as 15."))
        return self.cleaned_data


class WithdrawForm(PlainForm):
    reason = _reason(required=False)


class OwnFigureForm(PlainForm):
    measure = forms.ChoiceField(
        label=_label("measure"), choices=lambda: [(name, words.measure_name(name)) for name in BY_ID]
    )
    label = _text("label", help_text=_("Verdicts name it so, such as: Our years 2022–2024"))
    citation = _text("citation", help_text=_("Where the figure can be read again, or how it was counted."))
    population = _text("population", help_text=_("Which men, and which operation."))
    counted_in = forms.ChoiceField(
        label=_label("counted_in"), choices=CountedIn.choices, widget=forms.RadioSelect
    )
    found = CountField(label=_label("found"))
    known = CountField(label=_label("known"))
    lower = PercentField(
        required=False,
        help_text=_("Blank: the exact interval (95 %) of the numbers above."),
        label=_("Interval from, in percent"),
    )
    upper = PercentField(required=False, label=_("Interval to, in percent"))
    tolerance = PercentField(most=99, initial=10, label=_("Tolerance in percentage points"))
    next_review = DayField(label=_label("next_review"))
    reason = _reason(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["next_review"].required = True

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
