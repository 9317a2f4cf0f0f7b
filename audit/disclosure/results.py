"""An audit as it may leave the clinic, as plain frozen data: the page, the API and the workbook read this.

A count is 0, a multiple of 5, or None where it is suppressed. All else is computed from these counts, so
that nothing here tells more than they do. No case, no name of a person and nothing that somebody typed.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from audit.results import AlsoJudged, Comparison, Filters, Level, Unit
from audit.statistics import Difference, Interval

SCHEMA = 1
_COUNTED = ("measure", "unit", "found", "known", "interval", "wide", "level")
# Of a Comparison, what is made of exact counts or names cases.
_NOT_SHARED: dict[str, Any] = {
    "wilson": None, "worst": None, "best": None, "cases": {}, "beside": {}, "case_mix": {},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SharedRate:
    """found of known, and how many results are awaited.

    interval, wide and judgements are of the rounded counts: none where a count is suppressed.
    judgements: beside each reference set in turn.
    """

    measure: str
    unit: Unit
    found: int | None
    known: int | None
    pending: int | None
    interval: Interval | None
    wide: Interval | None  # at 99.8 %
    level: Level
    judgements: tuple[AlsoJudged, ...]

    @property
    def judged(self) -> tuple[Comparison, ...]:
        """As an audit has it of its exact counts, beside each reference set."""
        if self.found is None or self.known is None:
            return ()
        said: dict[str, Any] = {name: getattr(self, name) for name in _COUNTED}
        judged = ({part.name: getattr(one, part.name) for part in fields(one)} for one in self.judgements)
        return tuple(Comparison(**_NOT_SHARED | said | one, pending=self.pending or 0) for one in judged)


@dataclass(frozen=True, kw_only=True)
class SharedLine:
    """One group of a measure: `by` and `group` as in audit.results.Line, `answer` of a share."""

    measure: str
    by: str
    group: str
    answer: str
    unit: Unit
    found: int | None
    known: int | None
    interval: Interval | None

    @property
    def rate(self) -> float | None:
        if self.found is None or not self.known or self.interval is None:
            return None
        return self.found / self.known


@dataclass(frozen=True, kw_only=True)
class SharedOverlap:
    groups: tuple[str, ...]
    found: int | None
    known: int | None


@dataclass(frozen=True, kw_only=True)
class SharedMix:
    """Men at their first attempt, by one answer."""

    dimension: str
    value: str
    men: int | None


@dataclass(frozen=True, kw_only=True)
class SharedPart:
    """Cases in no rate, or not yet."""

    part: str
    cases: int | None


@dataclass(frozen=True, kw_only=True)
class Shared:
    schema: int
    clinic: str
    synthetic: bool
    filters: Filters  # without the surgeon
    level: Level  # of every verdict in it
    one_surgeon: bool  # narrowed to the operations of one, who is not named
    made_on: date
    product_version: str
    reference_version: str
    smallest_shown: int
    rounded_to: int
    cases: int | None
    rates: tuple[SharedRate, ...]
    difference: Difference | None  # micro-TESE minus conventional TESE, from the rounded counts
    overlaps: tuple[SharedOverlap, ...]
    strata: tuple[SharedLine, ...]
    shares: tuple[SharedLine, ...]
    mix: tuple[SharedMix, ...]
    left_out: tuple[SharedPart, ...]
