"""Form fields that read a shape, and the field that fits each entry of the dictionary."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from caselog.dictionary import Entry
from caselog.excel.columns import unit
from caselog.forms.reading import clean_text, plain, read_date, read_number, read_time, read_whole_number
from caselog.forms.widgets import (
    Choices,
    DateInput,
    NumberInput,
    SeveralChoices,
    TimeInput,
    WeightInput,
)
from caselog.models.fields import CodesField

_WEIGHT_UNITS = {"mg": _("mg"), "g": _("g")}
_MG = {"mg": Decimal(1), "g": Decimal(1000)}
_MOST_RADIOS = 7


class CodeField(forms.CharField):
    """One man has one code, whichever digits a keyboard gives."""

    def to_python(self, value):
        return clean_text(super().to_python(value))


class WholeNumberField(forms.Field):
    widget = NumberInput

    def to_python(self, value):
        return read_whole_number(value)


class NumberField(forms.Field):
    """A number with decimals, in one unit."""

    def to_python(self, value):
        return read_number(value)


class TimeField(forms.Field):
    """A time of day: 9:05, 09.05 or 0905, in any digits."""

    def to_python(self, value):
        return read_time(value)


class WeightField(forms.Field):
    """Milligrams, typed in mg or g."""

    def __init__(self, **kwargs):
        super().__init__(widget=WeightInput(list(_WEIGHT_UNITS.items())), **kwargs)

    def to_python(self, value):
        typed, read_in = value or ("", "mg")
        number = read_number(typed)
        if number is None:
            return None
        if read_in not in _MG:
            raise ValidationError(_("Say whether this is in mg or in g."))
        return Decimal(plain(number * _MG[read_in]))


class DateField(forms.Field):
    def __init__(self, **kwargs):
        super().__init__(widget=DateInput(), **kwargs)

    def to_python(self, value):
        return read_date(*(value or ("", "", "")))


def field_for(entry: Entry, people: Mapping[str, models.QuerySet]) -> forms.Field:
    """people: for each entry that names a person, whom it may name.

    Nothing is required here: the services know what a draft and what a signed record needs.
    """
    column = entry.model_field
    common: dict[str, Any] = {
        "label": capfirst(str(column.verbose_name)),
        "help_text": column.help_text,
        "required": False,
    }
    if entry.name in people:
        return _person(people[entry.name], common)
    if isinstance(column, CodesField):
        return forms.MultipleChoiceField(choices=entry.choices, widget=SeveralChoices, **common)
    if entry.analyte and entry.attribute == "unit":
        # At the end of its value. Never chosen for the person: 3.2 and 320 may be the same man.
        units = forms.Select({"class": "form-select"})
        return forms.ChoiceField(choices=[("", _("Unit")), *entry.choices], widget=units, **common)
    if column.choices:
        return choice(entry.choices, **common)
    if isinstance(column, models.DateField):
        return DateField(**common)
    if isinstance(column, models.DecimalField):
        if entry.unit in _MG:
            return WeightField(**common)
        return NumberField(widget=NumberInput(unit=unit(entry), whole=False), **common)
    if isinstance(column, models.TimeField):
        return TimeField(widget=TimeInput(), **common)
    if isinstance(column, models.TextField):
        area = forms.Textarea({"class": "form-control", "rows": 3, "dir": "auto"})
        return forms.CharField(max_length=column.max_length, widget=area, **common)
    if isinstance(column, models.IntegerField):
        return WholeNumberField(widget=NumberInput(unit=unit(entry), digits=4), **common)
    kind = CodeField if entry.identifier else forms.CharField
    widget = forms.TextInput({"class": "form-control", "autocomplete": "off", "dir": "auto"})
    return kind(max_length=column.max_length, widget=widget, **common)


def choice(choices: list, **common) -> forms.ChoiceField:
    """Radios while they can be seen at a glance; a select, with its type-ahead, beyond."""
    if len(choices) <= _MOST_RADIOS:
        return forms.ChoiceField(choices=choices, widget=Choices, **common)
    return forms.ChoiceField(
        choices=[("", ""), *choices], widget=forms.Select({"class": "form-select"}), **common
    )


def _person(people: models.QuerySet, common) -> forms.ModelChoiceField:
    few = len(people) <= _MOST_RADIOS
    widget = Choices if few else forms.Select({"class": "form-select"})
    field: Any = forms.ModelChoiceField(people, widget=widget, empty_label=None if few else "", **common)
    # Read once for every question that names one of them.
    named = [(person.pk, str(person)) for person in people]
    field.choices = named if few else [("", ""), *named]
    return field
