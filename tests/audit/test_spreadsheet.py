"""A spreadsheet of cases audited in one command. No test here may reach a database."""

import json
import os
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from audit.spreadsheet import SpreadsheetErrors, read_cases
from audit.words.numerals import unbroken

ROOT = Path(__file__).parents[2]
GHALAYINI = ROOT / "tests/data/ghalayini-2011.csv"
TODAY = date(2025, 6, 30)
HEAD = "patient_code,azoospermia_type,procedure,sperm_found"


@pytest.fixture
def cases(tmp_path):
    """The rows of a CSV text; the heads of more columns, and rows of text."""

    def read(*rows, more=""):
        return _read(tmp_path, ",".join(filter(None, [HEAD, more])), *rows)

    return read


def _read(tmp_path, *lines):
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_cases(path, today=TODAY)


def _errors(read, *args, **kwargs):
    with pytest.raises(SpreadsheetErrors) as refused:
        read(*args, **kwargs)
    return [str(error) for error in refused.value.errors]


def audit(*arguments):
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("audit", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as left:
        status = left.code
    return status, out.getvalue(), err.getvalue()


# The main job ---------------------------------------------------------------------------------


def test_the_published_series_gives_the_published_rates():
    status, out, _err = audit(GHALAYINI, "--json")
    found = {c["measure"]: (c["found"], c["known"]) for c in json.loads(out)["audit"]["comparisons"]}
    assert status == 0
    assert found["conventional_noa"] == (26, 68)
    assert found["micro_noa"] == (37, 65)


def test_the_report_says_rates_references_verdicts_and_what_was_not_recorded():
    _status, out, err = audit(GHALAYINI)
    assert unbroken("26 of 68 men, 38 % (27–51 %)") in out
    assert unbroken("37 of 65 men, 57 % (44–69 %)") in out
    assert "the document's" in out
    assert "65 with an answer missing" in out
    assert not err


def test_literature_and_attempts_can_be_chosen():
    _status, out, _err = audit(GHALAYINI, "--reference", "literature", "--unit", "attempt", "--json")
    filters = json.loads(out)["audit"]["filters"]
    assert (filters["reference_set"], filters["unit"]) == ("literature", "attempt")


def test_json_holds_the_sentences_beside_the_figures():
    said = json.loads(audit(GHALAYINI, "--json")[1])
    assert said["schema"] == 1
    assert any("26 of 68" in sentence for sentence in said["sentences"]["conventional_noa"])
    assert said["sentences"].keys() >= {"micro_minus_conventional", "tissue_ratio"}


@pytest.mark.slow
def test_the_command_runs_from_an_empty_folder_and_makes_no_database(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CASELOG_")} | {
        "PYTHONPATH": str(ROOT),
        "CASELOG_HOME": str(home),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    command = [sys.executable, "-m", "caselog", "audit", str(GHALAYINI), "--out", "report.xlsx", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert {c["measure"]: c["found"] for c in json.loads(done.stdout)["audit"]["comparisons"]}[
        "micro_noa"
    ] == 37
    assert load_workbook(tmp_path / "report.xlsx")["Summary"]["B3"].value == 26
    assert list(home.iterdir()) == []


def test_the_workbook_and_the_json_show_the_same_figures(tmp_path):
    _status, out, _err = audit(GHALAYINI, "--json", "--out", tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx")["Summary"]
    heads = [cell.value for cell in sheet[1]]
    columns = [
        heads.index(head) for head in ("Sperm found", "With a final result", "From (95 %)", "To (95 %)")
    ]
    for comparison, row in zip(
        json.loads(out)["audit"]["comparisons"], sheet.iter_rows(min_row=2), strict=False
    ):
        shown = [row[column].value for column in columns]
        interval = comparison["interval"]
        limits = [interval["lower"], interval["upper"]] if interval else ["—", "—"]
        assert shown == [comparison["found"], comparison["known"], *limits]


def test_an_arabic_workbook_runs_from_right_to_left(tmp_path):
    assert audit(GHALAYINI, "--out", tmp_path / "r.xlsx", "--language", "ar")[0] == 0
    assert all(sheet.sheet_view.rightToLeft for sheet in load_workbook(tmp_path / "r.xlsx"))


# Bad input ------------------------------------------------------------------------------------


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
    errors = _errors(_read, tmp_path, "patient code,type,azoospermia_type", "A,noa,noa")
    assert errors == [
        "row 1, column procedure: this column is required and is not there; add it, or name its heading so",
        "row 1, column sperm_found: this column is required and is not there; add it, or name its heading so",
        "row 1, column azoospermia_type, value “azoospermia_type”: is a second column of this field; "
        "delete or rename one of them",
    ]


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize("head", [HEAD, f"{HEAD},", f"{HEAD},, "])
def test_a_cell_under_no_heading_is_refused(tmp_path, head):
    (error,) = _errors(_read, tmp_path, head, "A,noa,mtese,yes,yes", "B,noa,mtese,no")
    assert error == (
        "row 2, column E, value “yes”: stands under no heading; give the column a heading, or clear the cell"
    )


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize("heading", ["tissue", "Tissue weight", "وزن النسيج", "right_tissue_weight"])
def test_a_column_of_weights_without_a_unit_is_refused(cases, heading):
    (error,) = _errors(cases, "A,noa,mtese,yes,120", more=heading)
    assert "does not say the unit of these weights; add mg or g to the heading" in error
    assert error.startswith("row 1, column ")


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


def test_a_weight_in_grams_keeps_the_limits_of_a_weight(cases):
    (error,) = _errors(cases, "A,noa,mtese,yes,120", more="tissue (g)")
    assert "value “120”" in error
    assert "20000" in error


def test_unusual_weights_and_absent_fields_are_noted_in_the_report(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD},tissue (mg)\nA,noa,mtese,yes,4000\nB,noa,mtese,no,120\n", encoding="utf-8")
    _status, out, _err = audit(path)
    assert "Weights outside 1 to 3000 mg, to be checked: E2\n" in out
    (absent,) = [line for line in out.splitlines() if line.startswith("Not recorded: ")]
    assert {"klinefelter_status", "procedure_date", "status"} <= set(absent[14:].split(", "))
    assert "azoospermia_type" not in absent


def test_attempt_1_beside_an_earlier_attempt_is_counted_and_noted(tmp_path):
    path = tmp_path / "a.csv"
    rows = ("A,noa,mtese,no,1,none_found", "B,noa,mtese,yes,1,no_prior", "C,noa,mtese,yes,2,none_found")
    path.write_text("\n".join([f"{HEAD},attempt,prior_retrieval", *rows]), encoding="utf-8")
    status, out, _err = audit(path)
    assert status == 0
    assert "Attempt 1 beside an earlier attempt, to be checked: E2\n" in out
    assert "Cases: 3" in out


def test_what_follows_from_other_columns_is_not_absent(cases):
    more = "birth_year,date,right_sperm_found,left_sperm_found"
    absent = cases("A,noa,mtese,yes,1990,2024-05-01,motile,none", more=more).absent
    assert not {"birth_year", "age_at_procedure", "sides", "procedure_date"} & set(absent)


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
    assert "no row below the headings" in _errors(cases)[0]


# Periods --------------------------------------------------------------------------------------


@pytest.fixture
def dated(tmp_path):
    path = tmp_path / "cases.csv"
    rows = ["A,noa,mtese,yes,2024-01-31", "B,noa,mtese,no,2024-02-01", "C,noa,mtese,no,2024-02-02"]
    path.write_text("\n".join([f"{HEAD},date", *rows]), encoding="utf-8")
    return path


def test_a_period_includes_both_its_days(dated):
    _status, out, _err = audit(dated, "--since", "2024-02-01", "--until", "2024-02-02", "--json")
    assert json.loads(out)["audit"]["quality"]["cases"] == 2


def test_a_period_needs_dates_and_an_order(dated):
    assert "after" in audit(dated, "--since", "2024-02-02", "--until", "2024-02-01")[2]
    status, _out, err = audit(GHALAYINI, "--since", "2024-02-02")
    assert status == 2
    assert len(err.splitlines()) == 133


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="write it as 2024-01-31"):
        audit(GHALAYINI, "--since", "2024-13-01")


# What rows mean -------------------------------------------------------------------------------


def test_headings_are_names_labels_or_synonyms_in_either_language(tmp_path):
    read = _read(
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
    row = _read(tmp_path, heads, f"A,noa,mtese,{right},{left}").rows[0]
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
    (error,) = _errors(cases, row, more=more)
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


# Several rows of one man ----------------------------------------------------------------------


def test_rows_of_one_man_need_an_order(cases):
    errors = _errors(cases, "A,noa,mtese,no", "A,noa,mtese,yes")
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
    assert rule in _errors(cases, *(f"A,noa,mtese,no,{row}" for row in rows), more=more)[0]


def test_one_man_under_two_spellings_is_not_counted_twice(cases):
    assert "may be the man of “K-1”" in _errors(cases, "K-1,noa,mtese,no", "k 1,noa,mtese,yes")[0]


@pytest.mark.parametrize(("first", "second"), [("007", "7"), ("K-07", "K-7"), ("٠٧", "7")])
def test_a_code_that_lost_its_zeros_is_not_another_man(cases, first, second):
    assert (
        f"may be the man of “{first}”" in _errors(cases, f"{first},noa,mtese,no", f"{second},noa,mtese,no")[0]
    )


def test_a_zero_within_a_code_is_no_leading_zero(cases):
    assert len(cases("10,noa,mtese,no", "100,noa,mtese,no", "K-0,noa,mtese,no").rows) == 3


def test_a_wrong_date_is_told_once_and_not_as_a_missing_order_too(cases):
    errors = _errors(cases, "A,noa,mtese,no,03/04/2024", "A,noa,mtese,no,2024-05-01", more="date")
    assert len(errors) == 1
