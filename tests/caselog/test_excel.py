"""Spreadsheets out and in, without a database."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import Workbook as PlainWorkbook
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caselog.excel import reader, values
from caselog.excel.columns import Column, Format, Formatted, case_columns, case_fields, heading
from caselog.excel.headings import match
from caselog.excel.reader import Position, Unreadable
from caselog.excel.values import NotAValue
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
    assert [cell.value for cell in cells] == [0, 1 / 3, datetime(2024, 4, 3), 0.25, None]  # noqa: DTZ001
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
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [datetime(2024, 4, 3), 0, "tells"]  # noqa: DTZ001
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


# Reading --------------------------------------------------------------------------------------


def _csv(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def _xlsx(tmp_path, fill, name="a.xlsx"):
    book = PlainWorkbook()
    fill(book.active)
    book.save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\r\n1,NA\r\n",
        b"a;b\n1;NA",
        b"a\tb\n1\tNA\n",
        b"\xef\xbb\xbfa,b\n1,NA\n",
        "a,b\n1,NA\n".encode("utf-16"),
        b"sep=;\na;b\n1;NA\n",
        b'"a","b"\n"1","NA"\n',
        b'\n\n"a";b\n\n1;NA\n',
    ],
)
def test_csv_is_read_in_the_dialects_that_programs_write(tmp_path, data):
    sheet = reader.read(_csv(tmp_path, data))
    assert sheet.headings == ("a", "b")
    assert [row.cells for row in sheet.rows] == [("1", "NA")]  # text, as it was typed


def test_rows_keep_the_numbers_that_the_spreadsheet_program_shows(tmp_path):
    sheet = reader.read(_csv(tmp_path, 'a,b\n\n"two\nlines",x\ny,z\n'))
    assert [row.number for row in sheet.rows] == [3, 4]


def test_cells_of_a_workbook_keep_their_types(tmp_path):
    def fill(sheet):
        sheet.append(["a", "b", "c", "d", "e"])
        sheet.append([datetime(2024, 4, 3), 4.5, 0, True, " None "])  # noqa: DTZ001

    sheet = reader.read(_xlsx(tmp_path, fill))
    assert sheet.rows[0].cells == (date(2024, 4, 3), 4.5, 0, True, "None")


@pytest.mark.promise("IMP-2")
def test_a_date_counted_from_1904_is_the_same_day(tmp_path):
    book = PlainWorkbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["a"])
    book.active.append([date(2024, 4, 3)])
    book.save(tmp_path / "a.xlsx")
    assert reader.read(tmp_path / "a.xlsx").rows[0].cells == (date(2024, 4, 3),)


def test_a_far_cell_does_not_hang_the_reader(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    _rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(Unreadable, match="Row 1048576 reaches beyond column GR"):
        reader.read(path)


def _rewrite(path, name, change, *, extra=()):
    with zipfile.ZipFile(path) as old:
        parts = {entry: old.read(entry) for entry in old.namelist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in [*parts.items(), *extra]:
            new.writestr(part, data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty"),
        (b"\n , \n", "no headings and no rows"),
        (b"\x00\x01\x02garbage", "neither a CSV nor an .xlsx"),
        (b"a,b\n1,\xd3\xe1\xc7\n", "Line 2 is not UTF-8 text"),
        (b'a,b\n"1,2\n', "is not CSV"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel file"),
        (b"PK\x03\x04truncated", "damaged"),
        (b"a\n" + b"1\n" * 20_001, "more than 20,000 rows"),
        (b"a," * 300, "beyond column GR"),
        (b"x" * (reader.MOST_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, data, reason):
    with pytest.raises(Unreadable) as refused:
        reader.read(_csv(tmp_path, data))
    assert reason in refused.value.reason


@pytest.mark.parametrize(("name", "reason"), [("nothing.csv", "no such file"), (".", "folder")])
def test_a_path_that_is_no_file_is_refused(tmp_path, name, reason):
    with pytest.raises(Unreadable, match=reason):
        reader.read(tmp_path / name)


def test_a_file_that_may_not_be_opened_is_refused(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(Unreadable, match="Permission denied"):
        reader.read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ([("xl/vbaProject.bin", b"x")], "macros"),
        ([("xl/media/bomb.bin", b"\0" * 30_000_000)], "unpacks to more"),
        ([(f"x{n}", b"") for n in range(1_001)], "unpacks to more"),
    ],
)
def test_a_hostile_workbook_is_refused_from_its_directory(tmp_path, extra, reason):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    _rewrite(path, "docProps/app.xml", lambda xml: xml, extra=extra)
    with pytest.raises(Unreadable, match=reason):
        reader.read(path)


def test_an_encrypted_archive_is_refused(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    data = bytearray(path.read_bytes())
    for found in _positions(bytes(data), b"PK\x01\x02"):
        data[found + 8] |= 1  # the flag in the directory
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="password"):
        reader.read(path)


def _positions(data, mark):
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def test_another_archive_is_not_taken_for_a_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Unreadable, match="not an Excel workbook"):
        reader.read(tmp_path / "a.xlsx")


def test_entities_that_expand_without_end_are_refused(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "{"x" * 100}">{entities}]><worksheet>&e9;</worksheet>'
    _rewrite(path, "xl/worksheets/sheet1.xml", lambda _xml: bomb.encode())
    with pytest.raises(Unreadable, match="damaged"):
        reader.read(path)


def test_merged_cells_errors_and_uncomputed_formulas_are_refused_at_their_cells(tmp_path):
    def fill(sheet):
        sheet.append(["a", "b", "c"])
        sheet.append(["x", "#REF!", "=1+1"])
        sheet.append([None, 1, 2])
        sheet.merge_cells("A2:A3")

    refusals = reader.read(_xlsx(tmp_path, fill)).refusals
    assert [(str(refusal.at), refusal.value) for refusal in refusals] == [
        ("A2", "x"),
        ("B2", "#REF!"),
        ("C2", "="),
    ]


def test_a_merged_range_is_refused_where_it_touches_the_table(tmp_path):
    def fill(sheet):
        for row in (["a", "b", "c"], [1, 2, None], [None] * 3, [3, 4, 5]):
            sheet.append(row)
        for merged in ("A1:A2", "B3:C4", "A6:C9", "B1:C1"):
            sheet.merge_cells(merged)

    refusals = reader.read(_xlsx(tmp_path, fill)).refusals
    assert sorted((str(refusal.at), refusal.columns) for refusal in refusals) == [("A2", 1), ("B4", 2)]


def test_a_computed_formula_gives_its_stored_result(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: [sheet.append(["a"]), sheet.append(["=40+2"])])
    _rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<v />", b"<v>42</v>").replace(b"<v/>", b"<v>42</v>"),
    )
    sheet = reader.read(path)
    assert sheet.rows[0].cells == (42,)
    assert not sheet.refusals


def test_the_first_sheet_in_sight_is_read_and_the_others_named(tmp_path):
    book = PlainWorkbook()
    book.active.sheet_state = "hidden"
    for name in ("Cases", "Notes"):
        book.create_sheet(name).append([name])
    book.save(tmp_path / "a.xlsx")
    sheet = reader.read(tmp_path / "a.xlsx")
    assert (sheet.name, sheet.headings, sheet.other_sheets) == ("Cases", ("Cases",), ("Notes",))


def test_a_workbook_without_a_sheet_in_sight_is_refused(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    _rewrite(path, "xl/workbook.xml", lambda xml: xml.replace(b'state="visible"', b'state="veryHidden"'))
    with pytest.raises(Unreadable, match="no visible sheet"):
        reader.read(path)


def test_a_workbook_with_too_many_rows_is_refused_without_reading_them_all(tmp_path):
    book = PlainWorkbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(25_000):
        sheet.append([number])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Unreadable, match="more than 20,000 rows"):
        reader.read(tmp_path / "a.xlsx")


def test_a_time_span_is_read_as_text(tmp_path):
    def fill(sheet):
        sheet.append(["a"])
        sheet.append([1.5])
        sheet["A2"].number_format = "[h]:mm"

    assert reader.read(_xlsx(tmp_path, fill)).rows[0].cells == ("1 day, 12:00:00",)


def test_a_position_knows_its_letters():
    assert str(Position(3, 28)) == "AB3"
    assert Position.of("XFD", 1).column == 16_384


# What cells mean ------------------------------------------------------------------------------


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("azoospermia_type", "NOA", "noa"),
        ("azoospermia_type", "Non-Obstructive", "noa"),
        ("azoospermia_type", "غير انسدادي", "noa"),
        ("procedure", "micro-TESE", "micro_tese"),
        ("procedure", "mTESE", "micro_tese"),
        ("procedure", "الخصية المجهرية", "micro_tese"),
        ("procedure", "cTESE", "conventional_tese"),
        ("sperm_found", "yes", "found_unspecified"),
        ("sperm_found", "نعم", "found_unspecified"),
        ("sperm_found", True, "found_unspecified"),
        ("sperm_found", "لا", "none"),
        ("sperm_found", "Motile", "motile"),
        ("age_at_procedure", "٣٤", 34),
        ("age_at_procedure", 34.0, 34),
        ("right_tissue_weight_mg", "٣٫٥", Decimal("3.5")),
        ("right_tissue_weight_mg", "4,5", Decimal("4.5")),
        ("right_tissue_weight_mg", 0, Decimal(0)),
        ("right_tissue_weight_mg", 0.1 + 0.2, Decimal("0.3")),
        ("procedure_date", "2024-04-03", date(2024, 4, 3)),
        ("procedure_date", "۲۰۲۴-۰۴-۰۳", date(2024, 4, 3)),
        ("procedure_date", datetime(2024, 4, 3, 9, 30), date(2024, 4, 3)),  # noqa: DTZ001
        ("patient_code", 7.0, "7"),
        ("patient_code", "007", "007"),
    ],
)
def test_a_cell_is_converted_by_a_shown_rule(name, cell, value):
    assert values.parse(case_fields()[name], cell) == value


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize(
    ("name", "cell", "rule", "remedy"),
    [
        ("procedure_date", "03/04/2024", "one way only", "2024-04-03"),
        ("procedure_date", 45000, "one way only", "type it as a date"),
        ("procedure_date", "2024-02-30", "calendar", "correct"),
        ("procedure", "TESE", "must be one of: micro_tese, conventional_tese", "write one of these"),
        ("azoospermia_type", "uncertian", "must be one of", "“uncertain” if that is meant"),
        ("sperm_found", "N/A", "must be one of", "leave the cell empty"),
        ("right_tissue_weight_mg", "1,234", "thousands comma", "without a comma"),
        ("right_tissue_weight_mg", "<0.1", "must be a number", "digits only"),
        ("right_tissue_weight_mg", True, "must be a number", "digits only"),
        ("right_tissue_weight_mg", -1, "greater than or equal to 0", "correct"),
        ("age_at_procedure", 34.5, "whole number", "correct"),
        ("age_at_procedure", 340, "less than or equal to 99", "correct"),
        ("patient_code", "x" * 21, "at most 20", "correct"),
    ],
)
def test_a_cell_that_could_mean_two_things_is_refused(name, cell, rule, remedy):
    with pytest.raises(NotAValue) as refused:
        values.parse(case_fields()[name], cell)
    assert rule in refused.value.rule
    assert remedy in refused.value.remedy
