"""The one-sided exact test behind the exact interval: its P values, and where it starts to keep a count."""

from collections.abc import Iterable
from typing import Any

from audit.statistics.proportions import require_rate
from audit.statistics.verdict import EDGE


def p_below(cells: Iterable[tuple[int, int, float]]) -> list[float]:
    """One-sided exact P of each cell: so few found, were its true rate the band's lower edge.

    cells: (found, known, lower) for each cell, any number; counts of men,
        0 <= found <= known, and a fraction in [0, 1].

    Returns P(X <= found | lower) in the order given, fractions in [0, 1]: under
    0.025 exactly where the verdict at 95 % is "below". A cell without a result
    has 1, and does not belong in a table of tests.
    Raises ValueError when a cell is out of range.

    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413.
    """
    found, known, lower = _columns(cells)
    return [float(p) for p in at_most(found, known, lower)]


def p_above(cells: Iterable[tuple[int, int, float]]) -> list[float]:
    """One-sided exact P of each cell: so many found, were its true rate the band's upper edge.

    cells: (found, known, upper) for each cell, any number; counts of men,
        0 <= found <= known, and a fraction in [0, 1].

    Returns P(X >= found | upper) in the order given, fractions in [0, 1]: under
    0.025 exactly where the verdict at 95 % is "above". A cell without a result
    has 1, and does not belong in a table of tests.
    Raises ValueError when a cell is out of range.

    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413.
    """
    found, known, upper = _columns(cells)
    import numpy as np
    from scipy import special

    # Not by counting failures: 1 - upper would lose the digits of a small edge.
    p = special.betainc(np.maximum(found, 1), known - found + 1, upper)
    return [float(value) for value in np.where(found > 0, p, 1.0)]


def at_most(found: Any, known: Any, rate: Any) -> Any:
    """P(X <= found), X binomial, unchecked: arrays of one shape, -1 <= found <= known."""
    import numpy as np
    from scipy import special

    p = special.betaincc(np.maximum(found + 1, 1), np.maximum(known - found, 1), rate)
    return np.where(found < 0, 0.0, np.where(found < known, p, 1.0))


def first_not_below(known: Any, lower: Any, tail: float) -> Any:
    """The smallest count that is not called "below", unchecked: arrays of one shape, counts and fractions.

    known: men with a final laboratory result. lower: the band's lower edge.
    tail: the share left in one tail, as of `tail_outside`.

    The upper limit of k is under an edge exactly when P(X <= k) there is under the
    tail, which is quicker to ask; it grows with k, so halving finds the count. All
    cells are searched side by side, since a registry has thousands.
    """
    import numpy as np

    edge = np.maximum(lower - EDGE, 0)
    first, last = np.zeros_like(known), known
    while (searching := first < last).any():
        middle = (first + last) // 2
        below = searching & (at_most(middle, known, edge) < tail)
        first, last = np.where(below, middle + 1, first), np.where(below, last, middle)
    return first


def _columns(cells: Iterable[tuple[int, int, float]]) -> tuple[Any, Any, Any]:
    rows = list(cells)
    for found, known, edge in rows:
        require_rate(found, known)
        require_edge(edge)
    import numpy as np

    columns = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2]


def require_edge(edge: float) -> None:
    """Raise ValueError unless 0 <= edge <= 1."""
    if not 0 <= edge <= 1:
        raise ValueError(f"an edge must be between 0 and 1, not {edge}")
