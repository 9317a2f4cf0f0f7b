"""A passkey in a browser: made on the account's page, and asked for again when a case is signed."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from caselog.models import Case
from caselog.reauthentication import SIGNED_IN_AT


def choose(page, name, value):
    page.locator(f"label:has([name={name}][value='{value}'])").click()


@pytest.fixture
def authenticator():
    """authenticator(page) gives the browser a key that knows its person by the finger.

    Returns how to take the key away.
    """

    def make(page):
        browser = page.context.new_cdp_session(page)
        browser.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        key = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return lambda: browser.send("WebAuthn.removeVirtualAuthenticator", key)

    return make


def grow_old(page):
    """The person signed in and confirmed it two days ago."""
    (key,) = [one["value"] for one in page.context.cookies() if one["name"] == "caselog_session"]
    session = SessionStore(key)
    session[SIGNED_IN_AT] = session.get(SIGNED_IN_AT, 0) - 172_800
    for record in session.get("account_authentication_methods", []):
        record["at"] -= 172_800
    session.save()


def make_passkey(page):
    page.goto(reverse("mfa_index"))
    page.locator(f"main a[href='{reverse('mfa_add_webauthn')}']").first.click()
    page.locator("[name=password]").fill("a password of the browser")
    page.locator("main button[type=submit]").click()
    page.locator("[name=passwordless]").check()
    with page.expect_navigation():
        page.locator("#mfa_webauthn_add").click()


def sign_a_draft(page, draft):
    """The surgeon types the age and signs; the session is too old by then."""
    page.goto(reverse("case_operation", args=[draft.pk]))
    page.locator("[name=age_at_procedure]").fill("41")
    with page.expect_navigation():
        page.locator("button[name=sign]").click()


@pytest.fixture
def asked(visit, authenticator, surgeon, make_case, sign_in):
    """The draft, and the page that asks for the passkey: a signed form of the draft waits behind it."""
    draft = make_case(sign=False)
    page = visit()
    sign_in(page, surgeon)
    authenticator(page)
    make_passkey(page)
    assert Authenticator.objects.filter(user=surgeon, type="webauthn").exists()
    grow_old(page)
    sign_a_draft(page, draft)
    page.wait_for_url("**/account/reauthenticate/**")
    page.locator(f"a[href^='{reverse('mfa_reauthenticate_webauthn')}']").click()
    return page, draft


def test_a_passkey_signs_what_was_typed(asked, surgeon):
    page, draft = asked
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.wait_for_url(reverse("case_detail", args=[draft.pk]))
    signed = Case.objects.get()
    assert (signed.state, signed.signed_by, signed.age_at_procedure) == ("complete", surgeon, 41)


def test_after_the_passkey_what_is_refused_comes_back_filled_and_is_signed(asked):
    page, draft = asked
    Case.objects.filter(pk=draft.pk).update(anaesthesia="", version=2)  # a colleague, meanwhile
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.locator("#error-summary").wait_for()
    assert page.locator("[name=age_at_procedure]").input_value() == "41"
    choose(page, "anaesthesia", "general")
    with page.expect_navigation():
        page.locator("button[name=sign]").click()
    page.wait_for_url(reverse("case_detail", args=[draft.pk]))
    signed = Case.objects.get()
    assert (signed.state, signed.age_at_procedure, signed.anaesthesia) == ("complete", 41, "general")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_whoever_has_no_passkey_at_hand_is_told_and_goes_another_way(
    visit, authenticator, surgeon, make_case, sign_in, language
):
    draft = make_case(sign=False)
    page = visit(language=language, width=360)
    sign_in(page, surgeon)
    take_away = authenticator(page)
    make_passkey(page)
    take_away()
    authenticator(page)  # another key, which this account does not know
    grow_old(page)
    sign_a_draft(page, draft)
    page.locator(f"a[href^='{reverse('mfa_reauthenticate_webauthn')}']").click()
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.locator("[data-passkey-failed]").wait_for()
    page.locator(f"main a[href^='{reverse('account_reauthenticate')}']").click()
    page.locator("[name=password]").fill("a password of the browser")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(reverse("case_detail", args=[draft.pk]))
    assert Case.objects.get().age_at_procedure == 41


def test_a_passkey_signs_in_by_itself(visit, authenticator, surgeon, sign_in):
    page = visit()
    sign_in(page, surgeon)
    authenticator(page)
    make_passkey(page)
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.locator("#passkey_login").click()
    page.wait_for_url(reverse("home"))
    assert page.locator("header").get_by_text(surgeon.name).count()
