"""The whole record in sheets: what is written is read back as the same values. Without a database."""

import io
from datetime import time
from itertools import zip_longest

import pytest
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caselog.excel import reader, values
from caselog.excel.columns import SHEETS, case_columns, case_fields, heading, sheet_fields
from caselog.excel.headings import match
from caselog.excel.writer import Workbook
from tests.caselog.any_answers import answers_to

LANGUAGES = ["en", "ar"]


def records(sheet):
    return st.fixed_dictionaries(
        {name: st.none() | answers_to(entry) for name, entry in sheet_fields(sheet).items()}
    )


def written(sheet, rows, language):
    with translation.override(language):
        book = Workbook(title="Test", creator="Tests")
        book.add_table(sheet, case_columns(list(sheet_fields(sheet)), sheet), rows, plain=True)
        file = io.BytesIO()
        book.save(file)
    return file.getvalue()


def read_back(sheet, data, path, language):
    path.write_bytes(data)
    with translation.override(language):
        table = reader.read(path)
        found = match(table.headings, sheet)
        assert list(found.fields.values()) == list(sheet_fields(sheet).values())
        return [
            {
                entry.name: None if values.is_not_recorded(cell) else values.parse(entry, cell)
                for entry, cell in zip_longest(found.fields.values(), row.cells)
            }
            for row in table.rows
        ]


@pytest.mark.promise("IMP-2")
@pytest.mark.parametrize("sheet", SHEETS)
@settings(
    max_examples=4,  # of several rows each; to make a failing one smaller would take minutes
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data(), written_in=st.sampled_from(LANGUAGES), read_in=st.sampled_from(LANGUAGES))
def test_every_field_of_every_part_is_read_as_the_value_that_was_written(
    tmp_path_factory, sheet, data, written_in, read_in
):
    drawn = data.draw(st.lists(records(sheet), min_size=3, max_size=6))
    rows = [row | {"patient_code": row["patient_code"] or "K-0001"} for row in drawn]  # none is empty
    path = tmp_path_factory.mktemp("sheet") / "a.xlsx"
    assert read_back(sheet, written(sheet, rows, written_in), path, read_in) == rows


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_heading_stands_for_one_field_in_either_language(sheet, language):
    fields = sheet_fields(sheet)
    with translation.override(language):
        headings = [heading(entry) for entry in fields.values()]
    assert sorted(headings) == sorted(set(headings))
    assert list(match(tuple(headings), sheet).fields.values()) == list(fields.values())


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("start_time", "9:05", time(9, 5)),
        ("start_time", "٠٩:٣٠", time(9, 30)),
        ("start_time", time(23, 59), time(23, 59)),
        ("processing_methods", "Mincing; wash", ["mincing", "wash"]),
        ("processing_methods", "mincing, enzymatic", ["mincing", "enzymatic"]),
        ("processing_methods", "mincing\nmincing", ["mincing"]),
        ("additional_aetiologies", "Torsion, trauma or tumour surgery", ["torsion_trauma_tumour"]),
        (
            "additional_aetiologies",
            "Torsion, trauma or tumour surgery؛ Other",
            ["torsion_trauma_tumour", "other"],
        ),
        ("testosterone_value", "٣٫٢", values.Decimal("3.2")),
        ("right_count_category", "> 1,000", "over_1000"),
        ("right_count_category", "0", "0"),
        ("right_count_category", 0, "0"),
        ("surgeon", "Sami Surgeon", "Sami Surgeon"),
    ],
)
def test_a_cell_is_read_by_the_kind_of_its_field(name, cell, value):
    assert values.parse(case_fields()[name], cell) == value


@pytest.mark.parametrize(
    ("name", "cell", "rule"),
    [
        ("start_time", "25:00", "time of day"),
        ("start_time", 930, "time of day"),
        ("processing_methods", "mincing; magic", "must be one of"),
        ("fsh_unit", "nmol/L", "must be one of: iu_l, miu_ml"),
        ("testosterone_value", "<0.1", "must be a number"),
        ("karyotype", "XXY", "ISCN"),
    ],
)
def test_a_cell_that_means_nothing_is_refused(name, cell, rule):
    with pytest.raises(values.NotAValue) as refused:
        values.parse(case_fields()[name], cell)
    assert rule in refused.value.rule


@pytest.mark.parametrize("cell", [None, "not recorded", "Not recorded", "غير مسجل", "غير مسجَّل"])
def test_a_cell_that_says_not_recorded_is_blank_and_zero_is_not(cell):
    assert values.is_not_recorded(cell) or cell not in (None, "not recorded", "Not recorded")
    assert not values.is_not_recorded(0)
