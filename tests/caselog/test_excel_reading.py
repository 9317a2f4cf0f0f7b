"""Spreadsheets in: files, hostile ones too, and what their cells mean. Without a database."""

import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook as PlainWorkbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from caselog.excel import reader, values
from caselog.excel.columns import case_fields
from caselog.excel.reader import Position, Unreadable
from caselog.excel.values import NotAValue


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
        sheet.append([datetime(2024, 4, 3), 4.5, 0, True, " None "])

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


def test_further_sheets_are_read_where_their_names_are_wanted(tmp_path):
    book = PlainWorkbook()
    book.active.append(["Cases"])
    for name in ("Notes", "Visits", "Empty", "Hidden"):
        book.create_sheet(name)
    for name in ("Notes", "Visits", "Hidden"):
        book[name].append([name])
    book["Hidden"].sheet_state = "hidden"
    book["Visits"].append(["=1+1"])
    book.save(tmp_path / "a.xlsx")
    first, visits = reader.read_sheets(tmp_path / "a.xlsx", wanted=lambda name: name != "Notes")
    assert (first.headings, first.other_sheets) == (("Cases",), ("Notes",))
    assert (visits.name, [refusal.value for refusal in visits.refusals]) == ("Visits", ["="])


def test_what_makes_a_further_sheet_unreadable_names_it(tmp_path):
    book = PlainWorkbook()
    book.active.append(["Cases"])
    book.create_sheet("Visits").cell(1, 201).value = "far"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Unreadable, match="Sheet “Visits”: Row 1 reaches beyond column GR"):
        reader.read_sheets(tmp_path / "a.xlsx", wanted=lambda name: name == "Visits")


def test_a_workbook_without_a_sheet_in_sight_is_refused(tmp_path):
    path = _xlsx(tmp_path, lambda sheet: sheet.append(["a"]))
    _rewrite(path, "xl/workbook.xml", lambda xml: xml.replace(b'state="visible"', b'state="veryHidden"'))
    with pytest.raises(Unreadable, match="no visible sheet"):
        reader.read(path)


@pytest.mark.slow
def test_a_workbook_with_too_many_rows_is_refused_without_reading_them_all(tmp_path):
    book = PlainWorkbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(20_002):
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
        ("procedure_date", datetime(2024, 4, 3, 9, 30), date(2024, 4, 3)),
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
