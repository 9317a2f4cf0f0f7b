"""Audits of a clinic's own cases: made for a reader, and kept for good."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audit import adoptions, comparison, counting, reference, storage
from audit.models import AuditRun
from audit.reference import ReferenceSet
from audit.results import Audit, Filters, ReferenceUsed
from caselog import dataset
from caselog.dataset import CaseRow
from caselog.history import recorded
from caselog.history.since import ChangedCase, changed_cases
from caselog.permissions import Permission, require


@dataclass(frozen=True)
class Since:
    """What changed of a kept run's period after it was kept, seen from today."""

    cases: list[ChangedCase]
    late_results: int  # of these, those that the laboratory changed


def run(*, user, clinic, filters: Filters, now: datetime) -> tuple[Audit, list[CaseRow]]:
    """The audit of the cases that `user` may see in `clinic`, and these cases.

    Raises PermissionDenied.
    """
    require(user, Permission.VIEW_AUDIT, clinic)
    rows = _cases(user, clinic, filters)
    audit = comparison.audit(
        rows,
        filters=filters,
        references=adoptions.references(clinic, filters.reference_set),
        clinic=clinic.name,
        synthetic=clinic.synthetic,
        source="clinic",
        made_by=str(user),
        made_at=now,
    )
    return audit, rows


@recorded
def keep_run(*, by, clinic, filters: Filters, title: str, now: datetime) -> AuditRun:
    """Keep today's audit with all that it rests on. It never changes afterwards.

    Raises PermissionDenied.
    """
    require(by, Permission.KEEP_AUDIT, clinic)
    audit, _rows = run(user=by, clinic=clinic, filters=filters, now=now)
    return AuditRun.objects.create(
        clinic=clinic,
        title=title,
        kept_by=by,
        since=filters.since,
        until=filters.until,
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
    require(user, Permission.VIEW_AUDIT, kept.clinic)
    return _cases(user, kept.clinic, storage.from_json(kept.result).filters)


def data_changed(*, user, kept: AuditRun) -> bool | None:
    """Whether an audit with the same filters would see other data today.

    None where that cannot be told: cases are recorded in other columns since.
    """
    rows = cases_today(user=user, kept=kept)
    if kept.result["columns"] != dataset.COLUMNS:
        return None
    return dataset.fingerprint(counting.in_order(rows)) != kept.fingerprint


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
        if case.changed_at > run.kept_at and case.is_of(run.since, run.until, then=run.kept_at)
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


def _cases(user, clinic, filters: Filters) -> list[CaseRow]:
    return dataset.cases_of(user, clinic, since=filters.since, until=filters.until)
