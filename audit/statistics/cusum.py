"""Has the retrieval rate changed? Asked after every case, with few false alarms."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, fsum, log
from typing import Any

from audit.statistics.over_time import require_cases, require_expected

# Scores nearer than this, in decimals, are one state of the chart: the same cases in another order.
SAME = 9


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
    import numpy as np

    scores: Any = np.zeros(1)
    chances: Any = np.ones(1)
    for rate, true_rate in zip(expected, actual, strict=True):
        if_found, if_not = cusum_weights(rate, direction)
        after = np.concatenate([scores + if_found, scores + if_not]).clip(0)
        chances = np.concatenate([chances * true_rate, chances * (1 - true_rate)])
        quiet = after < limit
        # Merged by their rounded score, but never rounded: the errors would add up and part them again.
        _, first, state = np.unique(after[quiet].round(SAME), return_index=True, return_inverse=True)
        scores, chances = after[quiet][first], np.bincount(state, weights=chances[quiet])
    return float(max(0.0, 1 - chances.sum()))


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


# Some 0.1 s of computing for 100 cases, and a page asks for the same few bands again and again.
@lru_cache(maxsize=256)
def _cusum_limit(expected: tuple[float, ...], direction: Direction, false_alarms: float) -> float:
    # A score that rises at every case ends below this, where no chance at all is left.
    highest = ceil(100 * fsum(max(cusum_weights(rate, direction)) for rate in expected)) + 1
    hundredths = bisect_left(
        range(highest),
        True,
        lo=1,
        key=lambda limit: signal_chance(expected, direction, limit / 100) <= false_alarms,
    )
    return hundredths / 100


def _require_limit(limit: float) -> None:
    if not limit > 0:
        raise ValueError(f"a limit must be above 0, not {limit}")
