import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audit.statistics.proportions import Interval, clopper_pearson
from audit.statistics.verdict import (
    Band,
    Judgement,
    Outlook,
    Verdict,
    how_many_more,
    judge,
    judge_with_pending,
)

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
CONVENTIONAL = Band(0.30, 0.40, 0.10)
MICRO = Band(0.60, 0.70, 0.10)
OBSTRUCTIVE = Band(0.95, 1.0, 0.10)
OUTSIDE = (Verdict.BELOW, Verdict.ABOVE)


@st.composite
def rates(draw, smallest=0, largest=400):
    known = draw(st.integers(smallest, largest))
    return draw(st.integers(0, known)), known


@st.composite
def bands(draw):
    edges = sorted(draw(st.tuples(st.integers(0, 100), st.integers(0, 100))))
    return Band(edges[0] / 100, edges[1] / 100, draw(st.integers(0, 30)) / 100)


# The rule -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "known", "band", "verdict"),
    [
        (10, 20, CONVENTIONAL, Verdict.NOT_ENOUGH),
        (10, 20, MICRO, Verdict.NOT_ENOUGH),
        (3, 5, MICRO, Verdict.NOT_ENOUGH),
        (0, 30, CONVENTIONAL, Verdict.BELOW),
        (48, 100, MICRO, Verdict.BELOW),
        (130, 200, MICRO, Verdict.WITHIN),
        (180, 200, MICRO, Verdict.ABOVE),
        (146, 146, OBSTRUCTIVE, Verdict.WITHIN),
        (20, 146, OBSTRUCTIVE, Verdict.BELOW),
        (26, 68, CONVENTIONAL, Verdict.NOT_ENOUGH),
        (37, 65, MICRO, Verdict.NOT_ENOUGH),
    ],
)
def test_worked_verdicts(found, known, band, verdict):
    assert judge(found, known, band) is verdict


def test_nothing_reported_is_never_a_verdict_even_where_every_rate_is_within():
    assert judge(0, 0, Band(0.0, 1.0, 0.0)) is Verdict.NOT_ENOUGH
    assert judge(1, 1, Band(0.0, 1.0, 0.0)) is Verdict.WITHIN


def test_no_clinic_is_above_a_band_that_reaches_100_per_cent():
    assert judge(10**6, 10**6, OBSTRUCTIVE) is Verdict.WITHIN


def test_without_a_tolerance_a_ten_point_band_needs_367_results():
    band = Band(0.30, 0.40, 0.0)
    within = [n for n in range(355, 370) for k in range(n) if judge(k, n, band) is Verdict.WITHIN]
    assert min(within) == 367


def test_a_point_reference_is_a_band_without_width():
    assert judge(0, 20, Band(0.5, 0.5, 0.1)) is Verdict.BELOW
    assert judge(20, 20, Band(0.5, 0.5, 0.1)) is Verdict.ABOVE
    assert judge(250, 500, Band(0.5, 0.5, 0.1)) is Verdict.WITHIN


@pytest.mark.parametrize(
    ("found", "band", "verdict"),
    [
        # 1 of 1 is exactly 2.5–100 %, 0 of 1 is exactly 0–97.5 %: limits that stand on an edge.
        (1, Band(0.0, 0.025, 0.0), Verdict.NOT_ENOUGH),
        (1, Band(0.0, 0.0249, 0.0), Verdict.ABOVE),
        (0, Band(0.975, 1.0, 0.0), Verdict.NOT_ENOUGH),
        (0, Band(0.9751, 1.0, 0.0), Verdict.BELOW),
        (1, Band(0.025, 1.0, 0.0), Verdict.WITHIN),
        (1, Band(0.125, 1.0, 0.1), Verdict.WITHIN),
        (0, Band(0.0, 0.975, 0.0), Verdict.WITHIN),
        (0, Band(0.0, 0.675, 0.3), Verdict.WITHIN),
    ],
)
def test_a_limit_on_an_edge_is_not_past_it(found, band, verdict):
    assert judge(found, 1, band) is verdict


@pytest.mark.parametrize(
    ("lower", "upper", "tolerance"),
    [
        (0.4, 0.3, 0.1),
        (-0.1, 0.3, 0.1),
        (0.3, 1.1, 0.1),
        (30, 40, 10),
        (0.3, 0.4, -0.01),
        (float("nan"), 0.4, 0.1),
        (0.3, 0.4, float("nan")),
    ],
)
def test_what_is_not_a_band_is_refused(lower, upper, tolerance):
    with pytest.raises(ValueError, match=r"band|tolerance"):
        Band(lower, upper, tolerance)


@pytest.mark.parametrize(("found", "known"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_not_a_rate_is_refused(found, known):
    with pytest.raises(ValueError, match="not a rate"):
        judge(found, known, MICRO)
    with pytest.raises(ValueError, match="not a rate"):
        how_many_more(found, known, MICRO)
    with pytest.raises(ValueError, match="not a rate"):
        judge_with_pending(found, known, 0, MICRO)


@laws
@given(rate=rates(), band=bands())
def test_a_verdict_never_contradicts_its_interval(rate, band):
    verdict = judge(*rate, band)
    interval = clopper_pearson(*rate)
    zone = Interval(band.lower - band.tolerance, min(1, band.upper + band.tolerance))
    touches = interval.upper >= band.lower and interval.lower <= band.upper
    inside = zone.lower <= interval.lower and interval.upper <= zone.upper
    assert (verdict is Verdict.BELOW) == (interval.upper < band.lower)
    assert (verdict is Verdict.ABOVE) == (interval.lower > band.upper)
    assert (verdict is Verdict.WITHIN) == (touches and inside and rate[1] > 0)


@laws
@given(rate=rates(), band=bands())
def test_judging_failures_against_the_mirrored_band_mirrors_the_verdict(rate, band):
    assume(band.lower - band.tolerance >= 0)  # the zone is cut at 1, and 0 cuts nothing
    found, known = rate
    mirrored = Band(round(1 - band.upper, 2), round(1 - band.lower, 2), band.tolerance)
    swap = {Verdict.BELOW: Verdict.ABOVE, Verdict.ABOVE: Verdict.BELOW}
    verdict = judge(found, known, band)
    assert judge(known - found, known, mirrored) is swap.get(verdict, verdict)


@laws
@given(rate=rates(), band=bands())
def test_what_is_outside_at_99_8_per_cent_is_outside_at_95(rate, band):
    alarm = judge(*rate, band, 0.998)
    if alarm in OUTSIDE:
        assert judge(*rate, band) is alarm


# Pending results ----------------------------------------------------------


def test_without_pending_results_the_three_intervals_are_one():
    interval = clopper_pearson(48, 100)
    assert judge_with_pending(48, 100, 0, MICRO) == Judgement(
        verdict=Verdict.BELOW,
        interval=interval,
        worst=interval,
        best=interval,
        pending=0,
        pending_decides=False,
        alarm=False,
    )


def test_twelve_pending_results_can_take_a_verdict_away():
    judgement = judge_with_pending(48, 100, 12, MICRO)
    assert judgement == Judgement(
        verdict=Verdict.NOT_ENOUGH,
        interval=clopper_pearson(48, 100),
        worst=clopper_pearson(48, 112),
        best=clopper_pearson(60, 112),
        pending=12,
        pending_decides=True,
        alarm=False,
    )


def test_pending_results_that_cannot_change_the_verdict_leave_it():
    judgement = judge_with_pending(5, 50, 3, MICRO)
    assert (judgement.verdict, judgement.pending_decides, judgement.alarm) == (Verdict.BELOW, False, True)


def test_pending_results_decide_where_none_is_known():
    judgement = judge_with_pending(0, 0, 30, MICRO)
    assert judgement.interval == Interval(0.0, 1.0)
    assert (judgement.verdict, judgement.pending_decides) == (Verdict.NOT_ENOUGH, True)


def test_an_alarm_needs_99_8_per_cent_also_in_the_best_case():
    assert judge_with_pending(42, 100, 0, MICRO).alarm
    judgement = judge_with_pending(42, 100, 6, MICRO)
    assert (judgement.verdict, judgement.alarm) == (Verdict.BELOW, False)


def test_within_is_never_an_alarm():
    assert not judge_with_pending(130, 200, 0, MICRO).alarm


def test_a_negative_number_of_pending_results_is_refused():
    with pytest.raises(ValueError, match="pending"):
        judge_with_pending(1, 2, -1, MICRO)


LEVELS = st.sampled_from([0.95, 0.998])


@pytest.mark.parametrize(
    ("found", "closed", "live"),
    [(48, Verdict.BELOW, Verdict.NOT_ENOUGH), (42, Verdict.BELOW, Verdict.BELOW)],
)
def test_what_is_below_at_95_per_cent_need_not_be_at_99_8(found, closed, live):
    assert judge_with_pending(found, 100, 0, MICRO).verdict is closed
    judgement = judge_with_pending(found, 100, 0, MICRO, 0.998)
    assert (judgement.verdict, judgement.alarm) == (live, live is Verdict.BELOW)
    assert judgement.interval == judgement.worst == judgement.best == clopper_pearson(found, 100, 0.998)


@laws
@given(rate=rates(), pending=st.integers(0, 60), band=bands(), coverage=LEVELS, data=st.data())
def test_a_verdict_with_pending_results_survives_every_way_they_can_turn_out(
    rate, pending, band, coverage, data
):
    found, known = rate
    judgement = judge_with_pending(found, known, pending, band, coverage)
    positive = data.draw(st.integers(0, pending))
    if judgement.verdict is not Verdict.NOT_ENOUGH:
        assert judge(found, known, band, coverage) is judgement.verdict
        assert judge(found + positive, known + pending, band, coverage) is judgement.verdict
    if judgement.pending_decides:
        assert judgement.verdict is Verdict.NOT_ENOUGH
    if judgement.alarm:
        assert judgement.verdict in OUTSIDE
        assert judge(found + positive, known + pending, band, 0.998) is judgement.verdict


@laws
@given(rate=rates(), pending=st.integers(0, 60), band=bands())
def test_the_worst_case_is_never_better_than_the_best(rate, pending, band):
    judgement = judge_with_pending(*rate, pending, band)
    assert judgement.worst.lower <= judgement.best.lower
    assert judgement.worst.upper <= judgement.best.upper


# How many more ------------------------------------------------------------


def first_change(found, known, band, limit, coverage=0.95):
    """The rule of docs/methods/how-many-more.md, one step at a time."""
    now = judge(found, known, band, coverage)
    for more in range(1, limit + 1):
        successes = (2 * found * (known + more) + known) // (2 * known)
        verdict = judge(successes, known + more, band, coverage)
        if verdict is not now:
            return Outlook(more, verdict)
    return None


def test_how_many_more_worked_examples():
    # 52 of 103 reaches 60.5 %, 52 of 104 only 59.97 %.
    assert how_many_more(10, 20, MICRO) == Outlook(84, Verdict.BELOW)
    assert how_many_more(10, 20, CONVENTIONAL) == Outlook(75, Verdict.ABOVE)
    assert how_many_more(3, 5, MICRO) == Outlook(96, Verdict.WITHIN)


def test_a_live_view_needs_more_cases():
    # At 99.8 % 122 of 243 reaches 60.2 %, 122 of 244 only 59.99 %.
    assert how_many_more(10, 20, MICRO, coverage=0.998) == Outlook(224, Verdict.BELOW)


def test_there_is_no_outlook_without_a_rate():
    assert how_many_more(0, 0, MICRO) is None


def test_there_is_no_outlook_when_nothing_changes_up_to_the_limit():
    assert how_many_more(0, 30, MICRO) is None
    assert how_many_more(10, 20, MICRO, limit=83) is None
    assert how_many_more(10, 20, MICRO, limit=84) is not None
    assert how_many_more(10, 20, MICRO, limit=0) is None


@pytest.mark.parametrize(("found", "known"), [(0, 1), (1, 1), (0, 4), (4, 4)])
@pytest.mark.parametrize("band", [MICRO, OBSTRUCTIVE, Band(0.0, 0.05, 0.1)])
def test_none_found_and_all_found_stay_so(found, known, band):
    assert how_many_more(found, known, band, limit=200) == first_change(found, known, band, limit=200)


@pytest.mark.parametrize(("found", "known", "more"), [(30, 38, 64), (23, 29, 65)])
def test_no_step_is_left_out_where_the_search_widens(found, known, more):
    assert how_many_more(found, known, MICRO) == Outlook(more, Verdict.ABOVE)


def test_an_outlook_is_made_of_plain_values():
    outlook = how_many_more(10, 20, MICRO)
    assert (type(outlook.more), type(outlook.verdict)) == (int, Verdict)


def test_an_outlook_of_a_million_results_does_not_overflow():
    assert how_many_more(650_000, 10**6, MICRO, limit=100) is None


@settings(laws, max_examples=20)
@given(rate=rates(smallest=1, largest=60), band=bands(), coverage=LEVELS)
def test_the_outlook_is_the_first_step_at_which_judging_says_otherwise(rate, band, coverage):
    outlook = how_many_more(*rate, band, limit=150, coverage=coverage)
    assert outlook == first_change(*rate, band, limit=150, coverage=coverage)
