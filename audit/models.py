from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.limits import BOUNDS
from audit.results import Filters, Unit
from caselog.permissions import ClinicOwnedQuerySet, Permission, roles_with


class AuditRunQuerySet(ClinicOwnedQuerySet):
    def visible_to(self, user):
        """Of one surgeon's operations: to that surgeon and to whoever may see each surgeon's figures."""
        lead = user.memberships.current().filter(role__in=roles_with(Permission.VIEW_SURGEONS))
        shown = Q(surgeon=None) | Q(surgeon=user) | Q(clinic__in=lead.values("clinic"))
        return super().visible_to(user).filter(shown)

    def closed(self):
        return self.filter(closed_on__isnull=False)

    def closed_of(self, clinic, since, until):
        """The closed audits of a clinic that have a day in common with these."""
        return self.closed().filter(clinic=clinic, since__lte=until, until__gte=since).order_by("since")


_DATE = models.DateField()


def _fraction(label, *, most: str = "1", **more) -> models.DecimalField:
    """Of 1, to a thousandth of a percent; the history has no form for binary fractions."""
    validators = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(most))]
    return models.DecimalField(label, max_digits=6, decimal_places=5, validators=validators, **more)


class AuditRun(models.Model):
    """An audit as it was on the day it was kept. The database refuses to change or delete one.

    A closed one is the clinic's one look at its months at 95 %: no two have a month in common
    (caselog.history.guards).
    """

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="audit_runs")
    title = models.CharField(_("title"), max_length=120)
    kept_at = models.DateTimeField(auto_now_add=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)  # the clinic's day; None: kept, not closed
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    # What narrows it to some operations of the period, as in audit.results.Filters; usually nothing.
    surgeon = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    procedure = models.CharField(max_length=20, blank=True, default="")
    azoospermia_type = models.CharField(max_length=16, blank=True, default="")
    primary_aetiology = models.CharField(max_length=24, blank=True, default="")
    attempt = models.CharField(max_length=10, blank=True, default="")
    unit = models.CharField(max_length=10)
    reference_set = models.CharField(max_length=20)
    reference_version = models.CharField(max_length=80)
    product_version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    # audit.results.Audit, whole: every figure, method name and reference as it was shown.
    result = models.JSONField()

    objects = AuditRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="auditrun_closed_once",
                fields=["clinic", "since", "until"],
                condition=Q(closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="auditrun_closed_is_of_whole_months_that_are_over",
                condition=Q(closed_on=None)
                | Q(
                    Exact(ExtractDay(ExpressionWrapper(F("until") + timedelta(days=1), _DATE)), 1),
                    since__isnull=False,
                    until__isnull=False,
                    since__day=1,
                    since__lte=F("until"),
                    until__lt=F("closed_on"),
                ),
            ),
            models.CheckConstraint(
                name="auditrun_closed_is_of_the_whole_clinic_by_men",
                condition=Q(closed_on=None)
                | Q(
                    surgeon=None,
                    procedure="",
                    azoospermia_type="",
                    primary_aetiology="",
                    attempt="",
                    unit=Unit.MAN.value,
                ),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def closed(self) -> bool:
        return self.closed_on is not None

    @property
    def filters(self) -> Filters:
        """With the surgeon's name of today; that of then stands in the result."""
        return Filters(
            since=self.since,
            until=self.until,
            unit=Unit(self.unit),
            reference_set=self.reference_set,
            surgeon=self.surgeon_id,
            surgeon_name=str(self.surgeon or ""),
            procedure=self.procedure,
            azoospermia_type=self.azoospermia_type,
            primary_aetiology=self.primary_aetiology,
            attempt=self.attempt,
        )


class VersionQuerySet(ClinicOwnedQuerySet):
    def of(self, clinic):
        """The clinic's versions, the newest first."""
        return self.filter(clinic=clinic).order_by("-version")


class Adoption(models.Model):
    """One version of what a clinic's audits are compared with, and the one change that made it.

    The versions up to one, read in order, are what stood then (audit.adopted). No row ever changes.
    """

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="adoptions")
    version = models.PositiveIntegerField()
    reference_set = models.CharField(max_length=20)  # carried from version to version
    # A figure of a set whose tolerance is another from here on; None: its own again.
    figure = models.CharField(max_length=60, blank=True)
    tolerance = _fraction(_("Tolerance"), most="0.99", null=True, blank=True)
    # A figure of the clinic's own that stands no more from here on.
    withdraws = models.OneToOneField(
        "OwnFigure", on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    adopted_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="adoption_version_once", fields=["clinic", "version"]),
            models.CheckConstraint(name="adoption_versions_count_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(name="adoption_names_a_set", condition=~Q(reference_set="")),
            models.CheckConstraint(
                name="adoption_tolerance_is_of_a_figure", condition=Q(tolerance=None) | ~Q(figure="")
            ),
            models.CheckConstraint(
                name="adoption_tolerance_is_a_fraction",
                condition=Q(tolerance=None) | Q(tolerance__gte=0, tolerance__lt=1),
            ),
            models.CheckConstraint(
                name="adoption_of_what_changes_verdicts_has_a_reason",
                condition=Q(figure="", withdraws=None) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="adoption_makes_one_change", condition=Q(figure="") | Q(withdraws=None)
            ),
        ]

    def __str__(self):
        return str(self.version)


class CountedIn(models.TextChoices):
    MAN = "man", pgettext_lazy("counted in", "men")
    ATTEMPT = "attempt", pgettext_lazy("counted in", "attempts")
    NOT_STATED = "not_stated", pgettext_lazy("counted in", "not stated")


class OwnFigure(models.Model):
    """A rate that a clinic brings itself: its last three years, a national report. It never changes.

    Rates and limits are fractions. A changed figure is a new one, and the old one is withdrawn.
    """

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="own_figures")
    adoption = models.OneToOneField(Adoption, on_delete=models.PROTECT, related_name="adds")
    measure = models.CharField(_("Measure"), max_length=40)
    label = models.CharField(_("Short name"), max_length=60)
    citation = models.CharField(_("Citation or description"), max_length=300)
    population = models.CharField(_("Population"), max_length=200)
    counted_in = models.CharField(_("Counted in"), max_length=12, choices=CountedIn)
    found = models.PositiveIntegerField(_("Sperm found"), null=True, blank=True)
    known = models.PositiveIntegerField(_("Of"), null=True, blank=True)
    lower = _fraction(_("From"), null=True, blank=True)
    upper = _fraction(_("To"), null=True, blank=True)
    tolerance = _fraction(_("Tolerance"), most="0.99", default=Decimal("0.1"))
    entered_on = models.DateField()
    next_review = models.DateField(_("To be reviewed"))

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ownfigure_is_named",
                condition=~Q(measure="") & ~Q(label="") & ~Q(citation="") & ~Q(population=""),
            ),
            models.CheckConstraint(
                name="ownfigure_counted_in_is_in_vocabulary", condition=Q(counted_in__in=CountedIn.values)
            ),
            models.CheckConstraint(
                name="ownfigure_counts_are_k_of_n",
                # Without isnull the comparison with an absent half is NULL, which a CHECK lets pass.
                condition=Q(found=None, known=None)
                | Q(found__isnull=False, known__isnull=False, known__gte=1, found__lte=F("known")),
            ),
            models.CheckConstraint(
                name="ownfigure_limits_are_a_band",
                condition=Q(lower=None, upper=None)
                | Q(
                    lower__isnull=False,
                    upper__isnull=False,
                    lower__gte=0,
                    upper__gte=F("lower"),
                    upper__lte=1,
                ),
            ),
            models.CheckConstraint(
                name="ownfigure_has_counts_or_limits",
                condition=Q(known__isnull=False) | Q(upper__isnull=False),
            ),
            models.CheckConstraint(
                name="ownfigure_tolerance_is_a_fraction", condition=Q(tolerance__gte=0, tolerance__lt=1)
            ),
            models.CheckConstraint(
                name="ownfigure_is_reviewed_later", condition=Q(next_review__gt=F("entered_on"))
            ),
        ]

    def __str__(self):
        return self.label


def _within(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"auditsettings_{name}_is_within_bounds", condition=Q(**{f"{name}__range": BOUNDS[name]})
    )


class AuditSettings(models.Model):
    """One version of what a clinic shows of small numbers: audit.limits. No row ever changes."""

    clinic = models.ForeignKey("caselog.Clinic", on_delete=models.PROTECT, related_name="audit_settings")
    version = models.PositiveIntegerField()
    counts_only_below = models.PositiveSmallIntegerField(_("A rate or a median from"))
    compared_from = models.PositiveSmallIntegerField(_("Surgeons are compared from"))
    rate_in_funnel_from = models.PositiveSmallIntegerField(_("A rate in the funnel from"))
    takes_part = models.BooleanField(_("Show this clinic's figures beside those of other clinics"))
    reason = models.CharField(_("reason"), max_length=500)
    changed_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="auditsettings_version_once", fields=["clinic", "version"]),
            models.CheckConstraint(name="auditsettings_versions_count_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(name="auditsettings_has_a_reason", condition=~Q(reason="")),
            *map(_within, BOUNDS),
        ]

    def __str__(self):
        return str(self.version)
