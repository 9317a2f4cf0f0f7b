from math import exp, inf, log, nan

import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from audit.statistics.paired import PairedChange, paired_change
from audit.statistics.proportions import Interval

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
nmol = st.floats(0.35, 120)
men = st.lists(st.tuples(nmol, nmol), min_size=2, max_size=40)
FIVE = [(16.0, 12.0), (20.0, 18.0), (12.0, 9.0), (15.0, 15.0), (10.0, 8.0)]


def test_worked_example():
    change = paired_change([*FIVE, (11.0, None), (None, 14.0)])
    assert (change.men, change.pairs) == (7, 5)
    assert round(change.ratio, 3) == 0.835
    assert (round(change.interval.lower, 2), round(change.interval.upper, 2)) == (0.71, 0.98)


@pytest.mark.parametrize("coverage", [0.8, 0.95, 0.998])
@pytest.mark.parametrize("pairs", [2, 3, 5])
def test_the_interval_agrees_with_scipy_and_statsmodels(pairs, coverage):
    interval = paired_change(FIVE[:pairs], coverage).interval
    before, later = ([log(man[i]) for man in FIVE[:pairs]] for i in (0, 1))
    peer = scipy.stats.ttest_rel(later, before).confidence_interval(coverage)
    assert (interval.lower, interval.upper) == pytest.approx((exp(peer.low), exp(peer.high)), rel=1e-9)
    differences = [b - a for a, b in zip(before, later, strict=True)]
    other = DescrStatsW(differences).tconfint_mean(1 - coverage)
    assert (interval.lower, interval.upper) == pytest.approx([exp(limit) for limit in other], rel=1e-9)


def test_ten_thousand_men_agree_with_scipy():
    many = [(10 + i % 97 / 10, 9 + i % 89 / 10) for i in range(10_000)]
    peer = scipy.stats.ttest_1samp([log(b / a) for a, b in many], 0).confidence_interval()
    interval = paired_change(many).interval
    assert (interval.lower, interval.upper) == pytest.approx((exp(peer.low), exp(peer.high)), rel=1e-9)


@pytest.mark.parametrize(
    ("values", "asked", "pairs"),
    [([], 0, 0), ([(16.0, 12.0)], 1, 1), ([(16.0, None), (None, 9.0), (None, None), (20.0, 18.0)], 4, 1)],
)
def test_fewer_than_two_pairs_give_no_ratio_and_are_counted(values, asked, pairs):
    assert paired_change(values) == PairedChange(asked, pairs, None, None)


@pytest.mark.parametrize("value", [0, -3.2, inf, nan])
def test_what_cannot_be_a_measurement_is_refused_also_where_no_pair_uses_it(value):
    for pair in ((value, 12.0), (12.0, value), (None, value), (value, None)):
        with pytest.raises(ValueError, match="not a measured value"):
            paired_change([*FIVE, pair])


def test_a_coverage_out_of_range_is_refused_also_where_no_ratio_is_given():
    with pytest.raises(ValueError, match="coverage"):
        paired_change([], 95)


@pytest.mark.parametrize("pairs", [2, 5, 11])
def test_where_all_change_alike_the_interval_is_the_ratio(pairs):
    change = paired_change([(10.0 * 2**i, 8.0 * 2**i) for i in range(pairs)], 0.998)
    assert change.ratio == pytest.approx(0.8)
    assert change.interval == Interval(change.ratio, change.ratio)


def test_a_limit_no_float_can_hold_is_infinite():
    interval = paired_change([(1.0, 100.0), (100.0, 1.0)], 0.9999).interval
    assert (interval.lower, interval.upper) == (0.0, inf)


@laws
@given(values=men)
def test_the_interval_encloses_its_ratio_and_widens_with_the_coverage(values):
    usual, wide = paired_change(values), paired_change(values, 0.998)
    assert usual.interval.lower <= usual.ratio <= usual.interval.upper
    assert wide.interval.lower <= usual.interval.lower
    assert wide.interval.upper >= usual.interval.upper


@laws
@given(values=men)
def test_before_and_later_exchanged_turn_the_ratio_over(values):
    there = paired_change(values, 0.8)
    back = paired_change([(later, before) for before, later in values], 0.8)
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert log(there.interval.lower) == pytest.approx(-log(back.interval.upper), rel=1e-6, abs=1e-6)


@laws
@given(values=men, factor=st.sampled_from([0.0347, 28.8, 2.0]))
def test_another_unit_gives_the_same_change(values, factor):
    other = paired_change([(before * factor, later * factor) for before, later in values])
    assert other.ratio == pytest.approx(paired_change(values).ratio)


@laws
@given(values=men, alone=st.lists(st.one_of(nmol.map(lambda x: (x, None)), nmol.map(lambda x: (None, x)))))
def test_a_man_with_one_value_changes_no_ratio(values, alone):
    change, with_them = paired_change(values), paired_change([*values, *alone])
    assert (with_them.ratio, with_them.interval) == (change.ratio, change.interval)
    assert with_them.men - with_them.pairs == len(alone)
