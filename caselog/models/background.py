"""What is known of the man and his diagnosis beside the minimum: columns of the case."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from caselog.choices import (
    Aetiology,
    Cftr,
    Cryptorchidism,
    GonadotoxicExposure,
    Medication,
    VaricoceleGrade,
    VolumeMethod,
    YesNo,
    YesNoUnknown,
)
from caselog.models.fields import CodesField, coded, whole


def volume(label) -> models.DecimalField:
    limits = [MinValueValidator(0), MaxValueValidator(60)]
    return models.DecimalField(
        label, max_digits=4, decimal_places=1, null=True, blank=True, validators=limits
    )


class Background(models.Model):
    height_cm = whole(_("height"), 100, 230)
    weight_kg = models.DecimalField(
        _("weight"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(30), MaxValueValidator(300)],
    )
    infertility_months = whole(_("duration of infertility"), 0, 600)
    semen_analyses_n = whole(_("semen analyses"), 0, 9)
    pellet_examined = coded(_("pellet examined"), YesNoUnknown)
    additional_aetiologies = CodesField(_("further causes"), choices=Aetiology)
    karyotype = models.CharField(
        _("karyotype"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(r"^\d{2},[XY]+", _("Write it as ISCN does, for example 47,XXY or 46,XY/47,XXY."))
        ],
        help_text=_("In ISCN, for example 47,XXY."),
    )
    cftr = coded(_("CFTR"), Cftr)
    cryptorchidism = coded(_("undescended testis"), Cryptorchidism)
    orchidopexy_age = whole(_("age at orchidopexy"), 0, 60)
    gonadotoxic_exposure = coded(_("chemotherapy or radiotherapy"), GonadotoxicExposure)
    gonadotoxic_years_since = whole(_("years since then"), 0, 60)
    varicocele = coded(_("varicocele"), VaricoceleGrade)
    varicocele_repaired = coded(_("varicocele repaired"), YesNo)
    varicocele_repaired_on = models.DateField(_("date of the repair"), null=True, blank=True)
    medication = CodesField(_("medication before the operation"), choices=Medication)
    medication_weeks = whole(_("weeks of medication"), 0, 260)
    prior_on = models.DateField(_("date of the last earlier retrieval"), null=True, blank=True)
    right_testis_volume_ml = volume(_("right testis volume"))
    left_testis_volume_ml = volume(_("left testis volume"))
    testis_volume_method = coded(_("volume measured by"), VolumeMethod)

    class Meta:
        abstract = True
