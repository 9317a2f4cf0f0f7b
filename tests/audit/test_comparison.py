"""The whole comparison on rows made by hand: figures, verdicts, exclusions, overlaps."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from audit.results import Count, Unit
from audit.statistics import Verdict
from tests.audit.rows import audited, men


def measure(rows, name="micro_noa", **filters):
    return next(c for c in audited(rows, **filters).comparisons if c.measure == name)


@pytest.mark.parametrize(
    ("found", "known", "verdict"),
    [
        (0, 0, Verdict.NOT_ENOUGH),
        (10, 20, Verdict.NOT_ENOUGH),
        (39, 60, Verdict.WITHIN),
        (10, 40, Verdict.BELOW),
        (50, 55, Verdict.ABOVE),
        (12, 12, Verdict.ABOVE),
    ],
)
def test_the_verdict_is_about_the_interval(found, known, verdict):
    result = measure(men(found, known))
    assert (result.found, result.known, result.verdict) == (found, known, verdict)


def test_the_same_clinic_is_below_one_source_and_within_the_other():
    rows = men(192, 400)
    assert measure(rows, reference_set="document").verdict is Verdict.BELOW
    assert measure(rows, reference_set="literature").verdict is Verdict.WITHIN


def test_pending_results_that_decide_take_the_verdict_away():
    result = measure(men(39, 60, pending=12))
    assert (result.verdict, result.pending_decides, result.pending) == (Verdict.NOT_ENOUGH, True, 12)
    assert result.worst.lower < result.interval.lower < result.best.lower
    assert result.outlook is None, "what is awaited decides, not what comes later"
    assert measure(men(10, 20)).outlook is not None


def test_without_a_result_there_is_neither_rate_nor_interval():
    result = measure(men(0, 0, pending=3))
    assert (result.rate, result.interval, result.wilson) == (None, None, None)
    assert (result.worst.lower, result.best.upper) == (0, 1)
    nobody = measure(men(0, 0))
    assert (nobody.worst, nobody.best, nobody.verdict) == (None, None, Verdict.NOT_ENOUGH)


def test_testes_get_counts_and_neither_interval_nor_verdict():
    result = measure(men(30, 45, right_sperm_found="motile"), unit=Unit.TESTIS)
    assert (result.interval, result.wilson, result.verdict, result.no_verdict) == (None, None, None, "unit")


def test_attempts_get_an_interval_and_no_verdict():
    result = measure(men(30, 45), unit=Unit.ATTEMPT)
    assert result.interval is not None
    assert (result.verdict, result.no_verdict) == (None, "unit")


@pytest.mark.parametrize("name", ["failed_before", "klinefelter", "genetic", "c23_union"])
@pytest.mark.parametrize("reference_set", ["document", "literature"])
def test_the_ambiguous_line_never_gets_a_verdict_word(name, reference_set):
    rows = men(30, 45, klinefelter_status="mosaic", prior_retrieval="none_found", attempt_number=2)
    result = measure(rows, name, reference_set=reference_set)
    assert (result.known, result.verdict, result.outlook) == (45, None, None)
    assert result.no_verdict


def test_the_three_groups_overlap_and_the_union_has_each_man_once():
    rows = [
        *men(2, 3, prefix="K", klinefelter_status="non_mosaic"),
        *men(1, 2, prefix="F", prior_retrieval="none_found", attempt_number=2),
        *men(1, 1, prefix="B", klinefelter_status="mosaic", prior_retrieval="none_found", attempt_number=2),
        *men(5, 9, prefix="O"),
    ]
    counts = {c.measure: (c.found, c.known) for c in audited(rows).comparisons}
    assert counts["klinefelter"] == (3, 4)
    assert counts["genetic"] == (3, 4)
    assert counts["failed_before"] == (2, 3)
    assert counts["c23_union"] == (4, 6)
    overlaps = {overlap.groups: overlap.count for overlap in audited(rows).overlaps}
    assert overlaps == {
        ("failed_before",): Count(found=1, known=2),
        ("failed_before", "klinefelter", "genetic"): Count(found=1, known=1),
        ("klinefelter", "genetic"): Count(found=2, known=3),
    }


@pytest.mark.parametrize("unit", Unit)
def test_a_man_who_returns_stands_once_in_the_overlaps_with_all_his_groups(unit):
    first = men(0, 1, klinefelter_status="mosaic")
    again = replace(
        first[0],
        case_number="M-0-2",
        procedure_date=date(2024, 6, 1),
        prior_retrieval="none_found",
        attempt_number=2,
        sperm_found="motile",
    )
    both = ("failed_before", "klinefelter", "genetic")
    (overlap,) = audited([*first, again], unit=unit).overlaps
    assert (overlap.groups, overlap.count) == (both, Count(found=0, known=1))


def test_obstructive_and_non_obstructive_men_are_never_pooled():
    rows = [*men(20, 20, prefix="O", azoospermia_type="oa", y_microdeletion=""), *men(0, 20)]
    assert measure(rows, "obstructive").rate == 1
    assert measure(rows).rate == 0


def test_motile_and_usable_are_second_lines_of_the_same_men():
    rows = [*men(3, 5), *men(2, 2, prefix="I", sperm_found="immotile", disposition="discarded")]
    result = measure(rows)
    assert (result.found, result.known) == (5, 7)
    assert result.beside["motile"] == Count(found=3, known=7)
    assert result.beside["usable"] == Count(found=3, known=7)
    assert not {"motility_not_recorded", "use_not_recorded"} & set(result.beside)


def test_one_motile_man_among_many_of_unrecorded_motility_is_no_high_rate():
    result = measure([*men(1, 5), *men(4, 4, prefix="U", sperm_found="found_unspecified")])
    assert result.beside["motile"] == Count(found=1, known=9)
    assert result.beside["motility_not_recorded"] == Count(found=4, known=9)


def test_sperm_of_unrecorded_motility_is_not_counted_as_immotile():
    rows = men(3, 5, sperm_found="", disposition="")
    rows = [replace(row, sperm_found="found_unspecified" if n < 3 else "none") for n, row in enumerate(rows)]
    result = measure(rows)
    assert (result.found, result.known) == (3, 5)
    assert result.beside["motile"] == Count(found=0, known=5)
    assert result.beside["motility_not_recorded"] == Count(found=3, known=5)
    assert result.beside["usable"] == Count(found=0, known=5)
    assert result.beside["use_not_recorded"] == Count(found=3, known=5)


def test_a_question_that_does_not_apply_is_not_missing_from_the_case_mix():
    mix = audited(men(1, 2, azoospermia_type="oa", y_microdeletion="")).mix
    assert "y_microdeletion" not in {row.dimension for row in mix}
    assert "klinefelter_status" in {row.dimension for row in mix}


def test_operations_and_men_ever_successful_stand_beside_the_men():
    first = men(0, 2, prefix="A")
    second = [replace(first[0], case_number="A-2", procedure_date=date(2024, 5, 1), sperm_found="motile")]
    result = measure([*first, *second])
    assert (result.found, result.known) == (0, 2)
    assert result.beside["attempts"] == Count(found=1, known=3)
    assert result.beside["men_ever_found"] == Count(found=1, known=2)


def test_the_case_mix_counts_only_whom_it_is_known_of():
    rows = [
        *men(1, 1, prefix="K", klinefelter_status="mosaic"),
        *men(1, 2, prefix="N"),
        *men(0, 1, prefix="U", klinefelter_status="not_tested", y_microdeletion="not_tested"),
    ]
    mix = measure(rows).case_mix
    assert mix["klinefelter"] == Count(found=1, known=3)
    assert mix["azf_tested"] == Count(found=3, known=4)


def test_who_was_tested_for_y_microdeletions_is_asked_only_where_it_applies_and_was_answered():
    rows = [*men(1, 2), *men(0, 3, prefix="U", y_microdeletion="")]
    rows += men(0, 1, prefix="T", y_microdeletion="not_tested")
    assert measure(rows).case_mix["azf_tested"] == Count(found=2, known=3)
    obstructive = men(4, 4, azoospermia_type="oa", y_microdeletion="none")
    assert measure(obstructive, "obstructive").case_mix["azf_tested"] == Count(found=0, known=0)


def test_the_difference_is_micro_minus_conventional_in_non_obstructive_men():
    from scipy.stats import fisher_exact

    rows = [*men(37, 65), *men(26, 68, prefix="C", procedure="conventional_tese")]
    result = audited([*rows, *men(9, 9, prefix="O", azoospermia_type="oa", y_microdeletion="")]).difference
    assert result.difference.estimate == pytest.approx(37 / 65 - 26 / 68)
    assert result.fisher_p == pytest.approx(fisher_exact([[37, 28], [26, 42]]).pvalue)


@pytest.mark.parametrize("unit", Unit)
def test_the_difference_is_of_men_whatever_the_unit(unit):
    first = [*men(1, 3), *men(1, 2, prefix="C", procedure="conventional_tese")]
    again = replace(first[2], case_number="M-2-2", procedure_date=date(2024, 6, 1), sperm_found="motile")
    found = audited([*first, again], unit=unit).difference.difference
    assert (found.first_found, found.first_known) == (1, 3)
    assert (found.second_found, found.second_known) == (1, 2)


def test_there_is_no_difference_while_an_arm_is_empty():
    assert audited(men(3, 5)).difference.difference is None
    assert audited(men(3, 5)).difference.fisher_p is None


def weighed(*weights, **changes):
    return [
        replace(row, right_weighing="balance", right_tissue_weight_mg=Decimal(weight))
        for row, weight in zip(men(0, len(weights), **changes), weights, strict=True)
    ]


def test_the_tissue_ratio_is_conventional_over_micro_per_man():
    rows = [
        *weighed(400, 600, prefix="C", procedure="conventional_tese"),
        *weighed(50, 0, 60, prefix="M"),
        *men(0, 1, prefix="N"),
    ]
    tissue = audited(rows).tissue
    assert tissue.ratio.ratio_of_medians == pytest.approx(500 / 55)
    assert tissue.weighed == {
        "conventional_tese": Count(found=2, known=2),
        "micro_tese": Count(found=2, known=4),
    }
    assert tissue.zero_weights == 1


def test_the_tissue_ratio_needs_two_weighed_men_in_each_arm():
    rows = [*weighed(400, prefix="C", procedure="conventional_tese"), *weighed(50, 60)]
    assert audited(rows).tissue.ratio is None


def test_what_is_left_out_is_counted_with_its_reason():
    rows = [
        *men(1, 2, pending=1),
        *men(0, 1, prefix="A", status="abandoned", status_reason="No access"),
        *men(0, 1, prefix="X", status="cancelled", status_reason="Fever", procedure=""),
        *men(0, 1, prefix="U", azoospermia_type="uncertain"),
        *men(0, 1, prefix="D", state="draft"),
        *men(0, 1, prefix="N", azoospermia_type="not_azoospermic"),
        *men(0, 1, prefix="R", procedure=""),
        *men(1, 2, prefix="T", procedure="tesa"),
        *men(1, 1, prefix="O", procedure="", azoospermia_type="oa"),
    ]
    quality = audited(rows).quality
    assert quality.cases == 12
    assert {part: len(cases) for part, cases in quality.parts.items()} == {
        "pending": 1,
        "draft": 1,
        "cancelled": 1,
        "abandoned": 1,
        "uncertain_type": 1,
        "not_recorded": 1,
        "not_azoospermic": 1,
        "other_procedure": 2,
    }
    assert quality.reasons == (("A-0", "abandoned", "No access"), ("X-0", "cancelled", "Fever"))


def test_the_chance_of_a_false_below_is_summed_over_the_judged_cells():
    result = audited([*men(30, 60), *men(9, 10, prefix="O", azoospermia_type="oa", y_microdeletion="")])
    assert result.cells_judged == 2
    assert 0 < result.expected_false_below < 0.05


def test_the_case_mix_table_counts_men_with_and_without_a_result():
    rows = [*men(1, 3, pending=1), *men(1, 1, prefix="C", procedure="conventional_tese")]
    mix = {(m.dimension, m.value, m.procedure): (m.men, m.count) for m in audited(rows).mix}
    assert mix["azoospermia_type", "noa", "micro_tese"] == (4, Count(found=1, known=3))
    assert mix["azoospermia_type", "noa", "conventional_tese"] == (1, Count(found=1, known=1))


def test_an_audit_of_nothing_says_nothing_wrong():
    result = audited([])
    assert {c.verdict for c in result.comparisons if c.verdict} == {Verdict.NOT_ENOUGH}
    assert result.cells_judged == 0
    assert result.mix == ()
    assert result.quality.cases == 0
