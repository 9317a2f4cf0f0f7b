"""One rate in the order of time: quarter by quarter, and case by case."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from audit.reference import ReferenceFigure
from audit.results.lines import Stratum
from audit.results.parts import Unit
from audit.statistics import Band, Cusum

QUARTER = "quarter"  # the grouping of a quarter; its code is "2025-Q1"


class Partly(StrEnum):
    """Why a quarter may still have other cases than those that are counted."""

    NOT_OVER = "not_over"  # on the day of the audit
    CUT = "cut"  # the period begins or ends within it


@dataclass(frozen=True, kw_only=True)
class Quarter(Stratum):
    """A calendar quarter by the day of operation, which may have nobody. `by` is QUARTER.

    `interval` is None of fewer than the audit's `counts_only_below`, and of testes.
    """

    partly: Partly | None

    @property
    def rate(self) -> float | None:
        return self.found / self.known if self.interval else None


@dataclass(frozen=True, kw_only=True)
class Point:
    """A man with a final result, by the operation that he counts by."""

    case: str
    operated_on: date | None
    found: bool


@dataclass(frozen=True, kw_only=True)
class Series:
    """found of known in `unit` have sperm in a final report; pending have none yet, and are no points.

    The quarters run without a gap from the first one with a case to the end of the period. The
    points stand in the order of operation, and one value of each of the others belongs to each:
    `over_lower` and `over_upper` are men found so far less those that the lower and the upper edge
    of the band would give; `cusums` the scores for worse, against the lower edge, and for better,
    against the upper one, with limits for `horizon` cases. A direction that cannot signal is not
    there. Without a figure that may judge, or in another unit than men, there is no point:
    `no_chart` says why ("unit", "no_reference", or as the figure says).
    """

    measure: str
    unit: Unit
    found: int
    known: int
    pending: int
    reference: ReferenceFigure | None
    band: Band | None
    no_chart: str
    quarters: tuple[Quarter, ...]
    points: tuple[Point, ...]
    over_lower: tuple[float, ...]
    over_upper: tuple[float, ...]
    horizon: int
    cusums: tuple[Cusum, ...]

    @property
    def in_doubt(self) -> tuple[int, ...]:
        """The cases that gave a signal, counted from 1."""
        return tuple(sorted({case for one in self.cusums for case in one.signals}))
