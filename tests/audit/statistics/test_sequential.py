import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.multiplicity import expected_false_below
from audit.statistics.sequential import chance_ever_below

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
rates = st.floats(0, 1)


@pytest.mark.parametrize(
    ("rate", "alert", "alarm"),
    # The columns of docs/methods/judging-after-every-case.md for 200 cases, in per cent.
    [
        (0.30, 12.9, 0.7),
        (0.35, 13.8, 0.8),
        (0.40, 13.7, 0.8),
        (0.60, 14.1, 0.9),
        (0.65, 14.7, 0.9),
        (0.70, 13.7, 0.9),
        (0.95, 11.3, 0.7),
    ],
)
def test_at_95_per_cent_more_than_one_sound_clinic_of_ten_is_called_below_and_at_99_8_under_one_of_a_hundred(
    rate, alert, alarm
):
    assert 100 * chance_ever_below(rate, rate, 200) == pytest.approx(alert, abs=0.051)
    assert 100 * chance_ever_below(rate, rate, 200, 0.998) == pytest.approx(alarm, abs=0.051)
    assert expected_false_below(200, rate) < 0.025


def test_worked_example():
    # Below 90 %: 0 of 2 (upper limit 84.2 %), then 1 of 3 (90.6 %) is not yet. At a true 90 %:
    assert chance_ever_below(0.9, 0.9, 2) == pytest.approx(0.01)
    # 0 of 2, or found once and missed three times in the first four cases.
    assert chance_ever_below(0.9, 0.9, 4) == pytest.approx(0.01 + 2 * 0.9 * 0.1**3)


def test_before_the_first_case_nothing_is_said():
    assert chance_ever_below(0.3, 0.6, 0) == 0.0


def test_a_certain_outcome_gives_a_certain_answer():
    assert chance_ever_below(0.0, 0.6, 20) == 1.0
    assert chance_ever_below(1.0, 0.6, 200) == 0.0
    assert chance_ever_below(0.3, 0.0, 200) == 0.0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((1.1, 0.3, 5), "edge"),
        ((0.3, -0.1, 5), "edge"),
        ((0.3, 0.3, -1), "rate"),
        ((0.3, 0.3, 5, 95), "coverage"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, word):
    with pytest.raises(ValueError, match=word):
        chance_ever_below(*arguments)


@laws
@given(rate=rates, lower=rates, cases=st.integers(0, 80))
def test_looking_more_often_never_makes_an_error_rarer(rate, lower, cases):
    chance, longer = chance_ever_below(rate, lower, cases), chance_ever_below(rate, lower, cases + 7)
    assert 0 <= chance <= longer + 1e-12
    assert longer <= 1


@laws
@given(lower=rates, cases=st.integers(0, 120), coverage=st.sampled_from([0.8, 0.95, 0.998]))
def test_looking_only_at_the_end_errs_no_more_often_than_looking_all_along(lower, cases, coverage):
    once = expected_false_below(cases, lower, coverage)
    assert once <= chance_ever_below(lower, lower, cases, coverage) + 1e-12


@laws
@given(edges=st.tuples(rates, rates), lower=rates, cases=st.integers(0, 80))
def test_a_better_clinic_is_never_called_below_more_often(edges, lower, cases):
    worse, better = (chance_ever_below(rate, lower, cases) for rate in sorted(edges))
    assert better <= worse + 1e-12
