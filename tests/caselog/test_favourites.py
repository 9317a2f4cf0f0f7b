"""How a surgeon usually operates: filled in like the last case or by a favourite, never what is the man's."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from caselog.dictionary import entries
from caselog.models import Case, Favourite, Membership
from caselog.services import cases, favourites
from tests.caselog.pages import page_of

NEW = reverse("case_new")


@pytest.fixture
def usual(make_case):
    return make_case(
        patient_code="K-0001",
        planned_procedure="micro_tese",
        timing="diagnostic",
        magnification="microscope",
        magnification_x=20,
        fsh_result="measured",
        fsh_value=12,
        fsh_unit="iu_l",
        operation_note="His own story",
    )


def is_said_filled_in(text, name) -> bool:
    question = re.search(rf'<div class="field[^>]*data-question="{name}"[^>]*>', text)
    return "data-filled-in" in question.group(0)


def test_every_habit_is_a_question_of_the_operation_and_none_describes_the_man():
    of_the_surgeon = [entries()[name] for name in favourites.HABITS]
    assert not any(entry.identifier or entry.analyte for entry in of_the_surgeon)
    assert {entry.section for entry in of_the_surgeon} <= {"operation", "testis", "procedure", "examination"}
    assert not {"sides", "surgeon", "procedure_date", "status", "operation_note"} & favourites.HABITS.keys()
    assert all(reason for reason in favourites.HABITS.values())


def test_the_last_signed_case_of_the_surgeon_says_how_they_operate(usual, make_case, surgeon, clinic, member):
    other = member("surgeon")
    make_case(by=other, surgeon=other, procedure="tesa", anaesthesia="spinal")  # somebody else's
    make_case(sign=False, procedure="tesa", anaesthesia="spinal")  # not signed
    last, habits = favourites.last_habits(by=surgeon, clinic=clinic)
    assert last == usual
    assert habits == {
        "procedure": "micro_tese",
        "planned_procedure": "micro_tese",
        "anaesthesia": "general",
        "timing": "diagnostic",
        "magnification": "microscope",
        "magnification_x": 20,
        "right_weighing": "balance",
        "left_weighing": "not_weighed",
    }


def test_a_named_procedure_finds_the_last_case_of_that_procedure(usual, make_case, surgeon, clinic):
    tesa = make_case(procedure="tesa", anaesthesia="local_block", sides="right", left_weighing=None)
    assert favourites.last_habits(by=surgeon, clinic=clinic)[0] == tesa
    last, habits = favourites.last_habits(by=surgeon, clinic=clinic, procedure="micro_tese")
    assert last == usual
    assert habits["anaesthesia"] == "general"
    assert favourites.last_habits(by=surgeon, clinic=clinic, procedure="pesa") is None


def test_after_an_operation_on_one_side_the_balance_is_known_for_both(make_case, surgeon, clinic):
    make_case(sides="right", left_weighing=None)
    habits = favourites.last_habits(by=surgeon, clinic=clinic)[1]
    assert (habits["right_weighing"], habits["left_weighing"]) == ("balance", "balance")


def test_another_clinics_case_says_nothing_here(usual, surgeon, other_clinic):
    Membership.objects.create(clinic=other_clinic, user=surgeon, role="surgeon")
    assert favourites.last_habits(by=surgeon, clinic=other_clinic) is None


def test_only_habits_are_kept_and_the_same_name_replaces_them(surgeon, clinic, usual, member):
    assistant = member("surgeon")
    answers = cases.answers_of(usual) | {"assistant": assistant}
    favourites.keep_favourite(by=surgeon, clinic=clinic, name=" Micro ", answers=answers)
    favourites.keep_favourite(by=surgeon, clinic=clinic, name="Micro", answers={"anaesthesia": "spinal"})
    kept = favourites.keep_favourite(by=surgeon, clinic=clinic, name="Micro", answers=answers)
    assert Favourite.objects.get() == kept
    assert kept.name == "Micro"
    assert kept.answers["assistant"] == assistant.pk
    assert not {"patient_code", "sides", "fsh_value", "operation_note"} & kept.answers.keys()


@pytest.mark.parametrize(
    ("name", "answers"), [("", {"procedure": "tesa"}), ("X", {}), ("n" * 61, {"procedure": "tesa"})]
)
def test_a_favourite_needs_a_name_and_something_to_keep(surgeon, clinic, name, answers):
    with pytest.raises(ValidationError):
        favourites.keep_favourite(by=surgeon, clinic=clinic, name=name, answers=answers)


@pytest.mark.parametrize("role", ["embryologist", "administrator", "reader"])
def test_only_surgeons_keep_favourites(member, clinic, role):
    person = member(role)
    with pytest.raises(PermissionDenied):
        favourites.keep_favourite(by=person, clinic=clinic, name="X", answers={"procedure": "tesa"})
    with pytest.raises(PermissionDenied):
        favourites.last_habits(by=person, clinic=clinic)


def test_somebody_elses_favourite_is_neither_seen_nor_deleted(client, surgeon, clinic, member):
    kept = favourites.keep_favourite(by=surgeon, clinic=clinic, name="Mine", answers={"procedure": "tesa"})
    other = member("surgeon")
    favourites.delete_favourite(by=other, favourite=kept)
    assert Favourite.objects.get() == kept
    client.force_login(other)
    assert "Mine" not in page_of(client.get(NEW))
    assert client.post(reverse("favourite_delete", args=[kept.pk])).status_code == 404
    page = client.post(NEW, {"like": kept.pk})
    assert "This favourite is not there any more." in page_of(page)
    assert not page.context["form"]["procedure"].value()


# On the page, without JavaScript


def test_like_my_last_case_fills_in_what_is_blank_and_says_from_which_case(as_surgeon, usual):
    page = as_surgeon.post(
        NEW, {"patient_code": "K-7", "status": "performed", "anaesthesia": "spinal", "like": "last"}
    )
    form, text = page.context["form"], page_of(page)
    assert page.status_code == 200
    assert "error-summary" not in text
    assert form["procedure"].value() == "micro_tese"
    assert form["magnification_x"].value() == "20"
    assert form["anaesthesia"].value() == "spinal"  # what was typed stays
    assert form["patient_code"].value() == "K-7"
    assert not form["sides"].value()
    assert not form["fsh_value"].value()
    assert f"Filled in from case {usual.number}: Procedure performed" in text
    assert is_said_filled_in(text, "procedure")
    assert not Case.objects.exclude(pk=usual.pk).exists()


def test_the_address_of_a_new_case_like_the_last_one_can_be_a_link(as_surgeon, usual):
    page = as_surgeon.get(NEW, {"like": "last"})
    assert page.context["form"]["procedure"].value() == "micro_tese"
    assert f"Filled in from case {usual.number}" in page_of(page)
    assert page.context["form"]["status"].value() == "performed"


def test_what_was_filled_in_is_still_said_after_a_mistake_and_no_more_when_it_was_changed(as_surgeon, usual):
    filled = as_surgeon.post(NEW, {"like": "last"})
    sent = {
        "procedure": "micro_tese",
        "anaesthesia": "spinal",
        "habits_from": filled.context["form"].habits_from,
    }
    sent |= {f"habit.{name}": value for name, value in filled.context["form"].habits.items()}
    text = page_of(as_surgeon.post(NEW, sent | {"sign": ""}))
    assert is_said_filled_in(text, "procedure")
    assert not is_said_filled_in(text, "anaesthesia")


def test_a_habit_whose_question_is_not_asked_yet_waits_for_it(as_surgeon, usual):
    form = as_surgeon.get(NEW, {"like": "last"}).context["form"]
    assert form.waiting_habits == {"right_weighing", "left_weighing"}
    form = as_surgeon.post(NEW, {"status": "performed", "sides": "right", "like": "last"}).context["form"]
    assert form.waiting_habits == {"left_weighing"}


def test_a_surgeon_without_a_signed_case_is_told_so(as_surgeon):
    assert "You have signed no such operation here yet." in page_of(as_surgeon.post(NEW, {"like": "last"}))


def test_a_colleague_who_left_is_not_filled_in(as_surgeon, surgeon, clinic, member, administrator):
    gone = member("surgeon")
    answers = {"procedure": "tesa", "assistant": gone}
    kept = favourites.keep_favourite(by=surgeon, clinic=clinic, name="With Gone", answers=answers)
    gone.memberships.update(ended_at="2025-01-01T00:00Z", ended_by=administrator)
    form = as_surgeon.post(NEW, {"like": kept.pk}).context["form"]
    assert form["procedure"].value() == "tesa"
    assert not form["assistant"].value()


def test_a_favourite_is_kept_applied_and_deleted(as_surgeon, clinic, surgeon):
    typed = {"patient_code": "K-7", "procedure": "tesa", "status": "performed", "anaesthesia": "local_block"}
    page = as_surgeon.post(NEW, typed | {"favourite_name": "My TESA", "keep_favourite": ""})
    assert "Kept as your favourite “My TESA”." in page_of(page)
    assert page.context["form"]["patient_code"].value() == "K-7"
    kept = Favourite.objects.get()
    assert kept.answers == {"procedure": "tesa", "anaesthesia": "local_block"}

    page = as_surgeon.post(NEW, {"status": "performed", "like": kept.pk})
    assert "Filled in from “My TESA”: Procedure performed, Anaesthesia." in page_of(page)

    listed = page_of(as_surgeon.get(reverse("favourites")))
    assert "My TESA" in listed
    assert "Local block" in listed
    gone = as_surgeon.post(reverse("favourite_delete", args=[kept.pk]), follow=True)
    assert "The favourite “My TESA” is deleted." in page_of(gone)
    assert not Favourite.objects.exists()


def test_a_favourite_without_a_name_is_refused_in_its_place(as_surgeon):
    page = page_of(as_surgeon.post(NEW, {"procedure": "tesa", "status": "performed", "keep_favourite": ""}))
    assert "This field cannot be blank." in page
    assert not Favourite.objects.exists()


def test_a_signed_case_offers_no_habits(as_surgeon, usual):
    page = as_surgeon.get(reverse("case_operation", args=[usual.pk]))
    assert "Like my last case" not in page_of(page)


def test_the_page_of_favourites_costs_the_same_however_many_there_are(
    as_surgeon, surgeon, clinic, django_assert_max_num_queries
):
    for number in range(20):
        favourites.keep_favourite(
            by=surgeon, clinic=clinic, name=f"F{number}", answers={"assistant": surgeon}
        )
    with django_assert_max_num_queries(10):
        as_surgeon.get(reverse("favourites"))
    with django_assert_max_num_queries(10):
        as_surgeon.get(NEW)


def test_a_case_of_years_ago_signed_today_is_the_last_one(usual, make_case, surgeon, clinic):
    late = make_case(procedure_date=date(2020, 1, 5))
    assert favourites.last_habits(by=surgeon, clinic=clinic)[0] == late
