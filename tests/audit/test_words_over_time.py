"""What is said of a rate in the order of time."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from audit import words
from audit.charts import layout
from audit.charts import over_time as charts
from audit.results import Unit
from tests.audit.sentences import said
from tests.audit.test_over_time import CUT_SHORT, NONE, Q1, WAITING, men, on, row, series

say = words.over_time


def all_said(found):
    told = [say.no_points(found), say.awaited(found), *say.balance(found), *say.signals(found)]
    return [said(one) for one in told if one]


@pytest.mark.parametrize(
    ("results", "sentences"),
    [
        ([], ["No man with a final result: there is no point yet."]),
        ([None], ["The result of the only man is pending: there is no point yet."]),
        ([None] * 4, ["The results of all 4 men are pending: there is no point yet."]),
        (
            [False],
            [
                "0.6 fewer men with sperm than the lower edge of the band (60 %) would give.",
                "0.7 fewer men with sperm than the upper edge of the band (70 %) would give.",
                "No signal in 1 case.",
            ],
        ),
        (
            [True, False, True, None],
            [
                "1 result is pending and no point: once final, it takes its place in the order of operation.",
                "0.2 more men with sperm than the lower edge of the band (60 %) would give.",
                "0.1 fewer men with sperm than the upper edge of the band (70 %) would give.",
                "The number found is one that the band allows for.",
                "No signal in 3 cases.",
            ],
        ),
        (
            [True, True, True, False, False],
            [
                "As many men with sperm as the lower edge of the band (60 %) would give.",
                "0.5 fewer men with sperm than the upper edge of the band (70 %) would give.",
                "The number found is one that the band allows for.",
                "No signal in 5 cases.",
            ],
        ),
        (
            [True] * 6,
            [
                "2.4 more men with sperm than the lower edge of the band (60 %) would give.",
                "1.8 more men with sperm than the upper edge of the band (70 %) would give.",
                "No signal in 6 cases.",
            ],
        ),
        (
            [False] * 12,
            [
                "7.2 fewer men with sperm than the lower edge of the band (60 %) would give.",
                "8.4 fewer men with sperm than the upper edge of the band (70 %) would give.",
                "Signal for worse at point 10: case M0091, operated on 10 Jan 2024.",
            ],
        ),
    ],
)
def test_where_the_line_ends_and_what_it_signals(results, sentences):
    assert all_said(series(men(*results))) == sentences


def test_the_end_of_the_line_is_the_observed_less_the_expected_in_words():
    found = series(men(*[True] * 24, *[False] * 36))
    assert found.over_lower[-1] == pytest.approx(24 - 60 * 0.6)
    assert "12.0 fewer men with sperm than the lower edge of the band (60 %) would give." in all_said(found)


def test_two_results_pending():
    assert all_said(series(men(True, None, None)))[0] == (
        "2 results are pending and no points: once final, they take their places in the order of operation."
    )


def test_the_limits_say_what_they_count_against_and_how_often_they_are_wrong():
    assert [said(one) for one in say.limits(series(men(True)))] == [
        "For worse, it counts against the lower edge of the band (60 %) and signals at 3.36.",
        "For better, it counts against the upper edge of the band (70 %) and signals at 3.00.",
        "The limits are for a horizon of 50 cases: while the true rate stands at the edge, at most 5 % of "
        "such charts signal falsely.",
    ]


def test_nothing_better_than_all():
    found = series([row("A", azoospermia_type="oa")], "obstructive")
    assert "No rate is better than the upper edge of the band: there is no chart for better." in say.limits(
        found
    )


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (Unit.ATTEMPT, "attempts of one man are not independent"),
        (Unit.TESTIS, "the two testes of one man are not independent"),
    ],
)
def test_another_unit_says_why_it_has_no_points(unit, reason):
    assert say.no_points(series(men(True), unit=unit)) == f"No chart case by case: {reason}."


def test_a_source_that_may_not_judge_says_why():
    found = series([row("K", 1, klinefelter_status="non_mosaic")], "klinefelter")
    assert say.no_points(found) == "No chart case by case: the source is ambiguous."


def test_each_quarter_in_one_sentence():
    rows = [
        *(on(f"A{n}", 2023, 11, 1 + n) for n in range(5)),
        on("B", 2024, 1, 1, **NONE),
        on("C", 2024, 7, 1, **WAITING),
    ]
    assert [said(one) for one in say.quarters(series(rows, made_at=CUT_SHORT, since=date(2023, 11, 1)))] == [
        "quarter 4 of 2023: 5 of 5 men, 100 % (48–100 %), only the part within the period",
        "quarter 1 of 2024: 0 of 1 man, too few for a percentage",
        "quarter 2 of 2024: no case",
        "quarter 3 of 2024: no final result yet, 1 result pending, not over yet",
    ]


def test_testes_say_why_they_have_no_interval():
    rows = [
        row(f"A{n}", n, sides="both", right_sperm_found="motile", left_sperm_found="none")
        for n in range(1, 7)
    ]
    (sentence,) = say.quarters(series(rows, unit=Unit.TESTIS, until=Q1))
    assert sentence == ("quarter 1 of 2024: 6 of 12 testes, the two testes of one man are not independent")


def test_a_point_says_its_case_its_day_its_result_and_where_the_line_stands():
    found = series(men(True, False))
    assert said(say.point(found, 2)) == (
        "2: case M0011, 2 Jan 2024, No sperm found; −0.2 by the lower edge, −0.4 by the upper"
    )


# Drawn -------------------------------------------------------------------------


def test_the_drawing_has_one_point_a_case_on_one_axis_of_case_numbers():
    found = series(men(*[True, False, False] * 20))
    above, below = charts.case_by_case(found, found.band, {})
    frames = [layout.drawing(one).frame for one in (above, below)]
    assert len({(frame.left, frame.right) for frame in frames}) == 1
    assert (above.x.lowest, above.x.highest) == (below.x.lowest, below.x.highest) == (0, 60)
    assert above.x.ticks == below.x.ticks
    assert [mark.x for mark in above.marks] == [*range(1, 61)]
    assert [mark.y for mark in above.marks] == list(found.over_lower)
    lower = next(line for line in above.lines if line.kind == "series")
    assert [y for _x, y in lower.points] == [0.0, *found.over_lower]


def test_a_signal_is_marked_on_both_drawings_with_its_case_and_day():
    found = series(men(*[False] * 12))
    for drawn in charts.case_by_case(found, found.band, {}):
        (mark,) = [mark for mark in drawn.marks if "signal" in mark.kind.split()]
        assert mark.x == 10
        assert mark.shape == "diamond"
        assert "M0091" in mark.words
        assert "10 Jan 2024" in mark.words


def test_of_many_cases_the_line_has_all_and_only_signals_and_the_last_are_marked():
    found = series(men(*[False] * 12, *[True, False] * 60))
    drawn, _cusum = charts.case_by_case(found, found.band, {})
    assert {mark.x for mark in drawn.marks} == {*found.in_doubt, 132}
    assert len(next(line for line in drawn.lines if line.kind == "series").points) == 133


def test_worse_is_down_and_better_up_as_in_the_line_above():
    found = series(men(False, True, False))
    _vlad, drawn = charts.case_by_case(found, found.band, {})
    limits = {line.label: line.points[0][1] for line in drawn.lines if line.kind == "limit-998"}
    assert limits == {"worse: 3.36": -3.36, "better: 3.00": 3.0}


def test_the_run_chart_has_an_empty_place_for_a_quarter_with_nobody_and_its_counts_under_it():
    rows = [*(on(f"A{n}", 2023, 11, 1 + n) for n in range(5)), on("B", 2024, 4, 1)]
    drawn = charts.run_chart(series(rows, made_at=datetime(2024, 8, 1, tzinfo=UTC)), {})
    assert [tick.text for tick in drawn.x.ticks] == [
        "5/5\nQ4\n2023", "0/0\nQ1\n2024", "1/1\nQ2\n", "0/0\nQ3\n",
    ]  # fmt: skip
    assert [mark.x for mark in drawn.marks] == [bar.x for bar in drawn.bars] == [1]
    (strip,) = drawn.areas
    assert {y for _x, y in strip.points} == {0.6, 0.7}
    assert (drawn.x.lowest, drawn.x.highest) == (0.5, 4.5)


def test_in_arabic_the_axis_of_time_runs_from_left_to_right():
    with translation.override("ar"):
        drawn = charts.run_chart(series(men(True)), {})
    assert [tick.at for tick in drawn.x.ticks] == [*range(1, len(drawn.x.ticks) + 1)]
    assert drawn.x.ticks[0].text.startswith("1/1\n")
