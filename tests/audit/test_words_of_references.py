"""The exact English sentences about the figures that a rate is compared with."""

import pytest

from audit import words
from audit.results import Unit
from tests.audit.sentences import FIGURES, compare, said


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        ("c17-micro", "the document's 60–70 % (C17), tolerance ±10 points"),
        ("c5-obstructive", "the document's 95–100 % (C5), tolerance ±10 points"),
        ("c23-klinefelter", "the document's 60 % (C23), the source is ambiguous"),
        ("c10-difference", "the document's “higher” (C10), the source gives a direction only"),
        ("c18-tissue", "the document's 70-fold (C18), per sample in its origin, not per man"),
        ("corona-2019-micro", "Corona 2019: 42–49 %, tolerance ±10 points"),
        ("ramasamy-2009-men", "Ramasamy 2009: 54–77 %, one published series only"),
        ("franco-2016-union", "Franco 2016: 18–41 %, the nearest published figure is of other men"),
        ("aja-2022-difference", "Asian J Androl 2022: +12 points, the source gives no interval"),
        ("schlegel-1999-tissue", "Schlegel 1999: 76.6-fold, per sample in its origin, not per man"),
        (None, "no reference figure"),
    ],
)
def test_a_reference_says_who_says_so(figure, sentence):
    judged = bool(figure) and FIGURES[figure].verdict
    compared = compare(1, 2, figure, no_verdict="" if judged else "x")
    assert said(words.reference(compared)) == sentence


def test_where_no_verdict_is_given_no_tolerance_is_said():
    attempts = compare(3, 5, unit=Unit.ATTEMPT, no_verdict="unit")
    assert said(words.reference(attempts)) == "the document's 60–70 % (C17)"


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        ("ramasamy-2009-men", "45 of 68, 66 % (54–77 %)"),
        ("ramasamy-2009-attempts", "62 of 91, 68 %"),
        ("ramasamy-2005-conventional", "n = 83, 32 %"),
        ("corona-2019-micro", "46 % (42–49 %)"),
        ("deruyver-2014-micro", "43–63 %"),
        ("bernie-2015-ratio", "1.5 times (1.4–1.6)"),
        ("hopps-2003-azfa", "0 of 7, 0 % (0–41 %)"),
        ("c18-tissue", "70-fold"),
        ("c10-difference", "“higher”"),
    ],
)
def test_a_figure_is_shown_with_all_that_its_source_prints(figure, sentence):
    assert said(words.figure_value(FIGURES[figure])) == sentence


def test_every_shipped_figure_can_be_said():
    assert all(words.figure_value(figure) for figure in FIGURES.values())


def test_both_readings_of_the_ambiguous_claim_are_shown():
    assert [
        said(reading) for reading in words.readings(compare(5, 9, "c23-klinefelter", no_verdict="ambiguous"))
    ] == [
        "Read as the rate itself: 60 %",
        "Read as 60 % more than the 30–40 % of the old techniques: 48–64 %",
    ]
    assert words.readings(compare(5, 9)) == []
    assert words.readings(compare(5, 9, None, no_verdict="no_reference")) == []
