"""The filters of the case list."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from caselog.choices import CaseState, Procedure
from caselog.forms.reading import clean_text
from caselog.models import Case

_SELECT = {"class": "form-select"}


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Patient code"),
        method="starting_with",
        widget=forms.TextInput(
            {"class": "form-control", "type": "search", "autocomplete": "off", "maxlength": 20, "dir": "auto"}
        ),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=CaseState, empty_label=_("All"), widget=forms.Select(_SELECT)
    )
    procedure = django_filters.ChoiceFilter(
        label=_("Procedure"), choices=Procedure, empty_label=_("All"), widget=forms.Select(_SELECT)
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def starting_with(self, cases, _name, typed):
        return cases.filter(patient__code__istartswith=clean_text(typed))
