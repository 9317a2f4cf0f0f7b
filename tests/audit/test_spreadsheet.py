"""A spreadsheet of cases audited in one command. No test here may reach a database."""

import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError
from openpyxl import load_workbook

from audit.words.numerals import unbroken
from tests.audit.sheets import GHALAYINI, HEAD, ROOT, audit


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


@pytest.mark.parametrize(
    ("option", "level", "said"),
    [((), "closed", "Judged at 95 %, the level of"), (("--live",), "live", "Judged at 99.8 %, because")],
)
def test_a_file_is_a_finished_series_unless_it_is_said_to_go_on(tmp_path, option, level, said):
    book = tmp_path / "r.xlsx"
    told = audit(GHALAYINI, *option)[1].replace("\u00a0", " ")
    made = json.loads(audit(GHALAYINI, *option, "--json", "--out", book)[1])
    assert made["audit"]["level"] == level
    assert {one["level"] for one in made["audit"]["comparisons"]} == {level}
    assert said in told
    assert said in made["level"].replace("\u00a0", " ")
    cover = dict(line[:2] for line in load_workbook(book)["Cover"].values)
    assert cover["Level of the verdicts"] == made["level"]
    assert ("Not enough cases (judged at 99.8 %)" in told) == (level == "live")


def test_an_arabic_workbook_runs_from_right_to_left(tmp_path):
    assert audit(GHALAYINI, "--out", tmp_path / "r.xlsx", "--language", "ar")[0] == 0
    assert all(sheet.sheet_view.rightToLeft for sheet in load_workbook(tmp_path / "r.xlsx"))


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
