"""How much less tissue one technique removes than another."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, inf, isfinite, log, sqrt
from statistics import median

from audit.statistics.proportions import Interval, tail_outside


@dataclass(frozen=True, slots=True)
class TissueRatio:
    """Tissue of the first group ÷ tissue of the second, in two readings.

    first_n, second_n: men weighed; counts. Means and medians: milligrams.
    Both ratios, and the limits of the first: pure numbers above 0.
    """

    first_n: int
    second_n: int
    first_geometric_mean: float
    second_geometric_mean: float
    first_median: float
    second_median: float
    ratio_of_geometric_means: float
    interval: Interval
    ratio_of_medians: float


def tissue_ratio(
    first: Sequence[float], second: Sequence[float], coverage: float = 0.95
) -> TissueRatio | None:
    """Ratio of tissue weights, first ÷ second, with Welch's t interval on logarithms.

    first, second: one weight per man, both testes together, in milligrams; in
        any order; each finite and above 0. Men not weighed are left out, and
        the caller counts them.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Returns None with fewer than two weights in a group: no spread, no interval.
    The interval belongs to the ratio of geometric means; it is the ratio itself
    when neither group varies. An upper limit too large for a float is infinity.
    Raises ValueError on a weight that is zero, negative or not finite, or on a
    coverage out of range.

    Source: Welch BL, Biometrika 1947;34:28-35, on the logarithms of the weights.
    """
    tail = tail_outside(coverage)
    for weight in (*first, *second):
        if not (weight > 0 and isfinite(weight)):
            raise ValueError(f"not a weight in milligrams: {weight}")
    if len(first) < 2 or len(second) < 2:
        return None
    first_mean, first_squared_error = _mean_and_squared_error([log(weight) for weight in first])
    second_mean, second_squared_error = _mean_and_squared_error([log(weight) for weight in second])
    log_ratio = first_mean - second_mean
    reach = _welch_reach(first_squared_error, len(first), second_squared_error, len(second), tail)
    return TissueRatio(
        first_n=len(first),
        second_n=len(second),
        first_geometric_mean=exp(first_mean),
        second_geometric_mean=exp(second_mean),
        first_median=float(median(first)),
        second_median=float(median(second)),
        ratio_of_geometric_means=exp(log_ratio),
        interval=Interval(exp(log_ratio - reach), exp_or_infinity(log_ratio + reach)),
        ratio_of_medians=median(first) / median(second),
    )


def _mean_and_squared_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the square of its standard error."""
    n = len(values)
    mean = fsum(values) / n
    if min(values) == max(values):
        # The rounded mean can differ from n equal values, and would give them a spread.
        return mean, 0.0
    variance = fsum((value - mean) ** 2 for value in values) / (n - 1)
    return mean, variance / n


def _welch_reach(squared_error1: float, n1: int, squared_error2: float, n2: int, tail: float) -> float:
    """Half the width of the interval on the log scale: t times the standard error."""
    from scipy import special

    total = squared_error1 + squared_error2
    if total == 0:
        return 0.0
    share = squared_error1 / total
    freedom = 1 / (share**2 / (n1 - 1) + (1 - share) ** 2 / (n2 - 1))
    return float(-special.stdtrit(freedom, tail)) * sqrt(total)


def exp_or_infinity(power: float) -> float:
    """e to the power; infinity where `math.exp` would raise: two men in a group at 99.8 % can get there."""
    try:
        return exp(power)
    except OverflowError:
        return inf
