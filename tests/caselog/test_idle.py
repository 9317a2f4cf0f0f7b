"""Who leaves a computer is signed out; their half-filled form comes back to them and to nobody else."""

import html
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case, Draft
from caselog.reauthentication import SIGNED_IN_AT
from caselog.web.middleware import USED_AT
from tests.caselog.pages import hidden_of, page_of

pytestmark = pytest.mark.slow

NEW = reverse("case_new")
TYPED = {"patient_code": "K-0231", "age_at_procedure": "3x", "operation_note": "مَرّ بسلام", "draft": ""}


@pytest.fixture
def browser(surgeon):
    """One shared browser that keeps its cookies, with CSRF as in production."""
    shared = Client(enforce_csrf_checks=True)
    shared.force_login(surgeon)
    return shared


def time_out():
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def sign_in(browser, person):
    """As the sign-in page does: another session, another token against cross-site requests."""
    browser.logout()
    browser.cookies.pop("csrftoken", None)
    browser.force_login(person)
    browser.get(reverse("home"))


@pytest.fixture
def half_filled(browser):
    return hidden_of(browser.get(NEW)) | TYPED


@pytest.mark.promise("ACC-5")
def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(browser, surgeon, half_filled):
    time_out()
    answer = browser.post(NEW, half_filled)
    assert answer.url.startswith(reverse("account_login"))
    assert not Case.objects.exists()
    sign_in(browser, surgeon)
    onward = html.unescape(answer.url.partition("next=")[2].replace("%3F", "?").replace("%3D", "="))
    form = browser.get(onward).context["form"]
    assert {name: form[name].value() for name in TYPED if name in form.fields} == {
        name: value for name, value in TYPED.items() if name != "draft"
    }


@pytest.mark.promise("ACC-5")
def test_the_next_person_sees_nothing_of_it(browser, member, half_filled):
    time_out()
    answer = browser.post(NEW, half_filled)
    sign_in(browser, member("surgeon"))
    onward = answer.url.partition("next=")[2].replace("%3F", "?").replace("%3D", "=")
    for url in (onward, NEW, reverse("home"), reverse("case_list")):
        page = page_of(browser.get(url))
        assert "K-0231" not in page
        assert TYPED["operation_note"] not in page


@pytest.mark.promise("ACC-5")
def test_a_page_left_open_is_never_saved_by_the_next_person(browser, surgeon, member, half_filled):
    """The next person signs in elsewhere in the browser, and somebody presses the old page's button."""
    time_out()
    sign_in(browser, member("surgeon"))
    answer = browser.post(NEW, half_filled)
    assert answer.status_code == 409
    assert "K-0231" not in page_of(answer)
    assert str(surgeon) not in page_of(answer)
    assert not Case.objects.exists()
    assert Draft.objects.get().user == surgeon
    assert Draft.objects.get().typed["patient_code"] == ["K-0231"]


@pytest.mark.promise("ACC-5")
def test_who_signed_in_again_meanwhile_finds_the_old_page_in_a_new_one(browser, surgeon, half_filled):
    time_out()
    sign_in(browser, surgeon)
    answer = browser.post(NEW, half_filled, follow=True)
    assert "save it again" in page_of(answer)
    assert answer.context["form"]["operation_note"].value() == TYPED["operation_note"]
    assert not Case.objects.exists()


def test_a_page_kept_in_another_clinic_comes_back_there(browser, surgeon, other_clinic, half_filled):
    surgeon.memberships.create(clinic=other_clinic, role="surgeon")
    time_out()
    browser.post(NEW, half_filled)
    assert Draft.objects.get().clinic_id == int(half_filled["clinic"][0])


@pytest.mark.parametrize("changed", [{"page": ""}, {"page": "x:y:z"}])
def test_without_the_signed_token_nothing_is_kept(browser, half_filled, changed):
    time_out()
    assert browser.post(NEW, half_filled | changed).url == f"{reverse('account_login')}?next={NEW}"
    assert not Draft.objects.exists()


def test_the_token_of_one_form_keeps_no_other(browser, case, half_filled):
    time_out()
    browser.post(reverse("case_operation", args=[case.pk]), half_filled)
    assert not Draft.objects.exists()


def test_a_form_that_was_saved_before_the_session_ended_is_not_kept(browser, half_filled):
    right = half_filled | {"age_at_procedure": "34"}
    on = {"procedure_date_0": "4", "procedure_date_1": "3", "procedure_date_2": "2025"}
    assert browser.post(NEW, right | on).status_code == 302
    time_out()
    browser.post(NEW, right | on)
    assert not Draft.objects.exists()
    assert Case.objects.count() == 1


# How long a session lasts


def expiry(client):
    return Session.objects.get(pk=client.session.session_key).expire_date


@pytest.mark.promise("ACC-5")
def test_a_session_ends_after_half_an_hour_without_use(client, surgeon):
    client.force_login(surgeon)
    assert settings.IDLE_MINUTES == 30
    left = expiry(client) - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    time_out()
    assert client.get(reverse("home")).status_code == 302


def used(client, *, minutes):
    session = client.session
    session[USED_AT] = timezone.now().timestamp() - minutes * 60
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=30 - minutes))


def test_use_starts_the_time_anew(client, surgeon):
    client.force_login(surgeon)
    used(client, minutes=20)
    client.get(reverse("home"))
    assert expiry(client) - timezone.now() > timedelta(minutes=29)


def test_a_request_a_moment_later_writes_nothing(client, surgeon, django_assert_max_num_queries):
    client.force_login(surgeon)
    before = expiry(client)
    client.get(reverse("home"))
    assert expiry(client) == before


def test_no_session_outlasts_a_days_work(client, surgeon):
    client.force_login(surgeon)
    session = client.session
    session[SIGNED_IN_AT] -= settings.LONGEST_SESSION_MINUTES * 60
    session.save()
    used(client, minutes=20)
    client.get(reverse("home"))
    assert expiry(client) - timezone.now() < timedelta(minutes=11)
