"""The audit as a workbook: the same figures, nothing hidden, nobody identified."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest
from openpyxl import load_workbook

from audit import comparison, reference, words
from audit.results import Filters, Level, Part, Unit
from audit.words.numerals import unbroken
from audit.workbook import write
from caselog.dataset import CaseRow

pytestmark = pytest.mark.slow  # writes and reads whole workbooks; test_three_readers.py is their quick part

CODES = ["SECRET-1", "SECRET-2", "SECRET-3"]


def _case(number, code, procedure="micro_tese", found="motile", **changes):
    usual = {
        "case_number": number,
        "patient_code": code,
        "procedure_date": date(2024, 4, 3),
        "azoospermia_type": "noa",
        "klinefelter_status": "not_klinefelter",
        "y_microdeletion": "none",
        "prior_retrieval": "no_prior",
        "attempt_number": 1,
        "procedure": procedure,
        "sides": "right",
        "right_weighing": "balance",
        "right_tissue_weight_mg": Decimal("120.5"),
        "result_status": "final" if found else "",
        "right_sperm_found": found,
        "sperm_found": found,
        "disposition": "frozen",
    }
    return CaseRow(**usual | changes)


@pytest.fixture(scope="module")
def rows():
    many = [_case(f"2024-1{n:03d}", f"M-{n}", found="motile" if n % 3 else "none") for n in range(30)]
    return [
        *many,
        _case("2024-0001", CODES[0], "conventional_tese", right_tissue_weight_mg=Decimal(900)),
        _case("2024-0002", CODES[1], "conventional_tese", found="none", right_tissue_weight_mg=Decimal(700)),
        _case("2024-0003", CODES[2], found="", klinefelter_status="non_mosaic"),
        _case(
            "2024-0004",
            CODES[0],
            attempt_number=2,
            prior_retrieval="none_found",
            procedure_date=date(2024, 9, 1),
        ),
        _case("2024-0005", "X-5", found="", status="abandoned", status_reason="=HYPERLINK(1)"),
        _case("2024-0006", "X-6", azoospermia_type="uncertain", y_microdeletion=""),
        _case(
            "2024-0007", "X-7", right_samples_n=0, right_tissue_weight_mg=None, right_weighing="not_weighed"
        ),
        _case(
            "2024-0008",
            "X-8",
            azoospermia_type="oa",
            y_microdeletion="",
            klinefelter_status="",
            procedure="tesa",
        ),
        _case(
            "2024-0009",
            "X-9",
            "",
            found="",
            status="cancelled",
            sides="",
            right_weighing="",
            right_tissue_weight_mg=None,
            disposition="",
        ),
    ]


@pytest.fixture(scope="module")
def make_audit(rows):
    def make(rows=rows, *, synthetic=False, **filters):
        return comparison.audit(
            rows,
            filters=Filters(**filters),
            level=Level.CLOSED,
            references=reference.named(Filters(**filters).reference_set),
            clinic="Clinic of tests",
            synthetic=synthetic,
            source="clinic",
            made_by="Amal Administrator",
            made_at=datetime(2025, 6, 30, 12, 0, tzinfo=UTC),
        )

    return make


@pytest.fixture(scope="module")
def written(make_audit, rows):
    """The file of a workbook; takes another audit, other rows, another language. The usual is made once."""
    usual = rows

    @cache
    def made_once(language, reference_set):
        return make(make_audit(reference_set=reference_set), usual, language, reference_set).getvalue()

    def make(audit=None, rows=usual, language="en", reference_set="document"):
        if audit is None and rows is usual:
            return io.BytesIO(made_once(language, reference_set))
        file = io.BytesIO()
        audit = audit or make_audit(reference_set=reference_set)
        write(audit, reference.named(reference_set), rows, language, file)
        return file

    return make


def _table(file, title):
    """The rows of a sheet as dicts by heading."""
    sheet = load_workbook(file)[title]
    heads = [cell.value for cell in sheet[1]]
    items = (dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True))
    return [item for item in items if any(value is not None for value in item.values())]


def test_the_workbook_explains_itself(written):
    book = load_workbook(written())
    told = [row[0].value for row in book["Cover"].iter_rows()]
    for title in book.sheetnames[1:]:
        assert title in told
    cover = {row[0].value: row[1].value for row in book["Cover"].iter_rows(min_row=2)}
    assert cover["Clinic"] == "Clinic of tests"
    assert cover["Made by"] == "Amal Administrator"
    assert cover["Cases in the period"] == 39
    assert cover["Reference set"] == "Source document"
    assert re.fullmatch("[0-9a-f]{64}", cover["Fingerprint of the data"])
    assert "Synthetic data" not in cover


def test_synthetic_data_is_said_to_be(written, make_audit):
    cover = load_workbook(written(make_audit(synthetic=True)))["Cover"]
    assert "Synthetic data" in [row[0].value for row in cover.iter_rows()]


def test_the_summary_holds_the_figures_of_the_audit_to_the_last_digit(written, make_audit):
    audit = make_audit()
    table = _table(written(audit), "Summary")
    for one, row in zip(audit.comparisons, table, strict=True):
        assert row["Measure"] == words.measure_name(one.measure)
        assert (row["Sperm found"], row["With a final result"], row["Results pending"]) == (
            one.found, one.known, one.pending,
        )  # fmt: skip
        assert row["Rate"] == ("—" if one.rate is None else one.rate)
        limits = (one.interval.lower, one.interval.upper) if one.interval else ("—", "—")
        assert (row["From (95 %)"], row["To (95 %)"]) == limits
        assert row["Tolerance"] == ("—" if one.verdict is None else one.band.tolerance)
        assert (row["Ways to read it"] or "").splitlines() == words.readings(one)
        assert (row["Reference from"], row["Reference to"]) == (one.band.lower, one.band.upper)
        assert row["Verdict"] == words.verdict(one)


def test_difference_tissue_and_groups_are_those_of_the_audit(written, make_audit):
    audit = make_audit()
    file = written(audit)
    values = {row["Quantity"]: row["Value"] for row in _table(file, "Difference and tissue")}
    assert values["Difference of the rates"] == audit.difference.difference.estimate
    assert values["p of Fisher's exact test"] == audit.difference.fisher_p
    assert values["Ratio of the geometric means"] == audit.tissue.ratio.ratio_of_geometric_means
    assert values["Men weighed: Conventional TESE"] == 2
    groups = _table(file, "Overlapping groups")
    assert [(row["Number"], row["Of"]) for row in groups] == [
        (overlap.count.found, overlap.count.known) for overlap in audit.overlaps
    ]


def test_what_cannot_be_computed_is_a_dash_and_zero_is_zero(written, make_audit, rows):
    only = rows[:1]
    values = {
        row["Quantity"]: row["Value"]
        for row in _table(written(make_audit(only), only), "Difference and tissue")
    }
    assert values["Difference of the rates"] == "—"
    assert values["Ratio of the medians"] == "—"
    assert values["Results pending"] == 0


def test_testes_have_no_interval(written, make_audit):
    audit = make_audit(unit=Unit.TESTIS)
    rows = _table(written(audit), "Summary")
    assert {row["From (95 %)"] for row in rows} == {"—"}


def test_the_line_listing_counts_the_same_cases(written, make_audit):
    audit = make_audit()
    lines = _table(written(audit), "Line listing")
    for one in audit.comparisons:
        heading = f"In: {words.measure_name(one.measure)}"
        found = [line for line in lines if line[heading] == words.part_name(Part.FOUND)]
        assert len(found) == one.found


@pytest.mark.promise("EXP-2")
def test_nobody_is_identified(written, rows):
    with zipfile.ZipFile(written()) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    for row in rows:
        assert f">{row.patient_code}<".encode() not in whole
    assert b"SECRET" not in whole
    assert b"birth" not in whole.lower().replace(b"no birth year", b"")


def test_the_cover_says_what_may_name_somebody_all_the_same(written):
    cover = {row[0]: row[1] for row in load_workbook(written())["Cover"].values if row[0]}
    assert "no patient code and no birth year" in cover["Identifiers"]
    assert "as they were typed" in cover["Free text"]


def test_a_figure_that_we_computed_says_so(written):
    table = _table(written(reference_set="literature"), "Reference figures")
    (note,) = [row["Note"] for row in table if row["Figure"].startswith("+12 points")]
    assert note.startswith(unbroken("Computed by us from two published rates: 51.9 % minus 40.1 %"))


def test_the_attempts_of_one_man_carry_one_number(written):
    men = {line["Case number"]: line["Man"] for line in _table(written(), "Line listing")}
    assert men["2024-0001"] == men["2024-0004"]
    assert len(set(men.values())) == 38


def test_zero_missing_not_weighed_and_not_applicable_differ_in_the_listing(written):
    lines = {line["Case number"]: line for line in _table(written(), "Line listing")}
    assert lines["2024-0007"]["Right testis: samples"] == 0
    assert lines["2024-0001"]["Right testis: samples"] == "not recorded"
    assert lines["2024-0007"]["Right testis: weighing"] == "Not weighed"
    assert lines["2024-0007"]["Right testis: tissue weight (mg)"] is None
    assert lines["2024-0008"]["Klinefelter status"] == "not recorded"
    assert lines["2024-0008"]["Y microdeletion"] is None
    assert lines["2024-0003"]["Right testis: sperm found"] == "not recorded", "its report is awaited"
    assert lines["2024-0005"]["Right testis: sperm found"] is None, "nothing was performed"
    assert lines["2024-0009"]["Procedure performed"] is None
    assert lines["2024-0009"]["Right testis: tissue weight (mg)"] is None, "nor does what hangs on it apply"
    assert lines["2024-0001"]["Date of operation"] == datetime(2024, 4, 3)


def test_the_tissue_of_a_man_as_a_whole_is_not_asked_of_an_operation_that_was_cancelled(written, make_audit):
    asked = {"right_weighing": "", "right_tissue_weight_mg": None}
    rows = [
        _case("1", "A", tissue_weight_mg=Decimal(120), **asked),
        _case("2", "B", **asked),
        _case("3", "C", **asked, sides=""),
        _case("4", "D", **asked, sides="", status="cancelled", found="", procedure=""),
    ]
    lines = _table(written(make_audit(rows), rows), "Line listing")
    assert [line["Tissue weight (mg)"] for line in lines] == [120, "not recorded", "not recorded", None]


@pytest.mark.promise("EXP-1")
def test_a_reason_that_looks_like_a_formula_stays_text(written):
    sheet = load_workbook(written())["Cases left out"]
    (cell,) = [row[2] for row in sheet.iter_rows() if row[0].value == "2024-0005"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_cases_left_out_and_missing_answers_are_counted(written):
    file = written()
    assert {row["Case"]: row["Why it is in no rate"] for row in _table(file, "Cases left out")} == {
        "2024-0003": "Result pending",
        "2024-0005": "Abandoned",
        "2024-0006": "Type of azoospermia uncertain",
        "2024-0009": "Cancelled",
    }
    quality = {row["What"]: (row["Number"], row["Of"]) for row in _table(file, "Data quality")}
    assert quality["Result pending"] == (1, 39)
    assert quality["Klinefelter status"] == (1, 39)


def test_a_finding_without_motility_is_not_shown_as_no_motile_sperm(written, make_audit, rows):
    only = [_case("1", "A", found="found_unspecified", disposition="")]
    shares = _table(written(make_audit(only), only), "Beside the rates")
    micro = {row["Quantity"]: (row["Number"], row["Of"]) for row in shares if row["Measure"] == "micro-TESE"}
    assert micro["Motile sperm found"] == (0, 1)
    assert micro["Found, motility not recorded"] == (1, 1)
    assert micro["Found, what became of it not recorded"] == (1, 1)


@pytest.mark.parametrize("name", reference.names())
def test_reference_figures_stand_with_source_quote_and_who_checked_them(written, name):
    figures = reference.load(name).figures
    table = _table(written(reference_set=name), "Reference figures")
    assert len(table) == len(figures)
    for figure, row in zip(figures, table, strict=True):
        assert row["Source"] == (figure.claim or figure.label)
        assert row["Checked by"] == figure.checked_by
        assert row["Checked on"].date() == figure.checked_on
        assert (row["Its own words"] or "") == figure.quote


def test_methods_and_codes_are_said_in_words(written):
    file = written()
    assert [row["Method"] for row in _table(file, "Methods")] == [
        name for name, _text in words.method_names()
    ]
    codes = {(row["Field"], row["Code"]): row["Meaning"] for row in _table(file, "Codebook")}
    assert codes["procedure", "micro_tese"] == "micro-TESE"
    assert ("right_tissue_weight_mg", None) in codes
    assert not {"patient_code", "birth_year"} & {field for field, _code in codes}


def test_a_kept_run_has_no_line_listing(written):
    assert "Line listing" not in load_workbook(written(rows=None)).sheetnames


def test_an_empty_period_gives_a_workbook_too(written, make_audit):
    book = load_workbook(written(make_audit([]), []))
    assert book["Summary"]["B2"].value == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_table_a_sheet_in_the_direction_of_the_language(written, language):
    book = load_workbook(written(language=language))
    for sheet in book.worksheets:
        assert len(sheet.tables) <= 1
        assert bool(sheet.sheet_view.rightToLeft) is (language == "ar")
        assert len(sheet.title) <= 31
        assert sheet.page_setup.fitToWidth == 1
    assert all(sheet.tables for sheet in book.worksheets[1:])


def test_no_tolerance_is_drawn_where_no_verdict_is_given(written, make_audit):
    audit = make_audit(unit=Unit.ATTEMPT)
    for one, row in zip(audit.comparisons, _table(written(audit), "Summary"), strict=True):
        below, above = row["Chart: tolerance below"], row["Chart: tolerance above"]
        assert (below, above) == pytest.approx((0, 0), abs=0.01), one.measure
        assert row["Tolerance"] == "—"


def test_the_forest_is_drawn_from_cells_of_its_sheet(written, make_audit):
    audit = make_audit()
    file = written(audit)
    with zipfile.ZipFile(file) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert set(re.findall(r"<(?:\w+:)?f>'([^']+)'!", chart)) == {"Summary"}
    assert chart.count('delete val="0"') == 2  # both axes are there
    one, row = audit.comparisons[2], _table(file, "Summary")[2]
    parts = [row[f"Chart: {name}"] for name in ("up to the tolerance", "tolerance below", "reference")]
    assert sum(parts[:2]) == pytest.approx(one.band.lower)
    assert parts[2] == pytest.approx(one.band.upper - one.band.lower)
    assert row["Chart: rate"] - row["Chart: rate to lower limit"] == pytest.approx(one.interval.lower)
    assert row["Chart: rate"] + row["Chart: rate to upper limit"] == pytest.approx(one.interval.upper)


@pytest.mark.promise("XLS-3")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_macro_link_hidden_sheet_merged_cell_or_formula(written, language):
    file = written(language=language)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not [name for name in names if "vba" in name.lower() or "externalLink" in name or "embed" in name]
    assert not [name for name, xml in parts.items() if 'TargetMode="External"' in xml]
    sheets = [xml for name, xml in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not [xml for xml in sheets if re.search(r"<(mergeCell|f)[ />]", xml)]
    assert "hidden" not in re.search("<sheets>.*</sheets>", parts["xl/workbook.xml"])[0].replace(
        '"visible"', ""
    )


@pytest.mark.slow
@pytest.mark.promise("XLS-3")
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_and_prints_it(written, tmp_path):
    books = [tmp_path / f"{language}.xlsx" for language in ("en", "ar")]
    for book in books:
        book.write_bytes(written(language=book.stem).getvalue())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", *books]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    for book in books:
        assert book.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
