"""Two retrieval rates beside each other."""

from dataclasses import dataclass
from math import hypot, log1p
from typing import Any

from audit.statistics.proportions import Interval, require_rate, wilson

# Two tables whose probabilities differ by less than this, relatively, are equally likely:
# far above the rounding at a million men, far below any real difference.
TIE = 1e-7


@dataclass(frozen=True, slots=True)
class Difference:
    """First rate minus second rate, with the counts it came from.

    The four counts are men. estimate: a fraction in [-1, 1], 0.10 is ten
    percentage points. interval: limits of the same quantity, in [-1, 1].
    """

    first_found: int
    first_known: int
    second_found: int
    second_known: int
    estimate: float
    interval: Interval


def newcombe(found1: int, known1: int, found2: int, known2: int, coverage: float = 0.95) -> Difference | None:
    """Difference of two independent retrieval rates with Newcombe's hybrid score interval.

    found1, found2: men with sperm found; counts, 0 <= found <= known.
    known1, known2: men with a final laboratory result; counts, no man in both.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Returns first minus second and its limits as fractions in [-1, 1], or None
    when either group has no result: there is no rate to subtract.
    Raises ValueError when an argument is out of range.

    Source: Newcombe RG, Stat Med 1998;17:873-890, method 10.
    """
    first, second = wilson(found1, known1, coverage), wilson(found2, known2, coverage)
    if known1 == 0 or known2 == 0:
        return None
    p1, p2 = found1 / known1, found2 / known2
    estimate = p1 - p2
    down = hypot(p1 - first.lower, second.upper - p2)
    up = hypot(first.upper - p1, p2 - second.lower)
    interval = Interval(estimate - down, estimate + up)
    return Difference(found1, known1, found2, known2, estimate, interval)


def fisher_exact(found1: int, known1: int, found2: int, known2: int) -> float:
    """Two-sided p of Fisher's exact test that two retrieval rates are the same.

    found1, found2: men with sperm found; counts, 0 <= found <= known.
    known1, known2: men with a final laboratory result; counts, up to about a million.

    Returns the probability, given both margins, of all tables no more likely
    than the one observed; a fraction in [0, 1]. It is 1 when only one table is
    possible: an empty group, or the same outcome in everyone.
    Raises ValueError when a count is out of range.

    Source: Fisher RA, J R Stat Soc 1935;98:39-54. "No more likely" is taken
    with a relative tolerance of 1e-7.
    """
    require_rate(found1, known1)
    require_rate(found2, known2)
    log_weight, weight, observed = tables_with_these_margins(found1, known1, found2, known2)
    as_extreme = log_weight <= log_weight[observed] + log1p(TIE)
    return float(weight[as_extreme].sum() / weight.sum())


def tables_with_these_margins(found1: int, known1: int, found2: int, known2: int) -> tuple[Any, Any, int]:
    """Every table with the margins of this one, unchecked, by the successes in the first group.

    Returns each table's probability divided by that of the likeliest, as a logarithm and
    as it is, and the place of the observed table among them.
    """
    import numpy as np

    found = found1 + found2
    first, last = max(0, found - known2), min(known1, found)
    k = np.arange(first, last, dtype=np.int64)
    # From each table to the next; factorials of a million would lose eight digits in their differences.
    steps = np.log((known1 - k) * (found - k) / ((k + 1) * (known2 - found + k + 1)))
    likeliest = min(max((found + 1) * (known1 + 1) // (known1 + known2 + 2), first), last) - first
    down, up = -np.cumsum(steps[:likeliest][::-1])[::-1], np.cumsum(steps[likeliest:])
    log_weight = np.concatenate([down, [0.0], up])
    return log_weight, np.exp(log_weight), found1 - first
