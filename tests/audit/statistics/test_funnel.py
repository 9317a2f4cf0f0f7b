import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.funnel import FUNNEL_FROM, funnel_limits, outside_funnel
from audit.statistics.proportions import clopper_pearson
from audit.statistics.verdict import Band, Verdict

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
TARGETS = [0.01, 0.025, 0.3, 0.5, 0.65, 0.7, 0.95, 0.99]
BANDS = [Band(target, target, 0.1) for target in TARGETS] + [
    Band(0.3, 0.4, 0.1),
    Band(0.6, 0.7, 0.1),
    Band(0.95, 1.0, 0.1),
    Band(0.0, 0.05, 0.1),
    Band(0.0, 1.0, 0.0),
    Band(1.0, 1.0, 0.0),
]
coverages = st.sampled_from([0.5, 0.8, 0.95, 0.998])


@st.composite
def bands(draw):
    edges = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    return Band(edges[0], edges[1], 0.1)


def drawn(found, known, limits):
    """Where a point lies on the page."""
    if found / known < limits.lower:
        return Verdict.BELOW
    return Verdict.ABOVE if found / known > limits.upper else None


@pytest.mark.parametrize("coverage", [0.95, 0.998])
@pytest.mark.parametrize("band", BANDS, ids=str)
def test_a_point_is_outside_exactly_when_its_interval_leaves_the_band_out(band, coverage):
    sizes = range(FUNNEL_FROM, 61)
    for known, limits in zip(sizes, funnel_limits(sizes, band, coverage), strict=True):
        for found in range(known + 1):
            side = outside_funnel(found, known, band, coverage)
            assert drawn(found, known, limits) is side
            interval = clopper_pearson(found, known, coverage)
            assert (side is Verdict.BELOW) == (interval.upper < band.lower - 1e-12)
            assert (side is Verdict.ABOVE) == (interval.lower > band.upper + 1e-12)


@laws
@given(known=st.integers(3, 10**6), band=bands(), coverage=coverages)
def test_the_drawing_is_right_beside_its_lines_at_any_size(known, band, coverage):
    limits = funnel_limits([known], band, coverage)[0]
    for line in (limits.lower, limits.upper):
        for found in range(max(0, int(line * known) - 2), min(known, int(line * known) + 3) + 1):
            assert drawn(found, known, limits) is outside_funnel(found, known, band, coverage)


def test_worked_example():
    # P(X <= 7) = 0.0210 and P(X <= 8) = 0.0565 of 20 at 60 %: the line crosses 0.025 at 7.112 men.
    limits = funnel_limits([20], Band(0.6, 0.6, 0.1))[0]
    assert round(limits.lower * 20, 3) == 7.112
    assert round(limits.upper * 20, 3) == 16.742


def test_the_formula_as_commonly_coded_calls_16_of_20_above_65_per_cent():
    """Why the upper line is a reflection: without it the drawing contradicts the exact test."""
    from scipy.stats import binom

    known, target, band = 20, 0.65, Band(0.65, 0.65, 0.1)
    r = int(binom.ppf(0.975, known, target))
    alpha = (binom.cdf(r, known, target) - 0.975) / binom.pmf(r, known, target)
    assert r / known > (r - alpha) / known
    assert clopper_pearson(r, known).lower < target
    assert outside_funnel(r, known, band) is None
    assert funnel_limits([known], band)[0].upper >= r / known


def test_a_point_on_a_line_is_inside():
    # 0 of 3 has a chance of exactly 0.125 at a true 50 %, and so has 3 of 3.
    limits = funnel_limits([3], Band(0.5, 0.5, 0.1), 0.75)[0]
    assert (limits.lower, limits.upper) == pytest.approx((0.0, 1.0))
    assert outside_funnel(0, 3, Band(0.5, 0.5, 0.1), 0.75) is None


def test_where_no_count_can_be_outside_the_line_runs_along_the_axis():
    limits = funnel_limits([3, 10], Band(0.3, 0.4, 0.1))
    assert [limit.lower for limit in limits] == [0.0, 0.0]
    assert funnel_limits([10**6], Band(0.95, 1.0, 0.1))[0].upper == 1.0


def test_the_lines_close_in_on_the_edges_of_the_band():
    limits = funnel_limits([10**6], Band(0.3, 0.4, 0.1))[0]
    assert (limits.lower, limits.upper) == pytest.approx((0.3, 0.4), abs=0.001)


def test_many_numbers_in_any_order_are_the_same_as_one_by_one():
    sizes, band = [500, 3, 40, 40], Band(0.3, 0.4, 0.1)
    assert funnel_limits(sizes, band) == [funnel_limits([n], band)[0] for n in sizes]
    assert funnel_limits([], band) == []
    assert {type(x) for x in (funnel_limits([9], band)[0].lower, funnel_limits([9], band)[0].upper)} == {
        float
    }


@pytest.mark.parametrize("known", [-1, 0, 1, 2])
def test_a_funnel_starts_from_three_men(known):
    with pytest.raises(ValueError, match=r"funnel|rate"):
        funnel_limits([10, known], Band(0.3, 0.4, 0.1))


@pytest.mark.parametrize(("found", "known"), [(0, 0), (0, 2), (2, 2)])
def test_under_three_men_nobody_is_outside(found, known):
    assert outside_funnel(found, known, Band(0.99, 0.99, 0.0)) is None
    assert outside_funnel(found, known, Band(0.01, 0.01, 0.0)) is None


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="coverage"):
        funnel_limits([10], Band(0.3, 0.4, 0.1), 95)
    with pytest.raises(ValueError, match="not a rate"):
        outside_funnel(5, 4, Band(0.3, 0.4, 0.1))


@laws
@given(known=st.integers(3, 2000), band=bands(), coverage=coverages)
def test_counting_failures_instead_turns_the_funnel_upside_down(known, band, coverage):
    limits = funnel_limits([known], band, coverage)[0]
    turned = funnel_limits([known], Band(1 - band.upper, 1 - band.lower, 0.1), coverage)[0]
    assert (limits.lower, limits.upper) == pytest.approx((1 - turned.upper, 1 - turned.lower), abs=1e-9)


@laws
@given(known=st.integers(3, 10**6), band=bands())
def test_the_lines_enclose_the_band_and_those_of_99_8_per_cent_the_others(known, band):
    alert, alarm = (funnel_limits([known], band, coverage)[0] for coverage in (0.95, 0.998))
    assert 0 <= alarm.lower <= alert.lower <= band.lower
    assert band.upper <= alert.upper <= alarm.upper <= 1
