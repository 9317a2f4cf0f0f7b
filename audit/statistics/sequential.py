"""What judging again after every case does to the error of a verdict."""

from math import fsum

from audit.statistics.exact_test import first_not_below, require_edge
from audit.statistics.proportions import require_rate, tail_outside
from audit.statistics.verdict import ALERT


def chance_ever_below(rate: float, lower: float, cases: int, coverage: float = ALERT) -> float:
    """Chance of being called "below" at least once, when the verdict is given anew after every case.

    rate: the clinic's true rate; a fraction in [0, 1]. At `lower` or more, the word is an error.
    lower: the band's lower edge; a fraction in [0, 1].
    cases: judged after the first, the second, … up to this one; a count, 0 allowed.
    coverage: of the exact interval, a fraction strictly between 0 and 1.

    Returns a fraction in [0, 1], exact but for rounding. For "above" ask of the
    failures: chance_ever_below(1 - rate, 1 - upper, …).
    Raises ValueError when an argument is out of range.

    Source: docs/methods/judging-after-every-case.md; the problem is that of
    Armitage P, McPherson CK, Rowe BC, J R Stat Soc A 1969;132:235-244.
    """
    require_edge(rate)
    require_edge(lower)
    require_rate(0, cases)
    tail = tail_outside(coverage)
    import numpy as np

    numbers = np.arange(1, cases + 1)
    bars = first_not_below(numbers, np.full(cases, lower), tail)
    # For each count of men found, the chance of having it and of never having been called "below".
    never = np.zeros(cases + 1)
    never[0] = 1.0
    called = []
    for bar in bars.tolist():
        never[1:] = never[1:] * (1 - rate) + never[:-1] * rate
        never[0] *= 1 - rate
        called.append(never[:bar].sum())
        never[:bar] = 0.0
    return min(1.0, fsum(called))
