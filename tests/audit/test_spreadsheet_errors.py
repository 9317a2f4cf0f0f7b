"""A spreadsheet that cannot be audited: every error with its place, its rule and its remedy."""

import pytest
from openpyxl import Workbook

from audit.spreadsheet import SpreadsheetErrors, read_cases
from tests.audit.sheets import GHALAYINI, HEAD, TODAY, audit, errors_of, read_lines


def test_every_error_is_told_with_row_column_value_rule_and_remedy(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(f"{HEAD},procedure_date\nA,XX,TESE,N/A,03/04/2024\n,noa,mtese,yes,\n", encoding="utf-8")
    status, out, err = audit(path)
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "row 2, column azoospermia_type, value “XX”: must be one of: oa, noa, uncertain, not_azoospermic; "
        "write one of these, or leave the cell empty if it is not recorded",
        "row 2, column procedure, value “TESE”: must be one of: micro_tese, conventional_tese, tesa, tefna, "
        "pesa, mesa, other; write one of these, or leave the cell empty if it is not recorded",
        "row 2, column sperm_found, value “N/A”: must be one of: none, immotile, motile, found_unspecified; "
        "write one of these, or leave the cell empty if it is not recorded",
        "row 2, column procedure_date, value “03/04/2024”: must be a date that can be read in one way only; "
        "write year-month-day, such as 2024-04-03, or type it as a date in Excel",
        "row 3, column patient_code: is empty; give every man a code of his own",
        "bad.csv: 5 errors, nothing was audited.",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (bytes(range(0x80, 0x90)) + b"\0" * 64, "neither"),
        (b"PK\x03\x04xx", "damaged"),
        (None, "no such file"),
    ],
    ids=["empty", "binary", "damaged", "absent"],
)
def test_a_file_that_is_no_table_gives_one_clear_line(tmp_path, data, reason):
    path = tmp_path / "cases.xlsx"
    if data is not None:
        path.write_bytes(data)
    status, out, err = audit(path)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert reason in err


def test_a_folder_gives_one_clear_line(tmp_path):
    assert audit(tmp_path)[0] == 2


@pytest.mark.parametrize("out", ["nowhere/report.xlsx", "report.csv"])
def test_an_output_that_cannot_be_written_gives_one_clear_line(tmp_path, out):
    status, said, err = audit(GHALAYINI, "--out", tmp_path / out)
    assert (status, said, len(err.splitlines())) == (2, "", 1)
    assert "--out" in err


def test_the_file_that_is_read_is_never_written_over(tmp_path):
    book = Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["A", "noa", "mtese", "yes"])
    book.save(tmp_path / "cases.xlsx")
    before = (tmp_path / "cases.xlsx").read_bytes()
    assert audit(tmp_path / "cases.xlsx", "--out", tmp_path / "cases.xlsx")[0] == 2
    assert (tmp_path / "cases.xlsx").read_bytes() == before


def test_missing_columns_are_named_and_a_column_twice_is_refused(tmp_path):
    errors = errors_of(read_lines, tmp_path, "patient code,type,azoospermia_type", "A,noa,noa")
    assert errors == [
        "row 1, column procedure: this column is required and is not there; add it, or name its heading so",
        "row 1, column sperm_found: this column is required and is not there; add it, or name its heading so",
        "row 1, column azoospermia_type, value “azoospermia_type”: is a second column of this field; "
        "delete or rename one of them",
    ]


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize("head", [HEAD, f"{HEAD},", f"{HEAD},, "])
def test_a_cell_under_no_heading_is_refused(tmp_path, head):
    (error,) = errors_of(read_lines, tmp_path, head, "A,noa,mtese,yes,yes", "B,noa,mtese,no")
    assert error == (
        "row 2, column E, value “yes”: stands under no heading; give the column a heading, or clear the cell"
    )


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize("heading", ["tissue", "Tissue weight", "وزن النسيج", "right_tissue_weight"])
def test_a_column_of_weights_without_a_unit_is_refused(cases, heading):
    (error,) = errors_of(cases, "A,noa,mtese,yes,120", more=heading)
    assert "does not say the unit of these weights; add mg or g to the heading" in error
    assert error.startswith("row 1, column ")


def test_a_weight_in_grams_keeps_the_limits_of_a_weight(cases):
    (error,) = errors_of(cases, "A,noa,mtese,yes,120", more="tissue (g)")
    assert "value “120”" in error
    assert "20000" in error


def test_merged_cells_are_refused_in_each_column_that_is_used(tmp_path):
    book = Workbook()
    book.active.append(["notes", *HEAD.split(",")])
    book.active.append(["x", "A", "noa", "mtese", "yes"])
    book.active.merge_cells("A2:C3")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SpreadsheetErrors) as refused:
        read_cases(tmp_path / "a.xlsx", today=TODAY)
    assert [(error.cell, error.value) for error in refused.value.errors] == [("B2", "x"), ("C2", "x")]


def test_a_table_without_rows_is_an_error(cases):
    assert "no row below the headings" in errors_of(cases)[0]


def test_a_refused_cell_of_excel_is_an_error_in_its_place(tmp_path):
    book = Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["A", "NOA", "mTESE", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SpreadsheetErrors) as refused:
        read_cases(tmp_path / "a.xlsx", today=TODAY)
    (error,) = refused.value.errors
    assert (error.cell, error.column, error.rule) == (
        "D2",
        "sperm_found",
        "is a formula without a stored result",
    )
