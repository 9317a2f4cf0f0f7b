"""Operations over the API: the same answers and rules as on the page."""

from urllib.parse import urlencode

import pytest

from caselog.dictionary import OPERATION
from caselog.models import Case, Change
from caselog.services import cases

URL = "/api/v1/cases/"
READ = {"If-Match": '"1"'}


@pytest.fixture
def program(surgeon, api):
    return api(surgeon)


@pytest.fixture
def body(clinic, surgeon, answers):
    """A usual micro-TESE as a program sends it; None takes an answer away."""

    def make(**changes):
        given = answers(surgeon=surgeon.pk, procedure_date="2025-03-04") | changes
        return {name: value for name, value in given.items() if value is not None}

    return make


def errors_of(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def test_two_answers_save_a_draft(program, clinic, surgeon):
    made = program.post(URL, {"clinic": clinic.pk, "patient_code": "K-1", "procedure_date": "2025-03-04"})
    assert made.status_code == 201
    case = Case.objects.get()
    assert made.json() | {"id": case.pk, "state": "draft", "version": 1, "signed_by": None} == made.json()
    assert (case.clinic, case.created_by, case.patient.code) == (clinic, surgeon, "K-1")


@pytest.mark.parametrize("absent", ["clinic", "patient_code", "procedure_date"])
def test_a_draft_needs_its_two_answers_and_a_clinic(program, clinic, absent):
    body = {"clinic": clinic.pk, "patient_code": "K-1", "procedure_date": "2025-03-04"}
    del body[absent]
    assert list(errors_of(program.post(URL, body))) == [absent]
    assert not Case.objects.exists()


def test_a_case_is_signed_in_the_same_breath(program, clinic, surgeon, body):
    made = program.post(URL, body(clinic=clinic.pk, sign=True))
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["signed_by"]) == ("complete", surgeon.pk)


def test_what_is_missing_to_sign_is_named(program, clinic, body):
    answer = program.post(URL, body(clinic=clinic.pk, sign=True, anaesthesia=None, left_weighing=None))
    assert set(errors_of(answer)) == {"anaesthesia", "left_weighing"}
    assert not Case.objects.exists()


def test_an_answer_is_read_back_under_the_name_it_was_given(program, clinic, body):
    given = body(right_tissue_weight_mg="120.50", birth_year=1990, age_at_procedure=35)
    made = program.post(URL, given | {"clinic": clinic.pk}).json()
    assert {name: made[name] for name in given} == given
    assert program.get(f"{URL}{made['id']}/").json() == made


def test_every_question_of_the_dictionary_is_there_and_no_other(program, case):
    shown = program.get(f"{URL}{case.pk}/").json()
    assert {entry.name for entry in OPERATION} <= set(shown)
    facts = {"id", "clinic", "number", "state", "version", "patient", "laboratory_report"}
    facts |= {"created_at", "created_by", "signed_at", "signed_by"}
    assert set(shown) - {entry.name for entry in OPERATION} == facts


def test_missing_zero_not_weighed_and_not_tested_read_differently(program, make_case):
    case = make_case(
        right_tissue_weight_mg=0,
        right_samples_n=None,
        y_microdeletion="not_tested",
        prior_procedure="",
        sign=False,
    )
    shown = program.get(f"{URL}{case.pk}/").json()
    assert (shown["right_weighing"], shown["right_tissue_weight_mg"]) == ("balance", "0.00")
    assert (shown["left_weighing"], shown["left_tissue_weight_mg"]) == ("not_weighed", None)
    assert shown["right_samples_n"] is None
    assert (shown["y_microdeletion"], shown["prior_procedure"]) == ("not_tested", "")


def test_what_does_not_apply_reads_as_not_answered(program, make_case):
    shown = program.get(f"{URL}{make_case(sides='right').pk}/").json()
    assert (shown["left_weighing"], shown["left_tissue_weight_mg"], shown["left_samples_n"]) == (
        "",
        None,
        None,
    )


def test_a_change_of_some_answers_keeps_the_others(program, case):
    before = cases.answers_of(case)
    changed = program.patch(f"{URL}{case.pk}/", {"version": 1, "anaesthesia": "spinal"})
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    assert cases.answers_of(Case.objects.get()) == before | {"anaesthesia": "spinal"}


def test_a_replacement_takes_away_what_it_does_not_name(program, make_case):
    case = make_case(sign=False)
    body = {"version": 1, "patient_code": case.patient.code, "procedure_date": "2025-03-05"}
    shown = program.put(f"{URL}{case.pk}/", body).json()
    assert (shown["procedure_date"], shown["anaesthesia"], shown["surgeon"]) == ("2025-03-05", "", None)
    assert not case.testes.exists()


def test_a_replacement_needs_the_two_answers_and_a_change_does_not(program, make_case):
    case = make_case(sign=False)
    assert set(errors_of(program.put(f"{URL}{case.pk}/", {"version": 1}))) == {
        "patient_code",
        "procedure_date",
    }
    assert program.patch(f"{URL}{case.pk}/", {"version": 1}).status_code == 200


def test_a_draft_is_completed_by_a_change(program, make_case):
    case = make_case(sign=False, anaesthesia="")
    assert set(errors_of(program.patch(f"{URL}{case.pk}/", {"version": 1, "sign": True}))) == {"anaesthesia"}
    signed = program.patch(f"{URL}{case.pk}/", {"version": 1, "sign": True, "anaesthesia": "general"})
    assert signed.json()["state"] == "complete"


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_says_which_version_it_read(program, case, body, method):
    answer = getattr(program, method)(f"{URL}{case.pk}/", body(patient_code=case.patient.code))
    assert list(errors_of(answer, 428)) == ["version"]


def test_the_second_of_two_editors_is_told_and_changes_nothing(program, case):
    program.patch(f"{URL}{case.pk}/", {"version": 1, "anaesthesia": "spinal"})
    stale = program.patch(f"{URL}{case.pk}/", {"version": 1, "anaesthesia": "local_block"})
    assert list(errors_of(stale, 409)) == ["version"]
    assert stale.json()["version"] == 2
    assert Case.objects.get().anaesthesia == "spinal"


def test_a_draft_is_deleted_and_a_signed_case_is_not(program, make_case):
    draft, signed = make_case(sign=False), make_case()
    assert program.delete(f"{URL}{draft.pk}/", headers=READ).status_code == 204
    assert errors_of(program.delete(f"{URL}{signed.pk}/", headers=READ), 409)
    assert Case.objects.get() == signed


@pytest.fixture
def locked_draft(make_case, lock):
    draft = make_case(sign=False)
    lock()
    return draft


@pytest.mark.promise("HIS-3")
def test_a_draft_of_a_locked_period_is_deleted_with_a_reason_in_the_address(program, locked_draft):
    address = f"{URL}{locked_draft.pk}/"
    for unsaid in ("", "?reason=", "?reason=%20"):
        [said] = errors_of(program.delete(address + unsaid, headers=READ), 409)["non_field_errors"]
        assert "in the locked period 1 Mar 2025" in said
    assert list(errors_of(program.delete(f"{address}?reason={'x' * 301}", headers=READ))) == ["reason"]
    assert list(errors_of(program.delete(f"{address}?why=twice", headers=READ))) == ["why"]
    assert Case.objects.exists()
    said = {"reason": "سُجّلت مرتين"}
    answer = program.delete(f"{address}?{urlencode(said)}", headers=READ)
    assert answer.status_code == 204
    assert Change.objects.get(table=Case._meta.db_table, action="delete").reason == said["reason"]


def test_a_reason_lets_nobody_delete_who_may_not(api, embryologist, locked_draft):
    address = f"{URL}{locked_draft.pk}/?reason=twice"
    assert errors_of(api(embryologist).delete(address, headers=READ), 403)
    assert Case.objects.exists()


def test_a_reported_draft_is_not_deleted(program, make_case, make_report):
    draft = make_case(sign=False)
    make_report(draft, final=False)
    assert errors_of(program.delete(f"{URL}{draft.pk}/", headers=READ), 409)


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize(
    "field",
    [
        "id",
        "number",
        "state",
        "created_by",
        "created_at",
        "signed_by",
        "signed_at",
        "patient",
        "laboratory_report",
    ],
)
def test_what_is_not_the_callers_to_say_is_refused_by_its_name(program, clinic, case, reader, field, body):
    extra = {field: reader.pk}
    new, known = body(clinic=clinic.pk), body(version=1, patient_code=case.patient.code)
    assert list(errors_of(program.post(URL, new | extra))) == [field]
    assert list(errors_of(program.put(f"{URL}{case.pk}/", known | extra))) == [field]
    assert list(errors_of(program.patch(f"{URL}{case.pk}/", {"version": 1} | extra))) == [field]
    assert Case.objects.get().version == 1


@pytest.mark.promise("ACC-2")
def test_a_case_does_not_move_to_another_clinic(program, case, other_clinic):
    answer = program.patch(f"{URL}{case.pk}/", {"version": 1, "clinic": other_clinic.pk})
    assert list(errors_of(answer)) == ["clinic"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"anaesthesia": "hypnosis"}, "anaesthesia"),
        ({"anaesthesia": None}, "anaesthesia"),
        ({"status": ""}, "status"),
        ({"age_at_procedure": 8}, "age_at_procedure"),
        ({"age_at_procedure": "many"}, "age_at_procedure"),
        ({"right_tissue_weight_mg": "1.234"}, "right_tissue_weight_mg"),
        ({"right_tissue_weight_mg": -1}, "right_tissue_weight_mg"),
        ({"right_samples_n": 201}, "right_samples_n"),
        ({"procedure_date": "04/03/2025"}, "procedure_date"),
        ({"procedure_date": "2999-01-01"}, "procedure_date"),
        ({"patient_code": "K" * 21}, "patient_code"),
        ({"patient_code": "K\0"}, "patient_code"),
        ({"primary_aetiology": "vasectomy"}, "primary_aetiology"),
        ({"attempt_number": 2}, "attempt_number"),
        ({"right_weighing": ""}, "right_weighing"),
        ({"surgeon": 10**30}, "surgeon"),
        ({"version": 10**30}, "version"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
    ids=str,
)
def test_an_answer_that_is_wrong_is_refused_by_its_name(program, case, wrong, name):
    answer = program.patch(f"{URL}{case.pk}/", {"version": 1} | wrong)
    assert list(errors_of(answer, 409 if name == "version" else 400)) == [name]
    case.refresh_from_db()
    assert case.version == 1


def test_several_wrong_answers_are_named_at_once(program, case):
    answer = program.patch(
        f"{URL}{case.pk}/", {"version": 1, "anaesthesia": "x", "right_samples_n": -1, "y": 1}
    )
    assert set(errors_of(answer)) == {"anaesthesia", "right_samples_n", "y"}


def test_somebody_of_another_clinic_is_no_person_here(program, case, member, other_clinic, embryologist):
    """Neither named nor told apart from nobody at all."""
    stranger, nobody = member("surgeon", clinic=other_clinic), 10**6
    path = f"{URL}{case.pk}/"
    said = [
        errors_of(program.patch(path, {"version": 1, "surgeon": pk}))["surgeon"][0].replace(str(pk), "…")
        for pk in (stranger.pk, nobody)
    ]
    assert said[0] == said[1]
    assert list(errors_of(program.patch(path, {"version": 1, "surgeon": embryologist.pk}))) == ["surgeon"]


def test_one_code_is_one_man_whichever_digits_a_program_sends(program, make_case):
    case = make_case(patient_code="K-12", sign=False)
    body = {"clinic": case.clinic_id, "patient_code": " K-١٢ ", "procedure_date": "2025-03-04"}
    assert program.post(URL, body).json()["patient"] == case.patient_id


def test_a_body_that_is_no_object_is_refused(program, clinic):
    assert errors_of(program.post(URL, [1, 2]))
    assert errors_of(program.post(URL, "{", content_type="application/json"))
    assert errors_of(program.post(URL, "clinic=1", content_type="text/plain"), 415)


def test_answers_go_with_the_question_they_hang_on(program, case):
    body = {"version": 1, "azoospermia_type": "oa", "primary_aetiology": "vasectomy"}
    assert program.patch(f"{URL}{case.pk}/", body).json()["y_microdeletion"] == ""
