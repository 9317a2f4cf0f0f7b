import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from audit.statistics.over_time import PeriodRate, period_rates, vlad
from audit.statistics.proportions import Interval, clopper_pearson

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
rates = st.floats(0, 1)
series = st.lists(st.tuples(st.booleans(), rates), max_size=60).map(
    lambda cases: ([found for found, _ in cases], [rate for _, rate in cases])
)

# VLAD ---------------------------------------------------------------------


def test_worked_example_of_the_vlad():
    found = [True, False, False, True, True, False]
    expected = [0.65, 0.65, 0.35, 0.65, 0.95, 0.35]
    assert vlad(found, expected) == pytest.approx([0.35, -0.30, -0.65, -0.30, -0.25, -0.60])


def test_no_case_makes_no_point():
    assert vlad([], []) == ()


def test_a_certain_result_moves_the_line_nowhere():
    assert vlad([True, False], [1.0, 0.0]) == (0.0, 0.0)


@laws
@given(cases=series)
def test_the_vlad_ends_at_observed_less_expected(cases):
    found, expected = cases
    line = vlad(found, expected)
    assert len(line) == len(found)
    assert (line[-1] if line else 0) == pytest.approx(sum(found) - sum(expected), abs=1e-9)


@laws
@given(cases=series)
def test_a_success_raises_the_line_and_a_failure_lowers_it_by_one_case_at_most(cases):
    found, expected = cases
    line = vlad(found, expected)
    for before, after, success in zip((0.0, *line), line, found, strict=False):
        step = after - before
        assert (-1e-9 <= step <= 1 + 1e-9) if success else (-1 - 1e-9 <= step <= 1e-9)


@laws
@given(cases=series)
def test_failures_counted_instead_turn_the_line_over(cases):
    found, expected = cases
    other = vlad([not result for result in found], [1 - rate for rate in expected])
    assert [-point for point in other] == pytest.approx(list(vlad(found, expected)), abs=1e-9)


def test_a_million_cases_still_end_at_observed_less_expected():
    line = vlad([True, False, False] * 333_333 + [True], [0.35] * 10**6)
    assert line[-1] == pytest.approx(333_334 - 350_000, abs=1e-6)


@pytest.mark.parametrize(
    ("found", "expected"),
    [([True], []), ([], [0.5]), ([2], [0.5]), ([None], [0.5]), ([True], [1.1]), ([True], [float("nan")])],
)
def test_what_is_no_case_is_refused(found, expected):
    with pytest.raises(ValueError, match=r"result|expected rate"):
        vlad(found, expected)


# Run chart ----------------------------------------------------------------


def test_worked_example_of_the_run_chart():
    quarters = period_rates([(3, 5), (0, 4), (0, 0), (6, 6)])
    assert [(q.found, q.known, q.rate) for q in quarters] == [(3, 5, 0.6), (0, 4, 0), (0, 0, None), (6, 6, 1)]
    limits = [(round(q.interval.lower, 3), round(q.interval.upper, 3)) for q in quarters if q.interval]
    assert limits == [(0.147, 0.947), (0.0, 0.602), (0.541, 1.0)]


def test_a_quarter_without_a_result_has_no_rate_and_no_bar():
    assert period_rates([(0, 0)]) == (PeriodRate(0, 0, None, None),)


@pytest.mark.parametrize("coverage", [0.8, 0.95, 0.998])
@pytest.mark.parametrize("known", [1, 3, 20, 10**6])
def test_each_bar_agrees_with_statsmodels(known, coverage):
    counts = {0, 1, known // 3, known - 1, known}
    for found, quarter in zip(counts, period_rates([(k, known) for k in counts], coverage), strict=True):
        peer = proportion_confint(found, known, 1 - coverage, method="beta")
        assert (quarter.interval.lower, quarter.interval.upper) == pytest.approx(peer, rel=1e-9, abs=1e-12)


def test_quarters_keep_their_order_and_know_nothing_of_each_other():
    counts = [(1, 2), (0, 0), (5, 9), (1, 2)]
    together = period_rates(iter(counts))
    assert together == tuple(period_rates([count])[0] for count in counts)
    assert together[2].interval == clopper_pearson(5, 9)
    assert isinstance(together[0].interval, Interval)


@pytest.mark.parametrize("quarter", [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_count_is_refused(quarter):
    with pytest.raises(ValueError, match="not a rate"):
        period_rates([(1, 2), quarter])


def test_a_coverage_out_of_range_is_refused_also_where_no_quarter_has_a_result():
    with pytest.raises(ValueError, match="coverage"):
        period_rates([(0, 0)], 95)
