"""How many successes to expect of cases that do not all have the same chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.statistics.over_time import require_expected
from audit.statistics.proportions import require_rate

# Counts rarer than this are left out of each part of the distribution. A million cases lose
# less than 1e-12 of probability in all, and long convolutions become short ones.
NEGLIGIBLE = 1e-20


@dataclass(frozen=True, slots=True)
class Tails:
    """P(X <= observed) and P(X >= observed); fractions, whose sum exceeds 1 by P(X = observed)."""

    low: float
    high: float


def poisson_binomial_tails(observed: int, cases: Mapping[float, int]) -> Tails:
    """Both tails of the number of successes among independent cases of several rates.

    observed: successes; a count, 0 <= observed <= all cases.
    cases: how many cases have each rate; counts, at least 0, by fractions in [0, 1].

    Up to a million cases; a tail of less than 1e-12 may be 0.
    Raises ValueError when an argument is out of range.

    Source: the distribution as in Hong Y, Comput Stat Data Anal 2013;59:41-51; by
    convolution of the binomials of equal rates, no approximation.
    """
    require_rate(observed, number_of(cases))
    return Distribution.of(cases).tails(observed)


def number_of(cases: Mapping[Any, int]) -> int:
    """All cases together. Raises ValueError on a negative count."""
    for count in cases.values():
        if count < 0:
            raise ValueError(f"a number of cases must be 0 or more, not {count}")
    return sum(cases.values())


@dataclass(frozen=True, slots=True)
class Distribution:
    """The number of successes X of independent cases, as running sums from either end.

    below[i] is P(X < start + i), above[i] is P(X >= start + i), for i = 0 … m; the ends are 0 and 1.
    """

    start: int
    below: Any
    above: Any

    @classmethod
    def of(cls, cases: Mapping[float, int]) -> "Distribution":
        """Of `cases` by rate, as in `poisson_binomial_tails`. Raises ValueError on no rate."""
        require_expected(cases)
        import numpy as np

        parts = [_binomial(count, rate) for rate, count in cases.items()] or [(0, np.ones(1))]
        # In pairs, so that as many rates as cases take few long convolutions and many short ones.
        while len(parts) > 1:
            pairs = zip(parts[::2], parts[1::2], strict=False)
            parts = [_sum(*pair) for pair in pairs] + parts[len(parts) // 2 * 2 :]
        start, chances = parts[0]
        below, above = np.cumsum(chances), np.cumsum(chances[::-1])[::-1]
        return cls(start, np.append(0.0, below).clip(max=1), np.append(above, 0.0).clip(max=1))

    def tails(self, observed: int) -> Tails:
        last = len(self.below) - 1
        at, after = (min(max(observed + one - self.start, 0), last) for one in (0, 1))
        return Tails(float(self.below[after]), float(self.above[at]))

    def lowest_likely(self, tail: float) -> int:
        """The smallest x with P(X <= x) > tail."""
        return self.start + int((self.below <= tail).sum()) - 1

    def highest_likely(self, tail: float) -> int:
        """The largest x with P(X >= x) > tail."""
        return self.start + int((self.above > tail).sum()) - 1


def _binomial(count: int, rate: float) -> tuple[int, Any]:
    """The first count that matters, and the chances from there on."""
    import numpy as np

    # From the likeliest count outward each chance is the last one times a ratio: no
    # factorial, whose logarithm has lost nine of its digits at a million.
    mode = min(count, int((count + 1) * rate))
    up, down = np.arange(mode, count), np.arange(mode, 0, -1)
    upward = np.cumprod((count - up) * rate / ((up + 1) * (1 - rate)))
    downward = np.cumprod(down * (1 - rate) / ((count - down + 1) * rate))
    chances = np.concatenate([downward[::-1], [1.0], upward])
    return _without_negligible(0, chances / chances.sum())


def _sum(first: tuple[int, Any], second: tuple[int, Any]) -> tuple[int, Any]:
    import numpy as np

    return _without_negligible(first[0] + second[0], np.convolve(first[1], second[1]))


def _without_negligible(start: int, chances: Any) -> tuple[int, Any]:
    kept = (chances >= NEGLIGIBLE).nonzero()[0]
    return start + int(kept[0]), chances[kept[0] : kept[-1] + 1]
