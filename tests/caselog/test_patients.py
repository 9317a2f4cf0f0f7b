"""What is recorded about a man himself, whichever of his cases is being saved."""

from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from caselog.dictionary import OPERATION
from caselog.history import acting
from caselog.models import Case, Patient
from caselog.services import cases, patients
from caselog.services.errors import NeedsReason, Stale
from caselog.services.merging import Base, Conflict, texts

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 30)
CASES, PATIENTS = "/api/v1/cases/", "/api/v1/patients/"
CONSENT = {"research_consent": "yes", "research_consent_on": date(2024, 1, 5)}


@pytest.fixture
def save(surgeon, clinic):
    """Goes on with a case as it stands, with these changes."""

    def make(case, *, on=None, **changes):
        answers = cases.answers_of(case) | changes
        return cases.save_operation(
            by=surgeon, clinic=clinic, case=case, answers=answers, today=TODAY, **(on or {})
        )

    return make


@pytest.fixture
def draft(make_case):
    def make(code, **changes):
        return make_case(sign=False, patient_code=code, **{"age_at_procedure": None} | changes)

    return make


@pytest.fixture
def locked(lock):
    """The first half of 2024, closed and locked once its cases are made."""
    return partial(lock, since=date(2024, 1, 1), until=date(2024, 6, 30))


def refusal(refused):
    return {name: messages[0] for name, messages in refused.value.message_dict.items()}


# Two men


def test_a_case_that_turns_out_to_be_another_mans_does_not_overwrite_him(draft, save):
    case = draft("A1", birth_year=1990, partner_birth_year=1995, **CONSENT)
    other = {"research_consent": "no", "research_consent_on": date(2023, 2, 1)}
    draft("B1", birth_year=1980, partner_birth_year=1985, **other)
    with pytest.raises(ValidationError) as refused:
        save(case, patient_code="B1")
    said = refusal(refused)
    assert list(said) == ["birth_year", "partner_birth_year", "research_consent", "research_consent_on"]
    assert "1980" in said["birth_year"]
    assert "1 Feb 2023" in said["research_consent_on"]
    man = Patient.objects.get(code="B1")
    assert (man.birth_year, man.research_consent) == (1980, "no")
    assert Case.objects.get(pk=case.pk).patient.code == "A1"


def test_what_is_not_known_of_the_other_man_is_filled_in_and_the_rest_stays(draft, save):
    case = draft("A1", birth_year=1990)
    draft("B1", partner_birth_year=1985)
    moved = save(case, patient_code="b1")
    man = Patient.objects.get(code="B1")
    assert moved.patient == man
    assert (man.birth_year, man.partner_birth_year) == (1990, 1985)


def test_a_new_case_does_not_turn_a_stored_no_into_yes(draft):
    draft("K-7", research_consent="no")
    with pytest.raises(ValidationError) as refused:
        draft("K-7", research_consent="yes")
    assert list(refusal(refused)) == ["research_consent"]
    assert "“Refused”" in refusal(refused)["research_consent"]
    assert Patient.objects.get().research_consent == "no"


def test_a_new_case_of_a_man_who_consented_is_saved_whatever_it_leaves_blank(draft):
    draft("K-7", birth_year=1990, **CONSENT)
    for same in ({}, CONSENT, {"research_consent": "yes"}, {"birth_year": 1990}):
        draft("K-7", **same)
    man = Patient.objects.get()
    assert (man.birth_year, man.research_consent_on) == (1990, date(2024, 1, 5))


def test_not_asked_again_is_no_error_of_the_server(draft, clinic, surgeon, api):
    draft("K-7", **CONSENT)
    body = {"clinic": clinic.pk, "patient_code": "K-7", "procedure_date": "2025-05-04"}
    answer = api(surgeon).post(CASES, body | {"research_consent": "not_asked"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["research_consent"]
    assert Patient.objects.get().research_consent_on == date(2024, 1, 5)


def test_in_his_own_case_the_consent_is_corrected_and_its_date_goes_with_it(draft, save):
    case = draft("K-7", **CONSENT)
    save(case, research_consent="not_asked")
    man = Patient.objects.get()
    assert (man.research_consent, man.research_consent_on) == ("not_asked", None)


# Locked cases of his


def test_a_man_with_a_locked_case_changes_only_with_a_reason(make_case, locked, surgeon, clinic):
    case = make_case(procedure_date=date(2024, 3, 4), birth_year=1990, age_at_procedure=None)
    locked()
    for change in ({"birth_year": 1970}, {"birth_year": 1990, "code": "ANOTHER"}):
        whole = {"code": case.patient.code, "clinic": clinic, "patient": case.patient} | change
        with pytest.raises(NeedsReason):
            patients.save_patient(today=TODAY, by=surgeon, **whole)
        assert Patient.objects.get().birth_year == 1990
    patients.save_patient(today=TODAY, by=surgeon, **whole, reason="Told at the last visit")
    assert Patient.objects.get().code == "ANOTHER"


def test_another_case_of_his_changes_his_age_in_the_locked_one_only_with_a_reason(
    make_case, draft, locked, save
):
    make_case(patient_code="K-7", procedure_date=date(2024, 3, 4), birth_year=1990, age_at_procedure=None)
    later = draft("K-7", birth_year=1990)
    locked()
    save(later, anaesthesia="spinal")  # nothing about him
    with pytest.raises(NeedsReason):
        save(later, birth_year=1970)
    with pytest.raises(NeedsReason):
        draft("K-7", partner_birth_year=1995)
    save(later, birth_year=1970, on={"reason": "Told at the last visit"})
    assert Patient.objects.get().birth_year == 1970


def test_the_database_refuses_it_too(make_case, locked):
    man = make_case(procedure_date=date(2024, 3, 4), birth_year=1990).patient
    free = make_case(procedure_date=date(2025, 3, 4)).patient
    locked()
    with pytest.raises(IntegrityError, match="only with a reason"), transaction.atomic():
        Patient.objects.filter(pk=man.pk).update(birth_year=1970)
    assert Patient.objects.filter(pk=free.pk).update(birth_year=1970) == 1
    with acting(by=None, reason="A slip"):
        Patient.objects.filter(pk=man.pk).update(birth_year=1970)


def test_a_program_gives_the_reason_too(make_case, locked, api, surgeon):
    case = make_case(procedure_date=date(2024, 3, 4))
    locked()
    program, path = api(surgeon), f"{PATIENTS}{case.patient_id}/"
    body = {"birth_year": 1990, "version": 1}
    assert program.patch(path, body).status_code == 409
    assert program.patch(path, body | {"reason": "Told at the last visit"}).status_code == 200


# Two people


@pytest.mark.promise("CON-1")
def test_what_a_colleague_saved_about_the_man_in_another_case_is_not_undone(draft, save, surgeon, api):
    first, second = draft("K-7", **CONSENT), draft("K-7", **CONSENT)
    read = api(surgeon).get(f"{CASES}{second.pk}/")
    save(first, research_consent="no")
    body = {"patient_code": "K-7", "procedure_date": "2025-03-04", "research_consent": "yes"}
    late = api(surgeon).put(f"{CASES}{second.pk}/", body, headers={"If-Match": read.headers["ETag"]})
    assert late.status_code == 412
    assert Patient.objects.get().research_consent == "no"


def test_what_is_not_about_the_man_leaves_the_version_of_his_other_cases(draft, save):
    first, second = draft("K-7", birth_year=1990), draft("K-7")
    save(first, anaesthesia="spinal")
    assert Case.objects.get(pk=second.pk).version == 1
    save(first, birth_year=1991)
    assert Case.objects.get(pk=second.pk).version == 2


def test_a_form_of_another_case_keeps_what_the_colleague_saved_about_him(draft, save):
    first, second = draft("K-7", birth_year=1990), draft("K-7")
    base = Base(texts(OPERATION, cases.answers_of(second)))
    save(first, birth_year=1991)
    answers = {"birth_year": 1990, "anaesthesia": "spinal"}
    save(Case.objects.get(pk=second.pk), on={"base": base}, **answers)
    assert Patient.objects.get().birth_year == 1991
    with pytest.raises(Conflict) as conflict:
        save(Case.objects.get(pk=second.pk), on={"base": base}, birth_year=1992)
    assert conflict.value.names == ["birth_year"]


@pytest.mark.promise("CON-1")
def test_a_patient_carries_his_version(api, surgeon, draft):
    case = draft("K-7")
    program, path = api(surgeon), f"{PATIENTS}{case.patient_id}/"
    assert program.get(path).headers["ETag"] == '"1"'
    assert program.patch(path, {"birth_year": 1990}).status_code == 428
    assert program.patch(path, {"birth_year": 1990}, headers={"If-Match": '"77"'}).status_code == 412
    changed = program.patch(path, {"birth_year": 1990}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert program.patch(path, {"birth_year": 1990, "version": 1}).status_code == 409
    assert Case.objects.get().version == 2


def test_the_same_again_is_no_new_version(surgeon, clinic, draft):
    man = draft("K-7", birth_year=1990).patient
    same = {"by": surgeon, "clinic": clinic, "patient": man, "code": "K-7", "birth_year": 1990}
    assert patients.save_patient(today=TODAY, **same).version == 1
    with pytest.raises(Stale):
        patients.save_patient(today=TODAY, **same, version=2)
