"""Which cases changed after a moment: whether figures of then are still those of the record."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Q, QuerySet

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
from caselog.models.change import Action
from caselog.selection import EVERY_CASE, Selection

_REPORT, _FINDING = LaboratoryReport._meta.db_table, Finding._meta.db_table
_CASE, _PATIENT = Case._meta.db_table, Patient._meta.db_table
# What the analysis dataset is made from (caselog.dataset), beside two columns of the man.
_BESIDE = (Testis, Histology, FollowUp, Complication, Measurement)
_RECORDED = [_REPORT, _FINDING, _CASE, *(model._meta.db_table for model in _BESIDE)]
# What a surgeon changes beside a report makes it another version, and no other result.
_SAME_RESULT = Q(
    action=Action.UPDATE,
    after__result_status=F("before__result_status"),
    after__disposition=F("before__disposition"),
)
_OF_THE_RESULT = Q(table=_FINDING) | Q(table=_REPORT) & ~_SAME_RESULT

# By what an audit chooses cases (caselog.selection), as the tables hold it, and the day.
_CHOSEN_BY = {
    "procedure_date": "procedure_date",
    "surgeon": "surgeon_id",
    "procedure": "procedure",
    "preceding_procedures": "preceding_procedures",
    "azoospermia_type": "azoospermia_type",
    "primary_aetiology": "primary_aetiology",
    "attempt_number": "attempt_number",
}

Moments = dict[int, datetime]
Answers = dict[str, Any]


@dataclass(frozen=True)
class ChangedCase:
    """A case as it is today, or was when it was deleted, and when it was last changed."""

    pk: int
    number: str
    answers: Answers  # by which audits choose cases: of today, or the last ones
    changed_at: datetime
    # Each time the case itself was written, and these answers before; None for a new one.
    written: tuple[tuple[datetime, Answers | None], ...]
    reported_at: datetime | None = None  # the laboratory's result
    deleted: bool = False

    @property
    def procedure_date(self) -> date:
        return self.answers["procedure_date"]

    def is_of(
        self, since: date | None, until: date | None, chosen: Selection = EVERY_CASE, *, then: datetime
    ) -> bool:
        """Whether it is of this period and chosen, today or at that moment."""
        was = next((answers for at, answers in self.written if at > then), self.answers)
        return any(
            (since is None or since <= answers["procedure_date"])
            and (until is None or answers["procedure_date"] <= until)
            and chosen.chooses(answers)
            for answers in (was, None if self.deleted else self.answers)
            if answers
        )

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
    last = recorded.annotate(changed=Max("at"), reported=Max("at", filter=_OF_THE_RESULT))
    of_case = {pk: (changed, reported) for pk, changed, reported in last}
    written, numbers, of_man = _written(changes)
    left = set(written)
    columns = ("pk", "number", "patient", *_CHOSEN_BY.values())
    for pk, number, man, *answers in there.values_list(*columns):
        left.discard(pk)
        changed, reported = of_case.get(pk, (None, None))
        if moments := [at for at in (changed, of_man.get(man)) if at]:
            yield ChangedCase(pk, number, _answers(answers), max(moments), tuple(written[pk]), reported)
    for pk in left:
        at, before = written[pk][-1]
        if before:
            yield ChangedCase(pk, numbers[pk], before, at, tuple(written[pk]), deleted=True)


def _answers(values: Sequence[Any]) -> Answers:
    """Of the table or of its history, where a day and several codes are text."""
    answers = dict(zip(_CHOSEN_BY, values, strict=True))
    day, codes = answers["procedure_date"], answers["preceding_procedures"]
    answers["procedure_date"] = date.fromisoformat(day) if isinstance(day, str) else day
    answers["preceding_procedures"] = Case._meta.get_field("preceding_procedures").to_python(codes)
    return answers


def _written(changes: QuerySet) -> tuple[dict[int, list], dict[int, str], Moments]:
    """Of the cases when they were written and their answers before, and their number; of the men the last
    change of what the dataset takes.
    """
    written, numbers, of_man = defaultdict(list), {}, {}
    of_the_man = [f"{then}__{name}" for then in ("before", "after") for name in ("code", "birth_year")]
    of_the_case = [f"before__{column}" for column in _CHOSEN_BY.values()]
    rows = changes.filter(table__in=[_CASE, _PATIENT]).values_list(
        "table", "row_id", "at", "action", "before__number", *of_the_man, *of_the_case
    )
    for table, pk, at, action, number, *values in rows:
        man, case = values[: len(of_the_man)], values[len(of_the_man) :]
        if table == _CASE:
            written[pk].append((at, None if action == Action.INSERT else _answers(case)))
            numbers[pk] = number
        elif man[:2] != man[2:]:
            of_man[pk] = at
    return written, numbers, of_man
