"""Serializer fields, made from the dictionary's entries and the columns they name."""

from functools import cache
from typing import Any

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers

from caselog.dictionary import Entry
from caselog.lists import either
from caselog.models import Membership, Patient, User
from caselog.models.fields import CodesField
from caselog.text import clean_text


class Visible(serializers.PrimaryKeyRelatedField):
    """A record of the asker's clinics. Another clinic's is answered like one that does not exist."""

    def get_queryset(self):
        records: Any = super().get_queryset()
        return records.visible_to(self.context["request"].user)


class Person(serializers.PrimaryKeyRelatedField):
    """Somebody who works or worked in one of the asker's clinics."""

    def get_queryset(self):
        shared = Membership.objects.visible_to(self.context["request"].user)
        people: Any = super().get_queryset()
        return people.filter(pk__in=shared.values("user"))


class Code(serializers.CharField):
    """One man has one code, whichever digits and spaces a program sends."""

    def to_internal_value(self, data):
        return clean_text(super().to_internal_value(data))


class Codes(serializers.MultipleChoiceField):
    """Several codes, in the order given."""

    def to_internal_value(self, data):
        chosen = super().to_internal_value(data)
        return [code for code in dict.fromkeys(data) if code in chosen]

    def to_representation(self, value):
        return list(value)


class Version(serializers.IntegerField):
    """The version of the record that the caller read, for programs that do not send `If-Match`."""

    def __init__(self, **kwargs):
        about = _lazy(
            "The version that was read, where no If-Match names it. "
            "The change is refused (409) if another one is stored now."
        )
        super().__init__(min_value=1, required=False, help_text=about, **kwargs)


def field_of(entry: Entry, *, read_only: bool = False) -> serializers.Field:
    """The field of one answer: its shape only. What goes with what is the services' to judge."""
    kind, kwargs = _shape(entry, read_only)
    return kind(**kwargs)


@cache  # a request makes the fields of a hundred answers anew
def _shape(entry: Entry, read_only: bool) -> tuple[type[serializers.Field], dict]:
    column = entry.model_field
    kind, kwargs = _kind_of(column)
    if entry.condition:  # whether it is asked at all depends on other answers
        kwargs["required"] = False
        if column.choices:
            kwargs["allow_blank"] = True
    if read_only:
        for name in ("required", "queryset"):
            kwargs.pop(name, None)
        kwargs["read_only"] = True
    return kind, kwargs | {"label": entry.label, "help_text": _about_lazily(entry)}


def blank_of(entry: Entry):
    """How a question without an answer reads: "" for a code or a text, [] for several, null for the rest."""
    column = entry.model_field
    if isinstance(column, CodesField):
        return []
    return "" if column.empty_strings_allowed and not column.null else None


def _kind_of(column: models.Field) -> tuple[type[serializers.Field], dict]:
    if isinstance(column, models.ForeignKey):
        return Person, {"queryset": User.objects.all(), "required": False, "allow_null": True}
    if isinstance(column, CodesField):
        return Codes, {"choices": column.choices, "required": False}
    kind, kwargs = serializers.ModelSerializer().build_standard_field(column.name, column)
    return (Code if column == Patient._meta.get_field("code") else kind), kwargs


def _about(entry: Entry) -> str:
    """Unit, help and condition, for the description of the API."""
    said = [str(entry.model_field.help_text)]
    if entry.unit:
        said.append(_("Unit: %(unit)s.") % {"unit": entry.unit})
    if condition := entry.condition:
        values = either(f"`{value}`" for value in condition.values)
        sentence = _("Kept only while `%(field)s` is %(values)s.")
        said.append(sentence % {"field": condition.parent, "values": values})
    return " ".join(part for part in said if part)


_about_lazily = lazy(_about, str)
