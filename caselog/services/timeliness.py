"""How many days pass from an operation until it is entered, and until its result is final."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

LAST_DAYS = timedelta(days=90)
FEWEST = 5  # a median of fewer cases says more about one of them than about the clinic


class Moments(NamedTuple):
    """When things happened to one case."""

    operated: date
    status: str
    entered: datetime
    final: datetime | None


@dataclass(frozen=True)
class Delay:
    """cases: how many the median is of; days: None where they are too few for one."""

    cases: int
    days: float | None


@dataclass(frozen=True)
class Delays:
    entry: Delay
    final: Delay


def moments(cases: QuerySet, *, since: date, until: date) -> list[Moments]:
    """Of the cases operated on, entered or finally reported within these days; one query."""
    days = (since, until)
    found = cases.filter(
        Q(procedure_date__range=days)
        | Q(created_at__date__range=days)
        | Q(laboratory_report__finalised_at__date__range=days)
    )
    columns = ("procedure_date", "status", "created_at", "laboratory_report__finalised_at")
    return [Moments(*row) for row in found.values_list(*columns)]


def delays(of: Iterable[Moments], *, since: date, until: date) -> Delays:
    """Of what was entered, and of what became final, within these days.

    Counted when it happens: of the operations of a recent period only the quick ones are final yet.
    """
    entry: list[int] = []
    final: list[int] = []
    for case in of:
        for at, into in ((case.entered, entry), (case.final, final)):
            on = at and timezone.localtime(at).date()
            if on and since <= on <= until:
                into.append((on - case.operated).days)
    return Delays(_delay(entry), _delay(final))


def _delay(days: list[int]) -> Delay:
    return Delay(len(days), float(median(days)) if len(days) >= FEWEST else None)
