"""Two windows on one record, and a form that is sent twice: over HTTP, without JavaScript."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from caselog.models import Case, Draft, LaboratoryReport, Receipt
from caselog.services import cases, receipts
from caselog.web.drafts import page_of as page_of_token
from tests.caselog.pages import page_of, sent_back

NEW = reverse("case_new")


def stored(case) -> dict:
    return cases.answers_of(Case.objects.get(pk=case.pk))


@pytest.fixture
def url(case):
    return reverse("case_operation", args=[case.pk])


@pytest.fixture
def two_windows(as_surgeon, url):
    return sent_back(as_surgeon.get(url)) | {"save": ""}, sent_back(as_surgeon.get(url)) | {"save": ""}


@pytest.mark.promise("CON-1")
def test_two_windows_that_changed_different_answers_are_both_saved(as_surgeon, case, url, two_windows):
    first, second = two_windows
    assert as_surgeon.post(url, first | {"anaesthesia": "spinal"}).status_code == 302
    assert as_surgeon.post(url, second | {"age_at_procedure": "35"}).status_code == 302
    assert (stored(case)["anaesthesia"], stored(case)["age_at_procedure"]) == ("spinal", 35)


@pytest.fixture
def disputed(as_surgeon, url, two_windows):
    """The answer to the second window, which changed the age too, and the samples besides."""
    first, second = two_windows
    as_surgeon.post(url, first | {"age_at_procedure": "36", "anaesthesia": "spinal"})
    return as_surgeon.post(url, second | {"age_at_procedure": "35", "right_samples_n": "9"})


@pytest.mark.promise("CON-1")
def test_the_second_editor_sees_both_answers_with_who_and_when_and_keeps_what_was_typed(
    case, disputed, surgeon
):
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(disputed)))
    assert disputed.status_code == 422
    assert "Two answers to one question" in page
    assert re.search(rf"{surgeon} , \d+ \w+ \d{{4}},? \d\d:\d\d : 36", page)
    assert re.search(r"You, now: 35", page)
    form = disputed.context["form"]
    assert form["age_at_procedure"].value() == "35"
    assert form["right_samples_n"].value() == "9"
    assert form["anaesthesia"].value() == "spinal"  # nobody here touched it, so it is theirs
    assert stored(case)["age_at_procedure"] == 36


@pytest.mark.promise("CON-1")
@pytest.mark.parametrize(("choice", "age"), [("mine", 35), ("theirs", 36)])
def test_the_chosen_answer_is_saved_and_nothing_else_is_lost(as_surgeon, case, url, disputed, choice, age):
    chosen = sent_back(disputed) | {"choose.age_at_procedure": choice, "save": ""}
    assert as_surgeon.post(url, chosen).status_code == 302
    found = stored(case)
    assert (found["age_at_procedure"], found["right_samples_n"], found["anaesthesia"]) == (age, 9, "spinal")


def test_without_a_choice_nothing_is_saved_and_it_is_asked_again(as_surgeon, case, url, disputed):
    again = as_surgeon.post(url, sent_back(disputed) | {"save": ""})
    assert again.status_code == 422
    assert "Choose one of the two answers in each line" in page_of(again)
    assert 'name="choose.age_at_procedure" value="mine"' in page_of(again)
    assert again.context["form"]["age_at_procedure"].value() == "35"
    assert stored(case)["age_at_procedure"] == 36


def test_a_choice_stays_while_something_else_is_put_right(as_surgeon, url, disputed):
    wrong = sent_back(disputed) | {"choose.age_at_procedure": "mine", "left_samples_n": "x", "save": ""}
    again = page_of(as_surgeon.post(url, wrong))
    assert re.search(r'value="mine" id="mine-age_at_procedure" checked', again)


def test_a_third_editor_meanwhile_is_a_new_dispute(as_surgeon, case, url, disputed, surgeon):
    chosen = sent_back(disputed) | {"choose.age_at_procedure": "mine", "save": ""}
    third = sent_back(as_surgeon.get(url)) | {"right_samples_n": "4", "save": ""}
    as_surgeon.post(url, third)
    again = as_surgeon.post(url, chosen)
    assert again.status_code == 422
    assert [one.question.name for one in again.context["opened"].disputes] == ["right_samples_n"]
    assert stored(case)["age_at_procedure"] == 36


@pytest.mark.parametrize("base", ["", "x", "[]", '{"age_at_procedure": 1}'])
def test_a_form_that_lost_what_was_read_overwrites_nothing(as_surgeon, case, url, two_windows, base):
    first, second = two_windows
    as_surgeon.post(url, first | {"anaesthesia": "spinal"})
    refused = as_surgeon.post(url, second | {"age_at_procedure": "35", "base": base})
    assert refused.status_code == 422
    assert [one.question.name for one in refused.context["opened"].disputes] == [
        "age_at_procedure",
        "anaesthesia",
    ]
    assert stored(case)["anaesthesia"] == "spinal"


# Sent twice


@pytest.fixture
def typed(surgeon):
    def make(response, **changes):
        return (
            sent_back(response)
            | {
                "patient_code": "K-0231",
                "procedure_date_0": "4",
                "procedure_date_1": "Mar",
                "procedure_date_2": "2025",
                "draft": "",
            }
            | changes
        )

    return make


@pytest.mark.promise("CON-3")
def test_a_double_tap_makes_one_case_and_lands_on_its_page(as_surgeon, typed):
    form = typed(as_surgeon.get(NEW))
    first, second = as_surgeon.post(NEW, form), as_surgeon.post(NEW, form)
    assert Case.objects.count() == 1
    assert first.url == second.url == reverse("case_detail", args=[Case.objects.get().pk])


def test_two_opened_forms_are_two_cases(as_surgeon, typed):
    for _window in range(2):
        as_surgeon.post(NEW, typed(as_surgeon.get(NEW)))
    assert Case.objects.count() == 2


def test_a_form_with_a_mistake_is_sent_again_under_its_own_key(as_surgeon, typed):
    form = typed(as_surgeon.get(NEW))
    wrong = as_surgeon.post(NEW, form | {"age_at_procedure": "x"})
    assert wrong.status_code == 422
    assert page_of_token(sent_back(wrong)["page"][0]) == page_of_token(form["page"][0])
    as_surgeon.post(NEW, form)
    assert Case.objects.count() == 1


def test_a_saved_form_that_is_changed_and_sent_again_asks_and_makes_no_second_case(as_surgeon, typed):
    """Back in the browser, one answer changed, saved again."""
    form = typed(as_surgeon.get(NEW))
    as_surgeon.post(NEW, form)
    again = as_surgeon.post(NEW, form | {"age_at_procedure": "35"})
    assert Case.objects.count() == 1
    case = Case.objects.get()
    assert again.status_code == 422
    assert again.context["form"]["age_at_procedure"].value() == "35"
    url = reverse("case_operation", args=[case.pk])
    assert f'action="{url}"' in page_of(again)
    chosen = sent_back(again) | {"choose.age_at_procedure": "mine", "draft": ""}
    assert as_surgeon.post(url, chosen).status_code == 302
    assert stored(case)["age_at_procedure"] == 35
    assert Case.objects.count() == 1


def test_one_persons_key_is_nobody_elses(as_surgeon, typed, client, member):
    form = typed(as_surgeon.get(NEW))
    as_surgeon.post(NEW, form)
    other = member("surgeon")
    client.force_login(other)
    answer = client.post(NEW, form)
    assert answer.status_code == 409
    assert Case.objects.count() == 1


@pytest.mark.promise("CON-3")
def test_a_second_tap_on_report_as_final_is_no_error(client, embryologist, witness, case):
    client.force_login(embryologist)
    url = reverse("laboratory_report", args=[case.pk])
    form = sent_back(client.get(url)) | {
        "right_sperm_found": "motile",
        "left_sperm_found": "none",
        "processing_methods": ["mincing"],
        "search_minutes": "90",
        "disposition": "fresh",
        "witness": witness.pk,
        "final": "",
    }
    first, second = client.post(url, form), client.post(url, form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert LaboratoryReport.objects.get().version == 1


def test_what_failed_leaves_no_receipt(surgeon):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        receipts.once(by=surgeon, key=uuid4(), sent="x", creates=True, save=fail)
    assert not Receipt.objects.exists()


def test_saving_forgets_what_was_kept_while_typing(as_surgeon, surgeon, typed):
    page = as_surgeon.get(NEW)
    key = page.context["opened"].page.key
    Draft.objects.create(clinic=surgeon.memberships.get().clinic, user=surgeon, key=key, form=NEW, typed={})
    as_surgeon.post(NEW, typed(page))
    assert not Draft.objects.exists()
