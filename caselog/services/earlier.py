"""What the clinic itself knows of a man's operations before one of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from sys import maxsize
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q

from caselog.choices import RETRIEVED, OperationStatus, PriorRetrieval, ResultStatus, SpermFound
from caselog.dataset import best_finding
from caselog.models import Case

_COLUMNS = (
    "pk", "number", "procedure_date", "procedure", "attempt_number", "laboratory_report__result_status",
    "testes__finding__sperm_found",
)  # fmt: skip
OTHERS = tuple(f"others__{column}" for column in _COLUMNS)
Known = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """result: the laboratory's final one; until that is there it is "unknown", never "none found"."""

    case: int
    number: str
    on: date
    procedure: str
    attempt: int | None
    result: str


def known(of_man: Iterable[Operation], *, on: date, case: int | None) -> Known:
    """What a check reads beside the answers about the operation on that day; empty without an earlier one.

    case: the key of that operation, if it is logged already.
    """
    place = (on, case or maxsize)
    earlier = [one for one in of_man if one.case != case and (one.on, one.case) < place]
    if not earlier:
        return {}
    last = max(earlier, key=lambda one: (one.on, one.case))
    return {
        "earlier_number": last.number,
        "earlier_on": last.on,
        "earlier_procedure": last.procedure,
        "earlier_retrieval": last.result,
        "earlier_attempts": max(one.attempt or 0 for one in earlier) or len(earlier),
    }


def of_man(man: Q) -> list[Operation]:
    """The operations of one man that were not cancelled; one query."""
    cases = Case.objects.filter(man).exclude(status=OperationStatus.CANCELLED)
    return next(iter(gathered(cases.values_list("patient", *_COLUMNS)).values()), [])


def known_of(cases: Collection[Case]) -> dict[int, Known]:
    """By case, what is known of those with an earlier operation; one query."""
    all_cases = Case.objects.filter(clinic__in={case.clinic_id for case in cases}).order_by()
    several = all_cases.values("patient").annotate(operations=Count("pk")).filter(operations__gt=1)
    theirs = all_cases.filter(patient__in=several.values("patient")).exclude(status=OperationStatus.CANCELLED)
    by_man = gathered(theirs.values_list("patient", *_COLUMNS))
    return {
        case.pk: known(by_man[case.patient_id], on=case.procedure_date, case=case.pk)
        for case in cases
        if case.patient_id in by_man
    }


def others() -> FilteredRelation:
    """The man's other operations up to that day. A new one each time: Django changes what it is given."""
    of_man = Q(patient__cases__procedure_date__lte=F("procedure_date")) & ~Q(patient__cases__pk=F("pk"))
    return FilteredRelation(
        "patient__cases", condition=of_man & ~Q(patient__cases__status=OperationStatus.CANCELLED)
    )


def gathered(rows: Iterable[tuple]) -> dict[int, list[Operation]]:
    """By the key that stands first in a row of these columns; an operation has a row for each testis."""
    findings: dict[tuple, set[str]] = {}
    for *columns, found in rows:
        findings.setdefault(tuple(columns), set()).add(found or "")
    by_key: dict[int, list[Operation]] = {}
    for (key, case, number, on, procedure, attempt, status), found in findings.items():
        operation = Operation(case, number, on, procedure, attempt, _result(status, found))
        by_key.setdefault(key, []).append(operation)
    return by_key


def _result(status: str | None, findings: Iterable[str]) -> str:
    if status != ResultStatus.FINAL:
        return PriorRetrieval.UNKNOWN
    found = best_finding(findings)
    if found in RETRIEVED:
        return PriorRetrieval.FOUND
    return PriorRetrieval.NONE_FOUND if found == SpermFound.NONE else PriorRetrieval.UNKNOWN
