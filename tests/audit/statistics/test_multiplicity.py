from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audit.statistics.exact_test import p_above, p_below
from audit.statistics.multiplicity import (
    benjamini_hochberg,
    expected_false_alarms,
    expected_false_below,
    expected_false_below_total,
)
from audit.statistics.verdict import Band, Verdict, judge

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)


def test_worked_example():
    # The upper limit of 7 of 20 is 59.2 %, of 8 of 20 63.9 %: 0 to 7 are called below.
    assert round(expected_false_below(20, 0.60), 4) == 0.0210


@pytest.mark.parametrize("known", [0, 1, 2, 10])
def test_too_few_men_can_never_be_called_below_30_per_cent(known):
    assert expected_false_below(known, 0.30) == 0.0


@pytest.mark.parametrize(("lower", "known"), [(0.0, 50), (1.0, 50), (0.0, 0), (1.0, 0)])
def test_chance_alone_never_goes_below_a_certain_rate(lower, known):
    assert expected_false_below(known, lower) == 0.0


def test_an_upper_limit_standing_on_the_edge_is_not_below_it():
    # With 1 % in each tail 0 of 2 reaches exactly 90 %, as the verdict reads it too.
    assert judge(0, 2, Band(0.9, 1.0, 0.0), 0.98) is Verdict.NOT_ENOUGH
    assert expected_false_below(2, 0.9, 0.98) == 0.0
    assert expected_false_below(2, 0.901, 0.98) == pytest.approx(0.099**2)


def test_a_million_men_come_close_to_the_nominal_2_5_per_cent():
    assert expected_false_below(10**6, 0.6) == pytest.approx(0.025, abs=1e-4)


@pytest.mark.parametrize(
    ("known", "lower", "coverage"), [(-1, 0.3, 0.95), (5, 1.3, 0.95), (5, -0.1, 0.95), (0, 0.3, 1)]
)
def test_what_is_out_of_range_is_refused(known, lower, coverage):
    with pytest.raises(ValueError, match=r"rate|coverage|edge"):
        expected_false_below(known, lower, coverage)


@laws
@given(known=st.integers(0, 2000), lower=st.floats(0, 1))
def test_a_false_below_is_never_likelier_than_nominal(known, lower):
    assert 0 <= expected_false_below(known, lower) <= 0.025 * (1 + 1e-9)


def test_a_table_adds_its_cells():
    cells = [(20, 0.6), (20, 0.6), (45, 0.3), (0, 0.3)]
    expected = 2 * expected_false_below(20, 0.6) + expected_false_below(45, 0.3)
    assert expected_false_below_total(iter(cells)) == pytest.approx(expected)


def test_an_empty_table_expects_none():
    assert expected_false_below_total([]) == 0.0


def test_one_bad_cell_refuses_the_table():
    with pytest.raises(ValueError, match="not a rate"):
        expected_false_below_total([(20, 0.6), (-1, 0.6)])


@pytest.mark.parametrize("coverage", [0.95, 0.998])
def test_a_table_can_be_asked_at_another_coverage(coverage):
    cells = [(20, 0.6), (45, 0.3)]
    expected = sum(expected_false_below(known, lower, coverage) for known, lower in cells)
    assert expected_false_below_total(cells, coverage) == pytest.approx(expected)


# False alarms -------------------------------------------------------------


def test_a_false_alarm_can_fall_on_either_side():
    # Of 10 men at a true 50 %, none or all are found once in 512 series: the 99.8 % interval of 0 of 10
    # ends at 49.9 %, and at 50.1 % begins that of 10 of 10.
    assert expected_false_alarms([(10, Band(0.5, 0.5, 0.1))]) == pytest.approx(2 * 0.5**10)


def test_where_the_band_is_wide_the_likelier_side_counts():
    band = Band(0.60, 0.70, 0.10)
    below = expected_false_below(200, 0.60, 0.998)
    above = expected_false_below(200, 1 - 0.70, 0.998)
    chance = expected_false_alarms([(200, band)])
    assert max(below, above) <= chance < max(below, above) + 1e-6


def test_no_rate_within_the_band_raises_more_alarms_than_its_worst_edge():
    band, known = Band(0.30, 0.40, 0.10), 60
    chance = expected_false_alarms([(known, band)], 0.95)
    called = [k for k in range(known + 1) if judge(k, known, band) in (Verdict.BELOW, Verdict.ABOVE)]
    for rate in (0.30, 0.32, 0.35, 0.38, 0.40):
        assert sum(comb(known, k) * rate**k * (1 - rate) ** (known - k) for k in called) <= chance + 1e-12


def test_alarms_of_a_table_are_added_and_an_empty_table_or_cell_has_none():
    band = Band(0.30, 0.40, 0.10)
    assert expected_false_alarms([]) == 0.0
    assert expected_false_alarms([(0, band)]) == 0.0
    one = expected_false_alarms([(150, band)])
    assert expected_false_alarms([(150, band), (0, band), (150, band)]) == pytest.approx(2 * one)


def test_a_negative_number_of_men_raises_no_alarm_but_an_error():
    with pytest.raises(ValueError, match="not a rate"):
        expected_false_alarms([(-1, Band(0.3, 0.4, 0.1))])


# P and q ------------------------------------------------------------------


def test_p_values_worked_example():
    # Seven or fewer of 20 at a true 60 % (docs/methods/chance-of-false-below.md).
    assert [round(p, 4) for p in p_below([(7, 20, 0.6), (8, 20, 0.6)])] == [0.0210, 0.0565]
    assert p_above([(2, 2, 0.4), (0, 2, 0.4)]) == pytest.approx([0.16, 1.0])


def test_without_a_result_nothing_is_unusual():
    assert p_below([(0, 0, 0.3)]) == p_above([(0, 0, 0.3)]) == [1.0]
    assert p_below([]) == p_above([]) == []


@pytest.mark.parametrize("cell", [(3, 2, 0.5), (-1, 2, 0.5), (1, 2, 1.5), (1, 2, -0.5)])
def test_what_is_not_a_cell_is_refused(cell):
    for method in (p_below, p_above):
        with pytest.raises(ValueError, match=r"rate|edge"):
            method([cell])


@laws
@given(known=st.integers(1, 500), data=st.data(), lower=st.floats(0, 1), upper=st.floats(0, 1))
def test_a_p_is_under_2_5_per_cent_exactly_where_the_verdict_is_outside(known, data, lower, upper):
    found = data.draw(st.integers(0, known))
    low, high = p_below([(found, known, lower)])[0], p_above([(found, known, upper)])[0]
    assume(abs(low - 0.025) > 1e-9)
    assume(abs(high - 0.025) > 1e-9)
    assert (low < 0.025) == (judge(found, known, Band(lower, 1, 0)) is Verdict.BELOW)
    assert (high < 0.025) == (judge(found, known, Band(0, upper, 0)) is Verdict.ABOVE)


@laws
@given(known=st.integers(1, 500), data=st.data(), edge=st.floats(0.01, 0.99))
def test_so_few_found_is_as_unusual_as_so_many_failures(known, data, edge):
    found = data.draw(st.integers(0, known))
    assert p_below([(found, known, edge)]) == pytest.approx(
        p_above([(known - found, known, 1 - edge)]), rel=1e-9
    )


p_values = st.lists(st.floats(0, 1), max_size=30)


def test_q_values_worked_example():
    # Largest first: 0.6·4/4, 0.02·4/3, 0.02·4/2 and 0.004·4/1, each no larger than the one before.
    q_values = benjamini_hochberg([0.02, 0.6, 0.004, 0.02])
    assert q_values == pytest.approx([0.02 * 4 / 3, 0.6, 0.016, 0.02 * 4 / 3])


def test_one_test_alone_keeps_its_p_and_none_keeps_nothing():
    assert benjamini_hochberg([0.03]) == [0.03]
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_not_a_p_is_refused(p):
    with pytest.raises(ValueError, match="P must"):
        benjamini_hochberg([0.5, p])


@laws
@given(p=p_values)
def test_a_q_is_never_below_its_p_and_keeps_the_order(p):
    q = benjamini_hochberg(p)
    assert all(mine >= theirs or mine == pytest.approx(theirs) for mine, theirs in zip(q, p, strict=True))
    assert [q for _, q in sorted(zip(p, q, strict=True))] == sorted(q)
    assert all(0 <= value <= 1 for value in q)


@laws
@given(p=p_values, data=st.data())
def test_the_order_of_the_cells_changes_no_q(p, data):
    order = data.draw(st.permutations(range(len(p))))
    q = benjamini_hochberg(p)
    assert benjamini_hochberg([p[i] for i in order]) == [q[i] for i in order]
