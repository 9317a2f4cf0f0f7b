from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import (
    FROZEN,
    RETRIEVED,
    CountCategory,
    Disposition,
    FoundWhen,
    ProcessingMethod,
    ResultStatus,
    Spermatids,
    SpermFound,
    YesNo,
)
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import CodesField, coded, one_of, only_codes, together, whole, within
from caselog.models.testis import Testis
from caselog.permissions import ClinicOwnedQuerySet


class LaboratoryReport(models.Model):
    """What the laboratory did with the tissue of one case.

    Embryologists alone answer it; what surgeons answer too stands in Testis. Audits read final reports
    only. A final one stays final and changes only with a reason, which a trigger asks for.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="laboratory_reports")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="laboratory_report")
    version = models.PositiveIntegerField(default=1, editable=False)
    processing_methods = CodesField(_("processing"), choices=ProcessingMethod)
    search_minutes = models.PositiveSmallIntegerField(
        _("search time"), null=True, blank=True, validators=[MaxValueValidator(2880)]
    )
    disposition = models.CharField(_("what became of it"), max_length=16, choices=Disposition, blank=True)
    received_at = models.TimeField(_("received at"), null=True, blank=True)
    containers_n = whole(_("containers"), 1, 60)
    identity_checked = coded(
        _("identity checked"), YesNo, help_text=_("Code and side on every container, read by two people.")
    )
    embryologists_n = whole(_("people who searched"), 1, 9)
    found_when = coded(_("first seen"), FoundWhen)
    vials_n = whole(_("vials frozen"), 0, 200)
    storage_location = models.CharField(_("storage place"), max_length=60, blank=True)
    consent_expiry = models.DateField(_("consent to storage ends"), null=True, blank=True)
    laboratory_note = models.TextField(_("laboratory's note"), max_length=2000, blank=True)
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
            one_of("identity_checked", YesNo),
            one_of("found_when", FoundWhen),
            within("containers_n", 1, 60),
            within("embryologists_n", 1, 9),
            within("vials_n", 0, 200),
            models.CheckConstraint(
                name="laboratoryreport_storage_is_of_what_was_frozen",
                condition=Q(disposition__in=FROZEN)
                | Q(vials_n__isnull=True, storage_location="", consent_expiry__isnull=True),
            ),
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
    count_category = coded(_("how many"), CountCategory)
    count_exact = models.PositiveIntegerField(
        _("exact count"), null=True, blank=True, validators=[MaxValueValidator(100_000_000)]
    )
    spermatids = coded(_("spermatids"), Spermatids, help_text=_("Spermatids alone are not sperm found."))

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("sperm_found", SpermFound, blank=False),
            one_of("count_category", CountCategory),
            one_of("spermatids", Spermatids),
            models.CheckConstraint(
                name="finding_count_agrees_with_what_was_found",
                condition=Q(count_category="", count_exact__isnull=True)
                | Q(sperm_found=SpermFound.NONE, count_category__in=["", CountCategory.ZERO])
                & (Q(count_exact__isnull=True) | Q(count_exact=0))
                | Q(sperm_found__in=RETRIEVED)
                & ~Q(count_category=CountCategory.ZERO)
                & (Q(count_exact__isnull=True) | Q(count_exact__gt=0)),
                violation_error_message=_("The count and what was found do not agree."),
            ),
        ]

    def __str__(self):
        return f"{self.testis} · {self.get_sperm_found_display()}"
