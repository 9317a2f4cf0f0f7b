from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import Side, TubuleAppearance, Weighing, WetPrep, YesNoNotNoted
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import coded, one_of
from caselog.permissions import ClinicOwnedQuerySet

WEIGHED = [Weighing.BALANCE, Weighing.ESTIMATED]


class Testis(models.Model):
    """One operated side of one case."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="testes")
    side = models.CharField(_("side"), max_length=8, choices=Side)
    weighing = models.CharField(_("weighing"), max_length=12, choices=Weighing, blank=True)
    tissue_weight_mg = models.DecimalField(
        _("tissue weight"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(20_000)],
        help_text=_("All tissue taken from this side."),
    )
    samples_n = models.PositiveSmallIntegerField(
        _("samples"), null=True, blank=True, validators=[MaxValueValidator(200)]
    )

    tubule_appearance = coded(_("tubules"), TubuleAppearance)
    vessels_preserved = coded(_("vessels preserved"), YesNoNotNoted)
    wet_prep = coded(
        _("seen in theatre"), WetPrep, help_text=_("The laboratory's own finding is the result of the case.")
    )

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-side"]  # right, then left: the order in which a report reads
        constraints = [
            models.UniqueConstraint(name="testis_side_once_in_case", fields=["case", "side"]),
            one_of("side", Side, blank=False),
            one_of("weighing", Weighing),
            one_of("tubule_appearance", TubuleAppearance),
            one_of("vessels_preserved", YesNoNotNoted),
            one_of("wet_prep", WetPrep),
            models.CheckConstraint(
                name="testis_weight_is_recorded_whole",
                condition=Q(weighing__in=["", Weighing.NOT_WEIGHED], tissue_weight_mg__isnull=True)
                # NULL in a range is neither true nor false, and a CHECK lets it pass.
                | Q(
                    weighing__in=WEIGHED, tissue_weight_mg__isnull=False, tissue_weight_mg__range=(0, 20_000)
                ),
                violation_error_message=_(
                    "Give a weight from 0 to 20,000 mg, or say that it was not weighed."
                ),
            ),
            models.CheckConstraint(
                name="testis_samples_are_plausible",
                condition=Q(samples_n__isnull=True) | Q(samples_n__lte=200),
            ),
        ]

    def __str__(self):
        return f"{self.case} · {self.get_side_display()}"
