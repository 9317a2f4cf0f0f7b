"""Spreadsheets out, without a database."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from caselog.excel import reader
from caselog.excel.columns import Column, Format, Formatted, case_columns, case_fields, heading
from caselog.excel.headings import match
from caselog.excel.writer import MOST_CHARACTERS, SheetLink, Workbook, safe_text, sheet_title

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=", "#N/A", "=HYPERLINK(1)", "_x0041_", "a\r\nb"]


def _column(name, form=Format.TEXT, value=None):
    return Column(name, name, value or (lambda item: item[name]), form)


def _written(*tables, right_to_left=False, plain=False):
    book = Workbook(title="Test", creator="Tests", right_to_left=right_to_left)
    for title, columns, items in tables:
        book.add_table(title, columns, items, plain=plain)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _read_back(file, path):
    path.write_bytes(file.getvalue())
    return reader.read(path)


# Writing --------------------------------------------------------------------------------------


@pytest.mark.promise("EXP-1")
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_stays_text_and_comes_back_unchanged(tmp_path, text, plain):
    file = _written(("S", [_column("a")], [{"a": f"{text}"}, {"a": "last"}]), plain=plain)
    cell = load_workbook(file)["S"]["A2"]
    assert cell.data_type == "s"
    # The reader strips the blanks around what people type; those in the file are all there.
    assert _read_back(file, tmp_path / "a.xlsx").rows[0].cells == (text.strip(),)
    assert values_of(file) == text


def values_of(file):
    cell = load_workbook(file)["S"]["A2"].value
    return cell.replace("_x000D_", "\r").replace("_x005F_", "_")


def test_a_control_character_becomes_visible():
    assert safe_text("a\x00b\x1bc\ud800") == "a␀b␛c\ufffd"


def test_a_text_longer_than_a_cell_is_cut_where_one_can_see_it():
    text = safe_text("x" * 40_000)
    assert len(text) == MOST_CHARACTERS
    assert text.endswith("…")


@pytest.mark.parametrize("plain", [False, True])
def test_cells_are_typed_and_keep_their_precision(plain):
    columns = [
        _column("n", Format.INTEGER),
        _column("share", Format.PERCENT),
        _column("day", Format.DATE),
        _column("mg", Format.NUMBER),
        _column("empty"),
    ]
    item = {"n": 0, "share": 1 / 3, "day": date(2024, 4, 3), "mg": Decimal("0.25"), "empty": ""}
    cells = load_workbook(_written(("S", columns, [item]), plain=plain))["S"][2]
    assert [cell.value for cell in cells] == [0, 1 / 3, datetime(2024, 4, 3), 0.25, None]
    assert cells[1].number_format == "0.0%"
    assert cells[2].number_format == "d mmm yyyy"


def test_one_cell_may_look_otherwise_than_its_column():
    rows = [{"n": Formatted(0.5, Format.PERCENT)}, {"n": 2}]
    sheet = load_workbook(_written(("S", [_column("n", Format.INTEGER)], rows)))["S"]
    assert [sheet["A2"].number_format, sheet["A3"].number_format] == ["0.0%", "0"]


def test_a_sheet_is_a_table_ready_to_print():
    sheet = load_workbook(_written(("S", [_column("a"), _column("b")], [{"a": 1, "b": 2}])))["S"]
    assert [table.ref for table in sheet.tables.values()] == ["A1:B2"]
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert sheet.page_setup.paperSize == 9
    assert "&P" in sheet.oddFooter.center.text


def test_a_row_is_as_high_as_its_words_however_many_digits_a_number_has():
    rows = [{"share": 11 / 28, "why": "x"}, {"share": 0.5, "why": "x"}, {"share": 0.5, "why": "words " * 30}]
    sheet = load_workbook(_written(("S", [_column("share", Format.PERCENT), _column("why")], rows)))["S"]
    many_digits, few, many_words = (sheet.row_dimensions[row].height for row in (2, 3, 4))
    assert many_digits == few < many_words


def test_a_table_without_rows_is_a_sheet_with_headings():
    sheet = load_workbook(_written(("S", [_column("a")], [])))["S"]
    assert sheet["A1"].value == "a"
    assert not sheet.tables


def test_the_same_heading_twice_gets_a_number():
    columns = [Column(key, "Same", lambda item: item) for key in "ab"]
    sheet = load_workbook(_written(("S", columns, ["x"])))["S"]
    assert [cell.value for cell in sheet[1]] == ["Same", "Same (2)"]


def test_sheets_run_from_right_to_left_in_a_book_of_arabic():
    book = load_workbook(_written(("ورقة", [_column("a")], [{"a": 1}]), right_to_left=True))
    assert book["ورقة"].sheet_view.rightToLeft


@pytest.mark.parametrize(
    ("text", "taken", "title"),
    [
        ("Summary", [], "Summary"),
        ("a/b:c?[d]*", [], "a b c  d"),
        ("'quoted'", [], "quoted"),
        ("", [], "Sheet"),
        ("x" * 40, [], "x" * 31),
        ("Summary", ["SUMMARY"], "Summary 2"),
        ("x" * 40, ["x" * 31], "x" * 29 + " 2"),
    ],
)
def test_a_sheet_has_a_name_that_excel_allows(text, taken, title):
    assert sheet_title(text, taken) == title


def test_a_cover_leads_to_its_sheets():
    book = Workbook(title="Test & more", creator="Tests")
    book.add_page("Cover", "Title", [("Day", date(2024, 4, 3)), ("N", 0), (SheetLink("O'Neil"), "tells")])
    book.add_table("O'Neil", [_column("a")], [{"a": 1}])
    file = io.BytesIO()
    book.save(file)
    sheet = load_workbook(file)["Cover"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [datetime(2024, 4, 3), 0, "tells"]
    assert sheet["A4"].hyperlink.location == "'O''Neil'!A1"
    assert sheet.oddHeader.left.text == "Test && more"


# Columns --------------------------------------------------------------------------------------


def test_zero_missing_not_tested_and_not_applicable_are_four_different_cells():
    names = ["klinefelter_status", "y_microdeletion", "right_samples_n"]
    answers = dict.fromkeys(case_fields(), "") | {"sides": "right", "azoospermia_type": "oa"}
    cells = {column.key: column.value for column in case_columns(names)}
    assert cells["right_samples_n"](answers | {"right_samples_n": 0}) == 0
    assert cells["right_samples_n"](answers) == "not recorded"
    assert cells["klinefelter_status"](answers | {"klinefelter_status": "not_tested"}) == "Not tested"
    assert cells["y_microdeletion"](answers) is None
    assert cells["y_microdeletion"](answers | {"azoospermia_type": ""}) == "not recorded"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_heading_that_we_write_is_read_as_its_own_field(language):
    with translation.override(language):
        headings = {heading(entry): entry for entry in case_fields().values()}
    assert len(headings) == len(case_fields())
    for text, entry in headings.items():
        assert match((text,)).fields == {0: entry}
