"""The filters of the case list. They live in the address, so that it can be shared."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, TextChoices
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from caselog.choices import (
    RETRIEVED,
    Aetiology,
    AzoospermiaType,
    CaseState,
    OperationStatus,
    Procedure,
    ResultStatus,
)
from caselog.forms.reading import clean_text
from caselog.models import Case, Finding, User
from caselog.services.attention import Attention, needing

_SELECT = {"class": "form-select"}
_PAGES = ("after", "before")  # keys of the page, meaningless under another filter


class Sort(TextChoices):
    NEWEST = "newest", _("Newest operation first")
    OLDEST = "oldest", _("Oldest operation first")
    ENTERED = "entered", _("Last entered first")


class Result(TextChoices):
    WAITING = "waiting", _("Waiting for the final result")
    FOUND = "found", _("Sperm found")
    NONE = "none", _("No sperm found")


@dataclass(frozen=True)
class Chosen:
    """A filter that is on, and the address without it."""

    label: str
    words: str
    without: str


class DayField(forms.Field):
    """ISO 8601 both ways: a browser's own date input would show slashes, day or month first."""

    widget = forms.TextInput(
        {
            "class": "form-control",
            "dir": "ltr",
            "inputmode": "numeric",
            "placeholder": "2024-03-04",
            "size": 10,
            "maxlength": 12,
            "autocomplete": "off",
        }
    )

    def to_python(self, value):
        text = clean_text(value)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise ValidationError(
                _("“%(value)s” is not a date. Write year, month and day, such as 2024-03-04."),
                params={"value": value},
            ) from error


class _Day(django_filters.Filter):
    field_class = DayField


def _select(label, choices, field: str | None = None, **kwargs):
    usual = {"empty_label": _("All"), "widget": forms.Select(_SELECT)}
    return django_filters.ChoiceFilter(field, label=label, choices=choices, **usual | kwargs)


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Patient code"),
        method="starting_with",
        widget=forms.TextInput(
            {"class": "form-control", "type": "search", "autocomplete": "off", "maxlength": 20, "dir": "auto"}
        ),
    )
    attention = _select(_("Needs attention"), Attention, method="needing")
    state = _select(_("State"), CaseState)
    procedure = _select(_("Procedure"), Procedure)
    type = _select(_("Azoospermia type"), AzoospermiaType, "azoospermia_type")
    cause = _select(_("Primary cause"), Aetiology, "primary_aetiology")
    status = _select(_("Operation"), OperationStatus)
    result = _select(_("Laboratory result"), Result, method="with_result")
    surgeon = _select(_("Surgeon"), (), "surgeon")
    signed_by = _select(_("Signed by"), (), "signed_by")
    since = _Day("procedure_date", lookup_expr="gte", label=_("Operations from"))
    until = _Day("procedure_date", lookup_expr="lte", label=_("Operations to"))
    sort = _select(_("Order"), Sort.choices[1:], method="in_any_order", empty_label=Sort.NEWEST.label)

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, asked: QueryDict, *, clinic, today: date, **kwargs):
        self.today = today
        super().__init__(asked, **kwargs)
        # Whoever operated or signed here, also those who work elsewhere now; two queries.
        for name in ("surgeon", "signed_by"):
            people = User.objects.filter(pk__in=Case.objects.filter(clinic=clinic).values(name))
            named = people.order_by("name", "pk").values_list("pk", "name")
            self.filters[name].extra["choices"] = [(str(pk), person) for pk, person in named]

    @property
    def sort_by(self) -> str:
        return self.form.cleaned_data["sort"] or Sort.NEWEST

    @property
    def more(self) -> list[forms.BoundField]:
        """All but the code, which stands in sight."""
        return [self.form[name] for name in self.form.fields if name != "q"]

    @property
    def chosen(self) -> list[Chosen]:
        """What is on, in the order of the form. The order of the rows leaves none of them out."""
        return [
            Chosen(str(field.label), self._words(name, field), self._without(name))
            for name, field in self.form.fields.items()
            if name != "sort" and self.data.get(name)
        ]

    def _words(self, name: str, field: forms.Field) -> str:
        value: Any = self.form.cleaned_data.get(name)
        if isinstance(value, date):
            return date_format(value, "j M Y")
        words = dict(getattr(field, "choices", ()))
        return str(words.get(value, value or self.data[name]))

    def _without(self, *names: str) -> str:
        left = self.data.copy()
        for name in (*names, *_PAGES):
            left.pop(name, None)
        for name in [name for name, value in left.items() if not value]:
            del left[name]
        return "?" + left.urlencode()

    def starting_with(self, cases, _name, typed):
        return cases.filter(patient__code__istartswith=clean_text(typed))

    def needing(self, cases, _name, kind):
        return cases.filter(needing(kind, cases=cases, today=self.today))

    def with_result(self, cases, _name, result):
        if result == Result.WAITING:
            return cases.awaiting_laboratory()
        found = Exists(Finding.objects.filter(testis__case=OuterRef("pk"), sperm_found__in=RETRIEVED))
        final = cases.filter(laboratory_report__result_status=ResultStatus.FINAL)
        return final.filter(found) if result == Result.FOUND else final.exclude(found)

    def in_any_order(self, cases, _name, _order):
        """The page puts them in order, because its keys depend on it."""
        return cases
