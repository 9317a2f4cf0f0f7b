"""Where the marks of the charts stand."""

import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.charts import forest
from audit.results import Unit
from audit.statistics import Interval, clopper_pearson
from caselog.dataset import CaseRow
from tests.audit.rows import audited

COORDINATE = re.compile(r"\d+(\.\d)?")
COUNTS = st.integers(1, 200).flatmap(lambda known: st.tuples(st.integers(0, known), st.just(known)))


def row(**changes):
    usual = {
        "patient_code": "K-1",
        "azoospermia_type": "noa",
        "procedure": "micro_tese",
        "klinefelter_status": "not_klinefelter",
        "y_microdeletion": "none",
        "prior_retrieval": "no_prior",
        "sides": "both",
        "result_status": "final",
        "sperm_found": "motile",
    }
    return CaseRow(**usual | changes)


def audit_of(*rows, **filters):
    return audited(rows, **filters)


def of(measure, audit):
    return next(c for c in audit.comparisons if c.measure == measure)


@pytest.fixture
def micro():
    """17 of 27, beside the document's 60–70 %."""
    rows = [row(patient_code=f"K-{n}", sperm_found="motile" if n < 17 else "none") for n in range(27)]
    return of("micro_noa", audit_of(*rows))


@given(COUNTS)
@settings(deadline=None)  # the first interval loads scipy
def test_a_rate_stands_within_its_bar_and_the_bar_within_the_axis(counts):
    found, known = counts
    interval = clopper_pearson(found, known)
    bar, point = forest.RATES.span(interval.lower, interval.upper), forest.RATES.x(found / known)
    assert forest.RATES.x(0) <= bar.x <= point <= bar.end <= forest.RATES.x(1)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_what_is_more_stands_further_right(one, other):
    less, more = sorted([one, other])
    assert forest.DIFFERENCES.x(less) <= forest.DIFFERENCES.x(more)


def test_the_axis_keeps_room_for_half_a_square_at_both_ends():
    ends = forest.RATE_TICKS[0].x, forest.RATE_TICKS[-1].x
    assert ends == (forest.MARGIN, forest.WIDTH - forest.MARGIN)
    assert forest.MARGIN >= forest.SQUARE / 2


def test_the_band_and_its_tolerance_have_the_edges_of_the_reference(micro):
    drawn = forest.rate_row(micro)
    assert [(band.x, band.end) for band in drawn.bands] == [(forest.RATES.x(0.6), forest.RATES.x(0.7))]
    assert (drawn.zone.x, drawn.zone.end) == (forest.RATES.x(0.5), forest.RATES.x(0.8))


def test_the_tolerance_ends_where_the_axis_does():
    drawn = forest.rate_row(of("obstructive", audit_of(row(azoospermia_type="oa", procedure="tesa"))))
    assert drawn.zone.end == forest.RATES.x(1)


def test_a_reference_of_one_number_is_still_to_be_seen():
    line = forest.RATES.span(0.6, 0.6)
    assert line.width == forest.THINNEST
    assert line.x < forest.RATES.x(0.6) < line.end


def test_an_ambiguous_reference_shows_each_reading_the_narrow_one_on_top_and_no_tolerance():
    drawn = forest.rate_row(of("klinefelter", audit_of(row(klinefelter_status="non_mosaic"))))
    wide, narrow = drawn.bands
    assert (wide.x, wide.end) == (forest.RATES.x(0.48), forest.RATES.x(0.64))
    assert wide.x < narrow.x < narrow.end < wide.end
    assert drawn.zone is None


def test_without_a_result_neither_bar_nor_square_is_drawn():
    drawn = forest.rate_row(of("micro_noa", audit_of()))
    assert drawn.bar is None
    assert drawn.point is None
    assert drawn.bands


def test_testes_have_a_square_but_no_bar_and_no_tolerance():
    one = row(right_sperm_found="motile", left_sperm_found="none")
    drawn = forest.rate_row(of("micro_noa", audit_of(one, unit=Unit.TESTIS)))
    assert drawn.point == forest.RATES.x(0.5)
    assert drawn.bar is None
    assert drawn.zone is None


def test_a_difference_is_drawn_about_a_zero_in_the_middle():
    both = audit_of(row(), row(patient_code="K-2", procedure="conventional_tese", sperm_found="none"))
    drawn = forest.difference_row(both.difference)
    assert forest.DIFFERENCES.x(0) == forest.WIDTH / 2
    assert drawn.bar.x < drawn.point == forest.DIFFERENCES.x(1)
    assert forest.difference_row(audit_of(row()).difference).bar is None


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_coordinates_are_written_with_a_point_in_every_language(micro, language):
    # A limit that needs a fraction, so that a localised decimal comma would show.
    micro = replace(micro, interval=Interval(0.1234, 0.9876))
    with translation.override(language):
        drawing = render_to_string(
            "audit/_chart.html", {"chart": forest.rate_row(micro), "label": "17 of 27"}
        )
    numbers = re.findall(r' (?:x|x1|x2|y|y1|y2|width|height)="([^"]*)"', drawing)
    numbers += re.findall(r"[MV]([^ MV\"]+)", re.search(r' d="([^"]*)"', drawing)[1])
    assert len(numbers) > 20
    assert any("." in number for number in numbers)
    assert [number for number in numbers if not COORDINATE.fullmatch(number)] == []


def test_a_drawing_says_in_words_what_it_shows_and_runs_from_left_to_right(micro):
    with translation.override("ar"):
        drawing = render_to_string("audit/_chart.html", {"chart": forest.rate_row(micro), "label": "a < b"})
    assert 'role="img"' in drawing
    assert 'dir="ltr"' in drawing
    assert "<title>a &lt; b</title>" in drawing
