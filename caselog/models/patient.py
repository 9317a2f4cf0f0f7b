from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from caselog.models.clinic import Clinic
from caselog.permissions import ClinicOwnedQuerySet


class Patient(models.Model):
    """A man, known by a code of the clinic's own. No name is needed anywhere."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    code = models.CharField(
        _("patient code"),
        max_length=20,
        help_text=_("The clinic's pseudonym for the man, not his name or hospital number."),
    )
    birth_year = models.PositiveSmallIntegerField(
        _("birth year"), null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clinic",
                Lower("code"),
                name="patient_code_unique_in_clinic",
                violation_error_message=_("This clinic already has a patient with this code."),
            ),
            models.CheckConstraint(name="patient_has_a_code", condition=~Q(code="")),
            models.CheckConstraint(
                name="patient_birth_year_is_a_year",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)),
            ),
        ]

    def __str__(self):
        return self.code
