"""A sheet of operations: what is wrong in it is told by its cell, and nothing is saved."""

from datetime import date
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from caselog.models import Case, Change
from caselog.services.import_sheet import CellErrors
from tests.caselog import importing

pytestmark = pytest.mark.slow
imported = partial(importing.imported, confirm="")


def sheet_of(tmp_path, *rows):
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_every_error_says_sheet_cell_value_rule_and_remedy_and_nothing_is_saved(tmp_path, surgeon, clinic):
    path = sheet_of(
        tmp_path,
        "patient_code,procedure_date,age_at_procedure,procedure,surgeon,start_time",
        "A-1,2025-01-02,34,micro_tese,,09:30",
        "A-2,03/04/2025,340,TESE,Nobody Here,9 o'clock",
        "A-1,2025-01-02,34,micro_tese,,",
        "A-4,2031-01-02,34,micro_tese,,",
    )
    with pytest.raises(CellErrors) as refused:
        imported(path, surgeon, clinic)
    told = {error.cell: error for error in refused.value.errors}
    assert set(told) == {"B3", "C3", "D3", "E3", "F3", "A4", "B5"}
    assert "same man on the same day as in row 2" in told["A4"].rule
    assert str(told["C3"]).startswith("sheet “cases.csv”, cell C3, Age at operation (years), value “340”: ")
    assert all(error.rule and error.remedy for error in told.values())
    assert not Case.objects.exists()


def test_a_signed_row_must_be_complete(tmp_path, surgeon, clinic):
    path = sheet_of(tmp_path, "patient_code,procedure_date,state", "A-1,2025-01-02,Signed")
    with pytest.raises(CellErrors) as refused:
        imported(path, surgeon, clinic)
    assert any("sign the case" in error.rule for error in refused.value.errors)


def test_a_case_of_a_locked_period_is_imported_only_with_a_reason(tmp_path, surgeon, clinic, lock):
    lock(since=date(2025, 1, 1), until=date(2025, 1, 31))
    path = sheet_of(tmp_path, "patient_code,procedure_date", "A-1,2025-01-02")
    with pytest.raises(CellErrors) as refused:
        imported(path, surgeon, clinic)
    assert [error.cell for error in refused.value.errors] == ["B2"]
    assert len(imported(path, surgeon, clinic, reason="found in the archive").made) == 1
    assert {change.reason for change in Change.objects.filter(table="caselog_case")} == {
        "found in the archive"
    }


@pytest.mark.parametrize("role", ["administrator", "embryologist", "reader"])
def test_only_surgeons_import_operations(tmp_path, member, clinic, role):
    path = sheet_of(tmp_path, "patient_code,procedure_date", "A-1,2025-01-02")
    with pytest.raises(PermissionDenied):
        imported(path, member(role), clinic)


def test_a_sheet_without_the_columns_that_name_a_case_is_refused(tmp_path, surgeon, clinic):
    with pytest.raises(CellErrors) as refused:
        imported(sheet_of(tmp_path, "patient_code,height", "A-1,180"), surgeon, clinic)
    [error] = refused.value.errors
    assert "required" in error.rule


def test_the_words_of_an_error_are_in_the_language_of_the_moment(tmp_path, surgeon, clinic):
    with translation.override("ar"), pytest.raises(CellErrors) as refused:
        imported(sheet_of(tmp_path, "patient_code", "A-1"), surgeon, clinic)
    assert refused.value.errors
