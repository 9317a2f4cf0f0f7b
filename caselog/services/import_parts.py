"""The parts of the record that a file may hold: who may save each, what is there of it, and its service."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import ResultStatus
from caselog.excel.columns import CASES, SEVERAL, SHEETS
from caselog.models import Case
from caselog.permissions import Permission
from caselog.services import doubts, follow_up, histology, laboratory

Answers = dict[str, Any]
# Which operation a row is of, on every sheet.
KEY = ("patient_code", "procedure_date")


@dataclass(frozen=True)
class About:
    """What every part is saved with."""

    by: Any
    today: date
    reason: str


Save = Callable[[Case, Answers, About, doubts.Confirmations], Any]


@dataclass(frozen=True)
class Part:
    name: str  # in dictionary.PARTS
    permission: Permission
    stored: Callable[[Case], Iterable[Any]]  # what a case has of it
    save: Save
    beside: tuple[str, ...] = ()  # columns that are no questions
    key: tuple[str, ...] = ()  # what tells one of a case from another
    once: bool = False  # a case has one of each key

    @property
    def sheet(self) -> str:
        return self.name if self.name in SEVERAL else CASES

    @property
    def fields(self) -> list[str]:
        return [*(entry.name for entry in dictionary.PARTS[self.name]), *self.beside]

    def key_of(self, answers: Answers) -> tuple[Any, ...]:
        return tuple(answers.get(name) for name in self.key)

    def there(self, case: Case) -> Counter[tuple[Any, ...]]:
        """How many the case has of each key."""
        return Counter(tuple(getattr(one, name) for name in self.key) for one in self.stored(case))


def _report(case: Case, answers: Answers, about: About, confirmed: doubts.Confirmations) -> Any:
    asked = {name: value for name, value in answers.items() if name not in ("result_status", "embryologist")}
    status, embryologist = answers.get("result_status"), answers.get("embryologist")
    final = status == ResultStatus.FINAL
    missing = {}
    if not status:
        missing["result_status"] = _("The laboratory's answers are here, but not whether they are final.")
    if final and embryologist is None:
        missing["embryologist"] = _("A final report needs this.")
    if missing:
        others = laboratory.problems(
            by=about.by, case=case, answers=asked, final=final, embryologist=embryologist
        )
        raise ValidationError({**others, **missing})
    return laboratory.report(
        by=about.by,
        case=case,
        answers=asked,
        final=final,
        version=0,
        reason=about.reason,
        embryologist=embryologist,
        confirmed=confirmed,
    )


def _histology(case: Case, answers: Answers, about: About, _confirmed: doubts.Confirmations) -> Any:
    return histology.record_histology(by=about.by, case=case, answers=answers, reason=about.reason)


def _visit(case: Case, answers: Answers, about: About, confirmed: doubts.Confirmations) -> Any:
    if not (month := answers.get("month")):
        raise ValidationError({"month": _("Answer this to save the follow-up.")})
    return follow_up.save_visit(
        by=about.by,
        case=case,
        month=month,
        answers=answers,
        today=about.today,
        version=0,
        confirmed=confirmed,
    )


def _complication(case: Case, answers: Answers, about: About, confirmed: doubts.Confirmations) -> Any:
    return follow_up.save_complication(
        by=about.by, case=case, answers=answers, today=about.today, confirmed=confirmed
    )


def _cycle(case: Case, answers: Answers, about: About, confirmed: doubts.Confirmations) -> Any:
    return follow_up.save_cycle(
        by=about.by, case=case, answers=answers, today=about.today, confirmed=confirmed
    )


# What hangs on an operation, in the order in which it is saved.
PARTS = [
    Part(
        "laboratory",
        Permission.REPORT_LABORATORY,
        lambda case: [case.laboratory_report] if hasattr(case, "laboratory_report") else [],
        _report,
        beside=("result_status", "embryologist"),
    ),
    Part(
        "histology",
        Permission.RECORD_HISTOLOGY,
        # Of both sides together: what is there was recorded as a whole.
        lambda case: [testis for testis in case.testes.all() if hasattr(testis, "histology")][:1],
        _histology,
    ),
    Part(
        "follow_up",
        Permission.FOLLOW_UP,
        lambda case: case.follow_ups.all(),
        _visit,
        key=("month",),
        once=True,
    ),
    Part(
        "complication",
        Permission.FOLLOW_UP,
        lambda case: case.complications.all(),
        _complication,
        key=("kind", "onset_day"),
    ),
    Part("icsi", Permission.FOLLOW_UP, lambda case: case.icsi_cycles.all(), _cycle, key=("started_on",)),
]
OPERATION = "operation"
# On each sheet, the part that a field is of; whether an operation was signed stands beside its answers.
FIELDS: dict[str, dict[str, str]] = {sheet: {} for sheet in SHEETS}
FIELDS[CASES] |= {entry.name: OPERATION for entry in dictionary.OPERATION} | {"state": OPERATION}
for _part in PARTS:
    FIELDS[_part.sheet] |= dict.fromkeys(_part.fields, _part.name)
# What tells a row of a sheet from the others.
KEYS = dict.fromkeys(SHEETS, KEY) | {part.sheet: (*KEY, *part.key) for part in PARTS}
_READ_WITH_CASES = ("testes__histology", "follow_ups", "complications", "icsi_cycles")


def known_cases(found: Any) -> list[Case]:
    """With all that `Part.there` asks; a query for each table."""
    return list(found.select_related("patient", "laboratory_report").prefetch_related(*_READ_WITH_CASES))
