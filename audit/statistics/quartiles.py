"""The middle of some measured values, and how far half of them spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Quartiles:
    """In the unit of the values."""

    lower: float
    median: float
    upper: float


def quartiles(values: Sequence[float]) -> Quartiles:
    """Median and quartiles of the values themselves, not of a population they might stand for.

    values: at least one, in any order and any unit; each finite.

    Between two values the quartile is interpolated on a line, with the smallest value at 0 and the
    largest at 1: definition 7 of the source, which R, numpy and spreadsheets use unless asked.
    Raises ValueError without a value, or on one that is not finite.

    Source: Hyndman RJ, Fan Y, Am Stat 1996;50:361-365.
    """
    if not values or not all(map(isfinite, values)):
        raise ValueError("quartiles need at least one value, and finite ones")
    if len(values) == 1:
        return Quartiles(*map(float, [*values] * 3))
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return Quartiles(float(lower), float(median), float(upper))
