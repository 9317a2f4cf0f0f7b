"""Clinics and patients over the API."""

import pytest

from caselog.models import Clinic, Patient

CLINICS, PATIENTS = "/api/v1/clinics/", "/api/v1/patients/"


@pytest.fixture
def program(administrator, api):
    return api(administrator)


@pytest.fixture
def operator(member):
    user = member()
    user.is_superuser = True
    user.save()
    return user


def errors_of(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def test_a_clinic_names_who_works_there_now(program, clinic, administrator, surgeon):
    shown = program.get(f"{CLINICS}{clinic.pk}/").json()
    assert shown["people"] == [
        {"id": administrator.pk, "name": "Amal Administrator", "role": "administrator"},
        {"id": surgeon.pk, "name": "Sami Surgeon", "role": "surgeon"},
    ]


def test_somebody_inactive_does_not_work_there(program, clinic, surgeon):
    surgeon.is_active = False
    surgeon.save()
    assert [one["role"] for one in program.get(f"{CLINICS}{clinic.pk}/").json()["people"]] == [
        "administrator"
    ]


def test_whoever_runs_the_installation_makes_clinics(operator, api):
    made = api(operator).post(CLINICS, {"name": "Harbour", "synthetic": True})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["synthetic"]) == ("Harbour", True)
    assert [(one["id"], one["role"]) for one in made.json()["people"]] == [(operator.pk, "administrator")]


def test_a_name_is_given_once(operator, clinic, api):
    assert list(errors_of(api(operator).post(CLINICS, {"name": clinic.name}))) == ["name"]
    assert list(errors_of(api(operator).post(CLINICS, {"name": ""}))) == ["name"]


def test_an_administrator_changes_the_name(program, clinic):
    assert program.patch(f"{CLINICS}{clinic.pk}/", {"name": "Cedar"}).json()["name"] == "Cedar"
    assert program.patch(f"{CLINICS}{clinic.pk}/", {}).json()["name"] == "Cedar"
    assert list(errors_of(program.put(f"{CLINICS}{clinic.pk}/", {}))) == ["name"]


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize("field", ["id", "created_at", "people", "owner"])
def test_the_rest_of_a_clinic_is_not_the_callers_to_say(program, operator, clinic, field, api):
    path, body = f"{CLINICS}{clinic.pk}/", {"name": "Cedar", field: 1}
    for answer in (api(operator).post(CLINICS, body), program.put(path, body), program.patch(path, body)):
        assert list(errors_of(answer)) == [field]
    assert list(errors_of(program.patch(path, {"synthetic": True}))) == ["synthetic"]
    assert Clinic.objects.get() == clinic


def test_a_patient_is_logged_and_changed(api, surgeon, clinic):
    program = api(surgeon)
    made = program.post(PATIENTS, {"clinic": clinic.pk, "code": "K-1", "birth_year": 1990})
    assert made.status_code == 201
    path = f"{PATIENTS}{made.json()['id']}/"
    whole = made.json()
    second = whole | {"code": "K-2", "version": 2}
    assert program.patch(path, {"code": "K-2", "version": 1}).json() == second
    third = second | {"birth_year": None, "version": 3}
    assert program.put(path, {"code": "K-2", "version": 2}).json() == third
    assert program.get(path).json() == third


def test_a_code_names_one_man_of_a_clinic(program, clinic, other_clinic, member):
    Patient.objects.create(clinic=other_clinic, code="K-1")
    member("administrator", clinic=other_clinic)
    assert program.post(PATIENTS, {"clinic": clinic.pk, "code": "K-1"}).status_code == 201
    for again in ("K-1", "K-١ "):
        assert list(errors_of(program.post(PATIENTS, {"clinic": clinic.pk, "code": again}))) == ["code"]
    assert clinic.patients.count() == 1


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"code": ""}, "code"),
        ({"code": "K" * 21}, "code"),
        ({"code": None}, "code"),
        ({"birth_year": 1899}, "birth_year"),
        ({"birth_year": ""}, "birth_year"),
        ({"name": "Adam"}, "name"),
        ({"id": 7}, "id"),
    ],
    ids=str,
)
def test_what_is_wrong_about_a_patient_is_refused_by_its_name(program, clinic, wrong, name):
    patient = Patient.objects.create(clinic=clinic, code="K-1")
    path, whole = f"{PATIENTS}{patient.pk}/", {"code": "K-2"} | wrong
    answers = [
        program.post(PATIENTS, {"clinic": clinic.pk} | whole),
        program.put(path, whole),
        program.patch(path, wrong),
    ]
    assert [list(errors_of(answer)) for answer in answers] == [[name]] * 3
    assert clinic.patients.get() == patient


@pytest.mark.promise("ACC-2")
def test_a_patient_does_not_move_to_another_clinic(program, clinic, other_clinic):
    patient = Patient.objects.create(clinic=clinic, code="K-1")
    answer = program.patch(f"{PATIENTS}{patient.pk}/", {"clinic": other_clinic.pk})
    assert list(errors_of(answer)) == ["clinic"]
