from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caselog.choices import (
    ClavienDindo,
    ComplicationKind,
    Complications,
    FollowUpMonth,
    Pregnancy,
    SpermSource,
    Ultrasound,
    VolumeMethod,
    YesNo,
    YesNoUnknown,
)
from caselog.models.background import volume
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import coded, one_of, whole, within
from caselog.permissions import ClinicOwnedQuerySet


class OfCase(models.Model):
    """A row beside the operation, of which a case may have several. Versioned like the case itself."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class FollowUp(OfCase):
    """What was known of the man some months after the operation; also that nobody saw him."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    month = models.CharField(_("follow-up"), max_length=4, choices=FollowUpMonth)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    complications = coded(_("complications"), Complications)
    replacement_started = coded(_("testosterone replacement started"), YesNoUnknown)
    right_testis_volume_ml = volume(_("right testis volume"))
    left_testis_volume_ml = volume(_("left testis volume"))
    testis_volume_method = coded(_("volume measured by"), VolumeMethod)
    ultrasound = coded(_("ultrasound"), Ultrasound)
    follow_up_note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="follow_up_once_a_month", fields=["case", "month"]),
            one_of("month", FollowUpMonth, blank=False),
            one_of("complications", Complications, blank=False),
            one_of("replacement_started", YesNoUnknown),
            one_of("testis_volume_method", VolumeMethod),
            one_of("ultrasound", Ultrasound),
            within("right_testis_volume_ml", 0, 60),
            within("left_testis_volume_ml", 0, 60),
            models.CheckConstraint(
                name="followup_nobody_saw_him_or_there_is_a_date",
                condition=Q(complications=Complications.NOT_FOLLOWED, seen_on__isnull=True)
                | ~Q(complications=Complications.NOT_FOLLOWED) & Q(seen_on__isnull=False),
                violation_error_message=_(
                    "Give the day on which he was seen, or say that nobody followed him."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.case} · {self.get_month_display()}"


class Complication(OfCase):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="complications")
    kind = models.CharField(_("complication"), max_length=24, choices=ComplicationKind)
    onset_day = whole(_("days after the operation"), 0, 730)
    grade = coded(_("Clavien–Dindo grade"), ClavienDindo)
    complication_note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            one_of("kind", ComplicationKind, blank=False),
            one_of("grade", ClavienDindo),
            within("onset_day", 0, 730),
        ]

    def __str__(self):
        return f"{self.case} · {self.get_kind_display()}"

    @property
    def onset_on(self) -> date | None:
        if self.onset_day is None:
            return None
        return self.case.procedure_date + timedelta(days=self.onset_day)

    def began_by(self, day: date) -> bool:
        return self.onset_on is not None and self.onset_on <= day


class IcsiCycle(OfCase):
    """One ICSI cycle with sperm of this operation: the core outcome set for male infertility trials."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="icsi_cycles")
    started_on = models.DateField(_("date of the oocyte pick-up"))
    sperm_source = coded(_("sperm used"), SpermSource)
    mii_injected_n = whole(_("mature oocytes injected"), 0, 60)
    two_pn_n = whole(_("fertilised normally (2PN)"), 0, 60)
    transferred_n = whole(_("embryos transferred"), 0, 10)
    clinical_pregnancy = coded(_("clinical pregnancy"), Pregnancy)
    fetuses_n = whole(_("fetuses"), 1, 5)
    pregnancy_loss = coded(_("pregnancy lost"), YesNo)
    live_birth = coded(_("live birth"), Pregnancy)
    gestation_weeks = whole(_("weeks of gestation at birth"), 20, 44)
    birthweight_g = whole(_("birthweight"), 300, 6500)

    class Meta:
        constraints = [
            one_of("sperm_source", SpermSource),
            one_of("clinical_pregnancy", Pregnancy),
            one_of("pregnancy_loss", YesNo),
            one_of("live_birth", Pregnancy),
            within("mii_injected_n", 0, 60),
            within("two_pn_n", 0, 60),
            within("transferred_n", 0, 10),
            within("fetuses_n", 1, 5),
            within("gestation_weeks", 20, 44),
            within("birthweight_g", 300, 6500),
            models.CheckConstraint(
                name="icsicycle_fertilised_of_injected",
                condition=Q(two_pn_n__isnull=True)
                | Q(mii_injected_n__isnull=False, two_pn_n__lte=F("mii_injected_n")),
                violation_error_message=_("No more oocytes can be fertilised than were injected."),
            ),
            models.CheckConstraint(
                name="icsicycle_birth_after_pregnancy",
                condition=Q(live_birth="") | Q(clinical_pregnancy=Pregnancy.YES),
            ),
            models.CheckConstraint(
                name="icsicycle_newborn_of_a_live_birth",
                condition=Q(gestation_weeks__isnull=True, birthweight_g__isnull=True) | Q(live_birth="yes"),
            ),
        ]

    def __str__(self):
        return f"{self.case} · ICSI {self.started_on}"
