"""Column types and conditions that several tables use."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def together(*names: str) -> Q:
    """All of these columns are filled or none is: the pair "who" and "when"."""
    none, whole = Q(), Q()
    for name in names:
        none &= Q(**{f"{name}__isnull": True})
        whole &= Q(**{f"{name}__isnull": False})
    return none | whole


def one_of(
    name: str, choices: "type[models.TextChoices] | _Codes", *, blank: bool = True
) -> models.CheckConstraint:
    """The column holds a code of its vocabulary, or is blank where that is allowed."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        name=f"%(class)s_{name}_is_in_vocabulary",
        condition=Q(**{f"{name}__in": values}),
        violation_error_message=_("This is not one of the choices."),
    )


def whole(label, low: int, high: int, **more) -> models.PositiveSmallIntegerField:
    """A count or a measure in whole units, from `low` to `high`, that may be left blank."""
    validators = [MinValueValidator(low), MaxValueValidator(high)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=validators, **more)


def coded(label, choices: type[models.TextChoices], **more) -> models.CharField:
    """One code of a vocabulary, that may be left blank."""
    return models.CharField(label, max_length=24, choices=choices, blank=True, **more)


class CodesField(models.CharField):
    """Several codes of one vocabulary: a list in Python, comma-separated text in the database.

    Text, because both engines can hold a pattern to it in a constraint; an empty list means
    that nothing was answered.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value):
        if isinstance(value, str):
            return [code for code in value.split(",") if code]
        return list(value or [])

    def get_prep_value(self, value):
        return value if isinstance(value, str) else ",".join(value or [])

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs):
        from django import forms  # only forms need it

        return forms.MultipleChoiceField(
            choices=self.flatchoices,
            label=self.verbose_name,
            help_text=self.help_text,
            required=False,
            **kwargs,
        )

    def validate(self, value, model_instance):
        known = {code for code, _label in self.choices or []}
        if unknown := [code for code in value if code not in known]:
            raise ValidationError(
                _("“%(value)s” is not one of the choices."), params={"value": ", ".join(unknown)}
            )

    def run_validators(self, value):
        super().run_validators(self.get_prep_value(value))


def only_codes(name: str, choices: "type[models.TextChoices] | _Codes") -> models.CheckConstraint:
    code = "|".join(choices.values)
    return models.CheckConstraint(
        name=f"%(class)s_{name}_are_in_vocabulary",
        condition=Q(**{name: ""}) | Q(**{f"{name}__regex": rf"^({code})(,({code}))*$"}),
        violation_error_message=_("This is not one of the choices."),
    )


def within(name: str, low: float, high: float) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"%(class)s_{name}_is_plausible",
        # NULL in a range is neither true nor false, and a CHECK lets it pass: blank is allowed.
        condition=Q(**{f"{name}__range": (low, high)}),
        violation_error_message=_("This is outside the limits."),
    )


def rules_of(*holders: type[models.Model]) -> list[models.CheckConstraint]:
    """The vocabularies and hard limits that these abstract models' fields declare, for the database."""
    found = []
    for field in (field for holder in holders for field in holder._meta.local_fields):
        if isinstance(field, CodesField):
            found.append(only_codes(field.name, _Codes(field)))
        elif field.choices:
            found.append(one_of(field.name, _Codes(field)))
        elif limits := limits_of(field):
            found.append(within(field.name, *limits))
    return found


def limits_of(field: models.Field) -> tuple[float, float] | None:
    """The hard limits, both included; None where a field has none."""
    low = next((v.limit_value for v in field.validators if isinstance(v, MinValueValidator)), 0)
    high = next((v.limit_value for v in field.validators if isinstance(v, MaxValueValidator)), None)
    return None if high is None else (low, high)


def asked_only_when(model: str, holders: Sequence[type[models.Model]]) -> list[models.CheckConstraint]:
    """What the dictionary asks only under a condition is blank without it.

    Of these abstract models' fields, those whose condition is a column of the same table.
    """
    from caselog.dictionary import entries

    fields = {field.name: field for holder in holders for field in holder._meta.local_fields}
    # One code among several is found by no condition that both engines index alike.
    several = {name for name, field in fields.items() if isinstance(field, CodesField)}
    found = []
    for entry in entries().values():
        if entry.model != model or entry.attribute not in fields or not entry.condition:
            continue
        parent = entries()[entry.condition.parent]
        if parent.model != model or parent.attribute in several:
            continue
        field = fields[entry.attribute]
        text = field.empty_strings_allowed and not field.null
        blank = Q(**{field.name: ""} if text else {f"{field.name}__isnull": True})
        found.append(
            models.CheckConstraint(
                name=f"%(class)s_{field.name}_is_asked",
                condition=blank | Q(**{f"{parent.attribute}__in": entry.condition.values}),
            )
        )
    return found


class _Codes:
    """A field's vocabulary, as the constraints above take it."""

    def __init__(self, field: models.Field):
        self.values = [code for code, _label in field.flatchoices if code]
