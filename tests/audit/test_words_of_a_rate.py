"""The exact English sentences about one rate: what it is, its verdict, what is pending."""

import pytest

from audit import words
from audit.reference_rules import CODES
from audit.results import EXCLUSIONS, Part, Unit
from audit.statistics import Interval, Outlook, Verdict
from audit.words.figures import NO_VERDICT
from tests.audit.sentences import compare, said

NOT_ENOUGH = "Not enough cases: {} are excluded, nothing else is"


def test_a_rate_says_of_how_many_and_how_sure():
    assert said(words.rate(compare(37, 65))) == "37 of 65 men, 57 % (44–69 %)"
    assert said(words.rate(compare(1, 1))) == "1 of 1 man, 100 % (3–100 %)"
    assert said(words.rate(compare(0, 4))) == "0 of 4 men, 0 % (0–60 %)"
    assert said(words.rate(compare(146, 146))) == "146 of 146 men, 100 % (98–100 %)"
    assert said(words.rate(compare(3, 5, unit=Unit.ATTEMPT))) == "3 of 5 attempts, 60 % (15–95 %)"


def test_testes_have_a_rate_and_no_interval():
    assert said(words.rate(compare(3, 5, unit=Unit.TESTIS, no_verdict="unit"))) == "3 of 5 testes, 60 %"


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (Unit.MAN, "no men with a final result"),
        (Unit.ATTEMPT, "no attempts with a final result"),
        (Unit.TESTIS, "no testes with a final result"),
    ],
)
def test_without_a_result_there_is_no_rate(unit, sentence):
    assert words.rate(compare(0, 0, unit=unit)) == sentence


@pytest.mark.parametrize(
    ("found", "known", "figure", "sentence"),
    [
        (37, 65, "c17-micro", NOT_ENOUGH.format("rates under 44 % and over 69.2 %")),
        (3, 5, "c17-micro", NOT_ENOUGH.format("rates under 14 % and over 95 %")),
        (10, 20, "c17-micro", NOT_ENOUGH.format("rates under 27 % and over 73 %")),
        (10, 20, "c16-conventional", NOT_ENOUGH.format("rates under 27 % and over 73 %")),
        (0, 4, "c17-micro", NOT_ENOUGH.format("rates over 61 %")),
        (4, 4, "c17-micro", NOT_ENOUGH.format("rates under 39 %")),
        (0, 0, "c17-micro", "Not enough cases: no final result yet"),
        (130, 200, "c17-micro", "Within the document's 60–70 %, tolerance ±10 points"),
        (146, 146, "c5-obstructive", "Within the document's 95–100 %, tolerance ±10 points"),
        (92, 200, "corona-2019-micro", "Within the 42–49 % of Corona 2019, tolerance ±10 points"),
        (48, 100, "c17-micro", "Below the document's 60–70 %: rates over 59 % are excluded"),
        (5, 50, "c17-micro", "Below the document's 60–70 % (also at 99.8 %): rates over 22 % are excluded"),
        (62, 100, "corona-2019-micro", "Above the 42–49 % of Corona 2019: rates under 51 % are excluded"),
        (
            180,
            200,
            "c17-micro",
            "Above the document's 60–70 % (also at 99.8 %): rates under 84 % are excluded",
        ),
    ],
)
def test_a_verdict_is_a_sentence(found, known, figure, sentence):
    assert said(words.verdict(compare(found, known, figure))) == sentence


def test_a_limit_beside_the_edge_of_the_band_shows_on_which_side_it_stands():
    close = compare(50, 100, interval=Interval(0.398, 0.5972), verdict=Verdict.BELOW, alarm=False)
    assert said(words.verdict(close)) == "Below the document's 60–70 %: rates over 59.8 % are excluded"


@pytest.mark.parametrize(
    ("limits", "said_of_them"),
    [
        (Interval(0.449, 0.551), "rates under 44 % and over 56 %"),
        (Interval(0.29, 0.58), "rates under 29 % and over 58 %"),
        (Interval(0.6004, 0.92), "rates under 60.04 % and over 92 %"),
        (Interval(0.003, 0.9976), "rates under 0.3 % and over 99.8 %"),
        (Interval(0.0, 0.6996), "rates over 69.96 %"),
        (Interval(0.6, 1.0), "rates under 60 %"),
    ],
)
def test_no_more_rates_are_called_excluded_than_are(limits, said_of_them):
    comparison = compare(10, 20, interval=limits, verdict=Verdict.NOT_ENOUGH)
    assert said(words.verdict(comparison)) == NOT_ENOUGH.format(said_of_them)


def test_pending_results_that_decide_take_the_verdict():
    undecided = compare(48, 100, pending=12)
    assert words.verdict(undecided) == "Not enough cases (12 results pending)"
    assert said(words.pending(undecided)) == "100 known of 112; with the 12 pending: 43–54 %"
    assert (
        words.verdict(compare(60, 123, pending=1, pending_decides=True))
        == "Not enough cases (1 result pending)"
    )


@pytest.mark.parametrize(
    ("found", "known", "pending", "sentence"),
    [
        (16, 28, 3, "28 known of 31; with the 3 pending: 52–61 %"),
        (0, 0, 3, "0 known of 3; with the 3 pending: 0–100 %"),
        (16, 28, 0, ""),
    ],
)
def test_pending_results_show_where_the_rate_can_still_go(found, known, pending, sentence):
    assert said(words.pending(compare(found, known, pending=pending))) == sentence


@pytest.mark.parametrize(
    ("comparison", "sentence"),
    [
        (
            compare(3, 5, unit=Unit.ATTEMPT, no_verdict="unit"),
            "No verdict: attempts of one man are not independent",
        ),
        (
            compare(3, 5, unit=Unit.TESTIS, no_verdict="unit"),
            "No verdict: the two testes of one man are not independent",
        ),
        (compare(5, 9, "c23-klinefelter", no_verdict="ambiguous"), "No verdict: the source is ambiguous"),
        (
            compare(5, 9, "ramasamy-2009-men", no_verdict="small_series"),
            "No verdict: one published series only",
        ),
        (compare(5, 9, None, no_verdict="no_reference"), "No verdict: there is no reference figure"),
    ],
)
def test_where_no_verdict_is_given_the_reason_is(comparison, sentence):
    assert words.verdict(comparison) == sentence


def test_every_reason_for_no_verdict_has_words():
    assert set(CODES["no_verdict"]) - {""} <= set(NO_VERDICT)


def test_an_outlook_is_a_supposition_and_no_countdown():
    within = compare(37, 65, outlook=Outlook(41, Verdict.WITHIN))
    assert words.outlook(within) == ("If the rate stays as it is, about 41 more results would say “within”.")
    below = compare(37, 65, outlook=Outlook(1, Verdict.BELOW))
    assert words.outlook(below) == "If the rate stays as it is, about 1 more result would say “below”."
    assert words.outlook(compare(0, 0)) == ""


def test_what_is_not_counted_is_counted_with_its_reason():
    cases = {
        Part.DRAFT: ("1", "2", "3"),
        Part.ABANDONED: ("4", "5"),
        Part.UNCERTAIN_TYPE: ("6",),
        Part.FOUND: ("7",),
    }
    assert (
        words.exclusions(compare(1, 1, cases=cases)) == "not counted: 3 drafts, 2 abandoned, 1 uncertain type"
    )
    assert words.exclusions(compare(1, 1)) == ""
    every = compare(1, 1, cases=dict.fromkeys(EXCLUSIONS, ("8",)))
    assert words.exclusions(every) == (
        "not counted: 1 later attempt, 1 later attempt of a man whose first one is outside the filters, "
        "1 draft, 1 cancelled, 1 abandoned, 1 uncertain type, "
        "1 with an answer missing, 1 combined operation, 1 not tested or unknown"
    )
