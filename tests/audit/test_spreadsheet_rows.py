"""What the rows of a spreadsheet mean: headings, units, what is absent, what follows."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from audit.spreadsheet import read_cases
from tests.audit.sheets import HEAD, TODAY, audit, read_lines


@pytest.mark.parametrize(
    ("heading", "cell", "mg"),
    [
        ("tissue_weight_mg", "120", 120),
        ("Tissue (mg)", "120", 120),
        ("tissue weight [g]", "0.123", 123),
        ("وزن النسيج (غ)", "٠٫١٢", 120),
        ("وزن النسيج (ملغ)", "120", 120),
        ("tissue_weight_g", "1", 1000),
    ],
)
def test_weights_are_read_in_the_unit_of_their_heading(cases, heading, cell, mg):
    row = cases(f"A,noa,mtese,yes,{cell}", more=heading).rows[0]
    assert row.tissue_weight_mg == Decimal(mg)
    assert str(row.tissue_weight_mg) == str(mg)


def test_what_follows_from_other_columns_is_not_absent(cases):
    more = "birth_year,date,right_sperm_found,left_sperm_found"
    absent = cases("A,noa,mtese,yes,1990,2024-05-01,motile,none", more=more).absent
    assert not {"birth_year", "age_at_procedure", "sides", "procedure_date"} & set(absent)


def test_headings_are_names_labels_or_synonyms_in_either_language(tmp_path):
    read = read_lines(
        tmp_path, "رمز المريض;Azoospermia type;العملية;Sperm Retrieved;hospital", "A;NOA;mTESE;نعم;X"
    )
    assert (read.rows[0].azoospermia_type, read.rows[0].procedure) == ("noa", "micro_tese")
    assert read.ignored == ("hospital",)


def test_what_the_audit_does_not_use_is_named_and_never_in_the_way(cases):
    """Hormones, times and follow-up are fields of the record, with headings that the reader knows."""
    more = "FSH,FSH: Value,testosterone,height,start_time,height_cm,processing"
    read = cases("A,noa,micro_tese,yes,12,<0.1,3.2,1.80,whenever,180,magic", more=more)
    assert len(read.rows) == 1
    assert read.ignored == (
        "FSH",
        "FSH: Value",
        "testosterone",
        "height",
        "start_time",
        "height_cm",
        "processing",
    )


def test_a_column_that_is_no_field_is_reported_and_not_used(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD},shoe size\nA,noa,mtese,yes,43\n", encoding="utf-8")
    assert "Columns not used: shoe size" in audit(path)[1]


def test_an_empty_finding_is_pending_and_not_without_sperm(cases):
    pending, none = cases("A,noa,mtese,", "B,noa,mtese,no").rows
    assert pending.pending
    assert not none.pending
    assert not none.retrieved


def test_what_is_absent_is_not_recorded(cases):
    row = cases("A,,,yes").rows[0]
    assert (row.azoospermia_type, row.procedure, row.klinefelter_status, row.procedure_date) == (
        "",
        "",
        "",
        None,
    )
    assert (row.case_number, row.result_status, row.sperm_found) == ("row 2", "final", "found_unspecified")


def test_a_preliminary_result_stays_pending(cases):
    assert cases("A,noa,mtese,yes,preliminary", more="result_status").rows[0].pending


def test_zero_is_a_weight_and_not_weighed_is_an_answer(cases):
    more = "right_tissue_weight_mg,left_tissue_weight_mg"
    row = cases("A,noa,mtese,yes,0,not weighed", more=more).rows[0]
    assert (row.right_tissue_weight_mg, row.left_tissue_weight_mg, row.left_weighing) == (
        0,
        None,
        "not_weighed",
    )


def test_the_tissue_of_a_man_as_a_whole_is_used(cases):
    rows = cases("A,noa,mtese,yes,120", "B,noa,mtese,yes,not weighed", more="tissue_weight_mg").rows
    assert [row.tissue_mg for row in rows] == [Decimal(120), None]
    assert [row.right_weighing for row in rows] == ["", "not_weighed"]


def test_not_weighed_is_said_of_the_sides_that_were_operated_on(cases):
    row = cases("A,noa,mtese,yes,not weighed,left", more="tissue_weight_mg,sides").rows[0]
    assert (row.right_weighing, row.left_weighing) == ("", "not_weighed")


@pytest.mark.parametrize(
    ("right", "left", "found", "sides"),
    [
        ("motile", "none", "motile", "both"),
        ("none", "not sampled", "none", "right"),
        ("none", "", "none", ""),  # nobody says whether the left one was operated on
        ("not sampled", "not sampled", "", ""),
    ],
)
def test_findings_by_side_make_the_finding_of_the_man(tmp_path, right, left, found, sides):
    heads = "patient_code,azoospermia_type,procedure,right_sperm_found,left_sperm_found"
    row = read_lines(tmp_path, heads, f"A,noa,mtese,{right},{left}").rows[0]
    assert (row.sperm_found, row.sides) == (found, sides)


def test_a_birth_year_gives_the_age(cases):
    assert cases("A,noa,mtese,yes,1990,2024-05-01", more="birth_year,date").rows[0].age_at_procedure == 34


def test_typed_dates_of_excel_are_read(tmp_path):
    book = Workbook()
    book.active.append([*HEAD.split(","), "date"])
    book.active.append([1, "NOA", "mTESE", True, datetime(2024, 4, 3)])
    book.create_sheet("Notes").append(["x"])
    book.save(tmp_path / "a.xlsx")
    assert "Sheets not read: Notes" in audit(tmp_path / "a.xlsx")[1]
    read = read_cases(tmp_path / "a.xlsx", today=TODAY)
    assert (read.rows[0].patient_code, read.rows[0].procedure_date) == ("1", date(2024, 4, 3))
    assert read.other_sheets == ("Notes",)
