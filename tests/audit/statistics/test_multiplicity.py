import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.multiplicity import expected_false_below, expected_false_below_total
from audit.statistics.proportions import clopper_pearson
from audit.statistics.verdict import Band, Verdict, judge

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)


def summed(known, lower, coverage=0.95):
    """The definition, count by count."""
    return sum(
        scipy.stats.binom.pmf(found, known, lower)
        for found in range(known + 1)
        if clopper_pearson(found, known, coverage).upper < lower
    )


@pytest.mark.parametrize("known", [1, 2, 5, 11, 40, 150])
@pytest.mark.parametrize("lower", [0.01, 0.3, 0.6, 0.95, 0.99])
@pytest.mark.parametrize("coverage", [0.95, 0.998])
def test_it_is_the_sum_over_the_counts_called_below(known, lower, coverage):
    assert expected_false_below(known, lower, coverage) == pytest.approx(
        summed(known, lower, coverage), abs=1e-13
    )


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
    with pytest.raises(ValueError, match=r"rate|coverage|lower"):
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
