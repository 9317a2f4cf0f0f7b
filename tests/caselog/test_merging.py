"""Two people's answers to one form, put together by what both had read."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from caselog.dictionary import LABORATORY, OPERATION
from caselog.models import Case
from caselog.services import cases, laboratory
from caselog.services.errors import Stale
from caselog.services.merging import Base, Conflict, as_text, merged, texts

READ = {"status": "performed", "sides": "both", "anaesthesia": "general", "age_at_procedure": 34}


def together(mine, theirs, *, read=READ, as_stored=()):
    base = Base(texts(OPERATION, read), frozenset(as_stored))
    answers, disputed = merged(OPERATION, base=base, mine=read | mine, theirs=read | theirs)
    return {name: answers.get(name) for name in {*mine, *theirs}}, disputed


def test_what_only_one_of_them_changed_is_as_they_left_it():
    assert together({"age_at_procedure": 35}, {"anaesthesia": "spinal"}) == (
        {"age_at_procedure": 35, "anaesthesia": "spinal"},
        [],
    )


def test_what_one_of_them_took_away_stays_away():
    assert together({"age_at_procedure": None}, {"anaesthesia": None}) == (
        {"age_at_procedure": None, "anaesthesia": None},
        [],
    )


def test_the_same_answer_of_both_is_no_dispute():
    assert together({"age_at_procedure": 35}, {"age_at_procedure": 35}) == ({"age_at_procedure": 35}, [])


@pytest.mark.parametrize(("mine", "theirs"), [(35, 36), (None, 36), (35, None), (0, None)])
def test_different_answers_are_a_dispute(mine, theirs):
    assert together({"age_at_procedure": mine}, {"age_at_procedure": theirs})[1] == ["age_at_procedure"]


def test_who_lets_the_stored_answer_stand_changes_nothing():
    found = together({"age_at_procedure": 35}, {"age_at_procedure": 36}, as_stored=["age_at_procedure"])
    assert found == ({"age_at_procedure": 36}, [])


def test_an_answer_that_the_other_one_no_longer_asks_for_is_a_dispute_with_its_cause():
    _answers, disputed = together({"sides": "right"}, {"left_samples_n": 4})
    assert disputed == ["sides", "left_samples_n"]
    _answers, disputed = together({"left_samples_n": 4}, {"sides": "right"})
    assert disputed == ["sides", "left_samples_n"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("120.00"), 120),
        ("120 ", Decimal(120)),
        (["mincing", "enzymatic"], ["enzymatic", "mincing"]),
        (date(2025, 3, 4), "2025-03-04"),
        (None, []),
        ("", None),
    ],
)
def test_one_answer_is_the_same_however_it_came(one, other):
    assert as_text(one) == as_text(other)


def test_zero_is_an_answer():
    assert as_text(0) == "0" != as_text(None)


@pytest.fixture
def save(surgeon):
    def make(case, *, base=None, version=None, **changes):
        return cases.save_operation(
            by=surgeon,
            clinic=case.clinic,
            case=case,
            answers=(base or cases.answers_of(Case.objects.get(pk=case.pk))) | changes,
            base=Base(texts(OPERATION, base)) if base else None,
            version=version,
            today=timezone.localdate(),
        )

    return make


@pytest.mark.promise("CON-1")
def test_the_second_save_of_a_case_keeps_what_the_first_one_changed(case, save):
    read = cases.answers_of(case)
    save(case, base=read, anaesthesia="spinal", right_samples_n=9)
    save(case, base=read, age_at_procedure=35)
    found = cases.answers_of(Case.objects.get(pk=case.pk))
    assert (found["anaesthesia"], found["right_samples_n"], found["age_at_procedure"]) == ("spinal", 9, 35)


@pytest.mark.promise("CON-1")
def test_a_dispute_saves_nothing_and_says_what_stands(case, save):
    read = cases.answers_of(case)
    save(case, base=read, age_at_procedure=35)
    with pytest.raises(Conflict) as conflict:
        save(case, base=read, age_at_procedure=36, anaesthesia="spinal")
    assert conflict.value.names == ["age_at_procedure"]
    assert conflict.value.theirs["age_at_procedure"] == 35
    assert conflict.value.version == 2
    assert Case.objects.get().anaesthesia == "general"


def test_what_is_said_of_the_man_elsewhere_is_not_put_back(case, save, make_case):
    """A birth year is the man's, so another case of his changes it without changing this case's version."""
    read = cases.answers_of(case)
    make_case(patient_code=case.patient.code, birth_year=1991, attempt_number=2, prior_retrieval="unknown")
    save(case, base=read, anaesthesia="spinal")
    case.patient.refresh_from_db()
    assert case.patient.birth_year == 1991


def test_without_what_was_read_an_older_version_is_refused(case, save):
    save(case, anaesthesia="spinal")
    with pytest.raises(Stale):
        save(case, version=1, age_at_procedure=35)


@pytest.mark.promise("CON-1")
def test_two_reports_of_one_case_are_put_together(case, embryologist, witness):
    read = texts(LABORATORY, laboratory.answers_of(case))
    say = {"case": case, "final": False, "base": Base(read)}
    laboratory.report(by=witness, answers={"right_sperm_found": "motile"}, **say)
    laboratory.report(by=embryologist, answers={"left_sperm_found": "none"}, **say)
    found = laboratory.answers_of(Case.objects.get(pk=case.pk))
    assert (found["right_sperm_found"], found["left_sperm_found"]) == ("motile", "none")
    with pytest.raises(Conflict):
        laboratory.report(by=embryologist, answers={"right_sperm_found": "none"}, **say)


def test_the_number_of_a_deleted_draft_is_never_used_again(make_case, surgeon):
    first, second = make_case(sign=False), make_case(sign=False)
    cases.delete_draft(by=surgeon, case=second)
    third = make_case(sign=False)
    assert (first.number, third.number) == ("2025-0001", "2025-0003")
    for case in (first, third):
        cases.delete_draft(by=surgeon, case=case)
    assert make_case().number == "2025-0004"
    assert make_case(procedure_date=date(2024, 3, 4)).number == "2024-0001"


def test_the_numbers_of_another_clinic_do_not_count(make_case, member, other_clinic, surgeon):
    elsewhere = member("surgeon", clinic=other_clinic)
    gone = make_case(by=elsewhere, clinic=other_clinic, sign=False)
    cases.delete_draft(by=elsewhere, case=gone)
    assert make_case().number == "2025-0001"
