"""How a value has changed in the same men."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, isfinite, log, sqrt
from statistics import stdev

from audit.statistics.proportions import Interval, tail_outside
from audit.statistics.tissue import exp_or_infinity


@dataclass(frozen=True, slots=True)
class PairedChange:
    """A later value ÷ the value before, in men who have both.

    men: all who were asked about; a count. pairs: those with both values; a count.
    ratio: geometric mean of later ÷ before, above 0; 0.80 is a fall by a fifth.
        None, like its interval, with fewer than two pairs.
    """

    men: int
    pairs: int
    ratio: float | None
    interval: Interval | None


def paired_change(
    values: Sequence[tuple[float | None, float | None]], coverage: float = 0.95
) -> PairedChange:
    """Ratio of a later value to the one before, with a t interval on the logarithms.

    values: (before, later) of each man, in one unit; in any order of men; each finite
        and above 0, or None where it was not measured.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Only men with both values count towards the ratio; the others are in `men`. The
    interval is the ratio itself when all change alike. An upper limit too large for
    a float is infinity.
    Raises ValueError on a value that is zero, negative or not finite, also in a man
    whose other value is missing, or on a coverage out of range.

    Source: "Student", Biometrika 1908;6:1-25, on the logarithms of the ratios.
    """
    tail = tail_outside(coverage)
    for value in (one for pair in values for one in pair if one is not None):
        if not (value > 0 and isfinite(value)):
            raise ValueError(f"not a measured value: {value}")
    logs = [log(later / before) for before, later in values if before is not None and later is not None]
    if len(logs) < 2:
        return PairedChange(len(values), len(logs), None, None)
    mean = fsum(logs) / len(logs)
    reach = _t_quantile(len(logs) - 1, tail) * stdev(logs) / sqrt(len(logs))
    interval = Interval(exp(mean - reach), exp_or_infinity(mean + reach))
    return PairedChange(len(values), len(logs), exp(mean), interval)


def _t_quantile(freedom: int, tail: float) -> float:
    """What Student's t exceeds with the chance `tail`."""
    from scipy import special

    return float(-special.stdtrit(freedom, tail))
