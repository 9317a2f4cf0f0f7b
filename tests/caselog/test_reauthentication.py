"""Signing asks for the password or passkey again after a while, and loses nothing that was typed."""

import html
import time
from datetime import date
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse

from caselog.models import Case, LaboratoryReport, Period
from caselog.services import periods

pytestmark = pytest.mark.django_db
NEW = reverse("case_new")
CONFIRM = "/account/reauthenticate/"
WORD = "wide river stone"


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    cache.clear()


@pytest.fixture
def later(monkeypatch, settings):
    """later(minutes) is so many minutes after the sign-in."""
    settings.REAUTHENTICATE_MINUTES = 30
    now = time.time

    def move(minutes):
        monkeypatch.setattr(time, "time", lambda: now() + minutes * 60)

    return move


@pytest.fixture
def signed_in(client):
    def make(person):
        person.set_password(WORD)
        person.save()
        client.force_login(person)
        return client

    return make


@pytest.fixture
def typed(typed):
    """An aspiration behind a vasectomy: the same man has nothing to weigh."""

    def make(**changes):
        usual = {
            "azoospermia_type": "oa",
            "primary_aetiology": "vasectomy",
            "klinefelter_status": "not_tested",
            "y_microdeletion": None,
            "procedure": "tesa",
            "right_weighing": "not_weighed",
            "right_tissue_weight_mg_0": None,
            "right_tissue_weight_mg_1": None,
        }
        return typed(**usual | changes)

    return make


def confirm(client, asked, word=WORD):
    """What the page of the password sends: the word, and where the person came from."""
    page = client.get(asked["Location"])
    onward = page.context["redirect_field_value"]
    return client.post(CONFIRM, {"password": word, "next": onward})


def test_a_fresh_sign_in_signs_without_being_asked(signed_in, surgeon, typed, later):
    client = signed_in(surgeon)
    later(29)
    assert client.post(NEW, typed(sign=""))["Location"] == reverse(
        "case_detail", args=[Case.objects.get().pk]
    )


def test_signing_asks_again_after_a_while_and_then_signs_what_was_typed(signed_in, surgeon, typed, later):
    client = signed_in(surgeon)
    later(31)
    asked = client.post(NEW, typed(sign=""))
    assert asked["Location"].startswith(CONFIRM)
    assert not Case.objects.exists()
    signed = confirm(client, asked)
    case = Case.objects.get()
    assert signed["Location"] == reverse("case_detail", args=[case.pk])
    assert (case.state, case.patient.code, case.signed_by) == ("complete", "K-0231", surgeon)


def test_a_wrong_password_signs_nothing_and_the_right_one_still_does(signed_in, surgeon, typed, later):
    client = signed_in(surgeon)
    later(31)
    asked = client.post(NEW, typed(sign=""))
    assert confirm(client, asked, "wrong").status_code == 200
    assert not Case.objects.exists()
    confirm(client, asked)
    assert Case.objects.get().state == "complete"


def test_whoever_has_confirmed_is_not_asked_again_for_a_while(signed_in, surgeon, typed, later):
    client = signed_in(surgeon)
    later(31)
    confirm(client, client.post(NEW, typed(sign="")))
    later(60)
    client.post(NEW, typed(sign="", patient_code="K-0232"))
    assert Case.objects.count() == 2
    later(62)
    assert client.post(NEW, typed(sign="", patient_code="K-0233"))["Location"].startswith(CONFIRM)


def test_what_is_refused_after_the_password_still_stands_in_a_form_that_goes_on(
    signed_in, surgeon, typed, later
):
    client = signed_in(surgeon)
    later(31)
    asked = client.post(NEW, typed(sign="", anaesthesia=""))
    refused = confirm(client, asked)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="K-0231"' in page
    assert f'action="{NEW}"' in page  # and not the page of the password
    assert not Case.objects.exists()


def test_a_draft_is_saved_without_being_asked(signed_in, surgeon, typed, later):
    client = signed_in(surgeon)
    later(600)
    client.post(NEW, typed(draft=""))
    assert Case.objects.get().is_draft


def test_a_preliminary_report_is_not_signed_and_a_final_one_is(
    signed_in, embryologist, witness, make_case, later
):
    case = make_case(sides="right", left_weighing=None)
    client, address = signed_in(embryologist), reverse("laboratory_report", args=[case.pk])
    answered = {
        "right_sperm_found": "motile", "processing_methods": ["mincing"], "search_minutes": "90",
        "disposition": "frozen", "vials_n": "2", "witness": witness.pk,
    }  # fmt: skip
    later(31)
    client.post(address, answered | {"version": 0, "preliminary": ""})
    assert not LaboratoryReport.objects.get().is_final
    asked = client.post(address, answered | {"version": 1, "final": ""})
    assert asked["Location"].startswith(CONFIRM)
    assert not LaboratoryReport.objects.get().is_final
    confirm(client, asked)
    assert LaboratoryReport.objects.get().is_final


def test_locking_a_period_asks_again(signed_in, administrator, clinic, later):
    days = {"since": date(2024, 1, 1), "until": date(2024, 3, 31)}
    period = periods.open_period(by=administrator, clinic=clinic, **days)
    periods.close_period(by=administrator, period=period, today=date(2025, 6, 30))
    client, address = signed_in(administrator), reverse("clinic_period", args=[period.pk])
    later(31)
    asked = client.post(address, {"lock": ""})
    assert asked["Location"].startswith(CONFIRM)
    assert not Period.objects.locked().exists()
    confirm(client, asked)
    assert Period.objects.locked().get().locked_by == administrator


def test_what_was_typed_is_not_there_for_the_next_person(client, signed_in, surgeon, member, typed, later):
    signed_in(surgeon)
    later(31)
    asked = client.post(NEW, typed(sign=""))
    signed_in(member("surgeon"))
    confirm(client, asked)
    assert not Case.objects.exists()


def test_without_the_right_role_the_password_opens_nothing(signed_in, surgeon, administrator, typed, later):
    client = signed_in(surgeon)
    later(31)
    asked = client.post(NEW, typed(sign=""))
    surgeon.memberships.all().delete()
    assert confirm(client, asked).status_code == 403
    assert not Case.objects.exists()


@pytest.fixture
def code_of(client):
    """code_of(person) is what their authenticator shows now; they have one after the first call."""
    secret = totp.generate_totp_secret()

    def make(person):
        if not Authenticator.objects.filter(user=person).exists():
            totp.TOTP.activate(person, secret)
        return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))

    return make


def the_other_way(client, asked, name):
    """The address of another way to confirm, as the page of the password links to it."""
    page = client.get(asked["Location"])
    ways = [way["url"] for way in page.context["reauthentication_alternatives"]]
    (address,) = [way for way in ways if way.startswith(reverse(name))]
    assert f'href="{html.escape(address)}"' in page.content.decode()
    return address


@pytest.fixture
def asked_for_the_code(signed_in, surgeon, typed, later, code_of):
    """asked_for_the_code(**typed) has signed a form too late: the client, and where the code is asked."""

    def make(**changes):
        client = signed_in(surgeon)
        code_of(surgeon)
        later(31)
        asked = client.post(NEW, typed(sign="", **changes))
        assert not Case.objects.exists()
        address = the_other_way(client, asked, "mfa_reauthenticate")
        return client, address, client.get(address).context["redirect_field_value"]

    return make


def test_the_code_of_an_authenticator_signs_what_was_typed(asked_for_the_code, code_of, surgeon):
    client, address, onward = asked_for_the_code(right_samples_n="7")
    signed = client.post(address, {"code": code_of(surgeon), "next": onward})
    case = Case.objects.get()
    assert signed["Location"] == reverse("case_detail", args=[case.pk])
    assert (case.state, case.patient.code, case.signed_by) == ("complete", "K-0231", surgeon)
    assert case.testes.get().samples_n == 7


def test_a_wrong_code_signs_nothing_and_the_right_one_still_does(asked_for_the_code, code_of, surgeon):
    client, address, onward = asked_for_the_code()
    refused = client.post(address, {"code": "000000", "next": onward})
    assert refused.status_code == 200
    assert refused.context["redirect_field_value"] == onward
    assert not Case.objects.exists()
    client.post(address, {"code": code_of(surgeon), "next": onward})
    assert Case.objects.get().state == "complete"


def test_after_the_code_what_is_refused_comes_back_filled_and_is_signed(
    asked_for_the_code, code_of, surgeon, typed
):
    client, address, onward = asked_for_the_code(anaesthesia="")
    refused = client.post(address, {"code": code_of(surgeon), "next": onward})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert list(form.errors) == ["anaesthesia"]
    assert {name: form[name].value() for name in ("patient_code", "procedure", "sides")} == {
        "patient_code": "K-0231", "procedure": "tesa", "sides": "right",
    }  # fmt: skip
    assert client.post(NEW, typed(sign="")).status_code == 302  # and nobody is asked again
    assert Case.objects.get().state == "complete"


def test_a_recovery_code_confirms_once(asked_for_the_code, surgeon, code_of):
    client, address, onward = asked_for_the_code()
    (code, *_others) = RecoveryCodes.activate(surgeon).get_unused_codes()
    assert client.post(address, {"code": code, "next": onward}).status_code == 302
    assert Case.objects.get().state == "complete"
    assert code not in Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()


def test_a_passkey_that_is_refused_is_asked_for_again_and_what_was_typed_waits(
    signed_in, surgeon, typed, later
):
    client = signed_in(surgeon)
    Authenticator.objects.create(user=surgeon, type="webauthn", data={"name": "Key", "credential": {}})
    later(31)
    asked = client.post(NEW, typed(sign=""))
    address = reverse("mfa_reauthenticate_webauthn")
    refused = client.post(address, {"credential": '{"no": "credential"}', "next": NEW})
    assert refused["Location"] == f"{address}?next={quote(NEW, safe='')}"
    assert not Case.objects.exists()
    confirm(client, asked)
    assert Case.objects.get().state == "complete"


def test_a_program_signs_by_its_token_and_an_old_session_does_not(
    signed_in, surgeon, clinic, answers, api, later
):
    program, browser = api(surgeon), signed_in(surgeon)
    sent = answers(surgeon=surgeon.pk, sign=True, clinic=clinic.pk, procedure_date="2025-03-04")
    later(31)
    refused = browser.post("/api/v1/cases/", sent, content_type="application/json")
    assert refused.status_code == 403
    assert "too long ago" in refused.content.decode()
    assert not Case.objects.exists()
    assert program.post("/api/v1/cases/", sent).status_code == 201
