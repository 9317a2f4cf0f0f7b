"""One declaration of a field serves every place, and every place has it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from caselog.dictionary import FORMS, IDENTIFIERS, PARTS
from caselog.forms.follow_up import ComplicationForm, CycleForm, VisitForm
from caselog.forms.histology import HistologyForm
from caselog.forms.identifiers import IdentifiersForm
from caselog.forms.laboratory import LaboratoryForm
from caselog.forms.operation import OperationForm
from caselog.management import coverage
from tests.repository.uses import USES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "field-coverage.md"
ALL = PARTS | {"identifiers": IDENTIFIERS}
ENTRIES = [pytest.param(part, entry, id=f"{part}.{entry.name}") for part in ALL for entry in ALL[part]]


def test_the_table_is_what_the_code_says():
    """Regenerate with: manage.py field_coverage > docs/field-coverage.md"""
    out = StringIO()
    call_command("field_coverage", stdout=out)
    assert out.getvalue() == PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows():
    return list(coverage.rows())


def test_no_cell_is_empty(rows):
    assert len(rows) == len(ENTRIES)
    assert [(cells[0], cells) for _part, cells in rows if not all(cells)] == []
    assert {len(cells) for _part, cells in rows} == {len(coverage.COLUMNS)}


@pytest.mark.parametrize(("part", "entry"), ENTRIES)
def test_a_field_is_used_and_each_use_is_true(part, entry):
    assert entry.used_in, "say what needs this answer, or do not ask for it"
    assert set(entry.used_in) <= USES.keys(), "a use that nothing stands for"
    assert [use for use in entry.used_in if entry.name not in USES[use]] == []


@pytest.mark.parametrize("use", ["note", "report", "safety", "export"])
def test_what_is_printed_or_asked_about_is_declared(use):
    declared = {entry.name for part in PARTS.values() for entry in part if use in entry.used_in}
    assert USES[use] == declared


def test_each_form_has_the_fields_that_the_table_says(case, clinic, embryologist):
    forms = {
        "operation": OperationForm(clinic=clinic),
        "laboratory": LaboratoryForm(case=case, by=embryologist),
        "histology": HistologyForm(case=case),
        "follow_up": VisitForm(),
        "complication": ComplicationForm(),
        "icsi": CycleForm(),
    }
    for part, form in forms.items():
        assert type(form) is coverage.FORMS[part]
        wanted = [entry.name for entry in FORMS[part] if (part, entry.name) not in coverage.IN_ADDRESS]
        assert list(form.fields) == wanted


def test_local_identifiers_have_a_form_of_their_own_and_are_nowhere_else(rows):
    assert list(IdentifiersForm.base_fields) == [entry.name for entry in IDENTIFIERS]
    assert all(entry.identifier for entry in IDENTIFIERS)
    cells = [cells for part, cells in rows if part == "identifiers"]
    assert [row[2:5] for row in cells] == [[coverage.STAYS] * 3] * len(IDENTIFIERS)


def test_an_identifier_that_somebody_exports_leaves_a_cell_empty(monkeypatch):
    monkeypatch.setattr(coverage.exports, "columns_of", lambda _sheet: IDENTIFIERS)
    assert [cells[4] for part, cells in coverage.rows() if part == "identifiers"] == ["", ""]
