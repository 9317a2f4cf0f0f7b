from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import HistologyPattern
from caselog.models.clinic import Clinic
from caselog.models.fields import one_of, within
from caselog.models.testis import Testis
from caselog.permissions import ClinicOwnedQuerySet


class Histology(models.Model):
    """What the pathologist saw in the tissue of one testis."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    testis = models.OneToOneField(Testis, on_delete=models.PROTECT, related_name="histology")
    pattern = models.CharField(_("histology"), max_length=24, choices=HistologyPattern)
    johnsen_mean = models.DecimalField(
        _("mean Johnsen score"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("pattern", HistologyPattern, blank=False),
            within("johnsen_mean", 1, 10),
            models.CheckConstraint(
                name="histology_score_is_of_a_specimen",
                condition=Q(johnsen_mean__isnull=True) | ~Q(pattern__in=["not_done", "insufficient"]),
            ),
        ]

    def __str__(self):
        return f"{self.testis} · {self.get_pattern_display()}"
