from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from caselog.choices import PeriodState
from caselog.models.clinic import Clinic
from caselog.models.fields import one_of, together
from caselog.permissions import ClinicOwnedQuerySet


class PeriodQuerySet(ClinicOwnedQuerySet):
    def locked(self):
        return self.filter(state=PeriodState.LOCKED)

    def on(self, clinic, day):
        """The clinic's period that this day is in, if there is one."""
        return self.filter(clinic=clinic, since__lte=day, until__gte=day)


class Period(models.Model):
    """A stretch of time, its cases complete when it is closed and unchanging when it is locked.

    Periods of one clinic never overlap (caselog.history.guards).
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="periods")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=8, choices=PeriodState, default=PeriodState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", PeriodState, blank=False),
            models.CheckConstraint(
                name="period_ends_after_it_begins",
                condition=Q(since__lte=F("until")),
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(name="period_closed_whole", condition=together("closed_at", "closed_by")),
            models.CheckConstraint(name="period_locked_whole", condition=together("locked_at", "locked_by")),
            models.CheckConstraint(
                name="period_state_agrees_with_who_and_when",
                condition=Q(state=PeriodState.OPEN, closed_at__isnull=True, locked_at__isnull=True)
                | Q(state=PeriodState.CLOSED, closed_at__isnull=False, locked_at__isnull=True)
                | Q(state=PeriodState.LOCKED, closed_at__isnull=False, locked_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{date_format(self.since, 'j M Y')} – {date_format(self.until, 'j M Y')}"
