"""Answers of a spreadsheet that contradict each other, in one row or in several of one man."""

import pytest

from tests.audit.sheets import errors_of


@pytest.mark.parametrize(
    ("more", "row", "column", "rule"),
    [
        ("primary_aetiology", "A,oa,tesa,yes,klinefelter", "primary_aetiology", "does not go with"),
        ("attempt,prior_retrieval", "A,noa,mtese,yes,2,no_prior", "attempt_number", "has an earlier one"),
        ("date", "A,noa,mtese,yes,2025-07-01", "procedure_date", "in the future"),
        ("birth_year,date", "A,noa,mtese,yes,2020,2024-05-01", "birth_year", "outside 12 to 99"),
        ("status", "A,noa,mtese,yes,cancelled", "status", "no result"),
        ("right_sperm_found", "A,noa,mtese,no,motile", "sperm_found", "disagrees"),
        (
            "right_weighing,right_tissue_weight_mg",
            "A,noa,mtese,no,not weighed,9",
            "right_weighing",
            "is a weight",
        ),
        ("right_tissue_weight_mg", "A,noa,mtese,no,0.12", "right_tissue_weight_mg", "less than 1 mg"),
        ("birth_year,date,age", "A,noa,mtese,no,1990,2024-05-01,40", "age_at_procedure", "year of birth"),
        ("sides,left_sperm_found", "A,noa,mtese,no,right,no", "left_sperm_found", "not operated on"),
        (
            "sides,left_tissue_weight_mg",
            "A,noa,mtese,no,right,90",
            "left_tissue_weight_mg",
            "not operated on",
        ),
        (
            "left_sperm_found,left_tissue_weight_mg",
            "A,noa,mtese,no,not sampled,90",
            "left_tissue_weight_mg",
            "not operated on",
        ),
        (
            "right_tissue_weight_mg,left_tissue_weight_mg,tissue_weight_mg",
            "A,noa,mtese,no,100,90,250",
            "tissue_weight_mg",
            "disagrees with the weights",
        ),
        ("right_tissue_weight_mg,tissue_weight_mg", "A,noa,mtese,no,100,90", "tissue_weight_mg", "disagrees"),
        (
            "right_weighing,right_tissue_weight_mg,tissue_weight_mg",
            "A,noa,mtese,no,estimated,100,200",
            "tissue_weight_mg",
            "estimated or not weighed",
        ),
        (
            "right_tissue_weight_mg,tissue_weight_mg",
            "A,noa,mtese,no,100,not weighed",
            "tissue_weight_mg",
            "a weight of a side",
        ),
        (
            "right_weighing,right_tissue_weight_mg",
            "A,noa,mtese,no,balance,not weighed",
            "right_tissue_weight_mg",
            "another column",
        ),
        ("disposition", "A,noa,mtese,no,frozen", "disposition", "no sperm was found"),
    ],
)
def test_answers_that_contradict_each_other_are_refused(cases, more, row, column, rule):
    (error,) = errors_of(cases, row, more=more)
    assert f"column {column}" in error
    assert rule in error


@pytest.mark.parametrize(
    ("more", "row"),
    [
        ("birth_year,date,age", "A,noa,mtese,no,1990,2024-05-01,33"),
        ("sides,left_sperm_found", "A,noa,mtese,no,right,not sampled"),
        ("left_sperm_found,left_tissue_weight_mg", "A,noa,mtese,no,not sampled,0"),
        ("right_tissue_weight_mg,tissue_weight_mg", "A,noa,mtese,no,100,190"),
        (
            "right_tissue_weight_mg,left_tissue_weight_mg,tissue_weight_mg",
            "A,noa,mtese,no,100.4,90.3,191",
        ),
        ("disposition", "A,noa,mtese,no,tissue_frozen"),
    ],
)
def test_answers_that_go_together_are_read(cases, more, row):
    assert len(cases(row, more=more).rows) == 1


def test_found_without_more_agrees_with_a_finding_of_a_side(cases):
    assert (
        cases("A,noa,mtese,yes,motile", more="right_sperm_found").rows[0].sperm_found == "found_unspecified"
    )


def test_rows_of_one_man_need_an_order(cases):
    errors = errors_of(cases, "A,noa,mtese,no", "A,noa,mtese,yes")
    assert [error.split(":")[0] for error in errors] == [
        "row 2, column patient_code, value “A”",
        "row 3, column patient_code, value “A”",
    ]


@pytest.mark.parametrize("more", ["date", "attempt"])
def test_dates_or_attempt_numbers_order_the_rows_of_one_man(cases, more):
    values = {"date": ("2024-01-01", "2024-02-01"), "attempt": ("1", "2")}[more]
    assert len(cases(*(f"A,noa,mtese,no,{value}" for value in values), more=more).rows) == 2


@pytest.mark.parametrize(
    ("more", "rows", "rule"),
    [
        ("date", ["2024-01-01", "2024-01-01"], "is also in row 2"),
        ("attempt", ["1", "1"], "is also in row 2"),
        ("date,attempt", ["2024-01-01,2", "2024-02-01,1"], "does not follow the order of the dates"),
        ("date,attempt", ["2024-01-01,1", ",2"], "nothing orders them"),
    ],
)
def test_an_order_that_cannot_be_is_refused(cases, more, rows, rule):
    assert rule in errors_of(cases, *(f"A,noa,mtese,no,{row}" for row in rows), more=more)[0]


def test_one_man_under_two_spellings_is_not_counted_twice(cases):
    assert "may be the man of “K-1”" in errors_of(cases, "K-1,noa,mtese,no", "k 1,noa,mtese,yes")[0]


@pytest.mark.parametrize(("first", "second"), [("007", "7"), ("K-07", "K-7"), ("٠٧", "7")])
def test_a_code_that_lost_its_zeros_is_not_another_man(cases, first, second):
    assert (
        f"may be the man of “{first}”"
        in errors_of(cases, f"{first},noa,mtese,no", f"{second},noa,mtese,no")[0]
    )


def test_a_zero_within_a_code_is_no_leading_zero(cases):
    assert len(cases("10,noa,mtese,no", "100,noa,mtese,no", "K-0,noa,mtese,no").rows) == 3


def test_a_wrong_date_is_told_once_and_not_as_a_missing_order_too(cases):
    errors = errors_of(cases, "A,noa,mtese,no,03/04/2024", "A,noa,mtese,no,2024-05-01", more="date")
    assert len(errors) == 1
