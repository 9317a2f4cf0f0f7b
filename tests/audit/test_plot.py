"""Where the parts of a plot stand, and how they are written in either language."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from audit.charts import layout, texts
from audit.charts.plot import Area, Axis, Bar, Line, Mark, Tick
from tests.audit.plots import plot, thirds

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(\.\d)?")
FRACTIONS = st.floats(0, 1)
KB = 1024


def page(drawn):
    return render_to_string("audit/charts/_plot.html", {"plot": drawn})


def rendered(drawn):
    svg = page(drawn).replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1)
    return ElementTree.fromstring(svg[svg.index("<svg") : svg.rindex("</svg>") + len("</svg>")])


@given(FRACTIONS, FRACTIONS)
def test_what_is_later_stands_further_right_and_what_is_more_further_up(one, other):
    less, more = sorted([one, other])
    low, high = layout.drawing(plot(marks=[Mark(less, less, ""), Mark(more, more, "")])).marks
    assert low.x <= high.x
    assert low.y >= high.y


def test_the_ends_of_the_axes_are_the_corners_of_the_frame():
    drawn = layout.drawing(plot(marks=[Mark(0, 0, ""), Mark(3, 1, "")]))
    low, high = drawn.marks
    assert (low.x, low.y) == (drawn.frame.left, drawn.frame.bottom)
    assert (high.x, high.y) == (drawn.frame.right, drawn.frame.top)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_mark_stands_outside_the_frame_whatever_the_axis_was_asked_to_be(x, y):
    drawn = layout.drawing(plot(marks=[Mark(x, y, "")]))
    (mark,) = drawn.marks
    assert drawn.frame.left <= mark.x <= drawn.frame.right
    assert drawn.frame.top <= mark.y <= drawn.frame.bottom


def test_an_axis_of_one_value_has_it_in_the_middle():
    drawn = layout.drawing(plot(x=Axis("Quarter", 2, 2, []), marks=[Mark(2, 0.5, "")]))
    assert drawn.marks[0].x == pytest.approx((drawn.frame.left + drawn.frame.right) / 2, abs=0.1)


def test_a_step_holds_its_value_until_the_next_point():
    drawn = layout.drawing(plot(lines=[Line([(0, 0), (1, 1), (3, 0)], "series", step=True)]))
    left, right, top, bottom = drawn.frame.left, drawn.frame.right, drawn.frame.top, drawn.frame.bottom
    third = round(left + (right - left) / 3, 1)
    corners = [left, bottom, third, bottom, third, top, right, top, right, bottom]
    assert [float(number) for number in drawn.lines[0].points.split()] == corners


def test_an_interval_reaches_from_its_lower_to_its_upper_limit():
    drawn = layout.drawing(plot(bars=[Bar(3, 0, 1)]))
    (bar,) = drawn.bars
    assert (bar.x, bar.top, bar.bottom) == (drawn.frame.right, drawn.frame.top, drawn.frame.bottom)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_not_drawn(value):
    with pytest.raises(ValueError, match="rates: not everything is a finite number"):
        layout.drawing(plot(marks=[Mark(value, 0, "")]))


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="star"):
        layout.drawing(plot(marks=[Mark(0, 0, "", "star")]))


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_coordinate_is_a_number_in_every_language(language):
    with translation.override(language):
        svg = rendered(thirds())
    named = {"x", "y", "x1", "x2", "y1", "y2", "width", "height"}
    numbers = [value for part in svg.iter() for name, value in part.attrib.items() if name in named]
    for part in svg.iter():
        numbers += part.get("points", "").split()
        numbers += part.get("viewBox", "").split()
        numbers += re.findall(r"[^ ()a-z]+", part.get("transform", "").removeprefix("translate"))
    assert len(numbers) > 40
    assert any("." in number for number in numbers)
    assert [number for number in numbers if not NUMBER.fullmatch(number)] == []


def test_a_mark_says_its_words_and_leads_where_it_should():
    svg = rendered(thirds())
    said = [title.text for title in svg.iter(f"{SVG}title")]
    assert said == ["Q1 2024: 1 of 3 men, 33 %", "a < b"]
    (link,) = svg.iter(f"{SVG}a")
    assert link.get("href") == "/audit/cases/?part=found"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Cedar Clinic", "ltr"),
        ("عيادة الأرز", "rtl"),
        ("\u2068Cedar\u2069 عيادة", "rtl"),
        ("99.8 %", "ltr"),
        ("−5", "ltr"),
        ("الوسيط \u2068Median\u2069", "rtl"),
    ],
)
def test_words_run_as_their_first_letter_does_and_numbers_from_the_left(text, direction):
    assert texts.Text(0, 0, text).direction == direction


def test_a_label_keeps_its_side_in_arabic_where_reading_begins_at_the_right():
    assert [texts.Text(0, 0, text, "end").anchor for text in ("Found", "وُجدت")] == ["end", "start"]


def test_labels_of_an_axis_that_would_meet_are_left_out_their_lines_are_not():
    ticks = [Tick(n / 10, f"Q{n} 2024") for n in range(31)]
    drawn = layout.drawing(plot(x=Axis("Quarter", 0, 3, ticks)))
    written = [text for text in drawn.labels if text.text.startswith("Q") and text.text != "Quarter"]
    assert 2 < len(written) < 31
    assert not any(one.box.meets(next_one.box) for one, next_one in pairwise(written))
    assert drawn.grid.count("V") == 31


def test_labels_of_lines_that_end_together_stand_apart_in_the_order_of_the_lines():
    ends = {"upper": 0.51, "middle": 0.5, "lower": 0.49}
    lines = [Line([(0, 0.5), (3, end)], "limit-95", label) for label, end in ends.items()]
    drawn = layout.drawing(plot(lines=lines))
    written = sorted((text for text in drawn.labels if text.text in ends), key=lambda text: text.y)
    assert [text.text for text in written] == ["upper", "middle", "lower"]
    assert not any(one.box.meets(next_one.box) for one, next_one in pairwise(written))


@given(st.lists(st.tuples(st.floats(0, 3), FRACTIONS), max_size=30))
def test_names_meet_neither_each_other_nor_a_mark_nor_the_edge(places):
    drawn = layout.drawing(plot(marks=[Mark(x, y, "", name="Cedar Clinic") for x, y in places]))
    boxes = [name.box for name in drawn.names]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    assert not any(box.meets(texts.Box(m.x, m.y, m.x, m.y)) for box in boxes for m in drawn.marks)
    assert all(drawn.frame.holds(box) for box in boxes)


def test_a_mark_alone_has_its_name_at_its_right_and_at_the_right_edge_at_its_left():
    drawn = layout.drawing(plot(marks=[Mark(1, 0.5, "", name="Cedar"), Mark(3, 0.5, "", name="Olive")]))
    assert [name.side for name in drawn.names] == ["start", "end"]


def test_a_name_without_room_is_left_to_the_words_of_its_mark():
    marks = [Mark(1, 0.5, f"Clinic {n}: 5 of 10 men", name=f"Clinic {n}") for n in range(9)]
    drawn = layout.drawing(plot(marks=marks))
    assert len(drawn.names) < 9
    assert len(drawn.marks) == 9


def test_a_year_of_quarters_weighs_at_most_4_kb_and_a_hundred_cases_20():
    quarters = [Tick(n, f"Q{n % 4 + 1} {2022 + n // 4}") for n in range(8)]
    run = plot(
        x=Axis("Quarter of the operation", -0.5, 7.5, quarters),
        areas=[Area([(-0.5, 0.6), (7.5, 0.6), (7.5, 0.7), (-0.5, 0.7)], "band")],
        lines=[Line([(n, n / 9) for n in range(8)], "series")],
        bars=[Bar(n, n / 10, n / 8) for n in range(8)],
        marks=[Mark(n, n / 9, f"Q{n} 2022: 12 of 27 men, 44 % (26–65 %)", "square") for n in range(8)],
    )
    cases = [Mark(n, n / 100, f"Case {n}: sperm found, {n}.4 more than expected") for n in range(100)]
    vlad = plot(
        x=Axis("Case", 0, 100, []),
        lines=[Line([(n, n / 100) for n in range(100)], "series", step=True)],
        marks=cases,
    )
    assert len(page(run).encode()) <= 4 * KB
    assert len(page(vlad).encode()) <= 20 * KB
