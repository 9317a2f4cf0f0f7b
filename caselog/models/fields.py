"""Column types and conditions that several tables use."""

from django.core.exceptions import ValidationError
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


def one_of(name: str, choices: type[models.TextChoices], *, blank: bool = True) -> models.CheckConstraint:
    """The column holds a code of its vocabulary, or is blank where that is allowed."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        name=f"%(class)s_{name}_is_in_vocabulary",
        condition=Q(**{f"{name}__in": values}),
        violation_error_message=_("This is not one of the choices."),
    )


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


def only_codes(name: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    code = "|".join(choices.values)
    return models.CheckConstraint(
        name=f"%(class)s_{name}_are_in_vocabulary",
        condition=Q(**{name: ""}) | Q(**{f"{name}__regex": rf"^({code})(,({code}))*$"}),
        violation_error_message=_("This is not one of the choices."),
    )
