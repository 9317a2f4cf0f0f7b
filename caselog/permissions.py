"""Who may do what: a table from roles to verbs, and one function that asks it.

Objects are reached through `visible_to(user)` only; this module decides what may be done with
an object that is visible.
"""

from collections.abc import Collection, Iterable
from enum import Enum, auto

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from caselog.choices import Role


class ClinicOwnedQuerySet(QuerySet):
    def visible_to(self, user):
        """Rows of the clinics in which `user` holds a role today: the only way to reach one."""
        return self.filter(clinic__in=user.memberships.current().values("clinic"))


class Permission(Enum):
    READ_CASES = auto()
    LOG_CASES = auto()
    CHANGE_PATIENTS = auto()
    KEEP_IDENTIFIERS = auto()
    REPORT_LABORATORY = auto()
    RECORD_HISTOLOGY = auto()
    ACKNOWLEDGE_ALERTS = auto()
    FOLLOW_UP = auto()
    ASK_QUERIES = auto()
    ANSWER_QUERIES = auto()
    VIEW_AUDIT = auto()
    KEEP_AUDIT = auto()
    CLOSE_AUDIT = auto()  # of some months, for good
    ADOPT_REFERENCES = auto()
    EXPORT_AUDIT = auto()
    VIEW_SURGEONS = auto()  # the figures of each surgeon by name; one's own need no permission
    EXPORT_RECORD = auto()
    MANAGE_CLINIC = auto()
    MANAGE_PERIODS = auto()
    UNLOCK_PERIODS = auto()


_READ = {Permission.READ_CASES, Permission.VIEW_AUDIT}
PERMISSIONS = {
    Role.SURGEON: _READ
    | {
        Permission.LOG_CASES,
        Permission.CHANGE_PATIENTS,
        Permission.RECORD_HISTOLOGY,
        Permission.ACKNOWLEDGE_ALERTS,
        Permission.FOLLOW_UP,
        Permission.ANSWER_QUERIES,
    },
    Role.EMBRYOLOGIST: _READ
    | {Permission.REPORT_LABORATORY, Permission.RECORD_HISTOLOGY, Permission.ANSWER_QUERIES},
    Role.ADMINISTRATOR: _READ
    | {
        Permission.CHANGE_PATIENTS,
        Permission.KEEP_IDENTIFIERS,
        Permission.FOLLOW_UP,
        Permission.ASK_QUERIES,
        Permission.ANSWER_QUERIES,
        Permission.KEEP_AUDIT,
        Permission.CLOSE_AUDIT,
        Permission.ADOPT_REFERENCES,
        Permission.EXPORT_AUDIT,
        Permission.VIEW_SURGEONS,
        Permission.EXPORT_RECORD,
        Permission.MANAGE_CLINIC,
        Permission.MANAGE_PERIODS,
        Permission.UNLOCK_PERIODS,
    },
    Role.READER: _READ | {Permission.ASK_QUERIES},
}


def permissions_of(user, clinic) -> frozenset[Permission]:
    """What `user` may do in `clinic` today; one query."""
    if not user.is_active:
        return frozenset()
    return permissions_of_roles(
        user.memberships.current().filter(clinic=clinic).values_list("role", flat=True)
    )


def permissions_of_roles(roles: Iterable[str]) -> frozenset[Permission]:
    return frozenset[Permission]().union(*(PERMISSIONS[Role(role)] for role in roles))


def roles_with(permission: Permission) -> list[Role]:
    return [role for role, held in PERMISSIONS.items() if permission in held]


def require_owner(user, owners: Iterable[Collection[Role]], clinic) -> None:
    """owners: of each answer that changes, the roles that answer it (caselog.dictionary)."""
    held = set(user.memberships.current().filter(clinic=clinic).values_list("role", flat=True))
    if any(held.isdisjoint(roles) for roles in owners):
        raise PermissionDenied(_("Your role in %(clinic)s does not allow this.") % {"clinic": clinic})


def require(user, permission: Permission, clinic) -> frozenset[Permission]:
    """All that `user` may do in `clinic`, where `permission` is one of them; one query.

    Raises PermissionDenied.
    """
    held = permissions_of(user, clinic)
    if permission not in held:
        raise PermissionDenied(_("Your role in %(clinic)s does not allow this.") % {"clinic": clinic})
    return held
