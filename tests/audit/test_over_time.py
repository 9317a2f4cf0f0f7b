"""A rate in the order of time: which men, in which quarter, in which order, and what adds up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import over_time, storage
from audit.results import Audit, Partly, Unit
from audit.statistics import Direction, cusum_limit, vlad
from tests.audit.rows import audited as rows_audited
from tests.audit.rows import row

NONE = {"sperm_found": "none"}
WAITING = {"result_status": "preliminary"}
Q1 = date(2024, 3, 31)
CUT_SHORT = datetime(2024, 8, 15, tzinfo=UTC)


def audited(rows, made_at=datetime(2025, 1, 1, tzinfo=UTC), **filters):
    return replace(rows_audited(rows, **filters), made_at=made_at)


def series(rows, measure="micro_noa", **asked):
    return over_time.series(audited(rows, **asked), rows, measure)


def men(*results):
    """One man each, a day apart; True: sperm found, None: pending."""
    changes = {True: {}, False: NONE, None: WAITING}
    return [
        row(f"M{n:03}", procedure_date=date(2024, 1, 1) + timedelta(days=n), **changes[result])
        for n, result in enumerate(results)
    ]


def on(code, *day, **changes):
    return row(code, 1, procedure_date=date(*day), case_number=f"{code}1", **changes)


def shown(found):
    return {one.group: (one.found, one.known, one.pending, one.partly) for one in found.quarters}


# By hand --------------------------------------------------------------------


def test_six_men_by_hand():
    """The document's 60–70 %. VLAD: ±0.4/0.6 by the lower edge, 0.3/0.7 by the upper one.

    Worse against 60 %, failures at 40 %: no sperm adds log(2/1.4), sperm takes log(1.4) away. Better
    against 70 %, failures at 30 %: sperm adds log(1/0.85), no sperm takes log(0.85/0.5) away.
    """
    found = series(men(True, False, False, True, False, False))
    assert found.over_lower == pytest.approx((0.4, -0.2, -0.8, -0.4, -1.0, -1.6))
    assert found.over_upper == pytest.approx((0.3, -0.4, -1.1, -0.8, -1.5, -2.2))
    worse, better = found.cusums
    up, down = log(2 / 1.4), log(1.4)
    assert worse.direction is Direction.WORSE
    assert worse.scores == pytest.approx((0, up, 2 * up, 2 * up - down, 3 * up - down, 4 * up - down))
    assert better.scores == pytest.approx((-log(0.85), 0, 0, -log(0.85), 0, 0))
    assert (worse.signals, better.signals) == ((), ())
    assert [one.case for one in found.points] == ["M0001", "M0011", "M0021", "M0031", "M0041", "M0051"]
    assert [one.found for one in found.points] == [True, False, False, True, False, False]


def test_ten_failures_signal_and_the_score_starts_anew():
    """3.36 is the limit for 50 cases at 60 %; each failure adds 0.3567, so the tenth one reaches it."""
    found = series(men(*[False] * 12))
    worse, _better = found.cusums
    assert (found.horizon, worse.limit) == (50, 3.36)
    assert 9 * log(2 / 1.4) < 3.36 <= 10 * log(2 / 1.4)
    assert worse.signals == (10,)
    assert found.in_doubt == (10,)
    assert worse.scores[10:] == pytest.approx((log(2 / 1.4), 2 * log(2 / 1.4)))


def test_all_successes_signal_for_better():
    """Against 70 %: log(1/0.85) = 0.1625 a man; the limit of the upper edge takes some twenty of them."""
    found = series(men(*[True] * 25))
    worse, better = found.cusums
    step = -log(0.85)
    first = next(n for n in range(1, 26) if n * step >= better.limit)
    assert better.signals == (first,)
    assert worse.signals == ()
    assert set(worse.scores) == {0.0}
    assert found.over_upper[-1] == pytest.approx(25 * 0.3)


def test_nothing_is_better_than_all():
    """Obstructive men, 95–100 %: at the upper edge there is no chart for better."""
    found = series(
        [row("A", 1, azoospermia_type="oa"), row("B", 2, azoospermia_type="oa", **NONE)], "obstructive"
    )
    assert [one.direction for one in found.cusums] == [Direction.WORSE]
    assert found.over_upper == (0.0, -1.0)


# Agreement with the statistics ----------------------------------------------


@settings(deadline=None, derandomize=True, max_examples=20, suppress_health_check=list(HealthCheck))
@given(results=st.lists(st.sampled_from([True, False, None]), max_size=60))
def test_the_last_point_is_the_observed_less_the_expected(results):
    found = series(men(*results))
    known = [result for result in results if result is not None]
    assert len(found.points) == found.known == len(known)
    assert found.pending == results.count(None)
    assert found.over_lower == vlad(known, [0.6] * len(known))
    if known:
        assert found.over_lower[-1] == pytest.approx(sum(known) - 0.6 * len(known))
        assert found.over_upper[-1] == pytest.approx(sum(known) - 0.7 * len(known))
    assert sum(one.found for one in found.quarters) == found.found
    assert sum(one.known for one in found.quarters) == found.known


@pytest.mark.parametrize(("cases", "horizon"), [(0, 50), (50, 50), (51, 100), (100, 100), (101, 200)])
def test_the_horizon_is_the_number_of_cases_rounded_up(cases, horizon):
    found = series(men(*[True, False] * (cases // 2), *[True] * (cases % 2)))
    assert found.horizon == horizon
    for one in found.cusums:
        edge = 0.6 if one.direction is Direction.WORSE else 0.7
        assert one.limit == cusum_limit([edge] * horizon, one.direction)


# Order ------------------------------------------------------------------------


def test_ties_in_date_are_ordered_by_attempt_and_case_number_whatever_order_the_rows_come_in():
    rows = [
        row("B", 3, case_number="2024-012", attempt_number=1),
        row("A", 3, case_number="2024-011", attempt_number=2, prior_retrieval="found", **NONE),
        row("C", 3, case_number="2024-002", attempt_number=1, **NONE),
        row("D", 1, case_number="2024-099"),
    ]
    expected = ["2024-099", "2024-002", "2024-012", "2024-011"]
    for seed in range(5):
        Random(seed).shuffle(rows)
        assert [one.case for one in series(rows).points] == expected


def test_each_man_is_counted_as_in_the_overview_by_his_first_operation():
    rows = [row("A", 1, **NONE), row("A", 200 // 10, case_number="A20", attempt_number=2), row("B", 5)]
    audit = audited(rows)
    of_men = over_time.series(audit, rows, "micro_noa")
    assert [one.case for one in of_men.points] == ["A1", "B5"]
    overview = next(one for one in audit.comparisons if one.measure == "micro_noa")
    assert (of_men.found, of_men.known) == (overview.found, overview.known) == (1, 2)


# Quarters -----------------------------------------------------------------------


def test_a_quarter_with_nobody_keeps_its_place_and_one_that_is_not_over_is_marked():
    rows = [on("A", 2023, 12, 31), on("B", 2024, 1, 1), on("C", 2024, 7, 1), on("D", 2024, 8, 1, **WAITING)]
    assert shown(series(rows, made_at=CUT_SHORT)) == {
        "2023-Q4": (1, 1, 0, None),
        "2024-Q1": (1, 1, 0, None),
        "2024-Q2": (0, 0, 0, None),
        "2024-Q3": (1, 1, 1, Partly.NOT_OVER),
    }


def test_quarters_after_the_last_case_are_empty_places_up_to_the_end_of_the_period():
    found = series([on("A", 2023, 2, 1)], until=date(2023, 12, 31))
    assert [*shown(found)] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]


def test_a_quarter_that_the_period_cuts_is_marked():
    found = series(
        [on("A", 2024, 3, 1), on("B", 2024, 5, 1)], since=date(2024, 2, 1), until=date(2024, 5, 31)
    )
    assert {name: partly for name, (*_, partly) in shown(found).items()} == {
        "2024-Q1": Partly.CUT,
        "2024-Q2": Partly.CUT,
    }


def test_the_last_day_of_a_quarter_is_not_over():
    for day, partly in ((30, Partly.NOT_OVER), (31, Partly.NOT_OVER)):
        found = series([on("A", 2024, 3, 1)], made_at=datetime(2024, 3, day, tzinfo=UTC))
        assert found.quarters[0].partly is partly
    later = series([on("A", 2024, 3, 1)], made_at=datetime(2024, 4, 1, tzinfo=UTC))
    assert later.quarters[0].partly is None


def test_a_quarter_of_few_gives_the_counts_alone():
    few, enough = (series(men(*[True] * n)).quarters[0] for n in (4, 5))
    assert (few.found, few.known, few.rate, few.interval) == (4, 4, None, None)
    assert enough.rate == 1
    assert enough.interval.lower == pytest.approx(0.025 ** (1 / 5))


def test_a_quarter_holds_its_cases_by_what_became_of_them():
    (quarter,) = series(men(True, False, None), until=Q1).quarters
    assert quarter.cases == {"found": ("M0001",), "not_found": ("M0011",), "pending": ("M0021",)}
    assert quarter.key == "micro_noa:quarter:2024-Q1"


# Other units, other references ----------------------------------------------------


def test_attempts_have_quarters_and_no_points():
    rows = [row("A", 1, **NONE), row("A", 2, case_number="A2", attempt_number=2)]
    found = series(rows, unit=Unit.ATTEMPT, until=Q1)
    assert (found.points, found.cusums, found.no_chart) == ((), (), "unit")
    assert [(one.found, one.known) for one in found.quarters] == [(1, 2)]


def test_testes_have_counts_and_no_interval():
    rows = [
        row("A", n, sides="both", case_number=f"A{n}", patient_code=f"P{n}",
            right_sperm_found="motile", left_sperm_found="none") for n in range(1, 7)
    ]  # fmt: skip
    (quarter,) = series(rows, unit=Unit.TESTIS, until=Q1).quarters
    assert (quarter.found, quarter.known, quarter.interval) == (6, 12, None)


def test_a_figure_that_may_not_judge_gives_no_points():
    rows = [row("K", 1, klinefelter_status="non_mosaic", primary_aetiology="klinefelter")]
    found = series(rows, "klinefelter")
    assert (found.no_chart, found.points, found.band) == ("ambiguous", (), None)
    assert found.known == 1
    assert "klinefelter" not in over_time.offered(audited(rows))


def test_beside_both_sets_the_first_that_may_judge_counts():
    found = series(men(True, False), reference_set="both")
    assert found.reference.id == "c17-micro"
    literature = series(men(True, False), reference_set="literature")
    assert literature.over_lower == pytest.approx((0.58, 0.16))


def test_the_usual_measure_is_the_one_with_most_cases():
    rows = [row("A", 1), *(row(f"C{n}", 2, procedure="conventional_tese", **WAITING) for n in range(2))]
    assert over_time.usual(audited(rows)) == "conventional_noa"
    assert over_time.usual(audited([])) == "obstructive"


# Nobody, one ------------------------------------------------------------------------


def test_nobody_has_no_quarter_and_no_point():
    found = series([])
    assert (found.known, found.pending, found.quarters, found.points, found.cusums) == (0, 0, (), (), ())


def test_one_case_is_one_point():
    found = series(men(False))
    assert found.over_lower == pytest.approx((-0.6,))
    assert [one.scores for one in found.cusums] == [pytest.approx((log(2 / 1.4),)), (0.0,)]


def test_all_pending_are_no_points_and_stand_in_their_quarter():
    found = series(men(None, None))
    assert found.points == ()
    assert shown(found)["2024-Q1"] == (0, 0, 2, None)


# Kept ---------------------------------------------------------------------------------


def test_a_series_is_the_same_after_it_was_kept():
    rows = [*men(*[True, False, None] * 10), on("Z", 2023, 2, 1)]
    audit = over_time.held(audited(rows), rows)
    assert [one.measure for one in audit.over_time] == ["obstructive", "conventional_noa", "micro_noa"]
    again = storage.from_json(storage.to_json(audit))
    assert again == audit
    assert isinstance(again, Audit)


def test_the_same_rows_give_the_same_series():
    rows = men(*[True, False] * 20)
    assert series(rows) == series(rows[::-1])


def test_quarters_follow_each_other_without_a_gap():
    day, seen = date(2019, 12, 31), []
    for _ in range(1200):
        day += timedelta(days=1)
        seen.append(over_time.quarter_of(day))
    first = [on("A", 2020, 1, 1)]
    assert [*shown(series(first, made_at=datetime(day.year, day.month, day.day, tzinfo=UTC)))] == list(
        dict.fromkeys(seen)
    )
