"""What a clinic's own mix of cases would lead one to expect, and what it had."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from audit.statistics.poisson_binomial import Distribution, number_of
from audit.statistics.proportions import Interval, require_rate, tail_outside
from audit.statistics.verdict import ALERT, EDGE, Band, Verdict


@dataclass(frozen=True, slots=True)
class Standardised:
    """Successes beside those that the cases' own references lead one to expect.

    observed, known: men; counts.
    expected: the sums of the lower and of the upper edges, in men; not whole.
    range_lower, range_upper: the smallest and the largest number of successes not called; counts of men.
    chance_of_fewer: P(X <= observed), every case at its lower edge.
    chance_of_more: P(X >= observed), every case at its upper edge.
    verdict: BELOW or ABOVE the range; None inside it, which proves nothing.
    """

    observed: int
    known: int
    expected: Interval
    range_lower: int
    range_upper: int
    chance_of_fewer: float
    chance_of_more: float
    verdict: Verdict | None

    @property
    def difference(self) -> Interval:
        """O - E in men, against the upper sum and against the lower."""
        return Interval(self.observed - self.expected.upper, self.observed - self.expected.lower)

    @property
    def ratio(self) -> Interval | None:
        """O / E against the upper sum and against the lower; None where that is 0."""
        if self.expected.lower == 0:
            return None
        return Interval(self.observed / self.expected.upper, self.observed / self.expected.lower)


def standardise(observed: int, cases: Mapping[Band, int], coverage: float = ALERT) -> Standardised:
    """Observed successes against those expected of this very mix of cases.

    observed: men with sperm found; a count, 0 <= observed <= all cases.
    cases: how many men with a final laboratory result have each band as their
        reference; counts, at least 0. Only the edges of the bands are used, not
        their tolerance.
    coverage: two-sided, a fraction strictly between 0 and 1.

    BELOW when as few, or fewer, have a chance of at most half of what the coverage
    leaves although every case is at its lower edge; ABOVE when as many, or more,
    have it at the upper edges. `observed` is inside the range exactly when it is neither.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/case-mix.md; Poisson-binomial tails, exactly.
    """
    tail = tail_outside(coverage) + EDGE
    known = number_of(cases)
    require_rate(observed, known)
    lower = _by_rate((band.lower, count) for band, count in cases.items())
    upper = _by_rate((band.upper, count) for band, count in cases.items())
    at_lower, at_upper = Distribution.of(lower), Distribution.of(upper)
    range_lower, range_upper = at_lower.lowest_likely(tail), at_upper.highest_likely(tail)
    verdict = Verdict.BELOW if observed < range_lower else Verdict.ABOVE if observed > range_upper else None
    return Standardised(
        observed=observed,
        known=known,
        expected=Interval(_expected(lower), _expected(upper)),
        range_lower=range_lower,
        range_upper=range_upper,
        chance_of_fewer=at_lower.tails(observed).low,
        chance_of_more=at_upper.tails(observed).high,
        verdict=verdict,
    )


def _by_rate(edges: Iterable[tuple[float, int]]) -> Counter[float]:
    """Bands that share an edge are one binomial."""
    cases: Counter[float] = Counter()
    for rate, count in edges:
        cases[rate] += count
    return cases


def _expected(cases: Mapping[float, int]) -> float:
    return fsum(rate * count for rate, count in cases.items())
