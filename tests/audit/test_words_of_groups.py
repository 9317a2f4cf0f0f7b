"""The exact English sentences about two groups: their difference, their tissue, and chance."""

import pytest

from audit import words
from audit.results import Count, DifferenceComparison, TissueComparison
from audit.statistics import Interval, TissueRatio, fisher_exact, newcombe
from tests.audit.sentences import FIGURES, said


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
