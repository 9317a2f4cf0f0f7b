"""The funnel: how far from the reference chance alone takes a rate, drawn over the number of men."""

from collections.abc import Sequence
from typing import Any

from audit.statistics.exact_test import at_most, first_not_below
from audit.statistics.proportions import Interval, require_rate, tail_outside
from audit.statistics.verdict import ALERT, EDGE, OUTSIDE, Band, Verdict, judge

# With one man or two there is nothing to see: a line would run along the axis.
FUNNEL_FROM = 3


def funnel_limits(known: Sequence[int], band: Band, coverage: float = ALERT) -> list[Interval]:
    """The two lines of a funnel plot, exact and interpolated, over a range of numbers of men.

    known: men with a final laboratory result at each point of the horizontal axis;
        counts from 3, any number and order.
    band: fractions. The lower line starts from its lower edge, the upper from its
        upper edge; a point reference has one edge for both.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Returns one pair of limits per number, fractions in [0, 1]. k of n lies strictly
    under the lower limit, or strictly over the upper, exactly when its exact
    interval leaves out the whole band on that side, so `outside_funnel` and
    `judge` say what the drawing shows. Where a line lies on 0 or 1, no count of
    so few men is outside it.
    Raises ValueError when an argument is out of range.

    Source: Spiegelhalter DJ, Stat Med 2005;24:1185-1202, appendix A.1.1, for the
    lower line; the upper is its reflection, 1 - lower(1 - edge).
    """
    for n in known:
        require_rate(0, n)
        if n < FUNNEL_FROM:
            raise ValueError(f"a funnel starts from {FUNNEL_FROM} men, not {n}")
    tail = tail_outside(coverage)
    import numpy as np

    men = np.array(known, dtype=np.int64)
    lower = _lower_line(men, band.lower, tail)
    upper = 1 - _lower_line(men, 1 - band.upper, tail)
    return [Interval(low, high) for low, high in zip(lower.tolist(), upper.tolist(), strict=True)]


def outside_funnel(found: int, known: int, band: Band, coverage: float = ALERT) -> Verdict | None:
    """On which side of the funnel a point lies: BELOW, ABOVE, or None inside and under three men.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count.
    band: fractions.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Decided by the exact interval, as every verdict is; a point on a line is inside.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/funnel.md.
    """
    verdict = judge(found, known, band, coverage)
    return verdict if known >= FUNNEL_FROM and verdict in OUTSIDE else None


def _lower_line(men: Any, edge: float, tail: float) -> Any:
    """The interpolated lower line, as rates."""
    import numpy as np

    edges = np.full(men.shape, edge)
    first = first_not_below(men, edges, tail)
    target = np.maximum(edges - EDGE, 0)
    up_to, under = at_most(first, men, target), at_most(first - 1, men, target)
    # P(X <= first) reaches the tail and P(X < first) does not: the line crosses between the two counts.
    crossing = first - (up_to - tail) / (up_to - under)
    return np.maximum(crossing, 0) / men
