"""Where the parts of a plot stand, and how they are written in either language."""

import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from audit.charts import layout
from audit.charts.plot import Area, Axis, Bar, Line, Mark, Plot, Tick

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(\.\d)?")
PER_CENT = Axis("Sperm found, %", 0, 1, [Tick(0, "0"), Tick(0.5, "50"), Tick(1, "100 %")])
FRACTIONS = st.floats(0, 1)


def plot(**parts):
    usual = {"id": "rates", "title": "Rates by quarter", "x": Axis("Quarter", 0, 3, [Tick(1, "Q1 2024")])}
    return Plot(**usual | {"y": PER_CENT} | parts)


def thirds(**parts):
    """Everything a plot may have, at places that need a fraction."""
    return plot(
        areas=[Area([(0, 1 / 3), (3, 1 / 3), (3, 2 / 3), (0, 2 / 3)], "band")],
        lines=[Line([(0, 1 / 7), (1, 2 / 7), (3, 3 / 7)], "series", "Found", step=True)],
        bars=[Bar(1 / 3, 1 / 7, 6 / 7)],
        marks=[
            Mark(1 / 3, 1 / 3, "Q1 2024: 1 of 3 men, 33 %", name="Q1"),
            Mark(2 / 3, 2 / 3, "a < b", "diamond", "signal", "/audit/cases/?part=found"),
        ],
        **parts,
    )


def rendered(drawn):
    page = render_to_string("audit/charts/_plot.html", {"plot": drawn})
    page = page.replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1)
    return ElementTree.fromstring(page[page.index("<svg") : page.rindex("</svg>") + len("</svg>")])


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
