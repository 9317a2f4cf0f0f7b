"""Signing in, and what belongs to a person alone: password, second factor, access tokens."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from caselog.services.tokens import create_token, revoke_token

TOKENS = "/account/tokens/"
WORD = "wide river stone"


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()


@pytest.fixture
def person(surgeon):
    surgeon.set_password(WORD)
    surgeon.save()
    return surgeon


@pytest.fixture
def confirmed(client, person):
    """Signed in, and their password asked for again a moment ago."""
    client.force_login(person)
    client.post("/account/reauthenticate/", {"password": WORD})
    return client


def test_a_person_signs_in_by_e_mail_and_lands_on_home_without_a_greeting(client, person):
    response = client.post("/account/login/", {"login": person.email, "password": WORD}, follow=True)
    assert response.request["PATH_INFO"] == "/"
    assert list(response.context["messages"]) == []


def test_a_wrong_password_says_so_and_keeps_the_address(client, person):
    page = client.post("/account/login/", {"login": person.email, "password": "wrong"}).content.decode()
    assert "Check what you entered" in page
    assert f'value="{person.email}"' in page
    assert "wrong" not in page


def test_whoever_guesses_is_stopped_with_a_page_that_says_how_long(client, person):
    for _ in range(11):
        response = client.post("/account/login/", {"login": person.email, "password": "wrong"})
    assert response.status_code in (200, 429)
    page = response.content.decode()
    assert "Too many" in page
    assert '<main class="page' in page


def test_nobody_signs_up(client, db):
    page = client.get("/account/signup/").content.decode()
    assert "Accounts are made by the clinic" in page
    response = client.post("/account/signup/", {"email": "x@y.example", "password1": WORD, "password2": WORD})
    assert "Accounts are made by the clinic" in response.content.decode()


def test_sign_out_ends_the_session(client, person):
    client.force_login(person)
    client.post("/account/logout/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/password/reset/key/1-nothing/",
        "/account/password/reset/key/done/",
    ],
)
def test_pages_before_signing_in_wear_our_frame(client, db, path):
    response = client.get(path)
    assert response.status_code == 200
    assert '<main class="page narrow"' in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/account/password/change/",
        "/account/logout/",
        "/account/reauthenticate/",
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/",
        "/account/2fa/webauthn/add/",
    ],
)
def test_pages_about_the_account_wear_our_frame(confirmed, path):
    response = confirmed.get(path)
    assert response.status_code == 200
    page = response.content.decode()
    assert '<main class="page' in page
    assert "<title> " not in page
    assert " style=" not in page


@pytest.mark.parametrize("path", ["/account/email/", "/account/confirm-email/", "/account/confirm-email/x/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_changes_the_address_they_sign_in_by(confirmed, person, path, method):
    address = person.email
    answer = getattr(confirmed, method)(path, {"email": "new@clinic.example", "action_add": ""})
    assert answer.status_code == 404
    person.refresh_from_db()
    assert person.email == address


def test_an_authenticator_app_needs_no_confirmed_address(confirmed):
    """Hospital networks often have no mail to confirm one with."""
    page = confirmed.get("/account/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page


def test_a_token_is_made_only_after_the_password_is_asked_for_again(client, person):
    client.force_login(person)
    asked = client.post(TOKENS, {"days": "30"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not AuthToken.objects.exists()
    created = client.post(asked["Location"], {"password": WORD, "next": TOKENS})
    assert created.status_code == 200
    assert AuthToken.objects.get().user == person


@pytest.mark.parametrize("days", [30, 90, 365])
def test_a_new_token_works_until_its_day_and_is_shown_once(confirmed, days):
    page = confirmed.post(TOKENS, {"days": str(days)})
    secret = page.context["secret"]
    token = AuthToken.objects.get()
    assert abs(token.expiry - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)
    assert secret in page.content.decode()
    later = confirmed.get(TOKENS).content.decode()
    assert secret not in later
    assert token.token_key in later


@pytest.mark.parametrize("days", ["", "3650", "forever"])
def test_no_token_lasts_longer_than_offered(confirmed, days):
    page = confirmed.post(TOKENS, {"days": days})
    assert "Check what you entered" in page.content.decode()
    assert not AuthToken.objects.exists()


def test_a_token_is_revoked(confirmed, person):
    token, _secret = create_token(by=person, days=30)
    page = confirmed.post(reverse("token_revoke", args=[token.token_key]), follow=True)
    assert "The token was revoked." in page.content.decode()
    assert not AuthToken.objects.exists()


@pytest.mark.promise("ACC-1")
def test_nobody_sees_or_revokes_the_token_of_another(confirmed, person, embryologist):
    token, _secret = create_token(by=embryologist, days=30)
    assert token.token_key not in confirmed.get(TOKENS).content.decode()
    assert confirmed.post(reverse("token_revoke", args=[token.token_key])).status_code == 404
    revoke_token(by=person, token=token)
    assert AuthToken.objects.get() == token


def test_a_token_that_has_ended_says_so(confirmed, person):
    token, _secret = create_token(by=person, days=30)
    AuthToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(days=1))
    assert "ended" in confirmed.get(TOKENS).content.decode()


def test_somebody_without_a_clinic_still_has_an_account(client, member):
    client.force_login(member())
    for path in [TOKENS, "/account/2fa/", "/account/password/change/"]:
        assert client.get(path).status_code == 200
