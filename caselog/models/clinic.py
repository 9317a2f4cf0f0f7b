from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import Role
from caselog.models.fields import one_of, together
from caselog.permissions import ClinicOwnedQuerySet


class ClinicQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Clinics in which `user` holds a role today."""
        return self.filter(pk__in=user.memberships.current().values("clinic"))


class Clinic(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    synthetic = models.BooleanField(
        _("synthetic data"),
        default=False,
        help_text=_("Every page and export of this clinic says that its data is invented."),
    )
    keeps_identifiers = models.BooleanField(_("keeps local identifiers"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="clinic_has_a_name", condition=~Q(name=""))]

    def __str__(self):
        return self.name


class MembershipQuerySet(ClinicOwnedQuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True, user__is_active=True)


class Membership(models.Model):
    """One role of one person in one clinic. It is ended, never deleted: cases name the people."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    added_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="membership_role_held_once",
                fields=["clinic", "user", "role"],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("This person already has this role here."),
            ),
            one_of("role", Role, blank=False),
            models.CheckConstraint(name="membership_ended_whole", condition=together("ended_at", "ended_by")),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"
