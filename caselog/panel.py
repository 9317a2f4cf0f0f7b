"""What a man's other values lead to expect of one: FSH, LH, testosterone and testis volumes together.

One range for all men cannot see a slip of the decimal point in FSH, whose plausible values span more
than a factor of ten. His LH and testis volumes narrow it. The table describes, in logarithms to base
10, the men that docs/plausibility.md mixes from published series; an expectation is the
regression of one value on those that are known. No Django in here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10, sqrt

# Two traits stand beside the values, as 1 or 0.
VALUES = ("fsh", "lh", "testosterone", "right_volume", "left_volume")
TRAITS = ("obstructive", "klinefelter")
_NAMES = VALUES + TRAITS
_MEAN = (1.079, 0.887, 1.037, 1.079, 1.079, 0.28, 0.12)
_SD = (0.381, 0.283, 0.219, 0.252, 0.252, 0.449, 0.325)
_CORRELATION = (
    (1.00, 0.67, -0.20, -0.58, -0.58, -0.49, 0.40),
    (0.67, 1.00, -0.20, -0.52, -0.52, -0.47, 0.40),
    (-0.20, -0.20, 1.00, 0.11, 0.11, 0.20, 0.10),
    (-0.58, -0.52, 0.11, 1.00, 0.91, 0.36, -0.74),
    (-0.58, -0.52, 0.11, 0.91, 1.00, 0.36, -0.74),
    (-0.49, -0.47, 0.20, 0.36, 0.36, 1.00, -0.23),
    (0.40, 0.40, 0.10, -0.74, -0.74, -0.23, 1.00),
)
# Unusual: further from the expectation than this many standard deviations and than this factor.
_DEVIATIONS, _FACTOR = 2.2, 3.5


@dataclass(frozen=True)
class Unusual:
    name: str
    low: float  # what would have been usual, in the canonical unit
    high: float
    distance: float  # in standard deviations


def unusual(values: Mapping[str, float], traits: Mapping[str, bool]) -> list[Unusual]:
    """The values that do not go with the others, the most unusual one first.

    values: by the names of VALUES, each above 0, in canonical units; at least two, or nothing is said.
    traits: by the names of TRAITS, those that are known.
    """
    known = {name: log10(value) for name, value in values.items()}
    held = {name: float(held) for name, held in traits.items()}
    found = []
    for name in known if len(known) > 1 else ():
        mean, deviation = _expected(name, {n: v for n, v in known.items() if n != name} | held)
        margin = max(_DEVIATIONS * deviation, log10(_FACTOR))
        if abs(known[name] - mean) > margin:
            distance = abs(known[name] - mean) / deviation
            found.append(Unusual(name, 10 ** (mean - margin), 10 ** (mean + margin), distance))
    return sorted(found, key=lambda one: -one.distance)


def _expected(name: str, known: Mapping[str, float]) -> tuple[float, float]:
    """The mean and the standard deviation of one value, given the known ones."""
    at = _NAMES.index(name)
    others = [_NAMES.index(other) for other in known]
    weights = _solved(
        [[_CORRELATION[row][column] for column in others] for row in others],
        [_CORRELATION[row][at] for row in others],
    )
    standard = [(value - _MEAN[row]) / _SD[row] for row, value in zip(others, known.values(), strict=True)]
    mean = sum(weight * value for weight, value in zip(weights, standard, strict=True))
    explained = sum(weight * _CORRELATION[row][at] for weight, row in zip(weights, others, strict=True))
    return _MEAN[at] + _SD[at] * mean, _SD[at] * sqrt(1 - explained)


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """x in matrix · x = right, by elimination: a correlation matrix needs no exchange of rows."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for pivot, pivot_row in enumerate(rows):
        pivot_row[:] = [value / pivot_row[pivot] for value in pivot_row]
        for other in rows:
            if other is not pivot_row:
                times = other[pivot]
                other[:] = [
                    value - times * of_pivot for value, of_pivot in zip(other, pivot_row, strict=True)
                ]
    return [row[-1] for row in rows]
