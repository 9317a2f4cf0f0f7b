"""Measures without a verdict: shares, medians, changes in the same men, and rates by group."""

from decimal import Decimal

import pytest

from audit import catalogue, describing, words
from audit.quantities import CHANGES, MONTHS, QUANTITIES
from audit.results import Apart, Filters
from audit.shares import SHARES
from caselog import dataset
from tests.audit.rows import audited, row
from tests.audit.sentences import said as plain

CONVENTIONAL = {"procedure": "conventional_tese"}
SOME, NONE = {"complications": "some"}, {"complications": "none_known"}
NOT_FOLLOWED = {"complications": "not_followed"}


def men(n, **changes):
    return [row(f"M{number}", **changes) for number in range(n)]


def weighed(*weights, **changes):
    return [
        row(f"W{n}", right_weighing="balance", right_tissue_weight_mg=Decimal(mg), **changes)
        for n, mg in enumerate(weights)
    ]


def told(measure, rows, **kwargs):
    """Each sentence of the measure, by group and what it tells."""
    audit = audited(rows, **kwargs)
    return {(line.group, line.what): plain(words.sentence(line)) for line in words.lines_of(audit, measure)}


def by_group(rows, by):
    return [plain(words.sentence(line)) for line in words.strata_of(audited(rows), by)]


def of_micro(rows, by):
    """Of all men with micro-TESE, not of the groups of C23 among them."""
    return [line for line in by_group(rows, by) if ", micro-TESE:" in line]


def test_a_share_has_its_counts_and_its_exact_interval():
    rows = [row(f"M{n}", anaesthesia="general" if n < 6 else "spinal") for n in range(8)]
    rows.append(row("N"))
    assert told("anaesthesia_general", rows) == {
        ("All", "General anaesthesia"): ("All, General anaesthesia: 6 of 8, 75 % (35–97 %), 1 not recorded")
    }


def test_with_nobody_in_it_a_group_says_so():
    assert list(told("anaesthesia_general", [row(**CONVENTIONAL, anaesthesia="spinal")]).values()) == [
        "All: no man in this group"
    ]
    assert told("days_to_result", []) == {("All", "Median"): "All, Median: no operation in this group"}


def test_with_one_arm_empty_the_other_one_stands_and_the_empty_one_says_so():
    assert told("tissue_of_a_man", weighed(60, 80, 120, 200, 450)) == {
        ("Conventional TESE", "Median"): "Conventional TESE, Median: no man in this group",
        ("micro-TESE", "Median"): "micro-TESE, Median: 5 of 5, 120 mg (quartiles 80–200)",
    }


def test_with_everything_pending_no_figure_is_given():
    rows = men(6, result_status="", sperm_found="")
    assert told("days_to_result", rows) == {
        ("All", "Median"): "All, Median: not known of any of the 6 operations, 6 results pending"
    }
    assert list(told("count_category", rows).values()) == [
        "Conventional TESE: no man in this group",
        "micro-TESE: not known of any of the 6 men, 6 results pending",
    ]
    assert by_group(rows, "primary_aetiology") == [
        "Idiopathic, micro-TESE: no final result yet, 6 results pending"
    ]


def test_with_nobody_followed_there_is_no_complication_rate_and_nobody_is_without_one():
    assert told("complication", men(7, **NOT_FOLLOWED))["micro-TESE", ""] == (
        "micro-TESE: not known of any of the 7 men, 7 not followed up"
    )
    assert told("complication", men(7))["micro-TESE", ""] == (
        "micro-TESE: not known of any of the 7 men, 7 not recorded"
    )


def test_one_man_of_whom_nothing_is_known_is_told_in_the_singular():
    assert told("complication", men(1))["micro-TESE", ""] == (
        "micro-TESE: not known of the 1 man, 1 not recorded"
    )


def test_none_known_is_an_answer_and_the_worst_grade_counts_once():
    rows = [
        *men(3, **NONE),
        row("A", **SOME, complication_grades=["1"]),
        row("B", **SOME, complication_grades=["2", "3a"]),
        row("C", **SOME, complication_grades=[""]),
        row("D", **NOT_FOLLOWED),
    ]
    said = told("complication", rows)
    assert said["micro-TESE", "At least one"] == (
        "micro-TESE, At least one: 3 of 6, 50 % (12–88 %), 1 not followed up"
    )
    assert {what for group, what in said if group == "micro-TESE"} == {
        "At least one", "Grade I", "Grade IIIa", "Without a grade",
    }  # fmt: skip


def test_an_abandoned_operation_counts_where_harm_is_counted_and_a_cancelled_one_does_not():
    rows = [
        *men(5, intraoperative_complication="no"),
        row("A", status="abandoned", intraoperative_complication="yes"),
        row("C", status="cancelled", procedure="", intraoperative_complication=""),
    ]
    assert told("complication_in_theatre", rows)["micro-TESE", "Yes"] == (
        "micro-TESE, Yes: 1 of 6, 17 % (<1–64 %)"
    )


def test_a_later_operation_of_a_man_is_told_and_not_counted():
    rows = [*men(5, **NONE), row("M0", on=9, **SOME, attempt_number=2, prior_retrieval="found")]
    assert told("complication", rows)["micro-TESE", "At least one"] == (
        "micro-TESE, At least one: 0 of 5, 0 % (0–52 %), 1 later attempt"
    )


@pytest.mark.parametrize(
    ("right", "left", "answer"),
    [
        ("yes", "yes", "yes"),
        ("yes", "no", "no"),
        ("", "no", "no"),
        ("yes", "", Apart.NOT_RECORDED),
        ("yes", "not_noted", Apart.NOT_NOTED),
    ],
)
def test_one_testis_without_preserved_vessels_decides_for_the_man(right, left, answer):
    measure = next(one for one in SHARES if one.id == "vessels_preserved")
    case = row(sides="both", right_vessels_preserved=right, left_vessels_preserved=left)
    assert measure.answer(case) == answer


def test_the_number_of_sperm_is_of_men_with_sperm_and_pending_results_can_move_it():
    found = {"right_sperm_found": "motile"}
    rows = [
        *men(5, right_count_category="11_100", **found),
        row("N", sperm_found="none", right_sperm_found="none", right_count_category="0"),
        row("U", **found),
        row("P", result_status="", sperm_found=""),
    ]
    said = told("count_category", rows)
    assert said["micro-TESE", "1–10"] == (
        "micro-TESE, 1–10: 0 of 5, 0 % (0–52 %), with 1 result pending: 0–17 %, "
        "1 result pending, 1 not recorded"
    )
    assert said["micro-TESE", "11–100"] == (
        "micro-TESE, 11–100: 5 of 5, 100 % (48–100 %), with 1 result pending: 83–100 %"
    )


@pytest.mark.parametrize(
    ("measure", "rows", "said"),
    [
        ("anaesthesia_general", men(4, anaesthesia="general"), "4 of 4, too few for a percentage"),
        ("days_to_entry", men(4, days_to_entry=0), "4 of 4, too few for a median"),
    ],
)
def test_under_five_only_the_counts_are_given(measure, rows, said):
    (sentence,) = told(measure, rows).values()
    assert sentence.endswith(said)
    audit = audited(rows)
    assert all(one.interval is None for line in audit.shares for one in line.answers)
    assert all(line.quartiles is None for line in audit.quantities)
    assert all(line.interval is None for line in audit.strata)


def test_the_least_number_is_the_clinics_to_choose():
    (line,) = [
        one for one in describing.quantities(men(2, days_to_entry=3), 2) if one.measure == "days_to_entry"
    ]
    assert line.quartiles.median == 3


@pytest.mark.parametrize(
    ("days", "said"), [((0, 1, 4), "1 day"), ((0, 1, 2, 4), "1.5 days"), ((4,), "4 days")]
)
def test_a_unit_that_is_a_word_agrees_with_its_number(days, said):
    rows = [row(f"D{n}", days_to_entry=one) for n, one in enumerate(days * 5)]
    assert f", {said} (quartiles " in told("days_to_entry", rows)["All", "Median"]


def test_an_estimated_weight_is_none_and_zero_is_one():
    rows = [
        *weighed(0, 10, 20, 30, 40),
        row("E", right_weighing="estimated", right_tissue_weight_mg=Decimal(999)),
        row("N", right_weighing="not_weighed"),
        row("U"),
    ]
    assert told("tissue_of_a_man", rows)["micro-TESE", "Median"] == (
        "micro-TESE, Median: 5 of 8, 20 mg (quartiles 10–30), 1 not recorded, 1 not weighed, 1 estimated"
    )


def test_testes_count_each_where_the_unit_is_the_testis():
    both = {"sides": "both", "left_weighing": "not_weighed"}
    assert told("tissue_of_a_testis", weighed(10, 20, 30, 40, 50, **both))["micro-TESE", "Median"] == (
        "micro-TESE, Median: 5 of 10, 30 mg (quartiles 20–40), 5 not weighed"
    )


def test_a_change_is_of_men_with_both_values_and_without_replacement():
    values = zip((16, 20, 12, 15, 10), (12, 18, 9, 15, 8), strict=True)  # docs/methods/paired-change.md
    rows = [
        row(f"T{n}", testosterone_before=Decimal(before), testosterone_3=Decimal(after))
        for n, (before, after) in enumerate(values)
    ]
    rows += [
        row("A", testosterone_before=Decimal(11)),
        row("B", testosterone_3=Decimal(14)),
        row("C", testosterone_before=Decimal(9), testosterone_3=Decimal(20), replacement_month=3),
        row("D", testosterone_before=Decimal(9), testosterone_3=Decimal(0)),
    ]
    said = told("testosterone", rows)
    assert said["micro-TESE", "After 3 months"] == (
        "micro-TESE, After 3 months: 5 of 9, 83 % of the level before (71–98 %); medians 15 and 12 nmol/L, "
        "1 without a value before, 1 without a later value, 1 under replacement, 1 with a value of 0"
    )
    assert said["Conventional TESE", "After 18 months"] == (
        "Conventional TESE, After 18 months: no man in this group"
    )
    assert said["Idiopathic", "After 3 months"].startswith("Idiopathic, After 3 months: 5 of 9, 83 %")


def test_replacement_is_told_by_diagnosis():
    rows = [
        *men(5, replacement_started="no", **NONE),
        row("K", klinefelter_status="non_mosaic", replacement_started="yes", **NONE),
        row("U", replacement_started="unknown", **NONE),
    ]
    said = told("replacement_started", rows)
    assert (
        said["Klinefelter syndrome", "Yes"] == "Klinefelter syndrome, Yes: 1 of 1, too few for a percentage"
    )
    assert said["Non-obstructive, not Klinefelter", "Yes"] == (
        "Non-obstructive, not Klinefelter, Yes: 0 of 5, 0 % (0–52 %), 1 unknown"
    )


def test_retrieval_by_group_never_pools_the_types_and_leaves_uncertain_men_out():
    rows = [
        *men(5),
        row("O", azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa"),
        row("X", azoospermia_type="uncertain"),
    ]
    assert by_group(rows, "azoospermia_type") == [
        "Obstructive, Obstructive azoospermia: 1 of 1, too few for a percentage",
        "Non-obstructive, Non-obstructive azoospermia: 5 of 5, 100 % (48–100 %)",
    ]


def test_the_histology_of_two_testes_is_one_group_only_where_they_agree():
    rows = [
        row("A", right_pattern="sertoli_cell_only", left_pattern="sertoli_cell_only"),
        row("B", right_pattern="sertoli_cell_only", left_pattern="not_done"),
        row("C", right_pattern="sertoli_cell_only", left_pattern="normal"),
        row("D", histology="as the file says"),
        row("E"),
    ]
    groups = [line.group for line in words.strata_of(audited(rows), "histology")]
    assert groups == ["Sertoli cell only", "Different in the two testes", "as the file says", "not recorded"]
    assert by_group(rows, "histology")[0].startswith("Sertoli cell only, micro-TESE: 2 of 2")


def test_a_man_with_three_attempts_counts_once_in_each_group_that_he_is_in():
    rows = [
        row("A", on=1, sperm_found="none"),
        row("A", on=2, attempt_number=2, prior_retrieval="none_found", sperm_found="none"),
        row("A", on=3, attempt_number=3, prior_retrieval="none_found"),
    ]
    assert [line.split(":")[1] for line in of_micro(rows, "attempt_number")] == [
        " 0 of 1, too few for a percentage",
        " 0 of 1, too few for a percentage",
        " 1 of 1, too few for a percentage",
    ]
    assert len(of_micro(rows, "prior_retrieval")) == 2
    assert of_micro(rows, "primary_aetiology") == ["Idiopathic, micro-TESE: 0 of 1, too few for a percentage"]


def test_of_a_man_whose_first_operation_a_filter_left_out_the_reason_is_told():
    """He is no man already counted: nobody of these figures is him."""
    rows = [row("A", 1, procedure="conventional_tese"), row("A", 2, attempt_number=2), *men(5)]
    chosen = dataset.select(rows, Filters(procedure="micro_tese"))
    lines = {line.group: line for line in audited(chosen).shares if line.measure == "complication"}
    micro = lines["micro_tese"]
    assert micro.cases["first_left_out"] == ("A2",)
    assert "repeat" not in micro.cases
    assert micro.total == 5
    assert "1 later attempt of a man whose first one is outside the filters" in words.sentences(micro)[0]
    assert words.key_name(micro.key, "first_left_out").endswith(
        "Later attempt; the man's first one is outside the filters"
    )


def test_nobody_is_left_out_without_a_declared_reason_and_all_add_up():
    rows = [
        *men(3, **NOT_FOLLOWED),
        row("E", right_weighing="estimated", replacement_started="unknown", ultrasound="not_done"),
        row("P", result_status="preliminary", right_vessels_preserved="not_noted"),
        row("M0", on=9, attempt_number=2, prior_retrieval="found"),
    ]
    audit = audited(rows)
    for line in (*audit.shares, *audit.quantities, *audit.changes):
        declared = {str(part) for part in catalogue.definitions()[line.measure].apart}
        assert set(line.cases) - {"known"} <= declared, line.measure
        apart = sum(len(of_part) for part, of_part in line.cases.items() if part not in ("known", "repeat"))
        assert line.known + apart == line.total, line.measure


def test_every_measure_says_what_it_counts_of_whom_and_in_which_version():
    for one in catalogue.definitions().values():
        assert all(map(str, (one.name, one.population, one.numerator, one.denominator, one.words)))
        assert one.version.isdigit()
        assert one.unit
    assert len(catalogue.versions()) == len({str(one.name) for one in catalogue.definitions().values()})
    assert {one.id for one in (*SHARES, *QUANTITIES, *CHANGES)} <= set(catalogue.versions())
    assert MONTHS == (3, 6, 12, 18)
