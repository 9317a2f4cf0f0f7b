"""What chance alone does to a table of many cells, and what is left when that is allowed for."""

from collections.abc import Iterable, Sequence
from math import fsum
from typing import Any

from audit.statistics.exact_test import at_most, first_not_below, require_edge
from audit.statistics.proportions import require_rate, tail_outside
from audit.statistics.verdict import ALARM, ALERT, Band


def expected_false_below(known: int, lower: float, coverage: float = ALERT) -> float:
    """Chance that a cell is called "below" although its true rate is the band's lower edge.

    known: men with a final laboratory result in the cell; a count, 0 allowed.
    lower: the band's lower edge; a fraction in [0, 1].
    coverage: of the exact interval, a fraction strictly between 0 and 1.

    Returns P(upper limit < lower | p = lower), a fraction: at most half of what
    the coverage leaves, often much less because counts are whole.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/chance-of-false-below.md; the interval is Clopper CJ,
    Pearson ES, Biometrika 1934;26:404-413.
    """
    return _chances([(known, lower)], coverage)[0]


def expected_false_below_total(cells: Iterable[tuple[int, float]], coverage: float = ALERT) -> float:
    """How many cells of a table would be called "below" by chance, were each at its lower edge.

    cells: one pair per cell, (known, lower) as in `expected_false_below`; any number, 0 allowed.
    coverage: of the exact interval, a fraction strictly between 0 and 1.

    Returns the expected count of cells: not a whole number, and not a probability.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/chance-of-false-below.md.
    """
    return fsum(_chances(list(cells), coverage))


def expected_false_alarms(cells: Iterable[tuple[int, Band]], coverage: float = ALARM) -> float:
    """How many cells of a table would be called "below" or "above" by chance, at most.

    cells: one pair per cell, men with a final laboratory result and the band; any number, 0 allowed.
    coverage: of the exact interval, a fraction strictly between 0 and 1; an alarm's by itself.

    Returns the expected count of cells when each truly has the edge of its band
    at which it is most often called either: no rate within the band makes it more.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/chance-of-false-below.md.
    """
    rows = list(cells)
    tail = tail_outside(coverage)
    for known, _ in rows:
        require_rate(0, known)
    import numpy as np

    men = np.array([known for known, _ in rows], dtype=np.int64)
    lower = np.array([band.lower for _, band in rows], dtype=np.float64)
    upper = np.array([band.upper for _, band in rows], dtype=np.float64)
    # The fewest men found, and the fewest not found, that are no longer outside.
    low, high = first_not_below(men, lower, tail), first_not_below(men, 1 - upper, tail)

    def outside(rate: Any) -> Any:
        return at_most(low - 1, men, rate) + at_most(high - 1, men, 1 - rate)

    return fsum(np.maximum(outside(lower), outside(upper)).tolist())


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q-value of each P: the share of false finds expected when everything up to it is reported.

    p_values: one per cell, in any order; fractions in [0, 1]. The low side and
        the high side are two calls, each with its own P values.

    Returns as many q-values in the same order, fractions in [0, 1], none below its P.
    Raises ValueError when a P is out of range.

    Source: Benjamini Y, Hochberg Y, J R Stat Soc B 1995;57:289-300, as adjusted P values.
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"a P must be between 0 and 1, not {p}")
    tests, smallest = len(p_values), 1.0
    q_values = [1.0] * tests
    from_largest = sorted(range(tests), key=p_values.__getitem__, reverse=True)
    for rank, index in zip(range(tests, 0, -1), from_largest, strict=True):
        # A smaller P never has a larger q: the smallest so far stands.
        smallest = min(smallest, p_values[index] * (tests / rank))
        q_values[index] = smallest
    return q_values


def _chances(cells: list[tuple[int, float]], coverage: float) -> list[float]:
    """The chance of each cell, all at once."""
    tail = tail_outside(coverage)
    for known, lower in cells:
        require_rate(0, known)
        require_edge(lower)
    import numpy as np

    men = np.array([known for known, _ in cells], dtype=np.int64)
    rate = np.array([lower for _, lower in cells], dtype=np.float64)
    return [float(p) for p in at_most(first_not_below(men, rate, tail) - 1, men, rate)]
