from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import Disposition, ProcessingMethod, ResultStatus, SpermFound
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import CodesField, one_of, only_codes, together
from caselog.models.testis import Testis
from caselog.permissions import ClinicOwnedQuerySet


class LaboratoryReport(models.Model):
    """What the laboratory did with the tissue of one case. The embryologists' alone.

    Audits read final reports only; a final report is never edited in place.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="laboratory_reports")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="laboratory_report")
    version = models.PositiveIntegerField(default=1, editable=False)
    processing_methods = CodesField(_("processing"), choices=ProcessingMethod)
    search_minutes = models.PositiveSmallIntegerField(
        _("search time"), null=True, blank=True, validators=[MaxValueValidator(2880)]
    )
    disposition = models.CharField(_("what became of it"), max_length=16, choices=Disposition, blank=True)
    result_status = models.CharField(
        _("result"), max_length=12, choices=ResultStatus, default=ResultStatus.PRELIMINARY
    )
    embryologist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("embryologist")
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("witness"),
    )
    reported_at = models.DateTimeField(auto_now_add=True)
    finalised_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            only_codes("processing_methods", ProcessingMethod),
            one_of("disposition", Disposition),
            one_of("result_status", ResultStatus, blank=False),
            models.CheckConstraint(
                name="laboratoryreport_search_is_plausible",
                condition=Q(search_minutes__isnull=True) | Q(search_minutes__lte=2880),
                violation_error_message=_("The search must last between 0 and 2,880 minutes."),
            ),
            models.CheckConstraint(
                name="laboratoryreport_witness_is_another_person",
                condition=Q(witness__isnull=True) | ~Q(witness=F("embryologist")),
                violation_error_message=_("The witness must be another person than the embryologist."),
            ),
            models.CheckConstraint(
                name="laboratoryreport_finalised_whole", condition=together("finalised_at", "finalised_by")
            ),
            models.CheckConstraint(
                name="laboratoryreport_final_is_whole",
                condition=Q(result_status=ResultStatus.PRELIMINARY, finalised_at__isnull=True)
                | (
                    Q(result_status=ResultStatus.FINAL, finalised_at__isnull=False)
                    & Q(witness__isnull=False, search_minutes__isnull=False)
                    & ~Q(processing_methods="")
                    & ~Q(disposition="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.case} · {self.get_result_status_display()}"

    @property
    def is_final(self) -> bool:
        return self.result_status == ResultStatus.FINAL


class Finding(models.Model):
    """What was found in the tissue of one testis, to which it belongs: it cannot stray to another case."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    testis = models.OneToOneField(Testis, on_delete=models.PROTECT, related_name="finding")
    sperm_found = models.CharField(_("sperm found"), max_length=20, choices=SpermFound)

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [one_of("sperm_found", SpermFound, blank=False)]

    def __str__(self):
        return f"{self.testis} · {self.get_sperm_found_display()}"
