"""Side by side: who has a rate, who is outside, and in what order they stand."""

from dataclasses import replace

import pytest

from audit import between, reference
from audit.between import Entry, Side, Standing
from audit.charts import funnel as chart
from audit.statistics import expected_false_alarms, outside_funnel
from audit.words import between as said

MICRO = reference.load("document").figure_for("micro_noa")  # 60–70 %


def entry(found, known, name="", **more):
    return Entry(**{"found": found, "known": known, "name": name, "rate_from": 5} | more)


def of(*entries, figure=MICRO, **more):
    return between.funnel("micro_noa", Side.CLINICS, entries, figure, **more)


def standing(found, known, **more):
    (point,) = of(entry(found, known, **more)).points
    return point.standing


def test_a_live_view_calls_nobody_outside_at_95_percent():
    """5 of 20 is under the 95 % line of 35.6 % and over the 99.8 % line of 22.6 %: docs/methods/funnel.md."""
    assert standing(5, 20) is Standing.INSIDE
    assert standing(4, 20) is Standing.BELOW
    (closed,) = of(entry(5, 20), coverage=0.95).points
    assert closed.standing is Standing.BELOW
    assert standing(100, 100) is Standing.ABOVE


def test_awaited_results_that_would_decide_leave_it_open():
    assert standing(4, 20, pending=3) is Standing.PENDING  # 7 of 23 would be inside
    assert standing(5, 20, pending=1) is Standing.PENDING  # 5 of 21 would be below
    assert standing(0, 20, pending=1) is Standing.BELOW
    assert standing(10, 20, pending=1) is Standing.INSIDE


def test_too_few_have_no_rate_and_nothing_that_would_give_it_away():
    (point,) = of(entry(1, 4, "Cedar", pending=2)).points
    assert (point.known, point.standing) == (4, Standing.FEW)
    assert (point.found, point.rate, point.interval, point.q_low, point.q_high) == (None,) * 5
    assert said.point_sentence(point, of()) == (
        "Cedar: 4 men with a final result, no rate: fewer than 5 men, 2 results pending"
    )


def test_from_the_limit_on_there_is_a_rate():
    (point,) = of(entry(3, 5, "Cedar")).points
    assert said.point_sentence(point, of()) == (
        "Cedar: 3 of 5 men, 60\u00a0% (15–\u206095\u00a0%), inside the 99.8\u00a0% lines"
    )


def test_who_is_not_compared_has_no_figure_at_all():
    (point,) = of(entry(10, 19, "Sami", pending=3, compared_from=20)).points
    assert point == replace(point, found=None, known=None, pending=0, interval=None, q_low=None, q_high=None)
    assert point.standing is Standing.NOT_COMPARED
    assert said.point_sentence(point, of()) == "Sami: fewer than 20 cases"
    assert chart.plot(of(entry(10, 19, "Sami", compared_from=20))) is None


def test_nobody_is_a_point_without_a_rate():
    (point,) = of(entry(0, 0, "Cedar")).points
    assert (point.known, point.rate, point.standing) == (0, None, Standing.FEW)


def test_without_a_reference_nobody_is_outside_and_no_line_is_drawn():
    funnel = of(entry(0, 40, "Cedar"), figure=None)
    (point,) = funnel.points
    assert (point.standing, point.q_low) == (Standing.NO_REFERENCE, None)
    assert (funnel.judged, said.expected_outside(funnel)) == (0, "")
    assert chart.plot(funnel).lines == ()
    assert said.target(funnel) == "No reference gives a verdict on this rate, so no lines are drawn."


def test_names_stand_in_their_own_order_and_never_in_that_of_the_rates():
    names = ["b", "A", "c"]
    for found in ([1, 20, 39], [39, 20, 1], [20, 1, 39]):
        funnel = of(*(entry(k, 40, name) for k, name in zip(found, names, strict=True)))
        assert [point.name for point in funnel.points] == ["A", "b", "c"]


def test_the_order_of_the_nameless_is_made_of_what_is_shown_of_them():
    """Not of the order in which the database gave them, and neither of the rates nor of the numbers."""
    entries = [entry(k, n) for k, n in ((3, 9), (20, 40), (12, 30), (30, 31), (5, 50), (8, 8), (9, 10))]
    counts = [(point.found, point.known) for point in of(*entries).points]
    assert counts == [(point.found, point.known) for point in of(*reversed(entries)).points]
    by_rate, by_number = (
        sorted(counts, key=lambda one: one[0] / one[1]),
        sorted(counts, key=lambda one: one[1]),
    )
    assert counts not in (by_rate, by_rate[::-1], by_number, by_number[::-1])


def test_the_nameless_come_after_the_names():
    funnel = of(entry(3, 9), entry(4, 9, "Zeder"), entry(5, 9))
    assert [point.name for point in funnel.points] == ["Zeder", "", ""]
    assert said.who(funnel.points[1], Side.CLINICS) == "Another clinic"
    assert said.who(funnel.points[1], Side.SURGEONS) == "Another surgeon"


def test_each_side_has_q_values_of_its_own_over_the_points_with_a_rate():
    """By hand: P(X ≤ 4 | 20, 60 %) = 0.000317, of 2 points the smallest is doubled."""
    funnel = of(entry(4, 20, "A"), entry(13, 20, "B"), entry(0, 4, "C"))
    low = [point.q_low for point in funnel.points]
    assert low[0] == pytest.approx(2 * 0.000317, rel=0.01)
    assert low[2] is None
    assert (said.q_value(low[0]), said.q_value(low[1]), said.q_value(None)) == (
        "< 0.001",
        f"{low[1]:.3f}",
        "—",
    )
    assert funnel.points[0].q_high > 0.9


def test_what_chance_would_put_outside_is_said():
    funnel = of(*(entry(30, 50) for _ in range(20)), entry(0, 4))
    assert funnel.judged == 20
    expected = expected_false_alarms([(50, funnel.band)] * 20, 0.998)
    assert funnel.expected_outside == expected
    assert said.expected_outside(funnel) == (
        "Chance alone would put fewer than 0.1 of 20 points outside the 99.8\u00a0% lines."
    )
    assert said.expected_outside(replace(funnel, expected_outside=0.93)) == (
        "Chance alone would put at most about 0.9 of 20 points outside the 99.8\u00a0% lines."
    )


# The drawing ----------------------------------------------------------------------------------


def test_the_lines_start_from_three_men_at_both_levels_on_both_sides():
    plot = chart.plot(of(entry(30, 50, "Cedar")))
    assert [line.kind for line in plot.lines] == ["limit-95"] * 2 + ["limit-998"] * 2
    assert {line.points[0][0] for line in plot.lines} == {3}
    assert {line.points[-1][0] for line in plot.lines} == {50}


def test_a_point_is_outside_the_drawn_lines_exactly_when_it_is_called_outside():
    for found in range(51):
        funnel = of(entry(found, 50, "Cedar"))
        lines = [dict(line.points)[50] for line in chart.plot(funnel).lines if line.kind == "limit-998"]
        drawn_outside = not min(lines) <= found / 50 <= max(lines)
        assert drawn_outside == (outside_funnel(found, 50, funnel.band, 0.998) is not None)
        assert drawn_outside == ("signal" in chart.plot(funnel).marks[0].kind)


@pytest.mark.parametrize(("found", "known", "most"), [(9, 30, 60), (52, 59, 60), (10, 30, 60), (51, 59, 60)])
def test_also_where_the_line_goes_on_to_larger_ones(found, known, most):
    """9 of 30 is below: the limit there is 0.3024, and a straight line from 29 to 31 passes at 0.2994."""
    funnel = of(entry(found, known, "Cedar"), entry(most // 2, most, "Larger"))
    plot = chart.plot(funnel)
    x = [n for n, _rate in plot.lines[0].points]
    assert x == sorted(set(x))
    low, high = sorted(dict(line.points)[known] for line in plot.lines if line.kind == "limit-998")
    drawn_outside = not low <= found / known <= high
    assert drawn_outside == (outside_funnel(found, known, funnel.band, 0.998) is not None)


def test_a_grey_point_stands_under_the_axis_and_not_at_a_rate():
    (mark,) = chart.plot(of(entry(4, 4, "Cedar"))).marks
    assert (mark.x, mark.y) == (4, chart.NO_RATE)
    assert mark.y < 0
    assert mark.shape == "diamond"


def test_the_tooltip_says_what_the_table_says():
    funnel = of(entry(37, 65, "Cedar", own=True))
    (mark,) = chart.plot(funnel).marks
    assert mark.words == said.point_sentence(funnel.points[0], funnel)
    assert mark.kind == "own"


def test_a_drawing_of_a_hundred_thousand_men_stays_small():
    plot = chart.plot(of(entry(60_000, 100_000, "Cedar")))
    assert all(len(line.points) <= chart.MOST_POINTS + 1 for line in plot.lines)
    assert len(plot.x.ticks) <= 9
