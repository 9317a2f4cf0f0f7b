"""Which cases changed after a moment: whether figures of then are still those of the record."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from caselog.models import (
    Case,
    Change,
    Clinic,
    Complication,
    Finding,
    FollowUp,
    Histology,
    LaboratoryReport,
    Measurement,
    Patient,
    Testis,
)

_LABORATORY = [model._meta.db_table for model in (LaboratoryReport, Finding)]
_CASE, _PATIENT = Case._meta.db_table, Patient._meta.db_table
# What the analysis dataset is made from (caselog.dataset), beside two columns of the man.
_BESIDE = (Testis, Histology, FollowUp, Complication, Measurement)
_RECORDED = [*_LABORATORY, _CASE, *(model._meta.db_table for model in _BESIDE)]

Moments = dict[int, datetime]


@dataclass(frozen=True)
class ChangedCase:
    """A case as it is today, or was when it was deleted, and when it was last changed."""

    pk: int
    number: str
    procedure_date: date
    changed_at: datetime
    reported_at: datetime | None = None  # by the laboratory
    deleted: bool = False
    # Each time the case itself was written, and its day of operation before; None for a new one.
    moved: tuple[tuple[datetime, date | None], ...] = ()

    def is_of(self, since: date | None, until: date | None, *, then: datetime) -> bool:
        """Whether it is of this period today or was at that moment."""
        was = next((day for at, day in self.moved if at > then), self.procedure_date)
        days = {was, None if self.deleted else self.procedure_date}
        return any((since is None or since <= day) and (until is None or day <= until) for day in days if day)

    def result_after(self, moment: datetime) -> bool:
        return self.reported_at is not None and self.reported_at > moment


def changed_cases(user, clinic: Clinic, *, after: datetime) -> list[ChangedCase]:
    """The cases of the clinic that `user` may see and that changed after this moment, by number.

    Those that were deleted too. Three queries, whatever the number of cases and of changes.
    """
    changes = Change.objects.visible_to(user).filter(clinic_id=clinic.pk, at__gt=after)
    there = Case.objects.visible_to(user).filter(clinic=clinic)
    found = _changed(there, changes.order_by("pk"))
    return sorted(found, key=lambda case: (case.procedure_date, case.pk))


def _changed(there: QuerySet, changes: QuerySet) -> Iterator[ChangedCase]:
    recorded = changes.filter(table__in=_RECORDED, case_id__isnull=False).order_by().values_list("case_id")
    last = recorded.annotate(changed=Max("at"), reported=Max("at", filter=Q(table__in=_LABORATORY)))
    of_case = {pk: (changed, reported) for pk, changed, reported in last}
    moved, numbers, of_man = _written(changes)
    left = set(moved)
    for pk, number, on, man in there.values_list("pk", "number", "procedure_date", "patient"):
        left.discard(pk)
        changed, reported = of_case.get(pk, (None, None))
        if moments := [at for at in (changed, of_man.get(man)) if at]:
            yield ChangedCase(pk, number, on, max(moments), reported, moved=tuple(moved[pk]))
    for pk in left:
        at, on = moved[pk][-1]
        if on:
            yield ChangedCase(pk, numbers[pk], on, at, deleted=True, moved=tuple(moved[pk]))


def _written(changes: QuerySet) -> tuple[dict[int, list], dict[int, str], Moments]:
    """Of the cases when they were written and their day before, and their number; of the men the last
    change of what the dataset takes.
    """
    moved, numbers, of_man = defaultdict(list), {}, {}
    of_the_man = [f"{then}__{name}" for then in ("before", "after") for name in ("code", "birth_year")]
    rows = changes.filter(table__in=[_CASE, _PATIENT]).values_list(
        "table", "row_id", "at", "before__procedure_date", "before__number", *of_the_man
    )
    for table, pk, at, on, number, *man in rows:
        if table == _CASE:
            moved[pk].append((at, date.fromisoformat(on) if on else None))
            numbers[pk] = number
        elif man[:2] != man[2:]:
            of_man[pk] = at
    return moved, numbers, of_man
