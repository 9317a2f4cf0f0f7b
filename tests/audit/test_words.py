"""The exact English sentences, and the order of numbers in right-to-left ones."""

from datetime import date

import pytest
from django.utils import translation

from audit import reference, words
from audit.comparison import _limits
from audit.reference_rules import CODES
from audit.results import (
    EXCLUSIONS,
    Comparison,
    Count,
    DifferenceComparison,
    Filters,
    Part,
    TissueComparison,
    Unit,
)
from audit.statistics import (
    Band,
    Interval,
    Outlook,
    TissueRatio,
    Verdict,
    clopper_pearson,
    fisher_exact,
    how_many_more,
    judge_with_pending,
    newcombe,
    wilson,
)
from audit.words.figures import NO_VERDICT

FIGURES = {figure.id: figure for name in reference.names() for figure in reference.load(name).figures}
NOT_ENOUGH = "Not enough cases: {} are excluded, nothing else is"
NBSP, JOINER, FSI, PDI = "\u00a0", "\u2060", "\u2068", "\u2069"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def said(sentence):
    """The sentence with ordinary spaces and dashes: which of them do not break is tested once."""
    return sentence.replace(NBSP, " ").replace(JOINER, "")


def compare(found, known, figure="c17-micro", *, pending=0, unit=Unit.MAN, no_verdict="", **changes):
    """A comparison as `audit.comparison` makes it."""
    source = FIGURES.get(figure)
    band = source and source.lower is not None and Band(source.lower, source.upper, source.tolerance)
    judgement = judge_with_pending(found, known, pending, band) if band and not no_verdict else None
    values = {
        "measure": source.measure if source else "genetic",
        "unit": unit,
        "found": found,
        "known": known,
        "pending": pending,
        "interval": _limits(clopper_pearson, found, known, unit),
        "wilson": _limits(wilson, found, known, unit),
        "worst": _limits(clopper_pearson, found, known + pending, unit),
        "best": _limits(clopper_pearson, found + pending, known + pending, unit),
        "reference": source,
        "band": band or None,
        "verdict": judgement.verdict if judgement else None,
        "no_verdict": no_verdict,
        "pending_decides": bool(judgement and judgement.pending_decides),
        "alarm": bool(judgement and judgement.alarm),
        "outlook": how_many_more(found, known, band) if judgement else None,
        "cases": {},
        "beside": {},
        "case_mix": {},
    }
    return Comparison(**values | changes)


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


# One rate -------------------------------------------------------------------


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
        "not counted: 1 later attempt, 1 draft, 1 cancelled, 1 abandoned, 1 uncertain type, "
        "1 with an answer missing, 1 combined operation, 1 not tested or unknown"
    )


# References -----------------------------------------------------------------


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


# Groups ---------------------------------------------------------------------


def difference_of(*counts, pending=0):
    found = newcombe(*counts)
    return DifferenceComparison(
        measure="micro_minus_conventional",
        difference=found,
        fisher_p=fisher_exact(*counts) if found else None,
        reference=FIGURES["c10-difference"],
        pending=pending,
    )


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            (37, 65, 26, 68),
            "micro-TESE 37 of 65 men, conventional TESE 26 of 68 men: "
            "+19 points (+2 to +34, Newcombe), p = 0.038 (Fisher's exact test)",
        ),
        (
            (2, 32, 20, 26),
            "micro-TESE 2 of 32 men, conventional TESE 20 of 26 men: "
            "−71 points (−84 to −47, Newcombe), p < 0.001 (Fisher's exact test)",
        ),
        ((37, 65, 0, 0), "Cannot be computed: it needs men with a final result in both groups"),
    ],
)
def test_a_difference_names_its_counts_and_both_methods(counts, sentence):
    assert words.difference(difference_of(*counts)) == sentence


def test_a_difference_says_what_is_pending():
    assert words.difference_pending(difference_of(1, 2, 1, 2)) == ""
    assert words.difference_pending(difference_of(1, 2, 1, 2, pending=1)) == "1 result pending"


def tissue_of(conventional, micro, ratio=None, zero_weights=0):
    return TissueComparison(
        measure="tissue_ratio",
        ratio=ratio,
        weighed={
            "conventional_tese": Count(found=conventional, known=20),
            "micro_tese": Count(found=micro, known=55),
        },
        zero_weights=zero_weights,
        reference=FIGURES["c18-tissue"],
        cases={},
    )


@pytest.mark.parametrize(
    ("conventional", "micro", "reason"),
    [
        (0, 0, "no weighed case"),
        (0, 9, "no weighed conventional case"),
        (9, 0, "no weighed micro-TESE case"),
        (1, 9, "only one weighed conventional case"),
        (9, 1, "only one weighed micro-TESE case"),
    ],
)
def test_without_weights_there_is_no_ratio_and_the_reason_is_said(conventional, micro, reason):
    assert words.tissue(tissue_of(conventional, micro)) == (
        f"Cannot be computed: {reason}. At least 2 weighed cases are needed in each group."
    )


@pytest.mark.parametrize(("upper", "shown"), [(18.63, "18.6"), (float("inf"), "∞"), (412.4, "412")])
def test_a_tissue_ratio_is_shown_per_man_with_both_averages(upper, shown):
    ratio = TissueRatio(14, 40, 400.0, 32.5, 380.0, 40.0, 12.3, Interval(8.1, upper), 9.5)
    assert said(words.tissue(tissue_of(14, 40, ratio))) == (
        f"conventional TESE ÷ micro-TESE, per man: 12.3 (95 % interval 8.1–{shown}), ratio of medians 9.5"
    )


def test_a_tissue_ratio_says_how_many_men_were_weighed():
    assert words.weighed(tissue_of(14, 40)) == "weighed: conventional TESE 14 of 20, micro-TESE 40 of 55"
    assert words.weighed(tissue_of(14, 40, zero_weights=2)) == (
        "weighed: conventional TESE 14 of 20, micro-TESE 40 of 55; left out: 2 weights of 0 mg"
    )


class Table:
    """Of an audit, what its line on chance reads."""

    def __init__(self, cells_judged, expected_false_below):
        self.cells_judged, self.expected_false_below = cells_judged, expected_false_below


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (Table(7, 0.16), "Of 7 comparisons at most about 0.2 would be called below by chance alone."),
        (Table(1, 0.012), "Of 1 comparison fewer than 0.1 would be called below by chance alone."),
        (Table(0, 0.0), ""),
    ],
)
def test_chance_has_its_share_of_the_verdicts(table, sentence):
    assert words.chance(table) == sentence


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
    ]


def test_the_methods_are_explained():
    methods = words.method_names()
    assert len(methods) == 13
    assert all(name and explanation for name, explanation in methods)
    assert ("Alarm", "A verdict of below or above that also holds at 99.8 %.") in methods


def test_words_are_those_of_the_reader_at_the_time():
    with translation.override("ar"):
        assert words.day(date(2024, 3, 4)) == "4 مارس 2024"
        assert words.reference_set_name("document") == "الوثيقة المصدر"
