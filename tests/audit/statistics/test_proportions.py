import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.proportions import Interval, clopper_pearson, wilson

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
METHODS = [clopper_pearson, wilson]
coverages = st.sampled_from([0.5, 0.8, 0.95, 0.998])


@st.composite
def rates(draw, largest=10**6):
    known = draw(st.integers(1, 60) | st.integers(1, largest))
    return draw(st.integers(0, known)), known


def as_pair(interval):
    return interval.lower, interval.upper


@pytest.mark.parametrize(
    ("found", "known", "lower", "upper"),
    [
        (10, 20, 27, 73),
        (3, 5, 15, 95),
        (26, 68, 27, 51),
        (37, 65, 44, 69),
        (7, 21, 15, 57),
    ],
)
def test_worked_examples_in_whole_per_cent(found, known, lower, upper):
    interval = clopper_pearson(found, known)
    assert (round(100 * interval.lower), round(100 * interval.upper)) == (lower, upper)


def test_146_of_146_proves_no_more_than_97_5_per_cent():
    interval = clopper_pearson(146, 146)
    assert 0.975 <= interval.lower < 0.9751
    assert interval.upper == 1


@pytest.mark.parametrize("method", METHODS)
def test_without_a_result_every_rate_is_possible(method):
    assert method(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("known", [1, 5, 146, 10**6])
def test_the_ends_are_exactly_0_and_1(method, known):
    assert method(0, known).lower == 0.0
    assert method(known, known).upper == 1.0
    assert 0 < method(0, known).upper < 1
    assert 0 < method(known, known).lower < 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("found", "known"), [(-1, 5), (6, 5), (0, -1), (1, 0)])
def test_what_is_not_a_rate_is_refused(method, found, known):
    with pytest.raises(ValueError, match="not a rate"):
        method(found, known)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("coverage", [0.0, 1.0, 95, -0.5, float("nan")])
@pytest.mark.parametrize("known", [0, 5])
def test_a_coverage_outside_0_to_1_is_refused(method, coverage, known):
    with pytest.raises(ValueError, match="coverage"):
        method(0, known, coverage)


@pytest.mark.parametrize("method", METHODS)
def test_limits_are_plain_floats(method):
    assert [type(limit) for limit in as_pair(method(3, 5))] == [float, float]


@pytest.mark.parametrize("method", METHODS)
@laws
@given(rate=rates(), coverage=coverages)
def test_an_interval_contains_its_rate_and_stays_in_range(method, rate, coverage):
    found, known = rate
    interval = method(found, known, coverage)
    assert 0 <= interval.lower <= found / known <= interval.upper <= 1


@pytest.mark.parametrize("method", METHODS)
@laws
@given(rate=rates(), coverage=coverages)
def test_counting_failures_instead_mirrors_the_interval(method, rate, coverage):
    found, known = rate
    interval = method(found, known, coverage)
    mirrored = method(known - found, known, coverage)
    assert as_pair(interval) == pytest.approx((1 - mirrored.upper, 1 - mirrored.lower), abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@laws
@given(rate=rates())
def test_one_more_success_never_lowers_a_limit(method, rate):
    found, known = rate
    fewer, more = method(max(0, found - 1), known), method(found, known)
    assert fewer.lower <= more.lower
    assert fewer.upper <= more.upper


@pytest.mark.parametrize("method", METHODS)
@laws
@given(rate=rates())
def test_more_coverage_never_narrows_the_interval(method, rate):
    alert, alarm = method(*rate, 0.95), method(*rate, 0.998)
    assert alarm.lower <= alert.lower
    assert alert.upper <= alarm.upper


@laws
@given(rate=rates(largest=2000))
def test_the_exact_interval_is_the_set_of_rates_the_exact_test_keeps(rate):
    from scipy.stats import binomtest

    found, known = rate
    interval = clopper_pearson(found, known)
    if found > 0:
        assert binomtest(found, known, interval.lower, "greater").pvalue == pytest.approx(0.025)
    if found < known:
        assert binomtest(found, known, interval.upper, "less").pvalue == pytest.approx(0.025)
