from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.difference import fisher_exact
from audit.statistics.several_groups import GroupTest, several_groups
from audit.statistics.two_groups import two_group_tests

laws = settings(deadline=None, derandomize=True, database=None, max_examples=25)


@st.composite
def group(draw, smallest=0, largest=40):
    known = draw(st.integers(smallest, largest))
    return draw(st.integers(0, known)), known


groups_of_men = st.lists(group(), max_size=5)


def test_worked_example():
    # Histology of the Ghalayini series, both techniques: 47/53, 9/58, 7/22.
    result = several_groups([(47, 53), (9, 58), (7, 22)])
    assert (result.groups, result.test) == (3, GroupTest.CHI_SQUARE)
    assert round(result.smallest_expected, 2) == 10.42
    assert round(result.statistic, 2) == 62.02
    assert result.p == pytest.approx(3.42e-14, rel=0.01)


def test_five_men_expected_in_each_cell_is_enough_and_fewer_is_not():
    assert several_groups([(5, 10), (5, 10)]).smallest_expected == 5
    assert several_groups([(5, 10), (5, 10)]).test is GroupTest.CHI_SQUARE
    assert several_groups([(5, 49), (8, 49), (8, 49)]).smallest_expected == 7
    assert several_groups([(1, 35), (9, 35)]).test is GroupTest.CHI_SQUARE  # 35·10/70, not 35·0.142857…
    assert several_groups([(5, 10), (4, 9), (5, 10)]).test is GroupTest.PERMUTATION


def test_few_not_found_count_as_few_found_do():
    result = several_groups([(10, 10), (39, 40), (38, 40)])
    assert (result.test, result.smallest_expected) == (GroupTest.PERMUTATION, pytest.approx(10 * 3 / 90))


@pytest.mark.parametrize("groups", [[], [(3, 7)], [(3, 7), (0, 0)], [(0, 0), (0, 0)]])
def test_fewer_than_two_groups_with_a_result_are_not_compared(groups):
    assert several_groups(groups) is None


@pytest.mark.parametrize("groups", [[(0, 5), (0, 7)], [(5, 5), (7, 7)], [(0, 100), (0, 2), (0, 50)]])
def test_the_same_outcome_in_everyone_is_no_difference(groups):
    result = several_groups(groups)
    assert (result.p, result.statistic) == (1.0, 0.0)


def test_a_group_without_a_result_changes_nothing():
    assert several_groups([(2, 8), (0, 0), (5, 9)]) == several_groups([(2, 8), (5, 9)])


def test_the_least_p_that_19_999_deals_can_give_is_one_in_20_000():
    assert several_groups([(0, 40), (40, 40), (1, 2)]).p == 1 / 20_000


def test_what_is_not_a_group_is_refused():
    with pytest.raises(ValueError, match="not a rate"):
        several_groups([(3, 7), (8, 7)])


def test_a_million_men_and_a_hundred_groups_are_tested():
    assert several_groups([(350_000, 10**6), (360_000, 10**6)]).p < 1e-40
    many = several_groups([(1, 3), (2, 3)] * 50)
    assert (many.groups, many.test) == (100, GroupTest.PERMUTATION)
    assert many.p > 0.9  # one or two of every three: far more alike than chance would have them


@pytest.mark.parametrize("groups", [[(2, 32), (7, 26)], [(1, 9), (3, 8)], [(0, 6), (5, 7)]])
def test_of_two_groups_the_deals_say_what_counting_every_deal_says(groups):
    (a, m), (b, n) = groups
    # Fisher's order of tables and chi-square's can part ways; in these they do not.
    assert several_groups(groups).p == pytest.approx(fisher_exact(a, m, b, n), abs=0.01)


@laws
@given(groups=groups_of_men)
def test_the_same_counts_give_the_same_p_on_each_call_and_in_any_order(groups):
    assert several_groups(groups) == several_groups(groups)
    assert several_groups(groups[::-1]) == several_groups(groups)


@laws
@given(groups=groups_of_men)
def test_counting_failures_instead_changes_nothing(groups):
    assert several_groups([(known - found, known) for found, known in groups]) == several_groups(groups)


@laws
@given(groups=st.lists(group(smallest=1), min_size=2, max_size=5))
def test_a_p_is_a_chance_and_a_statistic_never_negative(groups):
    result = several_groups(groups)
    assert 0 <= result.p <= 1
    assert 0 <= result.statistic < inf


@laws
@given(first=group(smallest=1), second=group(smallest=1))
def test_of_two_groups_with_enough_men_it_is_the_uncorrected_chi_square(first, second):
    result = several_groups([first, second])
    if result.test is GroupTest.CHI_SQUARE:
        assert result.p == pytest.approx(two_group_tests(*first, *second).chi_square, abs=1e-12)
