"""How a surgeon usually operates: like the last case they signed, or by a favourite of their own."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import OperationStatus
from caselog.history import recorded
from caselog.models import Case, Clinic, Favourite, User
from caselog.permissions import Permission, require
from caselog.services import cases

# What is the surgeon's own way of working, with the reason. Nothing that describes the man or what
# was found in him, no unit of a hormone, and never the side: a wrong one must not come by itself.
HABITS = {
    "procedure": "the operation that he or she mostly does",
    "planned_procedure": "planned as it is mostly done",
    "anaesthesia": "the custom of the theatre for this procedure",
    "timing": "whether the clinic freezes or works beside the oocyte pick-up",
    "assistant": "the same two people mostly operate together",
    "trainee_operating": "whether there is a trainee at present",
    "magnification": "the instrument that stands in the theatre",
    "magnification_x": "the magnification that the eye is used to",
    "right_weighing": "whether the theatre has a balance",
    "left_weighing": "whether the theatre has a balance",
    "testis_volume_method": "orchidometer or ultrasound: what lies in the consulting room",
}


def habits_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Of these answers the habits, as they are kept: a person by the primary key."""
    found = {name: answers.get(name) for name in HABITS}
    # After an operation on one side, the theatre's balance is known for both.
    found["right_weighing"] = found["right_weighing"] or found["left_weighing"]
    found["left_weighing"] = found["left_weighing"] or found["right_weighing"]
    return {
        name: value.pk if isinstance(value, models.Model) else value
        for name, value in found.items()
        if not dictionary.is_blank(value)
    }


def last_habits(*, by: User, clinic: Clinic, procedure: str = "") -> tuple[Case, dict[str, Any]] | None:
    """The surgeon's own last signed operation here, of this procedure if one is named, and its habits."""
    require(by, Permission.LOG_CASES, clinic)
    own = Case.objects.visible_to(by).filter(clinic=clinic, surgeon=by, signed_at__isnull=False)
    own = own.filter(status=OperationStatus.PERFORMED)
    if procedure:
        own = own.filter(procedure=procedure)
    last = (
        own.select_related("patient", "surgeon", "assistant")
        .prefetch_related("testes")
        .order_by("-signed_at", "-pk")
        .first()
    )
    return (last, habits_of(cases.answers_of(last))) if last else None


def favourites_of(*, by: User, clinic: Clinic) -> models.QuerySet[Favourite]:
    return Favourite.objects.visible_to(by).filter(clinic=clinic).order_by("name", "pk")


@recorded
def keep_favourite(*, by: User, clinic: Clinic, name: str, answers: Mapping[str, Any]) -> Favourite:
    """Keep the habits among these answers under a name; the same name again replaces them.

    Raises PermissionDenied, or ValidationError.
    """
    require(by, Permission.LOG_CASES, clinic)
    habits = habits_of(answers)
    if not habits:
        raise ValidationError(_("Answer how you operate first, for example procedure and anaesthesia."))
    kept = Favourite(clinic=clinic, user=by, name=name.strip(), answers=habits)
    kept.clean_fields()
    favourite, _made = Favourite.objects.update_or_create(
        clinic=clinic, user=by, name=kept.name, defaults={"answers": habits}
    )
    return favourite


@recorded
def delete_favourite(*, by: User, favourite: Favourite) -> None:
    require(by, Permission.LOG_CASES, favourite.clinic)
    # Somebody else's is not theirs to delete, whatever their role.
    favourites_of(by=by, clinic=favourite.clinic).filter(pk=favourite.pk).delete()
