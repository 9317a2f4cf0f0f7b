"""How many "below" chance alone would give in a table of many cells."""

from collections.abc import Iterable
from math import fsum

from audit.statistics.proportions import require_rate, tail_outside
from audit.statistics.verdict import ALERT, EDGE


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


def expected_false_below_total(cells: Iterable[tuple[int, float]]) -> float:
    """How many cells of a table would be called "below" by chance, were each at its lower edge.

    cells: one pair per cell, (known, lower) as in `expected_false_below`; any number, 0 allowed.

    Returns the expected count of cells, at 95 %: not a whole number, and not a probability.
    Raises ValueError when a cell is out of range.

    Source: docs/methods/chance-of-false-below.md.
    """
    return fsum(_chances(list(cells), ALERT))


def _chances(cells: list[tuple[int, float]], coverage: float) -> list[float]:
    """The chance of each cell; all searched side by side, since a registry has thousands."""
    tail = tail_outside(coverage)
    for known, lower in cells:
        require_rate(0, known)
        if not 0 <= lower <= 1:
            raise ValueError(f"lower must be between 0 and 1, not {lower}")
    import numpy as np
    from scipy import special

    men = np.array([known for known, _ in cells], dtype=np.int64)
    rate = np.array([lower for _, lower in cells], dtype=np.float64)
    # The upper limit of k is under an edge exactly when P(X <= k) there is under the tail,
    # which is quicker to ask; it grows with k, so halving finds the first k not "below".
    edge = np.maximum(rate - EDGE, 0)
    first, last = np.zeros_like(men), men
    while (searching := first < last).any():
        middle = (first + last) // 2
        below = searching & (special.betaincc(middle + 1, men - middle, edge) < tail)
        first, last = np.where(below, middle + 1, first), np.where(below, last, middle)
    # P(X < first), X binomial, as the regularised incomplete beta function.
    chance = special.betaincc(np.maximum(first, 1), men - first + 1, rate)
    return [float(value) for value in np.where(first > 0, chance, 0.0)]
