"""What is said without a verdict: shares, quantities, changes, and rates by group."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.results.parts import Unit
from audit.statistics import Interval, Quartiles


@dataclass(frozen=True, kw_only=True)
class Line:
    """One group of the population of a measure without a verdict (`audit.catalogue`).

    `by` names the grouping and `group` the code in it; both "" for all. Of `total` in the group,
    which are men, operations or testes by the unit, `known` have an answer. `cases` holds them under
    "known", and the others by Apart. Where known is less than the audit's `limits.counts_only_below`,
    only the counts are given: intervals, quartiles and ratios are None.
    """

    measure: str
    unit: Unit
    by: str
    group: str
    known: int
    total: int
    cases: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        return f"{self.measure}:{self.by}:{self.group}"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How many of a line's known gave this answer, and the exact 95 % interval of their share."""

    answer: str
    found: int
    interval: Interval | None
    cases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Share(Line):
    answers: tuple[Answered, ...]
    pending: int  # awaited results, where one decides the answer


@dataclass(frozen=True, kw_only=True)
class Quantity(Line):
    """In the unit of measurement that the measure declares."""

    quartiles: Quartiles | None


@dataclass(frozen=True, kw_only=True)
class OfPairs:
    """Geometric mean of later ÷ before with its 95 % interval; medians of the same men."""

    ratio: float
    interval: Interval
    median_before: float
    median_after: float


@dataclass(frozen=True, kw_only=True)
class Change(Line):
    """A value at a follow-up beside the value before, in the men who have both."""

    month: int
    of_pairs: OfPairs | None

    @property
    def key(self) -> str:
        return f"{self.measure}-{self.month}:{self.by}:{self.group}"


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """The rate of one group of a rate's men, each once, by his first operation in it. No verdict."""

    measure: str  # whose men these are
    by: str
    group: str
    found: int
    known: int
    pending: int
    interval: Interval | None
    cases: Mapping[str, tuple[str, ...]]  # by Part: found, not found, pending

    @property
    def key(self) -> str:
        return f"{self.measure}:{self.by}:{self.group}"
