import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.difference import fisher_exact, newcombe
from audit.statistics.two_groups import two_group_tests

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)


@st.composite
def tables(draw, largest=60):
    m, n = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, m)), m, draw(st.integers(0, n)), n


def test_the_published_0_03_of_2_in_32_against_7_in_26_is_the_uncorrected_chi_square():
    """Sertoli-cell-only in Ghalayini 2011: the abstract prints P = 0.03 and names no test."""
    tests = two_group_tests(2, 32, 7, 26)
    assert round(tests.chi_square, 3) == 0.031
    assert round(tests.chi_square_corrected, 3) == 0.072
    assert round(tests.fisher, 3) == 0.064
    assert round(tests.fisher_mid_p, 3) == 0.049
    interval = newcombe(7, 26, 2, 32).interval
    assert (round(100 * interval.lower, 1), round(100 * interval.upper, 1)) == (1.5, 40.4)


@pytest.mark.parametrize("table", [(0, 0, 3, 5), (2, 4, 0, 0), (0, 0, 0, 0)])
def test_an_empty_group_is_not_tested(table):
    assert two_group_tests(*table) is None


@pytest.mark.parametrize("table", [(0, 6, 0, 4), (6, 6, 4, 4), (0, 10**6, 0, 10**6)])
def test_the_same_outcome_in_everyone_is_no_difference(table):
    tests = two_group_tests(*table)
    assert (tests.chi_square, tests.chi_square_corrected, tests.fisher) == (1.0, 1.0, 1.0)
    assert tests.fisher_mid_p == 0.5


def test_what_is_not_a_table_is_refused():
    with pytest.raises(ValueError, match="not a rate"):
        two_group_tests(3, 2, 0, 1)


@laws
@given(table=tables())
def test_every_p_is_a_chance_and_the_correction_only_raises_it(table):
    tests = two_group_tests(*table)
    assert 0 <= tests.chi_square <= tests.chi_square_corrected <= 1
    assert 0 <= tests.fisher_mid_p <= tests.fisher <= 1
    assert tests.fisher == fisher_exact(*table)


@laws
@given(table=tables())
def test_no_test_depends_on_which_group_or_which_outcome_is_named_first(table):
    a, m, b, n = table
    for other in (two_group_tests(b, n, a, m), two_group_tests(m - a, m, n - b, n)):
        tests = two_group_tests(*table)
        assert (other.chi_square, other.chi_square_corrected) == pytest.approx(
            (tests.chi_square, tests.chi_square_corrected), rel=1e-9
        )
        assert other.fisher_mid_p == pytest.approx(tests.fisher_mid_p, rel=1e-6)
