"""Clinics and the people in them."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog.choices import Role
from caselog.history import recorded
from caselog.models import Clinic, Membership, User
from caselog.permissions import Permission, require
from caselog.services.errors import Refused


@recorded
def create_clinic(
    *, by: User | None, name: str, synthetic: bool = False, administrator: User | None = None
) -> Clinic:
    """A new clinic with its first administrator: the person named, or else whoever made it.

    Only whoever runs the installation creates clinics: a superuser, or at its command line, where
    `by` is None, anybody.
    """
    if by is not None and not (by.is_active and by.is_superuser):
        raise PermissionDenied(_("Only whoever runs this installation creates clinics."))
    administrator = administrator or by
    if administrator is None:
        raise ValueError("a clinic needs an administrator")
    _refuse_suspended(administrator, "administrator")
    clinic = Clinic(name=name, synthetic=synthetic)
    clinic.full_clean()
    clinic.save()
    Membership.objects.create(clinic=clinic, user=administrator, role=Role.ADMINISTRATOR)
    return clinic


@recorded
def rename_clinic(*, by: User, clinic: Clinic, name: str) -> Clinic:
    require(by, Permission.MANAGE_CLINIC, clinic)
    clinic.name = name
    clinic.full_clean()
    clinic.save(update_fields=["name"])
    return clinic


@recorded
def add_member(*, by: User, clinic: Clinic, email: str, name: str, role: str) -> Membership:
    """Give a person a role in the clinic; somebody new gets an account without a password yet.

    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.MANAGE_CLINIC, clinic)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User(email=User.objects.normalize_email(email), name=name)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save()
    _refuse_suspended(user, "email")
    if not user.has_usable_password() and user.memberships.exclude(clinic=clinic).exists():
        # Whoever runs the other clinic may still hold the link that sets this account's password.
        raise ValidationError({"email": _("This person has not signed in yet. Add them after they have.")})
    membership = Membership(clinic=clinic, user=user, role=role)
    membership.full_clean()
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise ValidationError({"role": _("This person already has this role here.")}) from error
    return membership


@recorded
def end_membership(*, by: User, membership: Membership) -> None:
    """Take a role away from today; what the person did stays theirs."""
    clinic = membership.clinic
    require(by, Permission.MANAGE_CLINIC, clinic)
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)  # two administrators may end each other
    administrators = clinic.memberships.current().filter(role=Role.ADMINISTRATOR)
    if membership.role == Role.ADMINISTRATOR and not administrators.exclude(pk=membership.pk).exists():
        raise Refused(_("A clinic keeps at least one administrator."))
    clinic.memberships.filter(pk=membership.pk, ended_at__isnull=True).update(
        ended_at=timezone.now(), ended_by=by
    )


def _refuse_suspended(user: User, field: str) -> None:
    if not user.is_active:
        message = _("This account is suspended. Ask whoever runs this installation.")
        raise ValidationError({field: message})
