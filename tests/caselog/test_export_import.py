"""The whole record out as a workbook, and operations in from one: through the same services.

What hangs on an operation comes in too: test_import_whole.
"""

import io
from datetime import date, time
from decimal import Decimal
from functools import partial
from itertools import zip_longest

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from caselog.dictionary import OPERATION
from caselog.excel import reader, values
from caselog.excel.headings import match
from caselog.models import Case, Clinic, Membership, Patient
from caselog.services import cases, exports, follow_up, histology
from caselog.services.import_sheet import CellErrors
from tests.caselog import importing

pytestmark = pytest.mark.slow
imported = partial(importing.imported, confirm="")

TODAY = date(2025, 6, 30)


OPTIONAL = {
    "height_cm": 178,
    "weight_kg": Decimal("81.5"),
    "infertility_months": 36,
    "partner_birth_year": 1994,
    "research_consent": "yes",
    "research_consent_on": date(2025, 2, 1),
    "semen_analyses_n": 2,
    "pellet_examined": "yes",
    "additional_aetiologies": ["torsion_trauma_tumour", "varicocele"],
    "karyotype": "46,XY",
    "cryptorchidism": "bilateral",
    "orchidopexy_age": 0,
    "varicocele": "grade_2",
    "varicocele_repaired": "yes",
    "varicocele_repaired_on": date(2019, 5, 6),
    "medication": ["clomiphene", "hcg"],
    "medication_weeks": 12,
    "right_testis_volume_ml": Decimal("9.5"),
    "left_testis_volume_ml": Decimal(8),
    "testis_volume_method": "ultrasound",
    "fsh_result": "measured",
    "fsh_value": Decimal("18.25"),
    "fsh_unit": "miu_ml",
    "fsh_taken_on": date(2025, 1, 15),
    "amh_result": "not_done",
    "testosterone_result": "measured",
    "testosterone_value": Decimal(350),
    "testosterone_unit": "ng_dl",
    "planned_procedure": "micro_tese",
    "timing": "elective_freezing",
    "trainee_operating": "no",
    "magnification": "microscope",
    "magnification_x": 20,
    "start_time": time(9, 5),
    "end_time": time(11, 35),
    "operative_minutes": 150,
    "right_tubule_appearance": "heterogeneous",
    "left_vessels_preserved": "not_noted",
    "right_wet_prep": "motile",
    "stopped_when_found": "no",
    "intraoperative_complication": "no",
    "operation_note": "=1+1\nsecond line",
}


@pytest.fixture
def whole(make_case, make_report, surgeon):
    """A case with an answer to nearly every question, of every part."""
    case = make_case(**OPTIONAL, patient_code="K-0001")
    make_report(case, received_at=time(11, 50), vials_n=2, storage_location="B 4")
    histology.record_histology(
        by=surgeon, case=case, answers={"right_pattern": "mixed", "right_johnsen_mean": Decimal("6.5")}
    )
    follow_up.save_visit(
        by=surgeon,
        case=case,
        month="3",
        today=TODAY,
        answers={
            "complications": "some",
            "seen_on": date(2025, 6, 3),
            "testosterone_result": "measured",
            "testosterone_value": Decimal(12),
            "testosterone_unit": "nmol_l",
            "replacement_started": "no",
        },
    )
    follow_up.save_complication(
        by=surgeon, case=case, today=TODAY, answers={"kind": "haematoma", "onset_day": 0, "grade": "1"}
    )
    follow_up.save_cycle(
        by=surgeon,
        case=case,
        today=TODAY,
        answers={
            "started_on": date(2025, 5, 1),
            "sperm_source": "frozen",
            "mii_injected_n": 8,
            "two_pn_n": 0,
        },
    )
    return case


def written(record, clinic, language="en"):
    to = io.BytesIO()
    exports.write(record, clinic=clinic, language=language, now=timezone.now(), to=to)
    return to.getvalue()


@pytest.fixture
def exported(administrator, clinic, tmp_path):
    """The path of the clinic's record, written in this language."""

    def export(language="en", **about):
        path = tmp_path / f"{language}.xlsx"
        record = exports.record_of(by=administrator, clinic=clinic, **about)
        path.write_bytes(written(record, clinic, language))
        return path

    return export


def answers_on(path):
    """What stands on the first sheet, typed, without blanks."""
    table = reader.read(path)
    found = match(table.headings)
    return [
        {
            entry.name: values.parse(entry, cell)
            for entry, cell in zip_longest(found.fields.values(), row.cells)
            if not values.is_not_recorded(cell)
        }
        for row in table.rows
    ]


def operation(case):
    """Its answers, with people by name: another clinic has others."""
    answers = cases.answers_of(Case.objects.get(pk=case.pk))
    return {
        name: str(value) if name in ("surgeon", "assistant") else value for name, value in answers.items()
    }


# Out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_sheet_for_each_part_holds_what_was_answered(whole, exported, language):
    path = exported(language)
    book = load_workbook(path)
    assert len(book.sheetnames) == 6
    assert [book.worksheets[number].max_row for number in (0, 1, 2, 3)] == [2, 2, 2, 2]
    [row] = answers_on(path)
    assert row == row | OPTIONAL
    assert row["right_pattern"] == "mixed"
    assert row["received_at"] == time(11, 50)
    assert (row["state"], row["result_status"]) == ("complete", "final")


@pytest.mark.promise("EXP-1")
def test_free_text_is_text_in_the_export(whole, exported):
    assert answers_on(exported())[0]["operation_note"] == "=1+1\nsecond line"


def test_men_who_refused_are_left_out_and_counted(make_case, administrator, clinic):
    make_case(research_consent="no")
    make_case(research_consent="yes")
    make_case()
    usual = exports.record_of(by=administrator, clinic=clinic)
    assert (len(usual.rows["cases"]), usual.refused, usual.not_asked) == (2, 1, 1)
    strict = exports.record_of(by=administrator, clinic=clinic, consented=True)
    assert len(strict.rows["cases"]) == 1


def test_what_hangs_on_a_man_who_refused_is_left_out_too(whole, administrator, clinic):
    Patient.objects.update(research_consent="no")
    record = exports.record_of(by=administrator, clinic=clinic)
    assert {sheet: len(rows) for sheet, rows in record.rows.items()} == {
        "cases": 0, "follow_up": 0, "complication": 0, "icsi": 0,
    }  # fmt: skip


@pytest.mark.promise("EXP-2")
def test_without_the_permission_for_patients_only_the_code_points_to_a_man():
    names = {
        entry.name for sheet in ("cases", "icsi") for entry in exports.columns_of(sheet, identifiers=False)
    }
    assert "patient_code" in names
    assert not names & {"birth_year", "partner_birth_year"}


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_take_the_record_out(member, clinic, role):
    with pytest.raises(PermissionDenied):
        exports.record_of(by=member(role), clinic=clinic)


def test_an_administrator_of_another_clinic_takes_nothing_out(member, clinic, other_clinic, case):
    with pytest.raises(PermissionDenied):
        exports.record_of(by=member("administrator", clinic=other_clinic), clinic=clinic)


def test_the_export_asks_the_database_as_often_for_many_cases_as_for_one(
    whole, make_case, administrator, clinic, django_assert_max_num_queries
):
    for _number in range(4):
        make_case(research_consent="yes")
    with django_assert_max_num_queries(16):
        exports.record_of(by=administrator, clinic=clinic)


def test_an_export_of_invented_data_says_so(case, administrator, clinic, exported):
    clinic.synthetic = True
    said = [cell.value for row in load_workbook(exported())["About this file"] for cell in row]
    assert "Synthetic data" in said


def test_two_people_of_the_same_name_are_told_apart_by_their_addresses(
    member, make_case, administrator, clinic
):
    one, _other = member("surgeon", name="Ali Hassan"), member("surgeon", name="Ali Hassan")
    make_case(by=one)
    record = exports.record_of(by=administrator, clinic=clinic)
    assert record.rows["cases"][0]["surgeon"] == one.email


# In ---------------------------------------------------------------------------------------------


@pytest.fixture
def empty(surgeon):
    """A clinic without a case, where the same surgeon works."""
    clinic = Clinic.objects.create(name="Empty clinic")
    Membership.objects.create(clinic=clinic, user=surgeon, role="surgeon")
    return clinic


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_exported_file_gives_the_same_answers_in_an_empty_clinic(
    whole, make_case, exported, empty, surgeon, language
):
    draft = make_case(sign=False, sides="left", right_weighing="", right_tissue_weight_mg=None)
    done = imported(exported(language), surgeon, empty, confirm="as in the other clinic")
    assert len(done.made) == 2
    for before, after in zip((whole, draft), done.made, strict=True):
        assert operation(after) == operation(before)
        assert after.state == before.state
    assert done.withheld == {"laboratory": 1}


@pytest.mark.promise("IMP-2")
def test_the_same_file_twice_makes_no_duplicates(whole, exported, empty, surgeon):
    path = exported()
    first = imported(path, surgeon, empty, confirm="as there")
    again = imported(path, surgeon, empty)
    assert ([], first.made) == (again.made, again.already)
    assert Case.objects.filter(clinic=empty).count() == 1


def test_what_is_unusual_is_an_error_until_it_is_confirmed_with_a_reason(
    tmp_path, make_case, exported, empty, surgeon, clinic, administrator
):
    make_case(anaesthesia="general", right_tissue_weight_mg=120, research_consent="yes")
    case = Case.objects.get()
    case.testes.filter(side="right").update(tissue_weight_mg=15_000)
    path = exported()
    with pytest.raises(CellErrors) as refused:
        imported(path, surgeon, empty)
    assert [error.value for error in refused.value.errors] == ["15000"]
    assert len(imported(path, surgeon, empty, confirm="weighed with the capsule").made) == 1


# The commands -----------------------------------------------------------------------------------


def test_the_commands_export_and_import_as_the_person_they_name(
    whole, administrator, surgeon, clinic, empty, tmp_path, capsys
):
    path = tmp_path / "record.xlsx"
    call_command("export_cases", str(path), clinic=clinic.name, email=administrator.email)
    assert "1 cases in" in capsys.readouterr().out
    about = {"clinic": empty.name, "email": surgeon.email}
    call_command("import_cases", str(path), **about, confirm="as there")
    assert "1 cases saved, 0 already here" in capsys.readouterr().out
    call_command("import_cases", str(path), **about)
    assert "0 cases saved, 1 already here" in capsys.readouterr().out


def test_the_commands_refuse_whom_the_services_refuse(surgeon, administrator, clinic, tmp_path):
    path = tmp_path / "record.xlsx"
    with pytest.raises(CommandError, match="does not allow"):
        call_command("export_cases", str(path), clinic=clinic.name, email=surgeon.email)
    assert not path.exists()
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_cases", str(path), clinic=clinic.name, email=surgeon.email)
    with pytest.raises(CommandError, match="no clinic"):
        call_command("export_cases", str(path), clinic="Nowhere", email=surgeon.email)
    with pytest.raises(CommandError, match="Nobody active"):
        call_command("export_cases", str(path), clinic=clinic.name, email="nobody@clinic.example")


def test_every_question_of_the_operation_is_exported_and_imported():
    listed = {entry.name for entry in exports.columns_of("cases")}
    assert {entry.name for entry in OPERATION} <= listed


# The page ---------------------------------------------------------------------------------------


def test_an_administrator_downloads_the_record(client, whole, administrator, tmp_path):
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("record_export")).content.decode()
    assert reverse("record_export_file") in page
    answer = client.get(reverse("record_export_file"), {"since": "2025-01-01", "until": "2025-12-31"})
    assert answer["Content-Disposition"].startswith('attachment; filename="caselog-record-')
    path = tmp_path / "downloaded.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    assert [row["patient_code"] for row in answers_on(path)] == ["K-0001"]
    none = client.get(reverse("record_export_file"), {"until": "2024-12-31"})
    path.write_bytes(b"".join(none.streaming_content))
    assert answers_on(path) == []


def test_a_wrong_day_stays_typed_and_says_why(client, administrator):
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse("record_export_file"), {"since": "03/04/2025", "consented": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="03/04/2025"' in page
    assert "2024-03-04" in page
