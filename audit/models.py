from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.results import Filters, Unit
from caselog.permissions import ClinicOwnedQuerySet, Permission, roles_with


class AuditRunQuerySet(ClinicOwnedQuerySet):
    def visible_to(self, user):
        """Of one surgeon's operations: to that surgeon and to whoever may see each surgeon's figures."""
        lead = user.memberships.current().filter(role__in=roles_with(Permission.VIEW_SURGEONS))
        shown = Q(surgeon=None) | Q(surgeon=user) | Q(clinic__in=lead.values("clinic"))
        return super().visible_to(user).filter(shown)


class AuditRun(models.Model):
    """An audit as it was on the day it was kept. The database refuses to change or delete one."""

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="audit_runs")
    title = models.CharField(_("title"), max_length=120)
    kept_at = models.DateTimeField(auto_now_add=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    # What narrows it to some operations of the period, as in audit.results.Filters; usually nothing.
    surgeon = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    procedure = models.CharField(max_length=20, blank=True, default="")
    azoospermia_type = models.CharField(max_length=16, blank=True, default="")
    primary_aetiology = models.CharField(max_length=24, blank=True, default="")
    attempt = models.CharField(max_length=10, blank=True, default="")
    unit = models.CharField(max_length=10)
    reference_set = models.CharField(max_length=20)
    reference_version = models.CharField(max_length=20)
    product_version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    # audit.results.Audit, whole: every figure, method name and reference as it was shown.
    result = models.JSONField()

    objects = AuditRunQuerySet.as_manager()

    def __str__(self):
        return self.title

    @property
    def filters(self) -> Filters:
        """With the surgeon's name of today; that of then stands in the result."""
        return Filters(
            since=self.since,
            until=self.until,
            unit=Unit(self.unit),
            reference_set=self.reference_set,
            surgeon=self.surgeon_id,
            surgeon_name=str(self.surgeon or ""),
            procedure=self.procedure,
            azoospermia_type=self.azoospermia_type,
            primary_aetiology=self.primary_aetiology,
            attempt=self.attempt,
        )
