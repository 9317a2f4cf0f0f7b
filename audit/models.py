from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from caselog.permissions import ClinicOwnedQuerySet


class AuditRun(models.Model):
    """An audit as it was on the day it was kept. The database refuses to change or delete one."""

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="audit_runs")
    title = models.CharField(_("title"), max_length=120)
    kept_at = models.DateTimeField(auto_now_add=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    unit = models.CharField(max_length=10)
    reference_set = models.CharField(max_length=20)
    reference_version = models.CharField(max_length=20)
    product_version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    # audit.results.Audit, whole: every figure, method name and reference as it was shown.
    result = models.JSONField()

    objects = ClinicOwnedQuerySet.as_manager()

    def __str__(self):
        return self.title
