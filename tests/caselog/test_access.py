"""Every page × method × role against a declared table. A page that is not in the table fails.

The API has a table of its own (test_api_access.py), allauth its own tests; here it is only asked
that its pages are the ones we know.
"""

from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from caselog.models import Alert, Complication, Favourite, FollowUp, IcsiCycle, Period
from caselog.services import clinics, identifiers, queries

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
    "favourites": {"get": {SURGEON}},
    "favourite_delete": {"post": {SURGEON}},
    "case_queries": {"get": ALL, "post": {ADMINISTRATOR, READER}},
    "query_answer": {"get": ALL, "post": {SURGEON}},  # of whom it was asked
    "query_close": {"post": set()},  # of these, nobody: only whoever asked
    "worklist": {"get": ALL},
    "laboratory_report": {"get": ALL, "post": {EMBRYOLOGIST}},
    "laboratory_paper": {"get": ALL},
    "case_note": {"get": ALL},
    "specimen_labels": {"get": ALL},
    "specimen": {"get": ALL},
    "case_histology": {"get": {SURGEON, EMBRYOLOGIST}, "post": {SURGEON, EMBRYOLOGIST}},
    "case_patient": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "alert_acknowledge": {"get": {SURGEON}, "post": {SURGEON}},
    "follow_ups": {"get": ALL},
    "follow_up_visit": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "follow_up_remove": {"post": {SURGEON, ADMINISTRATOR}},
    "complication_new": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "complication_change": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "complication_remove": {"post": {SURGEON, ADMINISTRATOR}},
    "cycle_new": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "cycle_change": {"get": {SURGEON, ADMINISTRATOR}, "post": {SURGEON, ADMINISTRATOR}},
    "cycle_remove": {"post": {SURGEON, ADMINISTRATOR}},
    "clinic_people": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "password_link": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "membership_end": {"post": {ADMINISTRATOR}},
    "clinic_periods": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "clinic_period": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "clinic_identifiers": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "case_identifiers": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "record_export": {"get": {ADMINISTRATOR}},
    "record_export_file": {"get": {ADMINISTRATOR}},
    "data_quality": {"get": ALL},
    "case_ascertainment": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "clinic_switch": {"post": ALL},
    "draft_discard": {"post": ALL},
    "tokens": {"get": ALL, "post": ALL},
    "token_revoke": {"post": ALL},
    "audit": {"get": ALL},
    "audit_case_mix": {"get": ALL},
    "audit_measure": {"get": ALL},
    "audit_tissue": {"get": ALL},
    "audit_safety": {"get": ALL},
    "audit_laboratory": {"get": ALL},
    "audit_between": {"get": ALL},
    "audit_time": {"get": ALL},
    "audit_cases": {"get": ALL},
    "audit_workbook": {"get": {ADMINISTRATOR}},
    "audit_runs": {"get": ALL},
    "audit_keep": {"post": {ADMINISTRATOR}},
    "audit_close": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "audit_run": {"get": ALL},
    "audit_run_measure": {"get": ALL},
    "audit_run_tissue": {"get": ALL},
    "audit_run_safety": {"get": ALL},
    "audit_run_laboratory": {"get": ALL},
    "audit_run_case_mix": {"get": ALL},
    "audit_run_time": {"get": ALL},
    "audit_run_again": {"get": ALL},
    "audit_settings": {"get": ALL, "post": {ADMINISTRATOR}},
    "references": {"get": ALL, "post": {ADMINISTRATOR}},
    "references_version": {"get": ALL},
    "reference_tolerance": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "own_figure_new": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "own_figure_withdraw": {"get": {ADMINISTRATOR}, "post": {ADMINISTRATOR}},
    "audit_run_cases": {"get": ALL},
    "audit_run_workbook": {"get": {ADMINISTRATOR}},
}
# Without a sign-in, by design; of drafts a signed token is asked instead (test_drafts.py).
OPEN = {"draft", "conditions", "set_language"}
# Pages about one's own account: they have no object of a clinic in their address.
OWN = {"draft_discard", "tokens", "token_revoke", "clinic_switch"}
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

    from audit import adoptions, services
    from audit.results import Filters

    reported = make_case()
    make_report(reported)
    draft = make_case(sign=False)
    run = services.keep_run(
        by=administrator, clinic=clinic, filters=Filters(), title="Kept", now=timezone.now()
    )
    own = adoptions.add_figure(
        by=administrator,
        clinic=clinic,
        today=date(2025, 6, 30),
        answers={
            "measure": "micro_noa", "label": "Our years", "citation": "Our register", "population": "Men",
            "counted_in": "man", "found": 6, "known": 10, "next_review": date(2026, 6, 30),
        },
    )  # fmt: skip
    membership = reader.memberships.get()
    query = queries.ask(by=reader, case=reported, field="anaesthesia", text="General?")
    complication = Complication.objects.create(
        clinic=clinic, case=reported, kind="wound", onset_day=3, grade="1"
    )
    cycle = IcsiCycle.objects.create(clinic=clinic, case=reported, started_on=date(2025, 4, 1))
    period = Period.objects.create(clinic=clinic, since=date(2024, 1, 1), until=date(2024, 3, 31))
    identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=True)
    return {
        "clinic_period": period.pk,
        "case_detail": reported.pk,
        "case_identifiers": reported.pk,
        "case_operation": draft.pk,
        "case_delete": draft.pk,
        "favourite_delete": Favourite.objects.create(clinic=clinic, user=reader, name="Usual", answers={}).pk,
        "laboratory_report": draft.pk,
        "laboratory_paper": reported.pk,
        "case_note": reported.pk,
        "specimen_labels": reported.pk,
        "specimen": reported.testes.first().pk,
        "case_histology": draft.pk,
        "case_patient": reported.pk,
        "alert_acknowledge": Alert.objects.create(
            clinic=clinic, case=reported, kind="germ_cell_neoplasia"
        ).pk,
        "follow_up_visit": (reported.pk, 3),
        "follow_up_remove": FollowUp.objects.create(
            clinic=clinic, case=reported, month="6", complications="not_followed"
        ).pk,
        "complication_new": reported.pk,
        "complication_change": complication.pk,
        "complication_remove": complication.pk,
        "cycle_new": reported.pk,
        "cycle_change": cycle.pk,
        "cycle_remove": cycle.pk,
        "audit_run": run.pk,
        "audit_run_measure": (run.pk, "micro_noa"),
        "audit_run_tissue": run.pk,
        "audit_run_safety": run.pk,
        "audit_run_laboratory": run.pk,
        "audit_run_case_mix": run.pk,
        "audit_run_time": run.pk,
        "audit_run_again": run.pk,
        "references_version": own.adoption.version,
        "own_figure_withdraw": own.pk,
        "audit_run_cases": run.pk,
        "audit_run_workbook": run.pk,
        "case_queries": reported.pk,
        "query_answer": query.pk,
        "query_close": query.pk,
        "membership_end": membership.pk,
        "password_link": membership.pk,
    }


def address(name, objects):
    if name == "token_revoke":
        return reverse(name, args=["abcdefgh"])
    if name == "reference_tolerance":  # of a file's figure, which is no clinic's
        return reverse(name, args=["c17-micro"])
    if name == "audit_measure":
        return reverse(name, args=["micro_noa"])
    if name == "draft_discard":
        return reverse(name, args=[UUID(int=1)])
    named = objects.get(name, ())
    return reverse(name, args=named if isinstance(named, tuple) else [named])


def signed_in(user, **kwargs):
    client = Client(**kwargs)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@contextmanager
def undone():
    """What happens inside leaves the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.promise("ACC-1")
def test_nobody_reaches_what_they_should_not(subtests, objects, member, other_clinic, administrator):
    former = member(*sorted(ALL))
    for membership in former.memberships.all():
        clinics.end_membership(by=administrator, membership=membership)
    suspended = member(*sorted(ALL))
    suspended.is_active = False
    suspended.save()
    people = SimpleNamespace(
        roles={role: signed_in(member(role)) for role in sorted(ALL)},
        stranger=signed_in(member(*sorted(ALL), clinic=other_clinic)),
        former=signed_in(former),
        suspended=signed_in(suspended),
    )
    for name in PAGES:
        with subtests.test(name), undone():
            assert_as_in_the_table(name, address(name, objects), people, of_the_clinic=name in objects)


def assert_as_in_the_table(name, url, people, *, of_the_clinic):
    allowed = PAGES[name]
    # Refusals first: what is allowed may change or delete the object.
    for method in reversed(METHODS):
        verb = method.upper()
        for client in (Client(), people.suspended):
            answer = client.generic(verb, url)
            assert answer.status_code in (302, 405), (method, answer.status_code)
            if answer.status_code == 302:
                assert answer.url.startswith(reverse("account_login"))
        if of_the_clinic:
            assert people.stranger.generic(verb, url).status_code in (403, 404, 405), method
        if name not in OWN:
            assert people.former.generic(verb, url).status_code in (403, 404, 405), method
        for role, client in people.roles.items():
            if role not in allowed.get(method, set()):
                assert client.generic(verb, url).status_code in (403, 405), (method, role)
    for method in METHODS:
        for role in sorted(allowed.get(method, set())):
            status = people.roles[role].generic(method.upper(), url).status_code
            assert status not in (401, 403, 405), (method, role, status)


@pytest.mark.promise("WEB-3")
def test_no_page_takes_a_form_from_another_site(subtests, objects, member):
    client = signed_in(member(*sorted(ALL)), enforce_csrf_checks=True)
    client.get(reverse("home"))
    token = client.cookies["csrftoken"].value
    for name in (name for name, methods in PAGES.items() if "post" in methods):
        with subtests.test(name), undone():
            url, may = address(name, objects), bool(PAGES[name]["post"])
            assert_only_our_form_is_taken(client, url, token, may=may)


def assert_only_our_form_is_taken(client, url, token, *, may):
    without_token = client.post(url)
    assert without_token.status_code == 403
    foreign = client.post(
        url,
        {"csrfmiddlewaretoken": token},
        headers={"origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
    ours = client.post(
        url,
        {"csrfmiddlewaretoken": token},
        headers={"origin": "http://testserver"},
    )
    assert (ours.status_code != 403) == may
