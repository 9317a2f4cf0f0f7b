"""A clinic's results in the order in which they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from audit.statistics.proportions import Interval, clopper_pearson, require_rate


@dataclass(frozen=True, slots=True)
class PeriodRate:
    """One period of a run chart, found of known men.

    rate, interval: fractions in [0, 1]; None in a period without a result, which has no rate.
    """

    found: int
    known: int
    rate: float | None
    interval: Interval | None


def period_rates(periods: Iterable[tuple[int, int]], coverage: float = 0.95) -> tuple[PeriodRate, ...]:
    """The rate of each period with its exact interval: the points and bars of a run chart.

    periods: (found, known) of each, in the order of time; counts, 0 <= found <= known.
        Which case falls in which quarter is the caller's business. A quarter without a
        case is a period with (0, 0): left out, it would close the gap on the axis.
    coverage: two-sided, a fraction strictly between 0 and 1.

    Returns one rate per period, in the same order.
    Raises ValueError when an argument is out of range.

    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413, period by period.
    """
    return tuple(_period_rate(found, known, coverage) for found, known in periods)


def vlad(found: Sequence[bool], expected: Sequence[float]) -> tuple[float, ...]:
    """Variable life-adjusted display: successes so far, less those expected so far, after each case.

    found: n results in the order of operation, whether sperm was found. Pending
        results are left out: they are not failures.
    expected: n fractions in [0, 1], the rate expected of each of these cases.

    Returns n values, in cases: above 0 where more men had sperm than expected.
    The last one is O - E.
    Raises ValueError when the two differ in length or hold anything else.

    Source: Lovegrove J et al., Lancet 1997;350:1128-1130, there for deaths, with
    the expected less the observed: the line rises where all is well in both.
    """
    require_cases(found, expected)
    return tuple(accumulate(result - rate for result, rate in zip(found, expected, strict=True)))


def require_cases(found: Sequence[bool], expected: Sequence[float]) -> None:
    """Raise ValueError unless each case has a result, 0 or 1, and an expected rate."""
    if len(found) != len(expected):
        raise ValueError(f"{len(found)} results, and an expected rate for {len(expected)} cases")
    for result in found:
        if result not in (0, 1):
            raise ValueError(f"not a result: {result}")
    require_expected(expected)


def require_expected(expected: Iterable[float]) -> None:
    """Raise ValueError unless each is a rate between 0 and 1."""
    for rate in expected:
        if not 0 <= rate <= 1:
            raise ValueError(f"an expected rate must be between 0 and 1, not {rate}")


def _period_rate(found: int, known: int, coverage: float) -> PeriodRate:
    require_rate(found, known)
    interval = clopper_pearson(found, known, coverage)
    if known == 0:
        return PeriodRate(found, known, None, None)
    return PeriodRate(found, known, found / known, interval)
