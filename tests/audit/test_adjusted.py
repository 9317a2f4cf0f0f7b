"""Each man beside the reference that fits him best: what is counted, what is expected, what is said."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import adopted, reference, words
from audit.adjusted import adjusted
from audit.adopted import Adopted
from audit.charts import case_mix
from audit.counting import in_order
from audit.results import Part
from audit.statistics import Verdict
from tests.audit.adopting import TODAY, our_years
from tests.audit.rows import audited, row
from tests.audit.sentences import said

CLOSED, LIVE = 0.95, 0.998
OBSTRUCTIVE = {"azoospermia_type": "oa", "procedure": "tesa", "primary_aetiology": "vasectomy"}
CONVENTIONAL = {"procedure": "conventional_tese"}
KLINEFELTER = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}
NONE, PENDING = {"sperm_found": "none"}, {"result_status": "preliminary", "sperm_found": ""}
DOCUMENT = reference.load("document")
say = words.adjusted


def men(found, known, prefix="M", pending=0, **changes):
    """Men with one operation each; `pending` more have no final result."""
    results = [{}] * found + [NONE] * (known - found) + [PENDING] * pending
    return [row(f"{prefix}{n}-", **changes | result) for n, result in enumerate(results)]


def beside(rows, references=DOCUMENT, coverage=CLOSED):
    (one,) = adjusted(in_order(rows), [references], coverage)
    return one


def by_measure(one):
    return {taken.reference.measure: (taken.found, taken.known, taken.pending) for taken in one.figures}


def own_set(measure, found, known):
    answers = {"lower": None, "upper": None, "tolerance": 0.1} | our_years(
        measure=measure, found=found, known=known
    )
    answers["unit"] = answers.pop("counted_in")
    own = adopted.own_figure(id=f"own-{measure}", checked_by="Amal", checked_on=TODAY, **answers)
    return adopted.reference_set(
        Adopted(version=1, tolerances={}, own=[own]), title_en="Ours", title_ar="أرقامنا"
    )


# Counted by hand ------------------------------------------------------------------


def test_three_men_by_hand():
    """Obstructive 95–100 %, conventional 30–40 %, micro 60–70 %; sperm in the obstructive man alone.

    ΣL = 0.95 + 0.30 + 0.60 = 1.85, ΣU = 1 + 0.40 + 0.70 = 2.10; O = 1.
    At the lower edges P(X = 0) = 0.05 · 0.70 · 0.40 = 0.014 and
    P(X = 1) = 0.95·0.70·0.40 + 0.05·0.30·0.40 + 0.05·0.70·0.60 = 0.266 + 0.006 + 0.021 = 0.293,
    so P(X ≤ 0) = 0.014 is called at 95 %, P(X ≤ 1) = 0.307 is not: the range begins at 1.
    At the upper edges P(X = 3) = 1 · 0.40 · 0.70 = 0.28: it ends at 3.
    """
    rows = men(1, 1, "O", **OBSTRUCTIVE) + men(0, 1, "C", **CONVENTIONAL) + men(0, 1, "M")
    one = beside(rows)
    assert by_measure(one) == {
        "obstructive": (1, 1, 0),
        "micro_noa": (0, 1, 0),
        "conventional_noa": (0, 1, 0),
    }
    result = one.result
    assert (result.observed, result.known) == (1, 3)
    assert (result.expected.lower, result.expected.upper) == pytest.approx((1.85, 2.10))
    assert (result.range_lower, result.range_upper) == (1, 3)
    assert result.chance_of_fewer == pytest.approx(0.307)
    assert (result.ratio.lower, result.ratio.upper) == pytest.approx((1 / 2.10, 1 / 1.85))
    assert (result.difference.lower, result.difference.upper) == pytest.approx((-1.10, -0.85))
    assert one.verdict is None
    assert said(say.observed(one)) == "1 of 3 men with sperm found"
    assert said(say.ratio(one)) == "0.48–0.54"
    assert (
        said(say.judgement(one))
        == "Inside the expected range, 1–3 of 3 men (at 95 %): nothing is shown, for or against"
    )


def test_below_at_95_need_not_be_below_on_a_live_page():
    rows = men(0, 1, "O", **OBSTRUCTIVE) + men(0, 1, "C", **CONVENTIONAL) + men(0, 1, "M")
    assert beside(rows).verdict is Verdict.BELOW  # 0.014, by hand above
    live = beside(rows, coverage=LIVE)
    assert live.verdict is None
    assert said(say.judgement(live)) == "Not enough cases: of 3 men any number could be chance"
    assert said(say.judgement(beside(rows))) == "Below the expected range, 1–3 of 3 men (at 95 %)"


def test_the_worked_example_of_the_method():
    rows = men(10, 10, "O", **OBSTRUCTIVE) + men(4, 20, "C", **CONVENTIONAL) + men(10, 30, "M")
    one = beside(rows)
    assert (said(say.expected(one)), said(say.expected_range(one))) == ("33.5–39", "27–45 of 60 men")
    assert one.verdict is Verdict.BELOW
    assert said(say.ratio(one)) == "0.62–0.72"
    assert (
        say.difference(one) == "9.5 fewer men with sperm than the lower edges of their references would give"
    )
    above = beside(men(20, 20, "C", **CONVENTIONAL))
    assert above.verdict is Verdict.ABOVE
    assert (
        say.difference(above)
        == "12.0 more men with sperm than the upper edges of their references would give"
    )
    assert said(say.judgement(above)) == "Above the expected range, 2–12 of 20 men (at 95 %)"


def test_between_the_edges_there_is_neither_more_nor_less():
    assert say.difference(beside(men(13, 20))) == "as many men with sperm as their references would give"
    # 95 % of twenty is 19 to the last digit: what rounding leaves is no difference.
    assert (
        say.difference(beside(men(19, 20, **OBSTRUCTIVE)))
        == "as many men with sperm as their references would give"
    )


# Who counts ----------------------------------------------------------------------


def test_every_operation_is_in_one_place_and_each_reason_is_told():
    rows = [
        *men(1, 2, "M", pending=1),
        row("M0-", on=9, attempt_number=2),
        row("L", earlier=(row("L", on=1),), on=8),
        row("D", state="draft"),
        row("X", status="cancelled"),
        row("A", status="abandoned"),
        row("U", azoospermia_type="uncertain"),
        row("Z", azoospermia_type="not_azoospermic"),
        row("N", azoospermia_type=""),
        row("C", preceding_procedures=["conventional_tese"]),
        row("T", procedure="mesa"),
    ]
    one = beside(rows)
    assert by_measure(one) == {"micro_noa": (1, 2, 1)}
    assert {part.value: len(cases) for part, cases in one.left_out.items()} == dict.fromkeys(
        [
            "repeat", "first_left_out", "draft", "cancelled", "abandoned", "uncertain_type",
            "not_azoospermic", "not_recorded", "combined", "other_procedure",
        ],
        1,
    )  # fmt: skip
    assert sorted(number for cases in one.cases.values() for number in cases) == sorted(
        each.case_number for each in rows
    )
    assert sorted(say.without_figure_said(one)) == sorted(
        [
            "1 later attempt", "1 later attempt of a man whose first one is outside the filters", "1 draft",
            "1 cancelled", "1 abandoned", "1 uncertain type", "1 not azoospermic", "1 with an answer missing",
            "1 combined operation", "1 by another procedure",
        ]
    )  # fmt: skip


def test_a_population_without_a_figure_in_the_set_is_told_and_pending_or_not_is_out():
    kept = tuple(one for one in DOCUMENT.figures if one.measure != "conventional_noa")
    rows = men(1, 2, "M") + men(1, 1, "C", pending=1, **CONVENTIONAL)
    one = beside(rows, replace(DOCUMENT, figures=kept))
    assert by_measure(one) == {"micro_noa": (1, 2, 0)}
    assert {part.value: len(cases) for part, cases in one.left_out.items()} == {"no_figure": 2}
    assert say.without_figure(one) == [(Part.NO_FIGURE, "2 without a reference figure")]


def test_two_sets_may_be_of_different_men_and_say_so():
    kept = tuple(one for one in DOCUMENT.figures if one.measure != "conventional_noa")
    rows = men(1, 2, "M") + men(1, 1, "C", **CONVENTIONAL)
    sets = adjusted(rows, [DOCUMENT, replace(DOCUMENT, figures=kept)], LIVE)
    assert [one.result.known for one in sets] == [3, 2]
    whole = audited(rows, reference_set="both")
    assert say.other_men(whole) == ""
    assert say.other_men(replace(whole, adjusted=sets)) == (
        "The sets are not of the same number of men: who has no figure in one of them is left out of it."
    )


def test_a_clinics_own_figure_takes_the_men_it_is_of():
    rows = men(2, 4, "K", **KLINEFELTER) + men(3, 5, "M")
    assert by_measure(beside(rows)) == {"micro_noa": (5, 9, 0)}
    one = beside(rows, own_set("klinefelter", 12, 30))
    assert by_measure(one) == {"klinefelter": (2, 4, 0), "micro_noa": (3, 5, 0)}
    assert [said(say.taken(taken)) for taken in one.figures] == [
        "micro-TESE in Klinefelter syndrome: the 23–59 % of Our years 2022–2024",
        "micro-TESE: the document's 60–70 %",
    ]


def test_the_unit_of_the_rates_changes_nothing():
    rows = [*men(3, 6), row("M0-", on=9, attempt_number=2)]
    assert audited(rows, unit="attempt").adjusted == audited(rows).adjusted


def test_a_set_that_can_judge_nobody_has_a_figure_of_nobody():
    without = replace(DOCUMENT, figures=())
    one = beside(men(1, 2, pending=1), without)
    assert (one.result.known, one.pending, one.figures) == (0, 0, ())
    assert (
        say.judgement(one) == "Nothing to compare: no man of this period has a reference figure in this set."
    )
    assert (say.ratio(one), say.difference(one), say.expected(one), say.awaited(one)) == ("", "", "", "")


# Pending and few -------------------------------------------------------------------


def test_a_pending_result_is_in_no_sum_and_both_ends_are_told():
    one = beside(men(3, 12, pending=4))
    assert (one.result.known, one.pending) == (12, 4)
    assert one.result.expected.lower == pytest.approx(7.2)
    assert (one.worst.observed, one.worst.known) == (3, 16)
    assert (one.best.observed, one.best.known) == (7, 16)
    assert one.result.verdict is Verdict.BELOW
    assert one.verdict is None  # 7 of 16 would not be below
    assert say.judgement(one) == "Not enough cases (4 results pending)"
    assert say.awaited(one) == (
        "4 results pending, not counted: all without sperm below the expected range, "
        "all with sperm inside the expected range"
    )


def test_where_pending_results_change_nothing_the_word_stands():
    one = beside(men(3, 30, pending=1))
    assert one.verdict is Verdict.BELOW
    assert say.awaited(one) == (
        "1 result pending, not counted: without sperm below the expected range, "
        "with sperm below the expected range"
    )
    assert beside(men(3, 30)).worst is None


@pytest.mark.parametrize(
    ("rows", "judgement"),
    [
        ([], "Nothing to compare: no man of this period has a reference figure in this set."),
        (men(0, 0, pending=5), "Not enough cases: no final result yet"),
        (men(1, 1), "Not enough cases: with 1 man any number could be chance"),
        (men(0, 3), "Not enough cases: of 3 men any number could be chance"),
        (
            men(60, 60, **OBSTRUCTIVE),
            "Inside the expected range, 51–60 of 60 men (at 99.8 %): nothing is shown, for or against",
        ),
        (men(0, 60, **OBSTRUCTIVE), "Below the expected range, 51–60 of 60 men (at 99.8 %)"),
    ],
)
def test_the_exact_words_of_none_of_few_and_of_one_type_alone(rows, judgement):
    assert said(say.judgement(beside(rows, coverage=LIVE))) == judgement


def test_nobody_is_expected_where_the_lower_edges_are_zero():
    one = beside(men(0, 4, **KLINEFELTER), own_set("klinefelter", 0, 30))
    assert one.result.ratio is None
    assert say.ratio(one) == "cannot be computed: the lower edges expect nobody"


rows_of_anything = st.lists(
    st.builds(
        lambda code, on, **changes: row(code, on, **changes),
        code=st.sampled_from("ABCDEF"),
        on=st.integers(1, 28),
        azoospermia_type=st.sampled_from(["oa", "noa", "uncertain", "not_azoospermic", ""]),
        procedure=st.sampled_from(["micro_tese", "conventional_tese", "tesa", ""]),
        klinefelter_status=st.sampled_from(["non_mosaic", "not_klinefelter", "not_tested", ""]),
        prior_retrieval=st.sampled_from(["no_prior", "none_found", "unknown", ""]),
        status=st.sampled_from(["performed", "abandoned", "cancelled"]),
        state=st.sampled_from(["complete", "draft"]),
        result_status=st.sampled_from(["final", "preliminary"]),
        sperm_found=st.sampled_from(["motile", "none"]),
    ),
    max_size=12,
    unique_by=lambda one: one.case_number,
)


@settings(deadline=None, derandomize=True, database=None, max_examples=80)
@given(rows=rows_of_anything, coverage=st.sampled_from([CLOSED, LIVE]))
def test_whatever_the_rows_each_is_counted_once_and_the_sums_are_those_of_the_figures(rows, coverage):
    one = beside(rows, own_set("klinefelter", 12, 30), coverage)
    assert sorted(number for cases in one.cases.values() for number in cases) == sorted(
        each.case_number for each in rows
    )
    assert one.result.known == sum(taken.known for taken in one.figures)
    assert one.result.observed == sum(taken.found for taken in one.figures)
    assert one.result.expected.lower == pytest.approx(sum(taken.expected.lower for taken in one.figures))
    assert one.result.expected.upper == pytest.approx(sum(taken.expected.upper for taken in one.figures))


# Drawn -----------------------------------------------------------------------------


def test_the_square_stands_on_the_expected_range_and_both_sets_share_an_axis():
    audit = audited(men(24, 60), reference_set="both")
    axis = case_mix.axis(audit)
    assert [tick.label for tick in axis.ticks] == ["0", "10", "20", "30", "40", "50", "60"]
    for one in audit.adjusted:
        drawn = case_mix.row(one, audit)
        assert drawn.ticks == axis.ticks
        inside = drawn.zone.x <= drawn.point <= drawn.zone.end
        assert inside is (one.verdict is None)
        assert drawn.zone.x <= drawn.bands[0].x <= drawn.bands[0].end <= drawn.zone.end


@pytest.mark.parametrize(
    ("known", "labels"), [(0, ["0", "1"]), (1, ["0", "1"]), (7, ["0", "2", "4", "6", "8"]), (1000, None)]
)
def test_the_axis_reaches_as_far_as_the_men_in_round_steps(known, labels):
    drawn = case_mix.axis(audited(men(0, known)))
    shown = [tick.label for tick in drawn.ticks]
    assert shown == (labels or ["0", "200", "400", "600", "800", "1000"])


def test_nobody_is_not_drawn():
    audit = audited([])
    (one,) = audit.adjusted
    drawn = case_mix.row(one, audit)
    assert (drawn.zone, drawn.bands, drawn.point) == (None, (), None)
