"""Has the retrieval rate changed? Asked after every case, with few false alarms."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import log
from typing import Any

from audit.statistics.over_time import require_cases, require_expected

# Scores nearer than this, in decimals, are one state of the chart: the same cases in another order.
SAME = 9
# Less likely scores of a long stretch are not followed: of 1,000 cases that loses less than 1e-12.
NEGLIGIBLE = 1e-17


class Direction(StrEnum):
    """What a chart looks for: sperm found more rarely than expected, or more often."""

    WORSE = "worse"
    BETTER = "better"


# The change each chart is tuned to: the odds that no sperm is found are doubled, or halved.
ODDS_RATIO = {Direction.WORSE: 2.0, Direction.BETTER: 0.5}


@dataclass(frozen=True, slots=True)
class Cusum:
    """One chart in one direction.

    limit: the score at which it signals.
    scores: one per case, 0 or more, without a unit; at a signal the score that gave it.
    signals: the cases that gave one, counted from 1 in the order of operation.
    """

    direction: Direction
    limit: float
    scores: tuple[float, ...]
    signals: tuple[int, ...]


def cusum_weights(expected: float, direction: Direction) -> tuple[float, float]:
    """What one case adds to the score: (if sperm was found, if not).

    expected: the rate expected of this case, a fraction in [0, 1].

    The bad event is that no sperm is found. With f = 1 - expected its probability
    and R the ratio of odds that the chart looks for, the weights are the logarithms
    of how much likelier the result is under R: log(1 / (1 - f + Rf)) when sperm was
    found, log(R / (1 - f + Rf)) when not. With R = 2 a failure adds and a success
    takes away; with R = 1/2 it is the other way round.
    Raises ValueError when `expected` is out of range.

    Source: Steiner SH, Cook RJ, Farewell VT, Treasure T, Biostatistics 2000;1:441-452.
    """
    require_expected([expected])
    ratio, failure = ODDS_RATIO[direction], 1 - expected
    shared = log(1 - failure + ratio * failure)
    return -shared, log(ratio) - shared


def cusum_chart(
    found: Sequence[bool], expected: Sequence[float], direction: Direction, limit: float
) -> Cusum:
    """The score after each case, and the cases at which it signals.

    found: n results in the order of operation, whether sperm was found. Pending
        results are left out: they are not failures.
    expected: n fractions in [0, 1], the rate expected of each of these cases: of a
        band, the lower edge when looking for worse and the upper for better.
    limit: above 0, from `cusum_limit`.

    S = max(0, S + weight), from 0. A score that reaches the limit is a signal, and
    the next case starts from 0 again: each signal rests on cases of its own.
    Raises ValueError when an argument is out of range.

    Source: Steiner SH, Cook RJ, Farewell VT, Treasure T, Biostatistics 2000;1:441-452.
    """
    require_cases(found, expected)
    _require_limit(limit)
    scores: list[float] = []
    signals: list[int] = []
    score = 0.0
    for number, (result, rate) in enumerate(zip(found, expected, strict=True), start=1):
        if_found, if_not = cusum_weights(rate, direction)
        score = max(0.0, score + (if_found if result else if_not))
        scores.append(score)
        if score >= limit:
            signals.append(number)
            score = 0.0
    return Cusum(direction, limit, tuple(scores), tuple(signals))


def signal_chance(
    expected: Sequence[float],
    direction: Direction,
    limit: float,
    actual: Sequence[float] | None = None,
) -> float:
    """The chance of at least one signal in the next cases, of a chart that starts at 0.

    expected: n fractions in [0, 1], the rate that the chart expects of each of these cases.
    limit: above 0.
    actual: n fractions in [0, 1], the rates that are true; without them those expected,
        and the answer is the chance of a false alarm.

    Returns a fraction in [0, 1], by a Markov chain over every score that can
    occur, with no grid laid over them: a score depends only on the case at which it
    last left 0 and on the failures since, so n cases have few scores below a limit.
    Raises ValueError when an argument is out of range.

    Source: the chain is Brook D, Evans DA, Biometrika 1972;59:539-549, without the
    rounding of the scores to a few states.
    """
    actual = expected if actual is None else actual
    if len(actual) != len(expected):
        raise ValueError(f"{len(actual)} actual and {len(expected)} expected rates")
    require_expected([*expected, *actual])
    _require_limit(limit)
    if not expected:
        return 0.0
    if len(pairs := {*zip(expected, actual, strict=True)}) > 1:
        return _chance_of_chain(expected, actual, direction, limit)
    rate, true_rate = pairs.pop()
    return _chance_of_one_rate(cusum_weights(rate, direction), true_rate, len(expected), limit)


def cusum_limit(expected: Sequence[float], direction: Direction, false_alarms: float = 0.05) -> float:
    """The lowest limit, in hundredths, whose chance of a false alarm in the next cases is small enough.

    expected: n fractions in [0, 1], the rate expected of each of the next n cases; n
        is the horizon, at least 1. The past cases' rates stand for a case mix.
    false_alarms: the chance allowed to this direction alone, a fraction strictly between 0 and 1.

    Returns a score above 0. Where no limit is ever reached by chance, 0.01.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/cusum.md.
    """
    if not expected:
        raise ValueError("a horizon needs at least one case")
    if not 0 < false_alarms < 1:
        raise ValueError(f"the chance of a false alarm must be between 0 and 1, not {false_alarms}")
    return _cusum_limit(tuple(expected), direction, false_alarms)


def _chance_of_chain(
    expected: Sequence[float], actual: Sequence[float], direction: Direction, limit: float
) -> float:
    import numpy as np

    scores: Any = np.zeros(1)
    chances: Any = np.ones(1)
    for rate, true_rate in zip(expected, actual, strict=True):
        scores, chances = _next(scores, chances, cusum_weights(rate, direction), true_rate)
        quiet = scores < limit
        scores, chances = _merged(scores[quiet].clip(0), chances[quiet])
    return float(max(0.0, 1 - chances.sum()))


def _chance_of_one_rate(weights: tuple[float, float], true_rate: float, cases: int, limit: float) -> float:
    """The same where all cases are alike: a chart that comes back to 0 starts as if it were new.

    So one stretch away from 0 is followed, which has a dozen scores at a time, and the stretches
    are put together: no signal in n cases is a first one that lasts, or that ended after m cases
    and then no signal in n - m.
    """
    import numpy as np

    scores, chances = np.zeros(1), np.ones(1)
    ended, quiet = np.zeros(cases + 1), np.ones(cases + 1)
    for case in range(1, cases + 1):
        if len(scores):
            scores, chances = _next(scores, chances, weights, true_rate)
            back = scores <= 0
            ended[case] = chances[back].sum()
            on = ~back & (scores < limit) & (chances > NEGLIGIBLE)
            scores, chances = _merged(scores[on], chances[on])
        quiet[case] = chances.sum() + ended[1 : case + 1] @ quiet[case - 1 :: -1][:case]
    return float(max(0.0, 1 - quiet[cases]))


def _next(scores: Any, chances: Any, weights: tuple[float, float], true_rate: float) -> tuple[Any, Any]:
    import numpy as np

    after = np.concatenate([scores + weight for weight in weights])
    return after, np.concatenate([chances * true_rate, chances * (1 - true_rate)])


def _merged(scores: Any, chances: Any) -> tuple[Any, Any]:
    """Merged by their rounded score, but never rounded: the errors would add up and part them again."""
    import numpy as np

    _, first, state = np.unique(scores.round(SAME), return_index=True, return_inverse=True)
    return scores[first], np.bincount(state, weights=chances, minlength=len(first))


# Up to 1 s of computing for 1,000 cases, and a page asks for the same few bands again and again.
@lru_cache(maxsize=256)
def _cusum_limit(expected: tuple[float, ...], direction: Direction, false_alarms: float) -> float:
    def is_enough(hundredths: int) -> bool:
        return signal_chance(expected, direction, hundredths / 100) <= false_alarms

    # Doubled until one is enough, since a chart with a high limit has the most scores to follow.
    high = 1
    while not is_enough(high):
        high *= 2
    return bisect_left(range(high), True, lo=max(1, high // 2), key=is_enough) / 100


def _require_limit(limit: float) -> None:
    if not limit > 0:
        raise ValueError(f"a limit must be above 0, not {limit}")
