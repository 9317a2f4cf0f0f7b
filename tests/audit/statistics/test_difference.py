from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.difference import fisher_exact, newcombe

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)


@st.composite
def tables(draw, largest=60):
    m, n = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, m)), m, draw(st.integers(0, n)), n


def exact_p(found1, known1, found2, known2):
    """Fisher's p in whole numbers, no rounding anywhere."""
    found = found1 + found2
    counts = {
        k: comb(known1, k) * comb(known2, found - k)
        for k in range(max(0, found - known2), min(known1, found) + 1)
    }
    as_extreme = sum(count for count in counts.values() if count <= counts[found1])
    return float(Fraction(as_extreme, sum(counts.values())))


# Fisher -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "p"),
    [((2, 32, 7, 26), 0.064), ((10, 22, 17, 27), 0.26), ((26, 68, 37, 65), 0.038)],
)
def test_published_comparisons(table, p):
    assert round(fisher_exact(*table), len(str(p)) - 2) == p


@laws
@given(table=tables(largest=300))
def test_fisher_agrees_with_whole_number_arithmetic(table):
    assert fisher_exact(*table) == pytest.approx(exact_p(*table), rel=1e-9)


@pytest.mark.parametrize("size", [10, 1000, 10**6])
def test_both_tails_of_a_symmetric_table_count_as_equally_likely(size):
    from scipy.stats import hypergeom

    # 3 v 7 and 7 v 3 are one table read from two sides, at any size.
    p = fisher_exact(3, size, 7, size)
    assert p == pytest.approx(fisher_exact(7, size, 3, size), rel=1e-12)
    if size > 10:
        assert p == pytest.approx(2 * hypergeom(2 * size, 10, size).cdf(3), rel=1e-6)


@pytest.mark.parametrize("table", [(0, 0, 3, 5), (2, 4, 0, 0), (0, 0, 0, 0), (0, 6, 0, 4), (6, 6, 4, 4)])
def test_where_only_one_table_is_possible_p_is_1(table):
    assert fisher_exact(*table) == 1.0


def test_opposite_millions_differ_beyond_what_a_float_holds():
    assert fisher_exact(0, 10**6, 10**6, 10**6) == 0.0


@pytest.mark.parametrize("table", [(3, 2, 0, 1), (0, 1, 3, 2), (-1, 2, 0, 1)])
def test_what_is_not_a_table_is_refused(table):
    for method in (fisher_exact, newcombe):
        with pytest.raises(ValueError, match="not a rate"):
            method(*table)


@laws
@given(table=tables())
def test_fisher_does_not_depend_on_which_group_or_which_outcome_is_named_first(table):
    a, m, b, n = table
    p = fisher_exact(*table)
    assert 0 <= p <= 1
    assert fisher_exact(b, n, a, m) == pytest.approx(p, rel=1e-9)
    assert fisher_exact(m - a, m, n - b, n) == pytest.approx(p, rel=1e-9)


# Newcombe -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "lower", "upper"),
    # Worked in the paper, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ],
)
def test_examples_of_the_paper(table, lower, upper):
    interval = newcombe(*table).interval
    assert (round(interval.lower, 4), round(interval.upper, 4)) == (lower, upper)


def test_a_difference_carries_its_counts():
    difference = newcombe(37, 65, 26, 68)
    counts = (
        difference.first_found,
        difference.first_known,
        difference.second_found,
        difference.second_known,
    )
    assert counts == (37, 65, 26, 68)
    assert difference.estimate == 37 / 65 - 26 / 68


@pytest.mark.parametrize("table", [(0, 0, 3, 5), (3, 5, 0, 0), (0, 0, 0, 0)])
def test_an_empty_group_has_no_difference(table):
    assert newcombe(*table) is None


def test_opposite_groups_reach_the_ends_of_the_scale():
    assert newcombe(5, 5, 0, 5).interval.upper == 1.0
    assert newcombe(0, 5, 5, 5).interval.lower == -1.0


@pytest.mark.parametrize("coverage", [0, 1, 95])
def test_a_coverage_outside_0_to_1_is_refused(coverage):
    with pytest.raises(ValueError, match="coverage"):
        newcombe(1, 2, 1, 2, coverage)


@laws
@given(table=tables(largest=1000), coverage=st.sampled_from([0.8, 0.95, 0.998]))
def test_a_difference_stays_in_range_and_contains_its_estimate(table, coverage):
    difference = newcombe(*table, coverage)
    assert -1 <= difference.interval.lower <= difference.estimate <= difference.interval.upper <= 1


@laws
@given(table=tables(largest=1000))
def test_naming_the_groups_the_other_way_round_changes_only_the_sign(table):
    a, m, b, n = table
    there, back = newcombe(a, m, b, n), newcombe(b, n, a, m)
    assert there.estimate == -back.estimate
    assert there.interval.lower == pytest.approx(-back.interval.upper, abs=1e-12)
