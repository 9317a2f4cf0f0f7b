"""Reports of the laboratory in a sheet of text: their people, their findings, final or not."""

import pytest

from caselog.models import Finding, LaboratoryReport
from tests.caselog.importing import imported, refused

pytestmark = pytest.mark.slow


@pytest.fixture
def reported(tmp_path, case, embryologist, witness):
    """A file with a final report of the case, or other answers."""

    def write(**changes):
        answers = {
            "patient_code": case.patient.code,
            "procedure_date": case.procedure_date,
            "right_sperm_found": "motile",
            "left_sperm_found": "none",
            "processing_methods": "mincing; wash",
            "search_minutes": 0,
            "disposition": "frozen",
            "vials_n": 0,
            "embryologist": embryologist,
            "witness": witness.email,
            "result_status": "final",
        } | changes
        path = tmp_path / "a.csv"
        lines = (",".join(answers), ",".join(map(str, answers.values())))
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def test_one_sheet_of_text_may_hold_the_laboratory_too(reported, case, clinic, embryologist, witness):
    done = imported(reported(), embryologist, clinic)
    assert (done.added, done.already) == ({"laboratory": 1}, [case])
    report = LaboratoryReport.objects.get(case=case)
    assert (report.is_final, report.search_minutes, report.vials_n, report.witness) == (True, 0, 0, witness)


@pytest.mark.parametrize(
    ("heading", "value", "cell", "rule"),
    [
        ("witness", "", "J2", "A final report needs this"),
        ("embryologist", "", "I2", "A final report needs this"),
        ("embryologist", "Sami Surgeon", "I2", "is not an embryologist of this clinic"),
        ("embryologist", "Wim Witness", "J2", "must be another person than the embryologist"),
        ("witness", "Nobody Here", "J2", "does not work in this clinic"),
        ("result_status", "", "K2", "not whether they are final"),
        ("left_sperm_found", "", "D2", "A final report needs this"),
        ("right_sperm_found", "yes", "C2", "Say whether the sperm moves"),
    ],
)
def test_a_final_report_needs_its_people_and_its_findings(
    reported, clinic, surgeon, embryologist, heading, value, cell, rule
):
    [error] = refused(reported(**{heading: value}), embryologist, clinic).values()
    assert (error.sheet, error.cell) == ("a.csv", cell)
    assert rule in error.rule


def test_without_a_witness_only_a_preliminary_report_is_saved(reported, case, clinic, embryologist):
    imported(reported(witness="", result_status="preliminary", left_sperm_found=""), embryologist, clinic)
    report = LaboratoryReport.objects.get(case=case)
    assert (report.is_final, report.witness) == (False, None)
    assert [finding.testis.side for finding in Finding.objects.all()] == ["right"]
