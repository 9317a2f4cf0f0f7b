"""Every page × method × role against a declared table. A page that is not in the table fails.

The API has a table of its own (test_api_access.py), allauth its own tests; here it is only asked
that its pages are the ones we know.
"""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from caselog.services import clinics

pytestmark = pytest.mark.slow  # a sweep over every page and role

SURGEON, EMBRYOLOGIST, ADMINISTRATOR, READER = "surgeon", "embryologist", "administrator", "reader"
ALL = {SURGEON, EMBRYOLOGIST, ADMINISTRATOR, READER}
METHODS = ["get", "post", "put", "patch", "delete"]

# name: {method: the roles that may}; a method that is not here does not exist there.
PAGES = {
    "home": {"get": ALL},
    "case_list": {"get": ALL},
    "case_new": {"get": {SURGEON}, "post": {SURGEON}},
    "case_detail": {"get": ALL},
    "case_operation": {"get": {SURGEON}, "post": {SURGEON}},
    "case_delete": {"get": {SURGEON}, "post": {SURGEON}},
    "worklist": {"get": ALL},
    "laboratory_report": {"get": ALL, "post": {EMBRYOLOGIST}},
    "clinic_people": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "password_link": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "membership_end": {"post": {ADMINISTRATOR}},
    "clinic_switch": {"post": ALL},
    "tokens": {"get": ALL, "post": ALL},
    "token_revoke": {"post": ALL},
    "audit": {"get": ALL},
    "audit_cases": {"get": ALL},
    "audit_workbook": {"get": {ADMINISTRATOR}},
    "audit_runs": {"get": ALL},
    "audit_keep": {"post": {ADMINISTRATOR}},
    "audit_run": {"get": ALL},
    "audit_run_cases": {"get": ALL},
    "audit_run_workbook": {"get": {ADMINISTRATOR}},
}
# Without a sign-in, by design.
OPEN = {"conditions", "set_language"}
# Pages about one's own account: they have no object of a clinic in their address.
OWN = {"tokens", "token_revoke", "clinic_switch"}
# allauth's, about one's own account as well. Its next version may bring others.
ALLAUTH = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
}


def routes(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.name
        else:
            yield from routes(pattern, route)


def test_every_page_is_in_the_table():
    known = PAGES.keys() | OPEN | ALLAUTH
    strange = [
        (route, name) for route, name in routes() if name not in known and not route.startswith("api/v1/")
    ]
    assert strange == []
    assert known <= {name for _route, name in routes()}


@pytest.fixture
def objects(clinic, make_case, make_report, administrator, reader):
    """One object of the clinic for each address that names one."""
    from django.utils import timezone

    from audit import services
    from audit.results import Filters

    reported = make_case()
    make_report(reported)
    draft = make_case(sign=False)
    run = services.keep_run(
        by=administrator, clinic=clinic, filters=Filters(), title="Kept", now=timezone.now()
    )
    membership = reader.memberships.get()
    return {
        "case_detail": reported.pk,
        "case_operation": draft.pk,
        "case_delete": draft.pk,
        "laboratory_report": draft.pk,
        "audit_run": run.pk,
        "audit_run_cases": run.pk,
        "audit_run_workbook": run.pk,
        "membership_end": membership.pk,
        "password_link": membership.pk,
    }


def address(name, objects):
    if name == "token_revoke":
        return reverse(name, args=["abcdefgh"])
    return reverse(name, args=[objects[name]] if name in objects else [])


def signed_in(user, **kwargs):
    client = Client(**kwargs)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("name", PAGES)
def test_nobody_reaches_what_they_should_not(name, objects, member, other_clinic, administrator):
    url, methods = address(name, objects), PAGES[name]
    people = {role: signed_in(member(role)) for role in sorted(ALL)}
    stranger = signed_in(member(*sorted(ALL), clinic=other_clinic))
    former = member(*sorted(ALL))
    for membership in former.memberships.all():
        clinics.end_membership(by=administrator, membership=membership)
    former = signed_in(former)
    suspended = member(*sorted(ALL))
    suspended.is_active = False
    suspended.save()
    suspended = signed_in(suspended)

    # Refusals first: what is allowed may change or delete the object.
    for method in reversed(METHODS):
        verb = method.upper()
        for client in (Client(), suspended):
            answer = client.generic(verb, url)
            assert answer.status_code in (302, 405), (method, answer.status_code)
            if answer.status_code == 302:
                assert answer.url.startswith(reverse("account_login"))
        if name in objects:
            assert stranger.generic(verb, url).status_code in (403, 404, 405), method
        if name not in OWN:
            assert former.generic(verb, url).status_code in (403, 404, 405), method
        for role, client in people.items():
            if role not in methods.get(method, set()):
                assert client.generic(verb, url).status_code in (403, 405), (method, role)
    for method in METHODS:
        for role in sorted(methods.get(method, set())):
            status = people[role].generic(method.upper(), url).status_code
            assert status not in (401, 403, 405), (method, role, status)


@pytest.mark.promise("WEB-3")
@pytest.mark.parametrize("name", [name for name, methods in PAGES.items() if "post" in methods])
def test_no_page_takes_a_form_from_another_site(name, objects, member):
    client = signed_in(member(*sorted(ALL)), enforce_csrf_checks=True)
    without_token = client.post(address(name, objects))
    assert without_token.status_code == 403
    page = client.get(reverse("home"))
    token = page.cookies["csrftoken"].value if "csrftoken" in page.cookies else "x" * 32
    foreign = client.post(
        address(name, objects),
        {"csrfmiddlewaretoken": token},
        headers={"origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
