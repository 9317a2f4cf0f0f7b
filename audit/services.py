"""Audits of a clinic's own cases: made for a reader, and kept for good."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import adoptions, comparison, counting, depth, over_time, reference, settings, storage
from audit.again import Again, compared
from audit.limits import USUAL
from audit.measures import BY_ID
from audit.models import AuditRun
from audit.reference import ReferenceSet
from audit.results import Audit, Filters, Level, ReferenceUsed
from caselog import dataset
from caselog.dataset import CaseRow
from caselog.history import recorded
from caselog.history.since import ChangedCase, changed_cases
from caselog.permissions import Permission, permissions_of, require


@dataclass(frozen=True)
class Since:
    """What changed of a kept run's period after it was kept, seen from today."""

    cases: list[ChangedCase]
    late_results: int  # of these, those whose result the laboratory gave or changed


def run(
    *, user, clinic, filters: Filters, now: datetime, level: Level = Level.LIVE
) -> tuple[Audit, list[CaseRow]]:
    """The audit of the cases that `user` may see in `clinic`, and these cases.

    level: CLOSED only where the audit is kept as the one look at its months (audit.closing).
    Raises PermissionDenied.
    """
    _require_sight(user, clinic, filters)
    rows = _cases(user, clinic, filters)
    audit = comparison.audit(
        rows,
        filters=_named(user, clinic, filters),
        references=adoptions.references(clinic, filters.reference_set),
        level=level,
        clinic=clinic.name,
        synthetic=clinic.synthetic,
        source="clinic",
        made_by=str(user),
        made_at=timezone.localtime(now),  # whether a quarter is over is asked of the clinic's own day
        limits=settings.of(clinic).limits,
    )
    return audit, rows


@recorded
def keep_run(*, by, clinic, filters: Filters, title: str, now: datetime) -> AuditRun:
    """Keep today's audit with all that it rests on. It never changes afterwards.

    Raises PermissionDenied.
    """
    require(by, Permission.KEEP_AUDIT, clinic)
    audit, rows = run(user=by, clinic=clinic, filters=filters, now=now)
    return store(by=by, clinic=clinic, audit=audit, rows=rows, title=title)


def store(
    *, by, clinic, audit: Audit, rows: list[CaseRow], title: str, closed_on: date | None = None
) -> AuditRun:
    """An audit and its rows, with all that is kept of them. Of a caller that asked whether `by` may."""
    filters, audit = audit.filters, depth.held(over_time.held(audit, rows))
    return AuditRun.objects.create(
        clinic=clinic,
        title=title,
        kept_by=by,
        closed_on=closed_on,
        since=filters.since,
        until=filters.until,
        surgeon_id=filters.surgeon,
        procedure=filters.procedure,
        azoospermia_type=filters.azoospermia_type,
        primary_aetiology=filters.primary_aetiology,
        attempt=filters.attempt,
        unit=filters.unit,
        reference_set=filters.reference_set,
        reference_version=audit.reference_version,
        product_version=audit.product_version,
        fingerprint=audit.fingerprint,
        result=storage.to_json(audit),
    )


def cases_today(*, user, kept: AuditRun) -> list[CaseRow]:
    """The cases that the filters of a kept run choose today.

    Raises PermissionDenied.
    """
    filters = storage.from_json(kept.result).filters
    _require_sight(user, kept.clinic, filters)
    return _cases(user, kept.clinic, filters)


def data_changed(*, user, kept: AuditRun) -> bool | None:
    """Whether an audit with the same filters would see other data today.

    None where that cannot be told: cases are recorded in other columns since.
    """
    rows = cases_today(user=user, kept=kept)
    if kept.result["columns"] != dataset.COLUMNS:
        return None
    return dataset.fingerprint(counting.in_order(rows)) != kept.fingerprint


def again(*, user, kept: AuditRun, now: datetime) -> Again:
    """A kept run made once more from today's cases, beside its own reference figures: what differs.

    Raises PermissionDenied.
    """
    then, rows = storage.from_json(kept.result), cases_today(user=user, kept=kept)
    today = comparison.audit(
        rows,
        filters=then.filters,
        references=references_of(then),
        level=then.level,
        clinic=then.clinic,
        synthetic=then.synthetic,
        source=then.source,
        made_by=str(user),
        made_at=now,
        limits=then.limits or USUAL,
    )
    if then.over_time:
        measures = [series.measure for series in then.over_time if series.measure in BY_ID]
        # As on the day of then: a quarter that has ended since is no other figure.
        held = over_time.held(replace(today, made_at=then.made_at), rows, measures)
        today = replace(held, made_at=now)
    if depth.holds_tests(then):
        today = depth.held(today)
    return compared(then, today)


def changed_since(*, user, clinic, runs: Sequence[AuditRun]) -> dict[int, Since]:
    """Of each of these kept runs of a clinic, by its key, the cases of its period that changed since.

    Constant queries; the runs themselves stay as they are. Raises PermissionDenied.
    """
    require(user, Permission.VIEW_AUDIT, clinic)
    if not runs:
        return {}
    changed = changed_cases(user, clinic, after=min(run.kept_at for run in runs))
    return {run.pk: _since(run, changed) for run in runs}


def _since(run: AuditRun, changed: list[ChangedCase]) -> Since:
    cases = [
        case
        for case in changed
        if case.changed_at > run.kept_at and case.is_of(run.since, run.until, run.filters, then=run.kept_at)
    ]
    return Since(cases, sum(case.result_after(run.kept_at) for case in cases))


def references_of(audit: Audit) -> tuple[ReferenceSet, ...]:
    """The sets that the audit was compared with, as they were then: of each the figures that it used."""
    compared = [one.judged for one in audit.compared]
    used = audit.references or (_used_before_several(audit),)
    return tuple(
        ReferenceSet(figures=tuple(one.reference for one in found if one.reference is not None), **vars(said))
        for said, found in zip(used, zip(*compared, strict=True), strict=True)
    )


def _used_before_several(audit: Audit) -> ReferenceUsed:
    """Runs kept before an audit could have several sets name theirs by its file."""
    of_file = reference.load(audit.filters.reference_set)
    return replace(comparison.used(of_file), version=audit.reference_version)


def surgeons(*, user, clinic) -> dict[int, str]:
    """Whose figures `user` may ask for, by key: their own, or those of everybody who operated here."""
    operated = dataset.surgeons_of(user, clinic)
    if Permission.VIEW_SURGEONS in permissions_of(user, clinic):
        return operated
    return {pk: name for pk, name in operated.items() if pk == user.pk}


def left_by_each(*, user, clinic, filters: Filters) -> dict[str, int]:
    """How many cases of the period each filter alone would leave, by its name.

    Raises PermissionDenied.
    """
    _require_sight(user, clinic, filters)
    return dataset.left_by_each(user, clinic, since=filters.since, until=filters.until, chosen=filters)


def _cases(user, clinic, filters: Filters) -> list[CaseRow]:
    return dataset.cases_of(user, clinic, since=filters.since, until=filters.until, chosen=filters)


def _require_sight(user, clinic, filters: Filters) -> None:
    """A surgeon's figures are that surgeon's, and of whoever may see them of each by name."""
    held = require(user, Permission.VIEW_AUDIT, clinic)
    if filters.surgeon not in (None, user.pk) and Permission.VIEW_SURGEONS not in held:
        raise PermissionDenied(
            _("Only the surgeon and the clinic's administrators see the figures of one surgeon.")
        )


def _named(user, clinic, filters: Filters) -> Filters:
    """With the surgeon's name of today, whatever name was asked for."""
    if filters.surgeon is None:
        return replace(filters, surgeon_name="")
    return replace(filters, surgeon_name=dataset.surgeons_of(user, clinic).get(filters.surgeon, ""))
