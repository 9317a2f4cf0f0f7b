"""The periods of a clinic: opened, closed when their cases are complete, locked, and unlocked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog.choices import PeriodState
from caselog.history import recorded
from caselog.models import Case, Clinic, Period, Query
from caselog.permissions import Permission, require
from caselog.services.errors import NeedsReason, Refused


@dataclass(frozen=True)
class Missing:
    """What the cases of a period still lack."""

    drafts: QuerySet[Case]
    reports: QuerySet[Case]
    queries: QuerySet[Query]

    def __bool__(self) -> bool:
        return self.drafts.exists() or self.reports.exists() or self.queries.exists()


def missing(period: Period) -> Missing:
    of_period = Case.objects.filter(
        clinic=period.clinic_id, procedure_date__range=(period.since, period.until)
    )
    return Missing(
        drafts=of_period.drafts().order_by("procedure_date", "pk"),
        reports=of_period.awaiting_laboratory(),
        queries=Query.objects.open().filter(case__in=of_period).order_by("asked_at", "pk"),
    )


@recorded
def open_period(*, by, clinic: Clinic, since: date, until: date) -> Period:
    """Raises PermissionDenied, or ValidationError for days in the wrong order or of another period."""
    require(by, Permission.MANAGE_PERIODS, clinic)
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)  # two may open the same days at once
    period = Period(clinic=clinic, since=since, until=until)
    period.full_clean()
    if other := Period.objects.filter(clinic=clinic, since__lte=until, until__gte=since).first():
        message = _("These days are already in the period %(period)s.") % {"period": other}
        raise ValidationError({"since": message})
    period.save()
    return period


@recorded
def remove_period(*, by, period: Period) -> None:
    """Take away an open period, as after a slip in its days."""
    period = _take_turn(by, Permission.MANAGE_PERIODS, period, PeriodState.OPEN)
    period.delete()


@recorded
def close_period(*, by, period: Period, today: date, reason: str = "") -> Period:
    """Say that the cases of the period are complete; with a reason, although something is missing."""
    period = _take_turn(by, Permission.MANAGE_PERIODS, period, PeriodState.OPEN)
    if period.until >= today:
        raise Refused(_("The period %(period)s is not over yet.") % {"period": period})
    _require_complete(period, reason)
    period.state, period.closed_by, period.closed_at = PeriodState.CLOSED, by, timezone.now()
    period.save()
    return period


@recorded
def reopen_period(*, by, period: Period) -> Period:
    period = _take_turn(by, Permission.MANAGE_PERIODS, period, PeriodState.CLOSED)
    period.state, period.closed_by, period.closed_at = PeriodState.OPEN, None, None
    period.save()
    return period


@recorded
def lock_period(*, by, period: Period, reason: str = "") -> Period:
    """From now on the cases of the period change only by amendments; follow-up goes on."""
    period = _take_turn(by, Permission.MANAGE_PERIODS, period, PeriodState.CLOSED)
    _require_complete(period, reason)  # a draft may have come in since it was closed
    period.state, period.locked_by, period.locked_at = PeriodState.LOCKED, by, timezone.now()
    period.save()
    return period


@recorded
def unlock_period(*, by, period: Period, reason: str) -> Period:
    """Back to closed, with a reason."""
    period = _take_turn(by, Permission.UNLOCK_PERIODS, period, PeriodState.LOCKED)
    if not reason.strip():
        raise NeedsReason(_("A locked period is unlocked only with a reason. Say why."))
    period.state, period.locked_by, period.locked_at = PeriodState.CLOSED, None, None
    period.save()
    return period


def lock_of(clinic: Clinic, *days: date | None) -> Period | None:
    """The locked period that one of these days is in."""
    return _of_days(clinic, days).filter(state=PeriodState.LOCKED).first()


def require_reason(reason: str, clinic: Clinic, *days: date | None, of_man: Iterable[date] = ()) -> None:
    """To be asked before a case of these days is written. Raises NeedsReason for a locked one.

    of_man: the days of a man's cases, when something is written about him himself.
    The periods are held until the end of the transaction, so that none is locked meanwhile.
    """
    if reason.strip():
        return
    held = _of_days(clinic, (*days, *of_man)).select_for_update(no_key=True)
    locked = [period for period in held if period.state == PeriodState.LOCKED]
    for period in locked:
        if any(day and period.since <= day <= period.until for day in days):
            message = _(
                "This case is in the locked period %(period)s. It changes only with a reason: say why."
            )
            raise NeedsReason(message % {"period": period})
    if locked:
        message = _(
            "This man has a case in the locked period %(period)s. "
            "What is recorded about him changes only with a reason: say why."
        )
        raise NeedsReason(message % {"period": locked[0]})


def _of_days(clinic: Clinic, days: Iterable[date | None]) -> QuerySet[Period]:
    within = Q(pk=None)
    for day in days:
        if day is not None:
            within |= Q(since__lte=day, until__gte=day)
    return Period.objects.filter(within, clinic=clinic).order_by("pk")


def _take_turn(by, permission: Permission, period: Period, state: PeriodState) -> Period:
    """The period as it is stored, held until the end of the transaction."""
    require(by, permission, period.clinic)
    stored = Period.objects.select_for_update(no_key=True, of=("self",)).filter(pk=period.pk).first()
    if stored is None:
        raise Refused(_("This period was removed meanwhile."))
    if stored.state != state:
        words = {"period": stored, "state": stored.get_state_display()}
        raise Refused(_("The period %(period)s has another state meanwhile: %(state)s.") % words)
    return stored


def _require_complete(period: Period, reason: str) -> None:
    if missing(period) and not reason.strip():
        raise NeedsReason(
            _("Something is missing in this period. Complete it first, or say why it stays as it is.")
        )
