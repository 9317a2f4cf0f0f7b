"""Closed audits: the one look at some months at 95 %, kept for good. Why so: docs/adr/0018."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit import adoptions, services, words
from audit.models import AuditRun
from audit.results import Audit, Filters, Level
from caselog.history import recorded
from caselog.permissions import Permission, require

_NOT_FIRST = _lazy("%(day)s is not the first day of a month. Whole months are closed: begin on %(first)s.")
_NOT_LAST = _lazy("%(day)s is not the last day of a month. Whole months are closed: end on %(last)s.")
_BACKWARDS = _lazy("%(until)s is before the first day, %(since)s. Change one of them.")
_NOT_OVER = _lazy("%(day)s is not over. An audit is closed after its last day: end before it.")
_CLOSED_BEFORE = _lazy(
    "Some of these months are closed already: %(period)s, “%(title)s”. Each month is closed once. "
    "Choose other months, or make the closed audit again from today's data."
)
_CHANGED = _lazy(
    "The cases of these months, or the reference figures, changed while you looked. Look again at what is "
    "closed."
)


@dataclass(frozen=True)
class Closing:
    """What would be closed: of whole months, every operation of the clinic, counted by men."""

    since: date
    until: date
    reference_set: str

    @property
    def filters(self) -> Filters:
        return Filters(since=self.since, until=self.until, reference_set=self.reference_set)


@recorded
def close_period(
    *, by, clinic, since: date, until: date, reference_set: str, title: str, now: datetime, seen: str = ""
) -> AuditRun:
    """Judge these months at 95 %, once, and keep it as it is.

    seen: what `seen_of` said of the audit that was looked at before; "" where nobody looked.
    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.CLOSE_AUDIT, clinic)
    adoptions.hold(clinic)
    closing = Closing(since, until, reference_set)
    require_closable(clinic, closing, today=timezone.localdate(now))
    audit, rows = services.run(user=by, clinic=clinic, filters=closing.filters, now=now, level=Level.CLOSED)
    _require_cases(audit)
    if seen and seen != seen_of(audit):
        raise ValidationError({"title": _CHANGED})
    today = timezone.localdate(now)
    return services.store(by=by, clinic=clinic, audit=audit, rows=rows, title=title, closed_on=today)


def usual(clinic, *, today: date) -> Closing:
    """The months after the last closed ones, up to the end of a year or of last month; a year at first."""
    last = AuditRun.objects.closed().filter(clinic=clinic).order_by("-until").first()
    since = last.until + timedelta(days=1) if last and last.until else date(today.year - 1, 1, 1)
    end_of_year = date(since.year, 12, 31)
    until = end_of_year if end_of_year < today else today.replace(day=1) - timedelta(days=1)
    return Closing(since, max(until, since), adoptions.usual_set(clinic))


def looked_at(*, by, clinic, closing: Closing, now: datetime) -> Audit:
    """What would be closed, judged as a live audit is: a look at 95 % would be one look too many.

    Raises PermissionDenied, or ValidationError by field.
    """
    require(by, Permission.CLOSE_AUDIT, clinic)
    require_closable(clinic, closing, today=timezone.localdate(now))
    audit, _rows = services.run(user=by, clinic=clinic, filters=closing.filters, now=now)
    _require_cases(audit)
    return audit


def seen_of(audit: Audit) -> str:
    """The cases and the versions of the reference sets: what a closed audit rests on for good."""
    return f"{audit.fingerprint} {audit.reference_version}"


def require_closable(clinic, closing: Closing, *, today: date) -> None:
    """Raises ValidationError by field: the database would refuse it too."""
    wrong: dict[str, Any] = {}
    since, until = closing.since, closing.until
    first, last = since.replace(day=1), until.replace(day=monthrange(until.year, until.month)[1])
    if since != first:
        wrong["since"] = _NOT_FIRST % {"day": words.day(since), "first": words.day(first)}
    if until < since:
        wrong["until"] = _BACKWARDS % {"until": words.day(until), "since": words.day(since)}
    elif until != last:
        wrong["until"] = _NOT_LAST % {"day": words.day(until), "last": words.day(last)}
    elif until >= today:
        wrong["until"] = _NOT_OVER % {"day": words.day(until)}
    elif other := closed_before(clinic, closing):
        said = {"period": words.days(other.since, other.until), "title": words.isolate(other.title)}
        wrong["until"] = _CLOSED_BEFORE % said
    if wrong:
        raise ValidationError(wrong)


def _require_cases(audit: Audit) -> None:
    if not audit.quality.cases:
        raise ValidationError(
            {"since": _("No operation lies in these months: there is nothing to close. Choose other months.")}
        )


def closed_within(clinic, filters: Filters) -> QuerySet[AuditRun]:
    """The closed audits of the clinic that have a day in common with the period of the filters."""
    since, until = filters.since or date.min, filters.until or date.max
    return AuditRun.objects.closed_of(clinic, since, until).defer("result")


def closed_before(clinic, closing: Closing) -> AuditRun | None:
    """The first closed audit that has a month in common with these."""
    return AuditRun.objects.closed_of(clinic, closing.since, closing.until).first()
