from itertools import product
from math import log, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.cusum import (
    ODDS_RATIO,
    Direction,
    _chance_of_chain,
    _chance_of_one_rate,
    cusum_chart,
    cusum_limit,
    cusum_weights,
    signal_chance,
)

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
rates = st.floats(0, 1)
limits = st.floats(0.3, 6)
directions = st.sampled_from(Direction)
series = st.lists(st.tuples(st.booleans(), rates), max_size=80).map(
    lambda cases: ([found for found, _ in cases], [rate for _, rate in cases])
)
WORSE, BETTER = Direction.WORSE, Direction.BETTER


def other(direction):
    return BETTER if direction is WORSE else WORSE


def simulated(expected, direction, limit, actual, runs, seed):
    """The share of charts that signal, one column of random results per case."""
    random = np.random.default_rng(seed)
    score, signalled = np.zeros(runs), np.zeros(runs, dtype=bool)
    for rate, true_rate in zip(expected, actual, strict=True):
        if_found, if_not = cusum_weights(rate, direction)
        score = np.maximum(0, score + np.where(random.random(runs) < true_rate, if_found, if_not))
        signalled |= score >= limit
    return signalled.mean()


def on_a_grid(rate, direction, limit, cases, states=5000):
    """Brook and Evans: the scores rounded to `states` values, the chances moved among them case by case."""
    step = limit / (states - 0.5)
    found, missed = (
        np.maximum(0, np.rint(np.arange(states) + weight / step)).astype(int)
        for weight in cusum_weights(rate, direction)
    )
    to = np.minimum(np.concatenate([found, missed]), states)  # `states` itself is the signal
    at = np.eye(1, states)[0]
    for _ in range(cases):
        moved = np.concatenate([at * rate, at * (1 - rate)])
        at = np.bincount(to, weights=moved, minlength=states + 1)[:states]
    return 1 - at.sum()


# Weights ------------------------------------------------------------------


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("expected", [0.05, 0.35, 0.5, 0.65, 0.95])
def test_a_weight_is_the_logarithm_of_the_likelihood_ratio(expected, direction):
    failure = 1 - expected
    odds = ODDS_RATIO[direction] * failure / expected
    shifted = odds / (1 + odds)
    if_found, if_not = cusum_weights(expected, direction)
    assert if_found == pytest.approx(log((1 - shifted) / expected))
    assert if_not == pytest.approx(log(shifted / failure))


def test_worked_weights():
    assert cusum_weights(0.65, WORSE) == pytest.approx((-0.30010, 0.39304), abs=5e-6)
    assert cusum_weights(0.65, BETTER) == pytest.approx((0.19237, -0.50078), abs=5e-6)


@laws
@given(expected=st.floats(0.01, 0.99))
def test_the_bad_event_is_that_no_sperm_is_found(expected):
    found, not_found = cusum_weights(expected, WORSE)
    assert found < 0 < not_found
    found, not_found = cusum_weights(expected, BETTER)
    assert not_found < 0 < found


@laws
@given(expected=st.floats(0.01, 0.99), direction=directions)
def test_a_chart_drifts_down_while_the_rate_is_as_expected_and_up_once_the_change_is_there(
    expected, direction
):
    found, not_found = cusum_weights(expected, direction)
    odds = ODDS_RATIO[direction] * (1 - expected) / expected
    assert expected * found + (1 - expected) * not_found < 0
    assert 1 / (1 + odds) * found + odds / (1 + odds) * not_found > 0


@pytest.mark.parametrize(
    ("expected", "direction", "weights"),
    [
        (1.0, WORSE, (0, log(2))),
        (0.0, WORSE, (-log(2), 0)),
        (1.0, BETTER, (0, -log(2))),
        (0.0, BETTER, (log(2), 0)),
    ],
)
def test_what_is_certain_adds_nothing_when_it_comes(expected, direction, weights):
    assert cusum_weights(expected, direction) == pytest.approx(weights)


# Chart --------------------------------------------------------------------


def test_worked_chart():
    found = [True, False, False, True, False, False]
    chart = cusum_chart(found, [0.65] * 6, WORSE, 1.2)
    assert chart.scores == pytest.approx([0, 0.39304, 0.78609, 0.48598, 0.87902, 1.27207], abs=1e-5)
    assert chart.signals == (6,)


def test_ten_failures_signal_worse_and_ten_successes_better():
    assert cusum_chart([False] * 10, [0.65] * 10, WORSE, 3.35).signals == (9,)
    assert cusum_chart([True] * 10, [0.65] * 10, WORSE, 3.35).signals == ()
    assert cusum_chart([True] * 10, [0.35] * 10, BETTER, 3.35).signals == (9,)
    assert cusum_chart([False] * 10, [0.35] * 10, BETTER, 3.35).signals == ()


def test_after_a_signal_the_chart_starts_again_from_nothing():
    found = [False] * 9 + [False, True] + [False] * 9
    chart = cusum_chart(found, [0.65] * 20, WORSE, 3.35)
    alone = cusum_chart(found[9:], [0.65] * 11, WORSE, 3.35)
    assert chart.signals == (9, 20)
    assert chart.scores[9:] == alone.scores
    assert chart.scores[8] >= 3.35


def test_a_score_that_reaches_the_limit_is_a_signal():
    limit = cusum_weights(0.65, WORSE)[1]
    assert cusum_chart([False], [0.65], WORSE, limit).signals == (1,)


def test_no_case_makes_no_score():
    chart = cusum_chart([], [], WORSE, 3.35)
    assert (chart.scores, chart.signals) == ((), ())


@laws
@given(cases=series, direction=directions, limit=limits)
def test_a_score_is_never_negative_and_signals_exactly_at_the_limit(cases, direction, limit):
    chart = cusum_chart(*cases, direction, limit)
    assert len(chart.scores) == len(cases[0])
    assert all(score >= 0 for score in chart.scores)
    assert chart.signals == tuple(n for n, score in enumerate(chart.scores, 1) if score >= limit)


@laws
@given(cases=series, direction=directions, limit=limits)
def test_the_two_directions_mirror_each_other(cases, direction, limit):
    found, expected = cases
    mirrored = [not result for result in found], [1 - rate for rate in expected]
    there = cusum_chart(found, expected, direction, 1000)
    back = cusum_chart(*mirrored, other(direction), 1000)
    assert list(there.scores) == pytest.approx(list(back.scores), abs=1e-9)


@laws
@given(cases=series, direction=directions, limit=limits)
def test_a_higher_limit_never_signals_first(cases, direction, limit):
    low = cusum_chart(*cases, direction, limit).signals
    high = cusum_chart(*cases, direction, limit + 0.5).signals
    assert not high or low[0] <= high[0]


@pytest.mark.parametrize(
    ("found", "expected", "limit", "why"),
    [
        ([True], [], 3, "expected rate"),
        ([True], [65], 3, "expected rate"),
        ([None], [0.65], 3, "not a result"),
        ([True], [0.65], 0, "limit"),
        ([True], [0.65], float("nan"), "limit"),
    ],
)
def test_what_is_no_chart_is_refused(found, expected, limit, why):
    with pytest.raises(ValueError, match=why):
        cusum_chart(found, expected, WORSE, limit)


# Limit --------------------------------------------------------------------


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("limit", [0.4, 0.9, 1.7])
@pytest.mark.parametrize("true_shift", [0, -0.2])
def test_the_chain_agrees_with_every_series_of_eleven_mixed_cases_counted(direction, limit, true_shift):
    expected = [0.65, 0.35, 0.95, 0.65, 0.5, 0.35, 0.65, 0.65, 0.35, 0.6, 0.65]
    actual = [rate + true_shift for rate in expected]
    counted = sum(
        prod(rate if result else 1 - rate for result, rate in zip(found, actual, strict=True))
        for found in product([True, False], repeat=len(expected))
        if cusum_chart(found, expected, direction, limit).signals
    )
    assert signal_chance(expected, direction, limit, actual) == pytest.approx(counted, abs=1e-12)


@pytest.mark.parametrize("direction", Direction)
def test_the_chain_agrees_with_a_simulation(direction):
    expected = [0.65, 0.35] * 50
    for actual in (expected, [rate - 0.1 for rate in expected]):
        chance = signal_chance(expected, direction, 3.5, actual)
        share = simulated(expected, direction, 3.5, actual, runs=20_000, seed=2000)
        # Four standard errors of the simulation.
        assert share == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 20_000) ** 0.5)


@pytest.mark.parametrize("rate", [0.35, 0.65, 0.95])
def test_the_chain_agrees_with_brook_and_evans_on_a_fine_grid(rate):
    for direction in Direction:
        chance = signal_chance([rate] * 100, direction, 4.15)
        assert chance == pytest.approx(on_a_grid(rate, direction, 4.15, 100), abs=0.002)


@laws
@given(
    expected=st.lists(st.sampled_from([0.0, 0.35, 0.6, 0.95, 1.0]), min_size=1, max_size=25),
    direction=directions,
    limit=limits,
)
def test_a_false_alarm_is_rarer_at_a_higher_limit_and_likelier_in_more_cases(expected, direction, limit):
    chance = signal_chance(expected, direction, limit)
    assert 0 <= signal_chance(expected, direction, limit + 0.2) <= chance + 1e-12
    assert chance <= signal_chance([*expected, 0.5], direction, limit) + 1e-12 <= 1 + 1e-12


@laws
@given(
    expected=st.lists(st.sampled_from([0.1, 0.35, 0.65, 0.9]), min_size=1, max_size=25),
    direction=directions,
    limit=limits,
)
def test_the_chance_of_a_signal_mirrors_with_the_direction(expected, direction, limit):
    mirrored = signal_chance([1 - rate for rate in expected], other(direction), limit)
    assert signal_chance(expected, direction, limit) == pytest.approx(mirrored, abs=1e-9)


def test_no_case_gives_no_alarm_and_a_limit_out_of_reach_none_either():
    assert signal_chance([], WORSE, 1.0) == 0
    assert signal_chance([0.65] * 5, WORSE, 5 * log(2)) == pytest.approx(0, abs=1e-15)


def test_a_score_that_only_reaches_the_limit_counts_as_a_signal():
    assert signal_chance([0.65], WORSE, cusum_weights(0.65, WORSE)[1]) == pytest.approx(0.35)


def test_where_every_case_signals_no_chance_is_left():
    assert signal_chance([0.5, 0.5], WORSE, 0.1, [0.0, 0.0]) == 1


def test_the_limits_for_the_bands_of_micro_tese_and_of_conventional_tese():
    """Looking for worse at the lower edge, as docs/methods/cusum.md prints them."""
    micro, conventional = ([cusum_limit([rate] * n, WORSE) for n in (50, 100, 200)] for rate in (0.6, 0.3))
    assert micro == [3.36, 4.15, 4.94]
    assert conventional == [3.00, 3.81, 4.63]


def test_worked_limit():
    # Two failures in a row score 0.786 and come too often in three cases; three score 1.179 and do not.
    assert cusum_limit([0.65] * 3, WORSE) == 0.79
    assert signal_chance([0.65] * 3, WORSE, 0.78) == pytest.approx(0.35**2 * 1.65)
    assert signal_chance([0.65] * 3, WORSE, 0.79) == pytest.approx(0.35**3)
    assert signal_chance([0.65] * 4, WORSE, 0.79) == pytest.approx(0.35**3 * (1 + 3 * 0.65))


def test_the_limit_of_a_mix_is_not_that_of_its_mean():
    mix = ([0.3] * 6 + [0.6] * 3 + [0.95]) * 5
    assert cusum_limit(mix, WORSE) < cusum_limit([sum(mix) / len(mix)] * len(mix), WORSE)


def test_a_chart_never_closed_will_signal_falsely_one_day():
    chances = [round(signal_chance([0.6] * cases, WORSE, 4.15), 2) for cases in (100, 500)]
    assert chances == [0.05, 0.29]


@pytest.mark.parametrize(
    ("rate", "limit", "found"),
    [(0.3, 3.81, 78), (0.43, 4.08, 86), (0.6, 4.15, 89), (0.65, 4.15, 89), (0.95, 2.80, 51)],
)
def test_the_printed_chances_of_finding_doubled_odds_of_failure(rate, limit, found):
    doubled = rate / (rate + 2 * (1 - rate))
    assert cusum_limit([rate] * 100, WORSE) == limit
    assert round(100 * signal_chance([rate] * 100, WORSE, limit, [doubled] * 100)) == found


@laws
@given(actual=st.lists(st.floats(0, 1), min_size=1, max_size=25), lower=st.floats(0, 1), limit=limits)
def test_the_lower_the_true_rates_the_likelier_a_signal_of_worse_and_the_rarer_one_of_better(
    actual, lower, limit
):
    expected = [0.6] * len(actual)
    less = [rate * lower for rate in actual]
    for direction, rarer, likelier in ((WORSE, actual, less), (BETTER, less, actual)):
        chances = [signal_chance(expected, direction, limit, true) for true in (rarer, likelier)]
        assert chances[0] <= chances[1] + 1e-12


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("rate", [0.05, 0.35, 0.65, 0.95])
@pytest.mark.parametrize("cases", [1, 20, 60])
def test_the_limit_is_the_lowest_hundredth_with_few_enough_false_alarms(cases, rate, direction):
    expected = [rate] * cases
    limit = cusum_limit(expected, direction)
    assert signal_chance(expected, direction, limit) <= 0.05
    assert limit == 0.01 or signal_chance(expected, direction, limit - 0.01) > 0.05


@pytest.mark.parametrize(("rate", "direction"), [(0.0, WORSE), (1.0, WORSE), (0.0, BETTER), (1.0, BETTER)])
def test_a_certain_rate_gives_no_false_alarm_at_any_limit(rate, direction):
    assert cusum_limit([rate] * 30, direction) == 0.01


@pytest.mark.parametrize(
    ("expected", "false_alarms", "why"),
    [([], 0.05, "horizon"), ([1.2], 0.05, "expected rate"), ([0.6], 0, "false alarm"), ([0.6], 5, "false")],
)
def test_what_gives_no_limit_is_refused(expected, false_alarms, why):
    with pytest.raises(ValueError, match=why):
        cusum_limit(expected, WORSE, false_alarms)


def test_true_rates_are_one_per_case_or_refused():
    with pytest.raises(ValueError, match="1 actual"):
        signal_chance([0.6, 0.6], WORSE, 3, [0.5])


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("rate", [0, 0.05, 0.65, 1])
@pytest.mark.parametrize("true_rate", [0.2, 0.65, 1])
@pytest.mark.parametrize(("cases", "limit"), [(1, 0.3), (7, 0.5), (60, 1.2), (60, 3.36)])
def test_cases_of_one_rate_have_the_chance_that_the_whole_chain_gives(
    rate, true_rate, cases, limit, direction
):
    chain = _chance_of_chain([rate] * cases, [true_rate] * cases, direction, limit)
    one_rate = _chance_of_one_rate(cusum_weights(rate, direction), true_rate, cases, limit)
    assert one_rate == pytest.approx(chain, abs=1e-12)
