"""One of our functions beside one peer: what the tables of agreement are made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isnan, nan

from audit.statistics import Interval


@dataclass(frozen=True)
class Comparison:
    """Our function beside one peer; `differences` computes them over the grid that `over` describes."""

    function: str
    peer: str
    over: str
    differences: Callable[[], Iterable[float]]

    @property
    def name(self) -> tuple[str, str, str]:
        return self.function, self.peer, self.over

    def largest(self) -> float:
        """Not a number where one difference is none: that is within no bound."""
        differences = [float(difference) for difference in self.differences()]
        return nan if any(map(isnan, differences)) else max(differences)


COMPARISONS: list[Comparison] = []


def compares(function: str, peer: str, over: str) -> Callable[[Callable[[], Iterable[float]]], Callable]:
    def add(differences: Callable[[], Iterable[float]]) -> Callable[[], Iterable[float]]:
        COMPARISONS.append(Comparison(f"`{function}`", peer, over, differences))
        return differences

    return add


def apart(interval: Interval, low: float, high: float) -> float:
    return max(abs(interval.lower - low), abs(interval.upper - high))


def relative(mine: float, theirs: float) -> float:
    return abs(mine - theirs) / abs(theirs) if theirs else abs(mine)
