from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import Analyte, Measured, Unit
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import coded, one_of
from caselog.models.follow_up import FollowUp
from caselog.permissions import ClinicOwnedQuerySet
from caselog.units import SCALES


def _within_limits() -> Q:
    free = Q(canonical__isnull=True)
    for analyte, scale in SCALES.items():
        free |= Q(analyte=analyte, canonical__range=scale.hard)
    return free


def _in_a_unit_of_its_own() -> Q:
    free = Q(unit="")
    for analyte, scale in SCALES.items():
        free |= Q(analyte=analyte, unit__in=list(scale.factors))
    return free


class Measurement(models.Model):
    """One hormone, before the operation or at one follow-up, as the laboratory printed it.

    `canonical` is the same value in the unit that figures are compared in (caselog.units).
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="measurements")
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.CASCADE, null=True, blank=True, related_name="measurements"
    )
    analyte = models.CharField(_("hormone"), max_length=16, choices=Analyte)
    result = coded(_("measured"), Measured)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=4, null=True, blank=True)
    unit = coded(_("unit"), Unit)
    canonical = models.DecimalField(max_digits=12, decimal_places=4, null=True, editable=False)
    taken_on = models.DateField(_("date of the blood sample"), null=True, blank=True)

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("analyte", Analyte, blank=False),
            one_of("result", Measured, blank=False),
            one_of("unit", Unit),
            models.UniqueConstraint(
                name="measurement_once_before_the_operation",
                fields=["case", "analyte"],
                condition=Q(follow_up__isnull=True),
            ),
            models.UniqueConstraint(
                name="measurement_once_at_a_follow_up",
                fields=["follow_up", "analyte"],
                condition=Q(follow_up__isnull=False),
            ),
            models.CheckConstraint(
                name="measurement_has_value_and_unit_or_neither",
                condition=Q(result=Measured.NOT_DONE, value__isnull=True, unit="", canonical__isnull=True)
                | Q(result=Measured.MEASURED, value__isnull=False, canonical__isnull=False) & ~Q(unit=""),
                violation_error_message=_("Give the value with its unit, or say that it was not done."),
            ),
            models.CheckConstraint(
                name="measurement_in_a_unit_of_its_own", condition=_in_a_unit_of_its_own()
            ),
            models.CheckConstraint(name="measurement_within_hard_limits", condition=_within_limits()),
        ]

    def __str__(self):
        return f"{self.case} · {self.get_analyte_display()}"
