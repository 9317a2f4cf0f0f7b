"""Numbers, names and filters in words, and the order of numbers in right-to-left sentences."""

from datetime import date

import pytest
from django.utils import translation

from audit import words
from audit.results import Filters, Part, Unit
from audit.statistics import Interval, Verdict
from tests.audit.sentences import FIGURES, FSI, JOINER, NBSP, PDI, said

# Numbers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fraction", "digits", "shown"),
    [
        (37 / 65, 0, "57 %"),
        (0.0, 0, "0 %"),
        (0.004, 0, "<1 %"),
        (0.006, 0, "1 %"),
        (0.994, 0, "99 %"),
        (0.996, 0, ">99 %"),
        (1.0, 0, "100 %"),
        (0.998, 1, "99.8 %"),
        (0.0004, 1, "<0.1 %"),
        (0.9996, 1, ">99.9 %"),
    ],
)
def test_a_percentage_is_never_0_for_some_nor_100_for_not_all(fraction, digits, shown):
    assert said(words.percent(fraction, digits)) == shown


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        (Interval(0.440, 0.692), "44–69 %"),
        (Interval(0.60, 0.60), "60 %"),
        (Interval(0.0, 0.6), "0–60 %"),
        (Interval(0.001, 0.999), "<1–>99 %"),
    ],
)
def test_an_interval_names_its_unit_once(limits, shown):
    assert said(words.interval(limits)) == shown


def test_a_number_and_its_percent_sign_stay_on_one_line():
    assert words.percent(0.57) == f"57{NBSP}%"


def test_a_range_stays_on_one_line():
    assert words.interval(Interval(0.44, 0.69)) == f"44–{JOINER}69{NBSP}%"
    assert f"1.4–{JOINER}1.6" in words.figure_value(FIGURES["bernie-2015-ratio"])
    old = next(one for one in FIGURES["c23-klinefelter"].readings if one.id == "relative")
    assert f"30–{JOINER}40{NBSP}%" in words.text(old, "text")


def test_numbers_in_a_right_to_left_sentence_keep_their_order():
    with translation.override("ar"):
        assert words.percent(0.57) == f"{FSI}57{NBSP}%{PDI}"
        assert words.interval(Interval(0.44, 0.69)) == f"{FSI}44–{JOINER}69{NBSP}%{PDI}"
        assert words.isolate("C17") == f"{FSI}C17{PDI}"
        assert words.isolate("") == ""


def test_latin_runs_of_a_stored_arabic_text_are_isolated_whole():
    with translation.override("ar"):
        note = words.text(FIGURES["c18-tissue"], "note")
    assert f"{FSI}Schlegel 1999{PDI}" in note
    assert f"{FSI}9.4{PDI}" in note
    assert note.replace(FSI, "").replace(PDI, "") == FIGURES["c18-tissue"].note_ar


def test_a_stored_english_text_is_shown_as_it_is():
    assert words.text(FIGURES["c18-tissue"], "note") == FIGURES["c18-tissue"].note_en
    assert said(words.text(FIGURES["c5-obstructive"], "note")) == FIGURES["c5-obstructive"].note_en


# Names ----------------------------------------------------------------------


def test_every_code_has_a_name():
    assert [words.unit_name(unit) for unit in Unit] == ["Men", "Attempts", "Testes"]
    assert words.verdict_name(Verdict.NOT_ENOUGH) == "not enough cases"
    assert all(words.verdict_name(verdict) for verdict in Verdict)
    assert all(words.part_name(part) for part in Part)
    assert words.part_name("draft") == "Draft"
    assert words.measure_name("klinefelter") == "micro-TESE in Klinefelter syndrome"
    assert words.measure_name("tissue_ratio") == "Tissue, conventional TESE ÷ micro-TESE"


@pytest.mark.parametrize(
    ("since", "until", "period"),
    [
        (date(2024, 3, 4), date(2025, 9, 30), "from 4 Mar 2024 to 30 Sep 2025"),
        (date(2024, 3, 4), None, "from 4 Mar 2024 on"),
        (None, date(2025, 9, 30), "up to 30 Sep 2025"),
        (None, None, "all dates"),
    ],
)
def test_filters_are_said_in_words(since, until, period):
    assert words.filters(Filters(since=since, until=until)) == [
        ("Operations", period),
        ("Count", "Men"),
        ("Compare with", "Source document"),
    ]


def test_a_reference_set_that_is_gone_keeps_its_name():
    assert words.reference_set_name("guideline-2019") == "guideline-2019"
    assert words.reference_set_choices() == [
        ("document", "Source document"),
        ("literature", "Published literature"),
        ("both", "Both, side by side"),
    ]


def test_a_clinic_that_adopted_something_may_choose_it():
    assert words.reference_set_choices(adopted=True)[-1] == ("clinic", "This clinic's figures")


def test_the_methods_are_explained():
    methods = words.method_names()
    assert len(set(methods)) == len(methods)
    assert all(name and explanation for name, explanation in methods)
    assert ("Alarm", "A verdict of below or above that also holds at 99.8 %.") in methods


def test_only_the_methods_of_the_named_pages_are_told():
    assert [name for name, _explanation in words.method_names("verdict wilson-interval")] == [
        "Wilson interval",
        "Verdict",
        "Alarm",
    ]


def test_words_are_those_of_the_reader_at_the_time():
    with translation.override("ar"):
        assert words.day(date(2024, 3, 4)) == "4 مارس 2024"
        assert words.reference_set_name("document") == "الوثيقة المصدر"
