"""Retrieval beside what the clinic's own mix of men leads one to expect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit.reference import ReferenceFigure
from audit.results.parts import Part
from audit.statistics import Interval, Standardised, Verdict

ADJUSTED = "adjusted"  # how the keys of both begin


@dataclass(frozen=True, kw_only=True)
class TakenFigure:
    """The men whose most specific reference in a set is this figure, by their first operation.

    found of known have sperm in a final report; `expected` of the known are the sums of the figure's
    lower and of its upper edge, in men.
    """

    reference_set: str
    reference: ReferenceFigure
    found: int
    known: int
    pending: int
    expected: Interval
    cases: Mapping[str, tuple[str, ...]]  # by Part: found, not found, pending

    @property
    def key(self) -> str:
        return f"{ADJUSTED}:{self.reference_set}:{self.reference.measure}"


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """All men beside the figures of one set that fit them best; men whatever the unit of the rates.

    coverage: of the expected range, two-sided. worst and best: with every pending result negative,
    and positive; None where none is pending. left_out: the other operations of the period, by Part.
    """

    reference_set: str
    coverage: float
    pending: int
    result: Standardised
    worst: Standardised | None
    best: Standardised | None
    figures: tuple[TakenFigure, ...]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def pending_decides(self) -> bool:
        said = {one.verdict for one in (self.result, self.worst, self.best) if one is not None}
        return len(said) > 1

    @property
    def verdict(self) -> Verdict | None:
        """BELOW or ABOVE the expected range; None where nothing is shown, or pending results decide."""
        return None if self.pending_decides else self.result.verdict

    @property
    def nothing_can_be_shown(self) -> bool:
        """Whether every number of these men lies in the expected range."""
        return (self.result.range_lower, self.result.range_upper) == (0, self.result.known)

    @property
    def key(self) -> str:
        return f"{ADJUSTED}:{self.reference_set}:"

    @property
    def cases(self) -> Mapping[str, tuple[str, ...]]:
        """By Part, each operation of the period once."""
        counted = (Part.FOUND, Part.NOT_FOUND, Part.PENDING)
        return {**{part: _together(one.cases.get(part, ()) for one in self.figures) for part in counted},
                **self.left_out}  # fmt: skip


def _together(cases: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(number for of_one in cases for number in of_one)
