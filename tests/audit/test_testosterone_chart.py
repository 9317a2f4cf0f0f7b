"""Testosterone by month, drawn beside its table."""

from decimal import Decimal

import pytest

from audit import words
from audit.charts import testosterone
from tests.audit.rows import audited, row

LEVELS = {"testosterone_before": Decimal(20)}


def men(later, procedure="micro_tese", code="M", month=3):
    return [
        row(f"{code}{n}", procedure=procedure, **LEVELS, **{f"testosterone_{month}": Decimal(value)})
        for n, value in enumerate(later)
    ]


def test_each_technique_has_a_mark_with_its_interval_at_its_month():
    audit = audited(
        [*men([16, 17, 15, 16, 18]), *men([10, 12, 9, 11, 10], "conventional_tese", "C", month=12)]
    )
    plot = testosterone.plot(audit)
    lines = {(line.group, line.month): line for line in audit.changes if line.by == "procedure"}
    micro = lines["micro_tese", 3].of_pairs
    marks = {mark.shape: mark for mark in plot.marks}
    assert set(marks) == {"circle", "square"}
    assert marks["circle"].y == micro.ratio == pytest.approx(0.82, abs=0.01)
    assert (plot.bars[1].lower, plot.bars[1].upper) == (micro.interval.lower, micro.interval.upper)
    assert abs(marks["circle"].x - 3) < 1
    assert abs(marks["square"].x - 12) < 1
    assert marks["circle"].words == words.sentences(lines["micro_tese", 3])[0]


def test_what_is_as_before_is_always_on_the_axis():
    plot = testosterone.plot(audited(men([8, 7, 8, 9, 8])))
    assert plot.y.lowest < 0.4
    assert plot.y.highest == 1.0
    assert [line.points for line in plot.lines] == [[(0, 1.0), (21, 1.0)]]


def test_of_too_few_pairs_nothing_is_drawn():
    assert testosterone.plot(audited(men([16, 17, 15, 16]))) is None


def test_an_interval_without_end_is_cut_off_and_stays_on_the_drawing():
    plot = testosterone.plot(audited(men([1, 200, 3, 150, 9])))
    assert plot.bars[0].upper == plot.y.highest == 2.0
