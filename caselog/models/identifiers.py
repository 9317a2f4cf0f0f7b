from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.models.clinic import Clinic
from caselog.models.encrypted import EncryptedText, only_tokens
from caselog.models.patient import Patient
from caselog.permissions import ClinicOwnedQuerySet


class LocalIdentifiers(models.Model):
    """Who a man is outside his code, in a clinic that chose to keep it. It never leaves the clinic."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="identifiers")
    name = EncryptedText(_("name"), max_length=100, blank=True)
    hospital_number = EncryptedText(_("hospital number"), max_length=40, blank=True)
    hospital_number_index = models.CharField(max_length=64, blank=True, editable=False)
    recorded_at = models.DateTimeField(auto_now=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            only_tokens("name"),
            only_tokens("hospital_number"),
            models.UniqueConstraint(
                name="localidentifiers_hospital_number_unique_in_clinic",
                fields=["clinic", "hospital_number_index"],
                condition=~Q(hospital_number_index=""),
            ),
            models.CheckConstraint(
                name="localidentifiers_hospital_number_is_indexed",
                condition=Q(hospital_number_index="", hospital_number__regex="^$")
                | ~Q(hospital_number_index="") & Q(hospital_number__regex="."),
            ),
        ]
