"""What a person types on the audit page."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import words
from audit.models import AuditRun
from audit.reference import CLINIC
from audit.results import Filters, Unit
from caselog.selection import RULES

YEARS = 3
OUTSIDE = "outside"
ANY = pgettext_lazy("filter", "Any")
NOT_YOURS = _(
    "%(value)s is nobody whose figures you may see: those of one surgeon are for that surgeon and the "
    "clinic's administrators."
)


class DayField(forms.DateField):
    """ISO 8601 both ways: a browser's own date input would show slashes, day or month first."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(
            format="%Y-%m-%d",
            attrs={"dir": "ltr", "inputmode": "numeric", "placeholder": "2024-03-04", "size": 10},
        )
        super().__init__(required=False, widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                _("“%(value)s” is not a date. Write year, month and day, such as 2024-03-04."),
                params={"value": value},
            ) from error


class FiltersForm(forms.Form):
    """Which operations, in what unit, beside which figures. It lives in the address."""

    since = DayField(label=_("Operations from"))
    until = DayField(label=_("Operations to"))
    unit = forms.ChoiceField(
        label=_("Count"), choices=lambda: [(unit.value, words.unit_name(unit)) for unit in Unit]
    )
    reference_set = forms.ChoiceField(
        label=_("Compare with"), choices=words.reference_set_choices, widget=forms.RadioSelect
    )

    share = forms.ChoiceField(
        label=_("Who will see it"),
        choices=[("", _("This clinic")), (OUTSIDE, _("Somebody outside: small counts suppressed"))],
        required=False,
    )

    def __init__(
        self, asked: Mapping[str, Any], *, today: date, surgeons: Mapping[int, str], adopted: bool = False
    ):
        """asked: what it does not name is taken from the usual; a blank day means no limit.

        surgeons: those that may be asked for, by key.
        adopted: whether the clinic has a set of its own, which is its usual one then.
        """
        usual = usual_filters(today)
        if adopted:
            usual["reference_set"] = CLINIC
        narrowed_by = {name: str(asked[name]) for name in (*RULES, "share") if asked.get(name)}
        super().__init__({name: asked.get(name, usual[name]) for name in usual} | narrowed_by)
        offered = cast(forms.ChoiceField, self.fields["reference_set"])
        offered.choices = words.reference_set_choices(adopted=adopted)
        self.codes = {"surgeon": {str(pk): name for pk, name in surgeons.items()}}
        self.codes |= {name: words.filter_choices(name) for name in RULES if name != "surgeon"}
        for name, codes in self.codes.items():
            self.fields[name] = forms.ChoiceField(
                label=words.filter_name(name), choices=[("", ANY), *codes.items()], required=False
            )
        self.fields["surgeon"].error_messages["invalid_choice"] = NOT_YOURS

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error(
                "until",
                ValidationError(
                    _("%(until)s is before the first day, %(since)s. Change one of them."),
                    params={"until": words.day(until), "since": words.day(since)},
                ),
            )
        return typed

    @property
    def filters(self) -> Filters:
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "share"}
        return Filters(
            **chosen | {"unit": Unit(chosen["unit"]), "surgeon": int(chosen["surgeon"] or 0) or None}
        )

    @property
    def shared(self) -> bool:
        """Whether it is to be shown as it may leave the clinic."""
        return self.cleaned_data["share"] == OUTSIDE

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The filters that are folded away; that of surgeons only where there is one to choose."""
        return [self[name] for name in RULES if name in self.data or self.codes[name]]

    @property
    def narrowed_by(self) -> list[str]:
        return [name for name in RULES if name in self.data]

    def chosen_name(self, name: str) -> str:
        return str(self.codes[name][self.data[name]])

    @property
    def query_of_all(self) -> str:
        """The address with every operation of the period."""
        return self.query_without(*RULES)

    @property
    def query_inside(self) -> str:
        """The same address, as it is seen inside the clinic."""
        return self.query_without("share")

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return self.query_without()

    def query_without(self, *names: str) -> str:
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in self.data.items() if name not in names})
        return query.urlencode()


class KeepForm(forms.ModelForm):
    """key: of the page that was opened, so that a double tap keeps one audit."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    class Meta:
        model = AuditRun
        fields = ["title"]


def usual_filters(today: date) -> dict[str, str]:
    """Three years up to the end of last month: a verdict is about a period that is over."""
    this_month = today.replace(day=1)
    since, until = this_month.replace(year=today.year - YEARS), this_month - timedelta(days=1)
    usual = Filters(since=since, until=until)
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "unit": usual.unit.value,
        "reference_set": usual.reference_set,
    }
