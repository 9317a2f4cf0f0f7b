"""The groups of one rate, whether they differ, and a published P by several tests."""

from datetime import date

import pytest

from audit import depth, words
from audit.published import SERTOLI_CELL_ONLY, explained_on
from audit.results import Level, Unit
from audit.statistics import GroupTest, benjamini_hochberg, fisher_exact, several_groups
from audit.words import depth as said
from tests.audit.rows import audited, row
from tests.audit.sentences import said as plain


def men(found, known, start=0, **changes):
    return [
        row(f"M{start + n}", sperm_found="motile" if n < found else "none", **changes) for n in range(known)
    ]


def asked_of(rows, **filters):
    return {one.by: one for one in depth.groups_tested(audited(rows, **filters), "micro_noa")}


def two_causes():
    return [
        *men(18, 20, primary_aetiology="idiopathic"),
        *men(5, 20, start=20, primary_aetiology="chemotherapy"),
    ]


def three_causes():
    return [*two_causes(), *men(15, 20, start=40, primary_aetiology="cryptorchidism")]


def test_causes_that_differ_are_told_with_their_test():
    one = asked_of(three_causes())["primary_aetiology"]
    assert (one.men, one.tested) == (60, several_groups([(18, 20), (5, 20), (15, 20)]))
    assert one.tested.test is GroupTest.CHI_SQUARE
    assert said.groups_tested(one) == ("Primary cause: 60 men in 3 groups, p < 0.001 (χ² test), q < 0.001")


def test_two_causes_are_compared_by_the_test_of_two_rates():
    """The published 2/32 and 7/26: chi-square has 0.031, Fisher's test 0.064; one product, one answer."""
    rows = [*men(2, 32), *men(7, 26, start=40, primary_aetiology="chemotherapy")]
    one = asked_of(rows)["primary_aetiology"]
    assert one.tested.test is GroupTest.FISHER
    assert one.tested.p == fisher_exact(2, 32, 7, 26) == pytest.approx(0.0639, abs=1e-4)
    assert "(Fisher's exact test)" in said.groups_tested(one)


def test_a_small_cell_is_tested_by_the_same_deals_every_time():
    rows = [
        *men(3, 4),
        *men(0, 4, start=9, primary_aetiology="chemotherapy"),
        *men(1, 4, start=19, primary_aetiology="cryptorchidism"),
    ]
    one = asked_of(rows)["primary_aetiology"]
    assert one.tested.test is GroupTest.PERMUTATION
    assert asked_of(rows)["primary_aetiology"] == one
    assert "(seeded permutation of χ²)" in said.groups_tested(one)


def test_q_is_of_all_the_groupings_of_the_rate():
    rows = two_causes()
    rows = [
        *rows[:10],
        *men(9, 10, start=50, klinefelter_status="non_mosaic", right_pattern="normal"),
        *rows[10:],
    ]
    found = list(asked_of(rows).values())
    assert len(found) > 1
    assert [one.q for one in found] == benjamini_hochberg([one.tested.p for one in found])
    assert all(one.q >= one.tested.p for one in found)


def test_each_man_is_tested_once_though_he_stands_in_two_groups():
    """He stands in the group of the operation by which the rate counts him."""
    came_back = [
        row(f"M{n}", on=20, attempt_number=2, prior_retrieval="none_found", sperm_found="motile")
        for n in range(10)
    ]
    newcomers = men(3, 10, start=30, attempt_number=2, prior_retrieval="none_found")
    rows = [*men(0, 10), *came_back, *newcomers]
    shown = {
        line.group: line.known
        for line in audited(rows).strata
        if (line.measure, line.by) == ("micro_noa", "attempt_number")
    }
    assert shown == {"1": 10, "2": 20}
    one = asked_of(rows)["attempt_number"]
    assert (one.men, one.tested.groups, one.tested.p) == (20, 2, fisher_exact(0, 10, 3, 10))


def test_men_of_whom_the_group_is_not_known_are_no_group():
    rows = [
        *men(3, 6),
        *men(0, 6, start=9, primary_aetiology=""),
        *men(1, 6, start=20, primary_aetiology="unknown"),
    ]
    assert "primary_aetiology" not in asked_of(rows)


def test_one_group_is_no_question():
    assert asked_of(men(3, 6)) == {}


@pytest.mark.parametrize("unit", [Unit.ATTEMPT, Unit.TESTIS])
def test_nothing_is_tested_of_what_is_not_independent(unit):
    assert asked_of(two_causes())
    assert asked_of(two_causes(), unit=unit) == {}


def test_a_rate_is_told_by_calendar_year():
    rows = [
        *men(1, 2),
        row("Z", procedure_date=date(2025, 3, 1), sperm_found="none"),
        row("N", procedure_date=None),
    ]
    lines = [line for line in words.strata_of(audited(rows), "year") if line.what == "micro-TESE"]
    assert [(line.group, line.n, line.of) for line in lines] == [
        ("2024", 1, 2), ("2025", 0, 1), ("not recorded", 1, 1),
    ]  # fmt: skip


def test_the_groups_of_c23_have_strata_of_their_own():
    rows = [row("A"), row("B", klinefelter_status="non_mosaic", primary_aetiology="klinefelter")]
    strata = depth.strata_of(audited(rows), "klinefelter")
    assert [(line.group, line.known) for line in strata["year"]] == [("2024", 1)]
    assert "primary_aetiology" not in strata, "all have one"


def test_a_technique_shows_what_else_was_done_in_the_men_who_could_have_had_it():
    rows = [row("A"), row("B", procedure="conventional_tese"), row("C", procedure="tesa")]
    by = depth.strata_of(audited(rows), "micro_noa")["procedure"]
    assert [(line.measure, line.group) for line in by] == [
        ("non_obstructive", "conventional_tese"),
        ("non_obstructive", "micro_tese"),
        ("non_obstructive", "tesa"),
    ]


def test_pending_results_have_both_bounds_with_their_intervals():
    rows = [*men(1, 2), row("P", result_status="preliminary")]
    micro = next(one for one in audited(rows).comparisons if one.measure == "micro_noa")
    assert [(one.when, one.counted, plain(one.rate)) for one in said.bounds(micro)] == [
        ("As known", "1 of 2 men", "50 % (1–99 %)"),
        ("If none of the pending has sperm", "1 of 3 men", "33 % (1–91 %)"),
        ("If all of the pending have sperm", "2 of 3 men", "67 % (9–99 %)"),
    ]
    assert (
        said.bounds(next(one for one in audited(men(1, 2)).comparisons if one.measure == "micro_noa")) == []
    )


def test_a_live_verdict_that_pending_results_decide_is_not_contradicted_by_its_bounds():
    """By the 95 % intervals alone all three would be below 60 %, and the word "not enough" a riddle."""
    rows = [*men(1, 20), *(row(f"P{n}", result_status="preliminary") for n in range(9))]
    micro = next(one for one in audited(rows, Level.LIVE).comparisons if one.measure == "micro_noa")
    assert words.verdict(micro) == "Not enough cases (9 results pending)"
    assert [(plain(one.rate), plain(one.wide)) for one in said.bounds(micro)] == [
        ("5 % (<1–25 %)", "99.8 %: <1–38 %"),
        ("3 % (<1–18 %)", "99.8 %: <1–28 %"),
        ("34 % (18–54 %)", "99.8 %: 11–64 %"),
    ]


def test_the_published_p_is_explained_test_by_test():
    """By hand: docs/methods/which-test-for-two-groups.md."""
    assert [(one.test, one.p, one.under, one.used) for one in said.published_tests(SERTOLI_CELL_ONLY)] == [
        ("χ², without a correction", "p = 0.031", "under 0.05", False),
        ("χ² with Yates's correction", "p = 0.072", "over 0.05", False),
        ("Fisher's exact test", "p = 0.064", "over 0.05", True),
        ("Fisher's exact test, mid-P", "p = 0.049", "under 0.05", False),
    ]
    assert "7 of 26 men by micro-TESE" in said.published(SERTOLI_CELL_ONLY)
    assert "2 of 32 men by conventional TESE, printed with P = 0.03" in said.published(SERTOLI_CELL_ONLY)
    assert said.published_interval(SERTOLI_CELL_ONLY) == (
        "The difference is +21 points (+1 to +40, Newcombe)."
    )


def test_it_is_explained_where_its_two_rates_stand():
    assert explained_on("micro_noa") is explained_on("conventional_noa") is SERTOLI_CELL_ONLY
    assert explained_on("obstructive") is None
