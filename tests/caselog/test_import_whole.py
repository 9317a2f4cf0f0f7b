"""The whole record out of one clinic and into another: each part by its service, and nothing twice."""

import io
from datetime import date, time
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from caselog.models import (
    Alert,
    Case,
    Change,
    Clinic,
    Complication,
    Finding,
    FollowUp,
    IcsiCycle,
    LaboratoryReport,
    Membership,
)
from caselog.services import exports, follow_up, histology
from tests.caselog.importing import TODAY, imported, refused, workbook

pytestmark = pytest.mark.slow


CASES, VISITS, COMPLICATIONS, CYCLES = "Cases", "Follow-up", "Complications", "ICSI cycles"


@pytest.fixture
def whole(make_case, make_report, surgeon):
    """A case with something in every part: zeros among it, and what was not tested."""
    usual = {"by": surgeon, "today": TODAY}
    whole = make_case(
        patient_code="K-1",
        birth_year=1990,
        right_wet_prep="motile",
        fsh_result="measured",
        fsh_value=Decimal("18.25"),
        fsh_unit="iu_l",
        amh_result="not_done",
    )
    make_report(
        whole,
        received_at=time(11, 50),
        containers_n=2,
        identity_checked="yes",
        found_when="extended_search",
        right_count_exact=40,
        left_spermatids="round",
        vials_n=0,
        storage_location="B 4",
        consent_expiry=date(2030, 1, 31),
        laboratory_note="=1+1\nsecond line",
    )
    histology.record_histology(
        by=surgeon,
        case=whole,
        answers={
            "right_pattern": "germ_cell_neoplasia",
            "right_johnsen_mean": Decimal("6.5"),
            "left_pattern": "not_done",
        },
    )
    visit = {
        "complications": "some",
        "seen_on": date(2025, 6, 3),
        "testosterone_result": "measured",
        "testosterone_value": Decimal(350),
        "testosterone_unit": "ng_dl",
        "testosterone_taken_on": date(2025, 6, 2),
        "fsh_result": "not_done",
        "replacement_started": "unknown",
        "left_testis_volume_ml": Decimal("7.5"),
    }
    follow_up.save_visit(case=whole, month="3", answers=visit, **usual)
    follow_up.save_visit(case=whole, month="12", answers={"complications": "not_followed"}, **usual)
    haematoma = {"kind": "haematoma", "onset_day": 0, "grade": "1"}
    for note in ("right", "left"):
        answers = {**haematoma, "complication_note": note}
        follow_up.save_complication(case=whole, answers=answers, **usual)
    cycle = {"sperm_source": "frozen", "mii_injected_n": 8, "two_pn_n": 0, "clinical_pregnancy": "no"}
    follow_up.save_cycle(case=whole, answers={**cycle, "started_on": date(2025, 5, 1)}, **usual)
    born = {"clinical_pregnancy": "yes", "fetuses_n": 1, "two_pn_n": 3, "transferred_n": 1}
    answers = {**cycle, **born, "started_on": date(2025, 6, 1)}
    follow_up.save_cycle(case=whole, answers=answers, **usual)

    return Case.objects.get(pk=whole.pk)


@pytest.fixture
def populated(whole, make_case, make_report):
    """Cases in every state, and what nobody answered."""
    again = make_case(
        patient_code="K-1",
        birth_year=1990,
        age_at_procedure=35,
        procedure_date=date(2025, 5, 5),
        attempt_number=2,
        prior_retrieval="found",
    )
    make_report(again, right_sperm_found="none", left_sperm_found="not_sampled", disposition="discarded")
    make_case(patient_code="pending")
    preliminary = make_case(patient_code="preliminary", sides="left", left_weighing="not_weighed")
    make_report(
        preliminary, final=False, witness=None, left_sperm_found=None, disposition="", search_minutes=0
    )
    make_case(patient_code="draft", sign=False, azoospermia_type=None, primary_aetiology=None)
    make_case(patient_code="cancelled", status="cancelled", status_reason="fever")


@pytest.fixture
def exported(administrator, tmp_path):
    """The path of a clinic's record, written in this language."""

    def export(clinic, language="en"):
        Membership.objects.get_or_create(clinic=clinic, user=administrator, role="administrator")
        record = exports.record_of(by=administrator, clinic=clinic)
        to = io.BytesIO()
        exports.write(record, clinic=clinic, language=language, now=timezone.now(), to=to)
        path = tmp_path / f"{clinic.pk}-{language}.xlsx"
        path.write_bytes(to.getvalue())
        return path

    return export


@pytest.fixture
def empty(surgeon, embryologist, witness):
    """A clinic without a case, where the same people work."""
    clinic = Clinic.objects.create(name="Empty clinic")
    for user, role in ((surgeon, "surgeon"), (embryologist, "embryologist"), (witness, "embryologist")):
        Membership.objects.create(clinic=clinic, user=user, role=role)
    return clinic


@pytest.fixture
def both(surgeon, empty):
    """A surgeon of the empty clinic who is its embryologist too."""
    Membership.objects.create(clinic=empty, user=surgeon, role="embryologist")
    return surgeon


def cells(path):
    """Every cell of the record's sheets, apart from the case numbers: those are the clinic's own."""
    book = load_workbook(path)
    return [[[cell.value for cell in row[1:]] for row in sheet.iter_rows()] for sheet in book.worksheets[:4]]


def changed(path, sheet, **columns):
    """The file with other values under these headings, in the sheet's second row."""
    book = load_workbook(path)
    headings = [cell.value for cell in book[sheet][1]]
    for heading, value in columns.items():
        book[sheet].cell(2, headings.index(heading.replace("_", " ")) + 1).value = value
    book.save(path)
    return path


# Out and in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_one_clinic_exports_another_imports_and_exports_the_same(
    populated, exported, clinic, empty, both, language
):
    path = exported(clinic, language)
    done = imported(path, both, empty)
    assert len(done.made) == 6
    assert done.added == {"laboratory": 3, "histology": 1, "follow_up": 2, "complication": 2, "icsi": 2}
    assert not done.withheld
    assert cells(exported(empty, language)) == cells(path)


def test_a_surgeon_and_an_embryologist_import_the_same_file_one_after_the_other(
    populated, exported, clinic, empty, surgeon, embryologist
):
    path = exported(clinic)
    first = imported(path, surgeon, empty)
    assert first.withheld == {"laboratory": 3}
    assert not LaboratoryReport.objects.filter(clinic=empty).exists()
    second = imported(path, embryologist, empty)
    assert (len(second.already), second.made, second.added) == (6, [], {"laboratory": 3})
    assert not second.withheld  # it is here
    assert cells(exported(empty)) == cells(path)


@pytest.mark.promise("IMP-2")
def test_the_same_file_again_changes_nothing(populated, exported, clinic, empty, both):
    path = exported(clinic)
    imported(path, both, empty)
    before = Change.objects.count()
    again = imported(path, both, empty, confirm="")
    assert (again.made, again.added, len(again.already)) == ([], {}, 6)
    assert Change.objects.count() == before


def test_a_result_that_is_missing_stays_missing(populated, exported, clinic, empty, both):
    imported(exported(clinic), both, empty)
    pending = Case.objects.get(clinic=empty, patient__code="pending")
    assert not hasattr(pending, "laboratory_report")
    assert not Finding.objects.filter(testis__case=pending).exists()
    preliminary = LaboratoryReport.objects.get(clinic=empty, case__patient__code="preliminary")
    assert (preliminary.is_final, preliminary.search_minutes, preliminary.disposition) == (False, 0, "")
    assert not Finding.objects.filter(testis__case=preliminary.case).exists()


def test_a_report_is_its_embryologists_and_final_by_who_imports(
    whole, exported, clinic, empty, witness, embryologist
):
    imported(exported(clinic), surgeon := empty.memberships.get(role="surgeon").user, empty)
    other = Membership.objects.create(clinic=empty, user=surgeon, role="embryologist").user
    imported(exported(clinic), other, empty)
    report = LaboratoryReport.objects.filter(clinic=empty, result_status="final").first()
    assert (report.embryologist, report.witness, report.finalised_by) == (embryologist, witness, surgeon)
    assert (
        Change.objects.filter(table="caselog_laboratoryreport", row_id=report.pk).get().actor_id == surgeon.pk
    )


def test_germ_cell_neoplasia_alerts_the_clinic_that_imports_it(whole, exported, clinic, empty, both):
    imported(exported(clinic), both, empty)
    assert Alert.objects.filter(clinic=empty, acknowledged_at=None).count() == 1


# What is there already ----------------------------------------------------------------------------


def test_a_case_that_is_here_gets_only_what_it_lacks(whole, exported, clinic, surgeon):
    path = exported(clinic)
    FollowUp.objects.get(case=whole, month="12").delete()
    IcsiCycle.objects.filter(case=whole, started_on=date(2025, 5, 1)).delete()
    one = Complication.objects.filter(case=whole).first()
    Complication.objects.filter(pk=one.pk).delete()
    FollowUp.objects.filter(case=whole).update(follow_up_note="corrected since")
    done = imported(path, surgeon, clinic)
    assert done.added == {"follow_up": 1, "complication": 1, "icsi": 1}
    assert whole.follow_ups.get(month="3").follow_up_note == "corrected since"
    assert (whole.complications.count(), whole.icsi_cycles.count()) == (2, 2)


def test_cases_that_are_here_cost_no_query_each(populated, exported, clinic, surgeon, embryologist):
    path = exported(clinic)
    book = load_workbook(path)
    for sheet in book.worksheets[:4]:
        sheet.delete_rows(3, 99)
    book.save(one := path.with_name("one.xlsx"))
    with CaptureQueriesContext(connection) as of_one:
        imported(one, surgeon, clinic)
    with CaptureQueriesContext(connection) as of_all:
        imported(path, surgeon, clinic)
    assert len(of_all) == len(of_one) <= 15


# Who may ------------------------------------------------------------------------------------------


def test_an_embryologist_logs_no_operation(whole, exported, clinic, empty, embryologist):
    told = refused(exported(clinic), embryologist, empty)
    assert told[CASES, "B2"].remedy == "let a surgeon import the file first"
    assert "your role does not log any" in told[CASES, "B2"].rule


def test_an_administrator_imports_what_became_of_a_man(tmp_path, case, administrator, clinic):
    key = [case.patient.code, case.procedure_date]
    path = workbook(
        tmp_path / "a.xlsx",
        follow_up=[["patient_code", "procedure_date", "month", "complications"], [*key, 12, "not_followed"]],
        Notes=[["nothing that is read"]],
    )
    done = imported(path, administrator, clinic)
    assert (done.added, done.not_read) == ({"follow_up": 1}, ["Notes"])
    assert case.follow_ups.get().month == "12"


def test_a_reader_imports_nothing_and_no_file_is_opened(tmp_path, reader, clinic):
    with pytest.raises(PermissionDenied):
        imported(tmp_path / "none.xlsx", reader, clinic)


def test_what_the_role_does_not_record_is_not_even_looked_at(whole, exported, clinic, empty, surgeon):
    path = changed(exported(clinic), CASES, Witness="Nobody Here")
    assert imported(path, surgeon, empty).withheld == {"laboratory": 1}


def test_what_was_seen_otherwise_in_theatre_is_asked_of_whoever_imports_the_laboratory(
    whole, exported, clinic, empty, surgeon, embryologist
):
    path = changed(exported(clinic), CASES, **{"Left_testis:_seen_in_theatre": "Motile"})
    imported(path, surgeon, empty)
    told = refused(path, embryologist, empty, confirm="").values()
    assert ("Left testis: sperm found", "None") in {(error.field, error.value) for error in told}
    assert imported(path, embryologist, empty).added == {"laboratory": 1}


def test_an_error_on_a_later_sheet_keeps_the_whole_file_out(whole, exported, clinic, empty, both):
    path = changed(exported(clinic), VISITS, Seen_on=date(2025, 3, 1))
    told = refused(changed(path, CYCLES, Fetuses=None, Patient_code="K-2"), both, empty)
    assert list(told) == [(VISITS, "F2"), (CYCLES, "B2")]
    assert str(told[VISITS, "F2"]).startswith("sheet “Follow-up”, cell F2, Seen on, value “2025-03-01”: ")
    assert "no operation of this man on this day" in told[CYCLES, "B2"].rule
    assert not Case.objects.filter(clinic=empty).exists()


def test_what_hangs_on_a_wrong_row_is_not_told_as_well(whole, exported, clinic, empty, both):
    path = changed(exported(clinic), CASES, **{"Age_at_operation_(years)": "old"})
    assert [sheet for sheet, _cell in refused(path, both, empty)] == [CASES]


def test_a_draft_has_no_follow_up_and_a_month_one_visit(tmp_path, make_case, clinic, surgeon):
    draft, signed = make_case(sign=False), make_case()
    head = ["patient_code", "procedure_date", "month", "complications"]
    row = [draft.procedure_date, "3", "not_followed"]
    path = workbook(
        tmp_path / "a.xlsx",
        **{VISITS: [head, [draft.patient.code, *row], *[[signed.patient.code, *row]] * 2]},
    )
    told = refused(path, surgeon, clinic)
    assert set(told) == {(VISITS, "C2"), (VISITS, "C4")}
    assert "Sign the case first" in told[VISITS, "C2"].rule
    assert "the same follow-up of this operation as in row 3" in told[VISITS, "C4"].rule


def test_a_later_sheet_needs_the_columns_that_name_the_operation(tmp_path, clinic, surgeon):
    path = workbook(tmp_path / "a.xlsx", Cases=[["patient_code", "procedure_date"]], icsi=[["started_on"]])
    assert {error.rule for error in refused(path, surgeon, clinic).values()} == {
        "this column is required and is not there"
    }


def test_what_is_unusual_on_any_sheet_is_an_error_until_it_is_confirmed(whole, exported, clinic, empty, both):
    path = changed(exported(clinic), CYCLES, Embryos_transferred=2)
    told = refused(path, both, empty, confirm="")
    assert "2 embryos transferred, 0 fertilised" in told[CYCLES, "H2"].rule
    assert len(imported(path, both, empty).made) == 1


def test_the_command_says_what_came_in_and_what_is_left_to_a_colleague(
    whole, exported, clinic, empty, surgeon, capsys
):
    about = {"clinic": empty.name, "email": surgeon.email, "confirm": "as there"}
    call_command("import_cases", str(exported(clinic)), **about)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "1 cases saved, 0 already here.",
        "With them: 1 histologies, 2 follow-ups, 2 complications, 2 ICSI cycles.",
        f"Not saved, because the role of {surgeon.email} in {empty} does not record it: "
        "1 laboratory reports. A colleague whose role does imports the same file again.",
        "Columns and sheets that were not read: Case number, Codebook, About this file.",
    ]
