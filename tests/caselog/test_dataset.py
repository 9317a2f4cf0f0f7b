from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from caselog import dataset
from caselog.dataset import CaseRow, best_finding


def test_a_row_holds_what_was_recorded(make_case, make_report, surgeon, clinic):
    case = make_case(right_tissue_weight_mg=Decimal("12.5"), sides="both")
    make_report(case)
    (row,) = dataset.cases_of(surgeon, clinic)
    assert (row.case_number, row.patient_code) == (case.number, case.patient.code)
    assert (row.right_tissue_weight_mg, row.left_tissue_weight_mg) == (Decimal("12.50"), None)
    assert (row.right_sperm_found, row.left_sperm_found, row.sperm_found) == ("motile", "none", "motile")
    assert row.retrieved
    assert not row.pending


def test_only_the_clinics_cases_of_the_period_that_the_user_may_see(
    make_case, clinic, other_clinic, surgeon, member
):
    make_case(procedure_date=date(2025, 1, 1))
    inside = make_case(procedure_date=date(2025, 2, 1))
    make_case(procedure_date=date(2025, 3, 1))
    rows = dataset.cases_of(surgeon, clinic, since=date(2025, 2, 1), until=date(2025, 2, 28))
    assert [row.case_number for row in rows] == [inside.number]
    assert dataset.cases_of(member("reader", clinic=other_clinic), clinic) == []


def test_five_queries_whatever_the_number_of_cases(
    make_case, make_report, surgeon, clinic, django_assert_num_queries
):
    for _ in range(3):
        make_report(make_case())
    with django_assert_num_queries(5):
        dataset.cases_of(surgeon, clinic)


@pytest.mark.parametrize(
    ("answers", "age"),
    [
        ({"age_at_procedure": 34}, 34),
        ({"age_at_procedure": None, "birth_year": 1990}, 35),
        ({"age_at_procedure": 34, "birth_year": 1990}, 34),
    ],
)
def test_the_age_is_the_one_recorded_or_comes_from_the_birth_year(make_case, surgeon, clinic, answers, age):
    make_case(**answers)
    assert dataset.cases_of(surgeon, clinic)[0].age_at_procedure == age


@pytest.mark.parametrize(
    ("findings", "best"),
    [
        (["none", "motile"], "motile"),
        (["immotile", "none"], "immotile"),
        (["none", "not_sampled"], "none"),
        (["not_sampled"], ""),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_the_best_finding_counts_and_an_unexamined_man_has_none(findings, best):
    assert best_finding(findings) == best


WEIGHED = CaseRow(
    patient_code="A",
    sides="both",
    right_weighing="balance",
    right_tissue_weight_mg=Decimal(10),
    left_weighing="balance",
    left_tissue_weight_mg=Decimal(0),
)


@pytest.mark.parametrize(
    ("changes", "mg"),
    [
        ({}, 10),
        ({"sides": "right"}, 10),
        ({"sides": "left"}, 0),
        ({"left_weighing": "not_weighed", "left_tissue_weight_mg": None}, None),
        ({"left_weighing": "estimated"}, None),
        ({"sides": ""}, None),
    ],
    ids=str,
)
def test_the_tissue_of_a_man_is_known_when_every_side_was_weighed(changes, mg):
    assert replace(WEIGHED, **changes).tissue_mg == mg


def test_equal_data_has_an_equal_fingerprint_and_any_change_another():
    rows = [WEIGHED, replace(WEIGHED, patient_code="B")]
    assert dataset.fingerprint(rows) == dataset.fingerprint(list(rows))
    for changed in (
        rows[:1],
        rows[::-1],
        [WEIGHED, replace(rows[1], left_tissue_weight_mg=None)],
        [WEIGHED, replace(rows[1], sperm_found="none")],
    ):
        assert dataset.fingerprint(changed) != dataset.fingerprint(rows)


def test_completeness_counts_what_is_expected_and_nothing_that_does_not_apply():
    rows = [
        CaseRow(patient_code="A", azoospermia_type="noa", y_microdeletion="not_tested"),
        CaseRow(patient_code="B", azoospermia_type="noa"),
        CaseRow(patient_code="C", azoospermia_type="oa"),
    ]
    counts = {name: (recorded, expected) for name, recorded, expected in dataset.completeness(rows)}
    assert counts["y_microdeletion"] == (1, 2)
    assert counts["azoospermia_type"] == (3, 3)
    assert counts["procedure"] == (0, 3)
    assert "right_weighing" not in counts


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"result_status": "final"}, 1),
        ({"result_status": "preliminary"}, 0),
        ({"result_status": ""}, 0),
        ({"status": "abandoned", "result_status": ""}, 0),
        ({"status": "cancelled", "result_status": ""}, 0),
    ],
    ids=str,
)
def test_the_laboratory_owes_answers_only_in_the_final_report_of_a_performed_operation(changes, expected):
    rows = [CaseRow(patient_code="A", sides="right"), replace(WEIGHED, **changes)]
    counts = {name: asked for name, _recorded, asked in dataset.completeness(rows)}
    assert [counts.get(name, 0) for name in ("search_minutes", "disposition", "right_sperm_found")] == (
        [expected] * 3
    )


def test_the_frame_keeps_missing_integers_and_words_as_they_are():
    frame = dataset.frame([replace(WEIGHED, patient_code="NA", attempt_number=1), WEIGHED])
    assert list(frame.attempt_number) == [1, None]
    assert list(frame.patient_code) == ["NA", "A"]
    assert list(frame.columns) == dataset.COLUMNS
