"""The order of time in the workbook: quarters, and cases with their scores, as the audit holds them."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from audit import comparison, over_time, reference
from audit.results import Filters, Level
from audit.statistics import Direction
from audit.workbook import write
from tests.audit.rows import row

SETS = reference.named("document")
LOWER_EDGE, UPPER_EDGE = 0.6, 0.7  # of micro-TESE in the document


@pytest.fixture(scope="module")
def held():
    """Seven men by micro-TESE, one of them awaited; two by conventional TESE."""
    findings = ["motile", "none", "none", "", "none", "none", "none"]
    men = [
        row(
            f"M-{n}", n, sperm_found=found, result_status="final" if found else "",
            procedure_date=date(2025, n, 3),
        )
        for n, found in enumerate(findings, start=1)
    ]  # fmt: skip
    older = [row(f"C-{n}", 20 + n, procedure="conventional_tese", sperm_found="none") for n in (1, 2)]
    audit = comparison.audit(
        [*men, *older],
        filters=Filters(since=date(2025, 1, 1), until=date(2025, 9, 30)),
        level=Level.CLOSED,
        references=SETS,
        clinic="Clinic of tests",
        synthetic=True,
        source="clinic",
        made_by="Amal Administrator",
        made_at=datetime(2025, 12, 1, tzinfo=UTC),
    )
    return over_time.held(audit, [*men, *older])


def written(audit, language="en"):
    file = io.BytesIO()
    write(audit, SETS, None, language, file)
    return file


def table(file, title):
    sheet = load_workbook(file)[title]
    heads = [cell.value for cell in sheet[1]]
    return [dict(zip(heads, cells, strict=False)) for cells in sheet.iter_rows(min_row=2, values_only=True)]


def of_micro(rows):
    return [one for one in rows if one["Measure"] == "micro-TESE"]


def test_each_quarter_stands_with_its_counts_also_the_one_that_is_too_small_for_a_rate(held):
    quarters = of_micro(table(written(held), "By quarter"))
    counts = [(one["Sperm found"], one["With a final result"], one["Results pending"]) for one in quarters]
    assert counts == [(1, 3, 0), (0, 2, 1), (0, 1, 0)]
    assert {one["Rate"] for one in quarters} == {"—"}  # fewer than five


def test_the_cases_stand_in_the_order_of_operation_and_the_awaited_one_does_not(held):
    cases = of_micro(table(written(held), "Case by case"))
    assert [one["Number in the order of operation"] for one in cases] == [1, 2, 3, 4, 5, 6]
    assert [one["Finding"] for one in cases] == ["Sperm found", *["No sperm found"] * 5]


def test_the_series_with_most_cases_comes_first(held):
    measures = dict.fromkeys(one["Measure"] for one in table(written(held), "Case by case"))
    assert list(measures) == ["micro-TESE", "Conventional TESE"]


def test_the_last_case_carries_observed_less_expected(held):
    last = of_micro(table(written(held), "Case by case"))[-1]
    assert last["Observed − lower edge"] == pytest.approx(1 - 6 * LOWER_EDGE)
    assert last["Observed − upper edge"] == pytest.approx(1 - 6 * UPPER_EDGE)


def test_scores_and_limits_are_those_of_the_audit(held):
    series = next(one for one in held.over_time if one.measure == "micro_noa")
    worse = next(one for one in series.cusums if one.direction is Direction.WORSE)
    cases = of_micro(table(written(held), "Case by case"))
    assert [one["Score for worse"] for one in cases] == pytest.approx(worse.scores)
    assert {one["Limit for worse"] for one in cases} == {worse.limit}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_two_charts_are_drawn_from_the_cells_of_the_first_series_alone(held, language):
    with zipfile.ZipFile(written(held, language)) as archive:
        charts = [archive.read(f"xl/charts/chart{n}.xml").decode() for n in (2, 3)]
    for chart in charts:
        assert set(re.findall(r"\$\w+\$(\d+):\$\w+\$(\d+)<", chart)) == {("2", "7")}
        assert chart.count('delete val="0"') == 2  # both axes are there
    assert [chart.count("<ser>") for chart in charts] == [2, 4]


def test_an_audit_that_holds_no_series_has_neither_sheet(held):
    titles = load_workbook(written(replace(held, over_time=()))).sheetnames
    assert not {"By quarter", "Case by case"} & set(titles)
