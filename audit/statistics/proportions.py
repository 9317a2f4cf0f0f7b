"""Intervals for one retrieval rate."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits in the unit of what they enclose: fractions for a rate, a ratio for a ratio."""

    lower: float
    upper: float


def clopper_pearson(found: int, known: int, coverage: float = 0.95) -> Interval:
    """Exact interval for one sperm retrieval rate: the one shown, and the one verdicts use.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count. With none, every rate
        is possible and the interval is [0, 1].
    coverage: two-sided, a fraction strictly between 0 and 1. Each tail is wrong
        with at most half of the rest, whatever the true rate.

    Returns both limits as fractions in [0, 1], not percentages; exactly 0 when
    none was found, exactly 1 when all were.
    Raises ValueError when an argument is out of range.

    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413.
    """
    require_rate(found, known)
    tail = tail_outside(coverage)
    lower = 0.0 if found == 0 else float(exact_lower(found, known, tail))
    upper = 1.0 if found == known else float(exact_upper(found, known, tail))
    return Interval(lower, upper)


def wilson(found: int, known: int, coverage: float = 0.95) -> Interval:
    """Wilson score interval for one sperm retrieval rate, no continuity correction.

    For comparison with published tables, and a step of Newcombe's interval;
    never for a verdict, since its one-sided error can exceed the nominal one.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count. With none the interval is [0, 1].
    coverage: two-sided, a fraction strictly between 0 and 1.

    Returns both limits as fractions in [0, 1], not percentages.
    Raises ValueError when an argument is out of range.

    Source: Wilson EB, J Am Stat Assoc 1927;22:209-212.
    """
    require_rate(found, known)
    tail = tail_outside(coverage)
    if known == 0:
        return Interval(0.0, 1.0)
    z = -NormalDist().inv_cdf(tail)
    centre = found + z**2 / 2
    spread = z * sqrt(found * (known - found) / known + z**2 / 4)
    # The closed form reaches 0 and 1 exactly; floating point would miss them.
    lower = 0.0 if found == 0 else (centre - spread) / (known + z**2)
    upper = 1.0 if found == known else (centre + spread) / (known + z**2)
    return Interval(lower, upper)


def require_rate(found: int, known: int) -> None:
    """Raise ValueError unless 0 <= found <= known, both counts."""
    if not 0 <= found <= known:
        raise ValueError(f"not a rate: {found} of {known}")


def tail_outside(coverage: float) -> float:
    """The share left in each tail: a fraction in (0, 0.5), 0.025 for a coverage of 0.95.

    Raises ValueError unless 0 < coverage < 1.
    """
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must be between 0 and 1, not {coverage}")
    return (1 - coverage) / 2


def exact_lower(found: Any, known: Any, tail: float) -> Any:
    """Clopper and Pearson's lower limit, unchecked: a count or an array of them, 0 < found <= known."""
    from scipy import special

    return special.betaincinv(found, known - found + 1, tail)


def exact_upper(found: Any, known: Any, tail: float) -> Any:
    """Clopper and Pearson's upper limit, unchecked: a count or an array of them, 0 <= found < known."""
    from scipy import special

    # The complemented inverse keeps its digits where the limit is close to 0.
    return special.betainccinv(found + 1, known - found, tail)
