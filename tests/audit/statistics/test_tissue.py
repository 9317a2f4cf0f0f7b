from math import exp, inf, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.proportions import Interval
from audit.statistics.tissue import tissue_ratio

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
CONVENTIONAL = [400.0, 600.0, 900.0]
MICRO = [50.0, 60.0, 80.0, 120.0]
arms = st.lists(st.floats(0.1, 20_000), min_size=2, max_size=30)


def test_worked_example():
    ratio = tissue_ratio(CONVENTIONAL, MICRO)
    assert (ratio.first_n, ratio.second_n) == (3, 4)
    assert ratio.first_geometric_mean == pytest.approx(600.0)
    assert round(ratio.second_geometric_mean, 1) == 73.3
    assert (ratio.first_median, ratio.second_median) == (600.0, 70.0)
    assert round(ratio.ratio_of_geometric_means, 2) == 8.19
    assert round(ratio.ratio_of_medians, 2) == 8.57
    assert (round(ratio.interval.lower, 1), round(ratio.interval.upper, 1)) == (3.6, 18.5)


@pytest.mark.parametrize(("first", "second"), [([], []), ([5.0], [1.0, 2.0]), ([1.0, 2.0], [5.0])])
def test_fewer_than_two_weighed_in_an_arm_gives_no_ratio(first, second):
    assert tissue_ratio(first, second) is None


@pytest.mark.parametrize("weight", [0, -1.5, inf, float("nan")])
@pytest.mark.parametrize("others", [[], [5.0, 6.0]])
def test_what_is_not_a_weight_is_refused_also_where_no_ratio_could_be_given(weight, others):
    with pytest.raises(ValueError, match="not a weight"):
        tissue_ratio([*others, weight], MICRO)
    with pytest.raises(ValueError, match="not a weight"):
        tissue_ratio(CONVENTIONAL, [*others, weight])


def test_a_coverage_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="coverage"):
        tissue_ratio(CONVENTIONAL, MICRO, 95)


@pytest.mark.parametrize("n", [2, 5, 11])  # the mean of 5 or 11 of these logarithms is rounded
def test_where_neither_arm_varies_the_interval_is_the_ratio(n):
    ratio = tissue_ratio([700] * n, [7] * n, 0.998)
    assert ratio.interval == Interval(ratio.ratio_of_geometric_means, ratio.ratio_of_geometric_means)
    assert ratio.ratio_of_geometric_means == pytest.approx(100.0)
    assert ratio.ratio_of_medians == 100.0


def test_where_one_arm_varies_the_interval_rests_on_that_arm():
    from scipy.stats import ttest_1samp

    interval = tissue_ratio([700.0, 700.0], MICRO).interval
    logs = [log(x) for x in MICRO]
    alone = ttest_1samp(logs, 0).confidence_interval()
    assert (interval.lower, interval.upper) == pytest.approx(
        (700 / exp(alone.high), 700 / exp(alone.low)), rel=1e-9
    )


def test_a_limit_no_float_can_hold_is_infinite():
    interval = tissue_ratio([1.0, 20_000.0], [100.0, 100.0], 0.9999).interval
    assert (interval.lower, interval.upper) == (0.0, inf)


def test_whole_milligrams_give_plain_floats():
    ratio = tissue_ratio([400, 600], [50, 60])
    assert {type(ratio.first_median), type(ratio.ratio_of_medians), type(ratio.interval.lower)} == {float}


@laws
@given(first=arms, second=arms)
def test_the_interval_encloses_its_ratio(first, second):
    ratio = tissue_ratio(first, second)
    assert ratio.interval.lower <= ratio.ratio_of_geometric_means <= ratio.interval.upper


@laws
@given(first=arms, second=arms)
def test_swapping_the_arms_turns_every_ratio_over(first, second):
    there, back = tissue_ratio(first, second, 0.8), tissue_ratio(second, first, 0.8)
    assert there.ratio_of_geometric_means == pytest.approx(1 / back.ratio_of_geometric_means)
    assert there.ratio_of_medians == pytest.approx(1 / back.ratio_of_medians)
    assert log(there.interval.lower) == pytest.approx(-log(back.interval.upper), rel=1e-6, abs=1e-6)


@laws
@given(first=arms, second=arms)
def test_grams_or_milligrams_give_the_same_ratio(first, second):
    milligrams = tissue_ratio(first, second)
    grams = tissue_ratio([x / 1000 for x in first], [x / 1000 for x in second])
    assert grams.ratio_of_geometric_means == pytest.approx(milligrams.ratio_of_geometric_means)
