from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import together
from caselog.permissions import ClinicOwnedQuerySet


class Confirmation(models.Model):
    """Somebody was asked about an unusual answer and said that it is right.

    `about` holds the answers that were confirmed: when one of them changes, the doubt is asked again.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="confirmations")
    code = models.CharField(max_length=60)  # of caselog.services.doubts
    about = models.CharField(max_length=200)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    confirmed_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="confirmation_once", fields=["case", "code", "about"]),
        ]


class AlertQuerySet(ClinicOwnedQuerySet):
    def open(self):
        return self.filter(acknowledged_at__isnull=True)


class Alert(models.Model):
    """Something that must reach a person: it stays until somebody says that it did."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="alerts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=24)
    raised_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(_("what was done"), max_length=200, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="alert_open_once",
                fields=["case", "kind"],
                condition=Q(acknowledged_at__isnull=True),
            ),
            models.CheckConstraint(
                name="alert_acknowledged_whole", condition=together("acknowledged_at", "acknowledged_by")
            ),
        ]
