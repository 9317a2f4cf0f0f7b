"""What is typed is kept on the server, and comes back to the person who typed it, there and nowhere else."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from caselog.models import Draft, Receipt
from caselog.services import clinics, drafts
from caselog.services.errors import Stale
from tests.caselog.pages import page_of

NEW = reverse("case_new")


def opened(client, url=NEW):
    return client.get(url).context["opened"]


def put(client, opened_page, *, key=None, **sent):
    body = {
        "page": opened_page.token,
        "typed": {"patient_code": ["K-0231"], "age_at_procedure": ["3x"]},
        "focus": "id_age_at_procedure",
        "version": 0,
    } | sent
    url = reverse("draft", args=[key or opened_page.key])
    return client.put(url, json.dumps(body), content_type="application/json")


@pytest.fixture
def page(as_surgeon):
    return opened(as_surgeon).page


@pytest.fixture
def half_filled(as_surgeon, page):
    assert put(as_surgeon, page).status_code == 200
    return Draft.objects.get()


# Typing


def test_what_is_typed_is_kept_and_the_answer_says_when(as_surgeon, surgeon, clinic, page):
    answer = put(as_surgeon, page).json()
    draft = Draft.objects.get()
    assert (draft.user, draft.clinic, draft.form, draft.key) == (surgeon, clinic, NEW, page.key)
    assert answer == {
        "version": 1,
        "saved": timezone.localtime(draft.saved_at).strftime("%H:%M"),
        "signed_in": True,
    }


def test_each_version_follows_the_one_before(as_surgeon, page, half_filled):
    assert put(as_surgeon, page, version=1, typed={"patient_code": ["K-1"]}).json()["version"] == 2
    old = put(as_surgeon, page, version=1, typed={"patient_code": ["K-2"]})
    assert old.status_code == 409
    assert "typed in elsewhere" in old.json()["message"]
    assert Draft.objects.get().typed == {"patient_code": ["K-1"]}


def test_no_password_is_kept(as_surgeon, page):
    put(
        as_surgeon,
        page,
        typed={"password": ["secret"], "csrfmiddlewaretoken": ["x"], "patient_code": ["K-1"]},
    )
    assert Draft.objects.get().typed == {"patient_code": ["K-1"]}


def test_a_form_that_was_saved_is_not_kept_any_more(as_surgeon, surgeon, page):
    Receipt.objects.create(user=surgeon, key=page.key)
    assert put(as_surgeon, page).status_code == 410
    assert not Draft.objects.exists()


def test_more_than_a_form_holds_is_refused(as_surgeon, page):
    assert put(as_surgeon, page, typed={"note": ["x" * 300_000]}).status_code == 410
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [{"typed": []}, {"typed": {"a": 1}}, {"version": "x"}, {"version": None}, {"page": 5}, {"page": "a:b:c"}],
)
def test_nonsense_is_refused(as_surgeon, page, sent):
    assert put(as_surgeon, page, **sent).status_code == 403
    assert not Draft.objects.exists()


def test_a_draft_is_left_only_where_its_form_was_opened(as_surgeon, page):
    assert put(as_surgeon, page, key=uuid4()).status_code == 403
    assert put(as_surgeon, page, page=page.token + "x").status_code == 403
    assert put(Client(), page, page="").status_code == 403
    assert not Draft.objects.exists()


def test_who_left_the_clinic_keeps_nothing_there(as_surgeon, surgeon, administrator, page):
    clinics.end_membership(by=administrator, membership=surgeon.memberships.get())
    assert put(as_surgeon, page).status_code == 403
    assert not Draft.objects.exists()


# Going on


def test_the_form_is_offered_when_it_is_opened_anew_and_comes_back_as_it_was(as_surgeon, half_filled):
    fresh = as_surgeon.get(NEW)
    assert "You did not finish this form" in page_of(fresh)
    url = re.search(r'href="(/cases/new/\?draft=[^"]+)"', page_of(fresh))[1]
    assert url.endswith("#id_age_at_procedure")
    again = as_surgeon.get(url)
    form = again.context["form"]
    assert (form["patient_code"].value(), form["age_at_procedure"].value()) == ("K-0231", "3x")
    assert again.context["opened"].page.key == half_filled.key
    assert not form.errors  # it is not judged before it is sent


def test_another_device_goes_on_and_the_first_one_is_told(as_surgeon, surgeon, page, half_filled):
    tablet = Client()
    tablet.force_login(surgeon)
    there = opened(tablet, f"{NEW}?draft={half_filled.key}")
    assert put(tablet, there.page, version=there.draft_version).status_code == 200
    assert put(as_surgeon, page, version=1).status_code == 409


def test_a_form_that_was_begun_anew_is_discarded_by_its_button(as_surgeon, half_filled):
    answer = as_surgeon.post(reverse("draft_discard", args=[half_filled.key]))
    assert answer.url == NEW
    assert not Draft.objects.exists()
    assert "You did not finish this form" not in page_of(as_surgeon.get(NEW))


def test_the_address_of_a_draft_that_is_gone_opens_an_empty_form(as_surgeon):
    form = as_surgeon.get(f"{NEW}?draft={uuid4()}").context["form"]
    assert form["patient_code"].value() is None
    assert as_surgeon.get(f"{NEW}?draft=nonsense").status_code == 200


def test_a_change_that_is_gone_on_with_later_goes_on_from_what_was_read_then(as_surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    page = as_surgeon.get(url).context["opened"]
    typed = {
        "base": [page.base],
        "version": ["1"],
        "patient_code": [case.patient.code],
        "anaesthesia": ["spinal"],
        "age_at_procedure": ["35"],
    }
    put(as_surgeon, page.page, typed=typed)
    again = as_surgeon.get(f"{url}?draft={page.page.key}").context
    assert again["opened"].base == page.base
    assert again["form"]["age_at_procedure"].value() == "35"
    assert again["form"]["anaesthesia"].value() == "spinal"


# Nowhere else


def test_nobody_else_gets_it(client, member, half_filled):
    other = member("surgeon")
    client.force_login(other)
    page = page_of(client.get(f"{NEW}?draft={half_filled.key}"))
    assert "K-0231" not in page
    assert "You did not finish" not in page_of(client.get(NEW))
    client.post(reverse("draft_discard", args=[half_filled.key]))
    assert Draft.objects.filter(pk=half_filled.pk).exists()
    assert not Draft.objects.visible_to(other).exists()


def test_it_appears_in_no_other_form_and_no_other_case(as_surgeon, case, half_filled):
    for url in (reverse("case_operation", args=[case.pk]), reverse("case_list"), reverse("home")):
        form = as_surgeon.get(f"{url}?draft={half_filled.key}").context.get("form")
        assert not form or form["patient_code"].value() == case.patient.code


def test_it_appears_in_no_other_clinic(as_surgeon, member, surgeon, other_clinic, half_filled):
    surgeon.memberships.create(clinic=other_clinic, role="surgeon")
    as_surgeon.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    assert "K-0231" not in page_of(as_surgeon.get(f"{NEW}?draft={half_filled.key}"))
    assert "You did not finish" not in page_of(as_surgeon.get(NEW))


def test_it_is_gone_for_who_left_the_clinic(surgeon, administrator, half_filled):
    clinics.end_membership(by=administrator, membership=surgeon.memberships.get())
    assert not Draft.objects.visible_to(surgeon).exists()


def test_old_drafts_go_when_a_new_one_is_begun(as_surgeon, page, half_filled):
    Draft.objects.update(saved_at=timezone.now() - drafts.KEPT - timedelta(days=1))
    put(as_surgeon, opened(as_surgeon).page)
    assert list(Draft.objects.values_list("pk", flat=True)) != [half_filled.pk]
    assert Draft.objects.count() == 1


def test_a_service_never_overwrites_a_later_version(surgeon, clinic):
    kept = {
        "user": surgeon.pk, "clinic": clinic.pk, "key": uuid4(), "form": NEW, "focus": "",
        "now": timezone.now(),
    }  # fmt: skip
    drafts.keep(typed={"a": ["1"]}, version=0, **kept)
    with pytest.raises(Stale):
        drafts.keep(typed={"a": ["2"]}, version=0, **kept)
    beside = drafts.keep_late(
        typed={"a": ["3"]}, version=0, **{k: v for k, v in kept.items() if k != "focus"}
    )
    assert sorted(draft.typed["a"][0] for draft in Draft.objects.all()) == ["1", "3"]
    assert beside.key != kept["key"]
