"""An operation is saved, signed, changed and deleted through its service."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from caselog.models import Case, Patient
from caselog.services import cases
from caselog.services.errors import Refused, Stale

TODAY = date(2025, 6, 30)


@pytest.fixture
def save(clinic, surgeon):
    def call(case=None, *, by=surgeon, **kwargs):
        answers = kwargs.pop("answers")
        return cases.save_operation(
            by=by, clinic=clinic, case=case, answers={"surgeon": surgeon} | answers, today=TODAY, **kwargs
        )

    return call


def errors_of(excinfo) -> dict:
    return excinfo.value.message_dict


def test_two_answers_save_a_draft(save):
    case = save(answers={"patient_code": "K-1", "procedure_date": TODAY})
    assert case.is_draft
    assert case.number == "2025-0001"


@pytest.mark.parametrize("absent", ["patient_code", "procedure_date"])
def test_a_draft_needs_each_of_its_two_answers(save, absent):
    answers = {"patient_code": "K-1", "procedure_date": TODAY}
    del answers[absent]
    with pytest.raises(ValidationError) as refused:
        save(answers=answers)
    assert list(errors_of(refused)) == [absent]
    assert not Case.objects.exists()
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", True), ("embryologist", False), ("administrator", False), ("reader", False)],
)
def test_only_surgeons_log_cases(save, member, role, allowed):
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        save(by=member(role), answers={"patient_code": "K-1", "procedure_date": TODAY})


def test_a_surgeon_of_another_clinic_is_refused(save, member, other_clinic):
    with pytest.raises(PermissionDenied):
        save(
            by=member("surgeon", clinic=other_clinic),
            answers={"patient_code": "K-1", "procedure_date": TODAY},
        )


def test_the_usual_answers_complete_a_case(save, answers, surgeon):
    case = save(answers=answers(), sign=True)
    assert case.state == "complete"
    assert case.signed_by == surgeon
    assert case.signed_at is not None


THIRTEEN = [
    "patient_code",
    "age_at_procedure",
    "procedure_date",
    "attempt_number",
    "azoospermia_type",
    "primary_aetiology",
    "klinefelter_status",
    "y_microdeletion",
    "prior_retrieval",
    "procedure",
    "sides",
    "anaesthesia",
    "right_weighing",
]


@pytest.mark.parametrize("absent", THIRTEEN)
def test_each_of_the_thirteen_answers_is_needed_to_sign(save, answers, absent):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(**{absent: None}), sign=True)
    assert absent in errors_of(refused)


def test_a_birth_year_does_as_well_as_an_age(save, answers):
    case = save(answers=answers(age_at_procedure=None, birth_year=1990), sign=True)
    assert case.age_at_procedure is None
    assert case.patient.birth_year == 1990


def test_an_age_that_contradicts_the_birth_year_is_asked_about(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(age_at_procedure=50, birth_year=1990))
    assert "age_at_procedure" in errors_of(refused)


def test_an_operation_is_not_logged_before_it_happened(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(procedure_date=TODAY + timedelta(days=1)))
    assert list(errors_of(refused)) == ["procedure_date"]


def test_every_wrong_answer_is_named_at_once(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(
            answers=answers(
                procedure_date=TODAY + timedelta(days=1),
                age_at_procedure=8,
                azoospermia_type="oa",
                primary_aetiology="klinefelter",
                attempt_number=3,
                right_tissue_weight_mg=30_000,
                anaesthesia="hypnosis",
            )
        )
    assert set(errors_of(refused)) == {
        "procedure_date",
        "age_at_procedure",
        "primary_aetiology",
        "attempt_number",
        "right_tissue_weight_mg",
        "anaesthesia",
    }


def test_answers_go_with_the_question_they_hang_on(save, answers):
    case = save(answers=answers(azoospermia_type="oa", primary_aetiology="vasectomy", y_microdeletion="azfc"))
    assert case.y_microdeletion == ""


def test_a_branch_is_cleared_whole(save, answers):
    case = save(answers=answers(status="cancelled", status_reason="Fever"), sign=True)
    assert (case.procedure, case.sides, case.anaesthesia) == ("", "", "")
    assert not case.testes.exists()


def test_an_operation_that_was_not_performed_needs_its_reason(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(status="abandoned"), sign=True)
    assert list(errors_of(refused)) == ["status_reason"]


def test_an_abandoned_operation_needs_no_side_and_no_weight(save, answers):
    case = save(
        answers=answers(status="abandoned", status_reason="No access", sides=None, anaesthesia=None),
        sign=True,
    )
    assert case.state == "complete"


def test_a_side_that_was_not_operated_on_leaves_no_testis(save, answers):
    case = save(answers=answers(sides="right"), sign=True)
    assert [testis.side for testis in case.testes.all()] == ["right"]


def test_zero_is_a_weight_and_not_weighed_is_none(make_case):
    case = make_case(right_tissue_weight_mg=0)
    right, left = case.testes.all()
    assert (right.tissue_weight_mg, right.weighing) == (0, "balance")
    assert (left.tissue_weight_mg, left.weighing) == (None, "not_weighed")


def test_a_weight_without_the_way_of_weighing_is_never_dropped(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(right_weighing=None))
    assert list(errors_of(refused)) == ["right_weighing"]


def test_what_was_saved_reads_back_as_it_was_answered(save, answers):
    given = answers(birth_year=1990, age_at_procedure=None)
    read = cases.answers_of(save(answers=given, sign=True))
    assert {name: read[name] for name in given} == given


def test_the_second_of_two_editors_is_told(case, save, answers):
    changed = answers(patient_code=case.patient.code, anaesthesia="spinal")
    save(case, answers=changed, version=1)
    with pytest.raises(Stale):
        save(case, answers=changed | {"anaesthesia": "general"}, version=1)
    case.refresh_from_db()
    assert case.anaesthesia == "spinal"


def test_a_signed_case_stays_complete(case, save, answers):
    with pytest.raises(ValidationError):
        save(case, answers=answers(patient_code=case.patient.code, anaesthesia=None))


def test_numbers_count_up_within_a_clinic_and_year(make_case, other_clinic, member):
    assert [make_case().number, make_case().number] == ["2025-0001", "2025-0002"]
    assert make_case(procedure_date=date(2024, 1, 1)).number == "2024-0001"
    assert make_case(clinic=other_clinic, by=member("surgeon", clinic=other_clinic)).number == "2025-0001"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, {"magnification"}),
        ({"procedure": "mesa"}, {"magnification"}),
        ({"procedure": "tesa"}, set()),
        ({"status": "abandoned", "status_reason": "Fever"}, set()),
        ({"magnification": "none"}, set()),
        ({"magnification": "loupes", "azoospermia_type": "oa", "primary_aetiology": "cbavd"}, {"cftr"}),
        (
            {"magnification": "loupes", "azoospermia_type": "oa", "primary_aetiology": "cbavd"}
            | {"cftr": "not_tested"},
            set(),
        ),
    ],
)
def test_what_is_asked_of_some_operations_is_needed_to_sign_those(clinic, surgeon, answers, changes, missing):
    given = answers(surgeon=surgeon, **{"magnification": None} | changes)
    assert set(cases.problems(clinic=clinic, answers=given, today=TODAY, sign=True)) == missing
    assert not cases.problems(clinic=clinic, answers=given, today=TODAY)


def test_the_assistant_works_in_the_clinic_and_is_not_the_surgeon(
    save, answers, surgeon, member, other_clinic
):
    def refusal(assistant, **kwargs):
        with pytest.raises(ValidationError) as refused:
            save(answers=answers() | {"assistant": assistant}, **kwargs)
        return errors_of(refused)["assistant"][0]

    stranger, colleague = member("surgeon", clinic=other_clinic), member("surgeon")
    assert "does not work in this clinic" in refusal(stranger)
    assert "another person than the surgeon" in refusal(surgeon)
    case = save(answers=answers() | {"assistant": colleague})
    colleague.memberships.update(ended_at=timezone.now(), ended_by=surgeon)
    assert "does not work in this clinic" in refusal(colleague)
    kept = save(case, answers=answers() | {"assistant": colleague, "patient_code": case.patient.code})
    assert kept.assistant == colleague


def test_the_surgeon_is_a_surgeon_of_the_clinic(save, answers, embryologist):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers() | {"surgeon": embryologist})
    assert list(errors_of(refused)) == ["surgeon"]


def test_a_draft_can_be_deleted_and_a_signed_case_cannot(make_case, surgeon):
    cases.delete_draft(by=surgeon, case=make_case(sign=False))
    signed = make_case()
    with pytest.raises(Refused):
        cases.delete_draft(by=surgeon, case=signed)
    assert Case.objects.get() == signed


def test_only_surgeons_delete_drafts(make_case, embryologist):
    with pytest.raises(PermissionDenied):
        cases.delete_draft(by=embryologist, case=make_case(sign=False))


def test_a_side_that_the_laboratory_reported_stays(make_case, make_report, save, answers):
    case = make_case()
    make_report(case, final=False)
    with pytest.raises(ValidationError) as refused:
        save(case, answers=answers(patient_code=case.patient.code, sides="right"))
    assert list(errors_of(refused)) == ["sides"]


def as_saved(case, **changes):
    return cases.answers_of(Case.objects.get(pk=case.pk)) | changes


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "cancelled", "status_reason": "Fever"}, "status"),
        ({"status": "abandoned", "status_reason": "No access"}, "status"),
        ({"sides": "left", "left_weighing": "not_weighed"}, "sides"),
        ({"sides": "both", "left_weighing": "not_weighed"}, "sides"),
        ({"patient_code": "ANOTHER"}, "patient_code"),
    ],
    ids=str,
)
def test_what_the_laboratory_reported_stays_true_of_the_case(reported, save, change, field):
    with pytest.raises(ValidationError) as refused:
        save(reported, answers=as_saved(reported, **change))
    assert field in errors_of(refused)
    assert "laboratory" in " ".join(errors_of(refused)[field])
    reported.refresh_from_db()
    assert (reported.status, reported.sides) == ("performed", "right")


def test_a_reported_case_takes_every_other_change(reported, save):
    changed = as_saved(reported, anaesthesia="spinal", patient_code=reported.patient.code.lower())
    assert save(reported, answers=changed).anaesthesia == "spinal"


def test_a_side_is_added_while_the_report_is_preliminary(make_case, make_report, save):
    case = make_case(sides="right", left_weighing=None)
    make_report(case, final=False)
    assert save(case, answers=as_saved(case, sides="both", left_weighing="not_weighed")).sides == "both"


def test_a_draft_that_a_colleague_signed_meanwhile_is_not_deleted(make_case, save, surgeon):
    read_before = make_case(sign=False)
    save(read_before, answers=as_saved(read_before), sign=True)
    assert read_before.is_draft
    with pytest.raises(Refused):
        cases.delete_draft(by=surgeon, case=read_before)
    assert Case.objects.filter(pk=read_before.pk).exists()


def test_a_draft_that_is_gone_is_neither_saved_nor_deleted_again(make_case, save, surgeon):
    gone = make_case(sign=False)
    answers = as_saved(gone)
    cases.delete_draft(by=surgeon, case=Case.objects.get(pk=gone.pk))
    with pytest.raises(Stale):
        cases.delete_draft(by=surgeon, case=gone)
    with pytest.raises(Stale):
        save(gone, answers=answers)


def test_a_refused_change_leaves_the_version_as_it_was(case, save):
    with pytest.raises(ValidationError):
        save(case, answers=as_saved(case, anaesthesia="hypnosis"), version=1)
    assert Case.objects.get(pk=case.pk).version == 1
    assert save(case, answers=as_saved(case), version=1).version == 2


def test_numbers_go_on_after_9999(make_case):
    Case.objects.filter(pk=make_case().pk).update(number="2025-9999")
    assert [make_case().number, make_case().number] == ["2025-10000", "2025-10001"]


def test_a_year_long_past_is_a_slip(save, answers, case):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(procedure_date=date(1925, 3, 4)))
    assert list(errors_of(refused)) == ["procedure_date"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(procedure_date=date(1969, 12, 31))


def test_a_draft_says_whether_the_operation_was_performed(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(status=""))
    assert "status" in errors_of(refused)


def test_a_reason_of_spaces_is_none(save, answers):
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(status="abandoned", status_reason="  "), sign=True)
    assert list(errors_of(refused)) == ["status_reason"]


def test_a_birth_year_is_plausible_at_each_of_his_operations(save, answers):
    save(answers=answers(patient_code="K-1", procedure_date=date(2005, 3, 4)))
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(patient_code="K-1", age_at_procedure=None, birth_year=1996))
    assert list(errors_of(refused)) == ["birth_year"]


def test_an_age_is_compared_with_the_birth_year_that_is_stored(save, answers):
    save(answers=answers(patient_code="K-1", age_at_procedure=None, birth_year=1990))
    with pytest.raises(ValidationError) as refused:
        save(answers=answers(patient_code="K-1", age_at_procedure=50))
    assert list(errors_of(refused)) == ["age_at_procedure"]


@pytest.mark.parametrize("code", ["k-É1", " K-É1 ", "K-E\u03011", "\u200fK-\u200bÉ1", "K-É\u0661"], ids=ascii)
def test_one_man_has_one_code_however_it_is_typed(save, answers, clinic, code):
    first = save(answers=answers(patient_code="K-É1"))
    assert cases.from_earlier_case(clinic, code=code, on=TODAY)["earlier"] == first
    assert save(answers=answers(patient_code=code)).patient == first.patient
    assert first.patient.code == "K-É1"
