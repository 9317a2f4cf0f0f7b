from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from caselog.choices import Consent
from caselog.models.clinic import Clinic
from caselog.models.fields import coded, one_of, whole, within
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
    partner_birth_year = whole(_("partner's birth year"), 1900, 2100)
    research_consent = coded(_("consent to research"), Consent)
    research_consent_on = models.DateField(_("date of the consent"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

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
            within("partner_birth_year", 1900, 2100),
            one_of("research_consent", Consent),
            models.CheckConstraint(
                name="patient_consent_has_its_date",
                condition=Q(research_consent_on__isnull=True) | Q(research_consent__in=["yes", "no"]),
            ),
            models.CheckConstraint(
                name="patient_birth_year_is_a_year",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)),
            ),
        ]

    def __str__(self):
        return self.code
