"""Who reaches what over the API: every operation × role, against one declared table."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from caselog.api.histology import version_of
from caselog.models import LaboratoryReport, Patient
from caselog.services import clinics, follow_up, histology, periods, queries
from caselog.services.tokens import create_token, revoke_token

pytestmark = pytest.mark.slow  # a sweep over every operation and role

SURGEON, EMBRYOLOGIST, ADMINISTRATOR, READER, OPERATOR = ROLES = (
    "surgeon",
    "embryologist",
    "administrator",
    "reader",
    "superuser",
)
MEMBERS = {SURGEON, EMBRYOLOGIST, ADMINISTRATOR, READER}
WHOEVER_IS_SIGNED_IN = {*ROLES}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Ask:
    """One operation, a body that is right, who may, and how it is answered then."""

    method: str
    path: str
    body: str = ""
    may: frozenset | set = frozenset(MEMBERS)
    status: int = 200


TABLE = [
    Ask("get", "clinics/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "clinics/", "clinic", {OPERATOR}, 201),
    Ask("get", "clinics/{clinic}/"),
    Ask("put", "clinics/{clinic}/", "clinic", {ADMINISTRATOR}),
    Ask("patch", "clinics/{clinic}/", "clinic", {ADMINISTRATOR}),
    Ask("get", "clinics/{clinic}/audit/"),
    Ask("get", "clinics/{clinic}/audit/measures/{measure}/"),
    Ask("get", "clinics/{clinic}/audit/case-mix/"),
    Ask("get", "clinics/{clinic}/audit/time/"),
    Ask("get", "clinics/{clinic}/audit/between/"),
    Ask("get", "patients/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "patients/", "new patient", {SURGEON, ADMINISTRATOR}, 201),
    Ask("get", "patients/{patient}/"),
    Ask("put", "patients/{patient}/", "patient", {SURGEON, ADMINISTRATOR}),
    Ask("patch", "patients/{patient}/", "patient", {SURGEON, ADMINISTRATOR}),
    Ask("get", "cases/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "cases/", "new case", {SURGEON}, 201),
    Ask("get", "cases/{draft}/"),
    Ask("put", "cases/{draft}/", "case", {SURGEON}),
    Ask("patch", "cases/{draft}/", "case", {SURGEON}),
    Ask("delete", "cases/{draft}/", may={SURGEON}, status=204),
    Ask("get", "laboratory-reports/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "laboratory-reports/", "new report", {EMBRYOLOGIST}, 201),
    Ask("get", "laboratory-reports/{report}/"),
    Ask("put", "laboratory-reports/{report}/", "report", {EMBRYOLOGIST}),
    Ask("patch", "laboratory-reports/{report}/", "report", {EMBRYOLOGIST}),
    Ask("get", "histology/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "histology/", "new histology", {SURGEON, EMBRYOLOGIST}, 201),
    Ask("get", "histology/{histology}/"),
    Ask("put", "histology/{histology}/", "histology", {SURGEON, EMBRYOLOGIST}),
    Ask("patch", "histology/{histology}/", "histology", {SURGEON, EMBRYOLOGIST}),
    Ask("get", "follow-ups/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "follow-ups/", "new follow-up", {SURGEON, ADMINISTRATOR}, 201),
    Ask("get", "follow-ups/{follow_up}/"),
    Ask("put", "follow-ups/{follow_up}/", "follow-up", {SURGEON, ADMINISTRATOR}),
    Ask("patch", "follow-ups/{follow_up}/", "follow-up", {SURGEON, ADMINISTRATOR}),
    Ask("delete", "follow-ups/{follow_up}/", may={SURGEON, ADMINISTRATOR}, status=204),
    Ask("get", "complications/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "complications/", "new complication", {SURGEON, ADMINISTRATOR}, 201),
    Ask("get", "complications/{complication}/"),
    Ask("put", "complications/{complication}/", "complication", {SURGEON, ADMINISTRATOR}),
    Ask("patch", "complications/{complication}/", "complication", {SURGEON, ADMINISTRATOR}),
    Ask("delete", "complications/{complication}/", may={SURGEON, ADMINISTRATOR}, status=204),
    Ask("get", "icsi-cycles/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "icsi-cycles/", "new cycle", {SURGEON, ADMINISTRATOR}, 201),
    Ask("get", "icsi-cycles/{cycle}/"),
    Ask("put", "icsi-cycles/{cycle}/", "cycle", {SURGEON, ADMINISTRATOR}),
    Ask("patch", "icsi-cycles/{cycle}/", "cycle", {SURGEON, ADMINISTRATOR}),
    Ask("delete", "icsi-cycles/{cycle}/", may={SURGEON, ADMINISTRATOR}, status=204),
    Ask("get", "queries/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "queries/", "new query", {ADMINISTRATOR, READER}, 201),
    Ask("get", "queries/{query}/"),
    Ask("patch", "queries/{query}/", "query", {SURGEON}),
    Ask("get", "periods/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "periods/", "new period", {ADMINISTRATOR}, 201),
    Ask("get", "periods/{period}/"),
    Ask("patch", "periods/{period}/", "period", {ADMINISTRATOR}),
    Ask("delete", "periods/{period}/", may={ADMINISTRATOR}, status=204),
    Ask("get", "reference-adoptions/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "reference-adoptions/", "new adoption", {ADMINISTRATOR}, 201),
    Ask("get", "reference-adoptions/{adoption}/"),
    Ask("get", "own-figures/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "own-figures/", "new figure", {ADMINISTRATOR}, 201),
    Ask("get", "own-figures/{own_figure}/"),
    Ask("get", "audit-settings/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "audit-settings/", "new settings", {ADMINISTRATOR}, 201),
    Ask("get", "audit-settings/{audit_settings}/"),
    Ask("get", "audit-runs/", may=WHOEVER_IS_SIGNED_IN),
    Ask("post", "audit-runs/", "new run", {ADMINISTRATOR}, 201),
    Ask("post", "audit-runs/close/", "new closed run", {ADMINISTRATOR}, 201),
    Ask("get", "audit-runs/{run}/"),
    Ask("get", "audit-runs/{run}/again/"),
    Ask("get", "audit-runs/{run}/shared/"),
]
PATTERN = {"right_pattern": "mixed"}
NOT_FOLLOWED = {"complications": "not_followed"}
HAEMATOMA = {"kind": "haematoma", "onset_day": 3, "grade": "1"}
OUR_YEARS = {
    "measure": "micro_noa",
    "label": "Our years",
    "citation": "Our own register",
    "population": "Men with NOA",
    "counted_in": "man",
    "found": 60,
    "known": 100,
    "next_review": "2100-01-01",
}
SETTINGS = {
    "counts_only_below": 8,
    "compared_from": 20,
    "rate_in_funnel_from": 5,
    "takes_part": False,
    "reason": "Agreed in May",
}


@pytest.fixture
def world(clinic, make_case, make_report, administrator, surgeon, api):
    """The records that the table names, and the bodies that would change them."""
    draft, awaiting, reported = make_case(sign=False), make_case(), make_case()
    report = make_report(reported, final=False)
    histology.record_histology(by=surgeon, case=reported, answers=PATTERN)
    of_case = {"by": surgeon, "case": reported, "today": date(2025, 6, 30)}
    visit = follow_up.save_visit(**of_case, month="3", answers=NOT_FOLLOWED)
    complication = follow_up.save_complication(**of_case, answers=HAEMATOMA)
    cycle = follow_up.save_cycle(
        **of_case, answers={"started_on": date(2025, 5, 1), "sperm_source": "frozen"}
    )
    query = queries.ask(by=administrator, case=reported, field="", text="Is this right?")
    period = periods.open_period(
        by=administrator, clinic=clinic, since=date(2019, 1, 1), until=date(2019, 12, 31)
    )
    run = api(administrator).post("/api/v1/audit-runs/", {"clinic": clinic.pk, "title": "2024"}).json()
    own = api(administrator).post("/api/v1/own-figures/", {"clinic": clinic.pk} | OUR_YEARS).json()
    settings = api(administrator).post("/api/v1/audit-settings/", {"clinic": clinic.pk} | SETTINGS).json()
    on = {"patient_code": "K-900", "procedure_date": "2025-03-04"}
    return {
        "paths": {
            "clinic": clinic.pk,
            "patient": draft.patient_id,
            "draft": draft.pk,
            "report": report.pk,
            "histology": reported.pk,
            "follow_up": visit.pk,
            "complication": complication.pk,
            "cycle": cycle.pk,
            "query": query.pk,
            "period": period.pk,
            "run": run["id"],
            "own_figure": own["id"],
            "adoption": own["adoption"],
            "audit_settings": settings["id"],
            "measure": "micro_noa",
        },
        "bodies": {
            "": None,
            "clinic": {"name": "Cedar"},
            "new patient": {"clinic": clinic.pk, "code": "K-901"},
            "patient": {"version": 1, "code": "K-902"},
            "new case": {"clinic": clinic.pk} | on,
            "case": {"version": 1} | on,
            "new report": {"case": awaiting.pk},
            "report": {"version": 1, "search_minutes": 80},
            "new histology": {"case": awaiting.pk} | PATTERN,
            "histology": {"version": version_of(reported)} | PATTERN,
            "new follow-up": {"case": reported.pk, "month": "6"} | NOT_FOLLOWED,
            "follow-up": {"version": 1} | NOT_FOLLOWED,
            "new complication": {"case": reported.pk} | HAEMATOMA,
            "complication": {"version": 1} | HAEMATOMA,
            "new cycle": {"case": reported.pk, "started_on": "2025-05-02", "sperm_source": "fresh"},
            "cycle": {"version": 1, "started_on": "2025-05-02", "sperm_source": "fresh"},
            "new query": {"case": reported.pk, "text": "Why?"},
            "query": {"text": "Yes."},
            "new period": {"clinic": clinic.pk, "since": "2020-01-01", "until": "2020-12-31"},
            "period": {"state": "closed"},
            "new adoption": {"clinic": clinic.pk, "reference_set": "literature"},
            "new figure": {"clinic": clinic.pk} | OUR_YEARS | {"label": "Our years before"},
            "new settings": {"clinic": clinic.pk} | SETTINGS | {"takes_part": True},
            "new run": {"clinic": clinic.pk, "title": "2025"},
            "new closed run": {
                "clinic": clinic.pk,
                "title": "March",
                "since": "2025-03-01",
                "until": "2025-03-31",
            },
        },
    }


@pytest.fixture
def person(member):
    def make(role, **where):
        if role != OPERATOR:
            return member(role, **where)
        user = member()
        user.is_superuser = True
        user.save()
        return user

    return make


def send(program, ask, world):
    path = "/api/v1/" + ask.path.format(**world["paths"])
    headers = {"If-Match": '"1"'} if ask.method == "delete" else {}
    return getattr(program, ask.method)(path, world["bodies"][ask.body], headers=headers)


def not_there(ask) -> int:
    """To somebody without a role in the clinic: its records are not there, and no body may name them."""
    if "{" in ask.path:
        return 404
    if ask.method == "get":
        return 200
    return 403 if ask.path == "clinics/" else 400


def answers(program, world) -> dict[str, int]:
    """How each operation of the table is answered, from the same world each time."""
    return {f"{ask.method} {ask.path}": _undone(program, ask, world).status_code for ask in TABLE}


def _undone(program, ask, world):
    with transaction.atomic():
        answer = send(program, ask, world)
        transaction.set_rollback(True)
    return answer


def expected(of_one) -> dict[str, int]:
    return {f"{ask.method} {ask.path}": of_one(ask) for ask in TABLE}


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("role", sorted(MEMBERS))
def test_each_role_may_do_what_the_table_says(role, world, api, person):
    declared = expected(lambda ask: ask.status if role in ask.may else 403)
    assert answers(api(person(role)), world) == declared


@pytest.mark.promise("ACC-1")
def test_whoever_runs_the_installation_makes_clinics_and_sees_none_of_others(world, api, person):
    declared = expected(lambda ask: ask.status if OPERATOR in ask.may else not_there(ask))
    assert answers(api(person(OPERATOR)), world) == declared


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("role", sorted(MEMBERS))
def test_to_other_clinics_the_records_do_not_exist(role, world, api, person, other_clinic):
    program = api(person(role, clinic=other_clinic))
    for ask in TABLE:
        answer = _undone(program, ask, world)
        assert answer.status_code == not_there(ask), ask
        if answer.status_code == 400:
            assert set(answer.json()["errors"]) <= {"clinic", "case"}
        elif answer.status_code == 200 and ask.path != "clinics/":
            assert answer.json()["results"] == []


@pytest.mark.promise("ACC-1")
def test_nobody_gets_in_without_signing_in(world, api):
    assert answers(api(), world) == expected(lambda _ask: 401)


@pytest.mark.promise("ACC-1")
def test_what_the_table_does_not_allow_to_anybody_is_no_method(subtests, world, api, member):
    program = api(member(*MEMBERS))
    for path in sorted({ask.path for ask in TABLE}):
        with subtests.test(path):
            for method in set(METHODS) - {ask.method for ask in TABLE if ask.path == path}:
                assert send(program, Ask(method, path), world).status_code == 405, method


def unnamed(path):
    return re.sub(r"{\w+}", "{}", path)


def test_the_table_holds_every_operation_of_the_schema():
    described = SchemaGenerator().get_schema(public=True)["paths"]
    of_schema = {(method, unnamed(path)) for path, operations in described.items() for method in operations}
    of_table = {(ask.method, unnamed(f"/api/v1/{ask.path}")) for ask in TABLE}
    assert of_schema == of_table


@pytest.mark.parametrize("address", ["/api/v1/schema/", "/api/v1/docs/"])
def test_the_description_is_for_people_who_are_signed_in(address, reader):
    program = Client()
    assert program.get(address).status_code in {302, 401}
    program.force_login(reader)
    assert program.get(address).status_code == 200


@pytest.mark.promise("WEB-1")
def test_the_page_of_the_description_keeps_to_the_content_security_policy(reader):
    browser = Client()
    browser.force_login(reader)
    page = browser.get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count('<script src="/')
    assert browser.get("/api/v1/docs/?script=").headers["Content-Type"].startswith("application/javascript")


def test_a_token_of_somebody_inactive_is_refused(surgeon, api):
    program = api(surgeon)
    assert program.get("/api/v1/cases/").status_code == 200
    surgeon.is_active = False
    surgeon.save()
    assert program.get("/api/v1/cases/").status_code == 401


def test_a_token_whose_owner_left_the_clinic_reaches_nothing(clinic, surgeon, administrator, case, api):
    program = api(surgeon)
    clinics.end_membership(by=administrator, membership=surgeon.memberships.get())
    assert program.get("/api/v1/clinics/").json()["results"] == []
    assert program.get("/api/v1/cases/").json()["results"] == []
    assert program.get(f"/api/v1/cases/{case.pk}/").status_code == 404
    answer = program.patch(f"/api/v1/cases/{case.pk}/", {"version": 1, "anaesthesia": "spinal"})
    assert answer.status_code == 404
    assert program.get(f"/api/v1/clinics/{clinic.pk}/audit/").status_code == 404


def test_a_token_ends_when_it_is_revoked_or_expires(surgeon, api):
    program = api()
    token, secret = create_token(by=surgeon, days=1)
    program.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    assert program.get("/api/v1/cases/").status_code == 200
    token.expiry = timezone.now() - timedelta(seconds=1)
    token.save()
    assert program.get("/api/v1/cases/").status_code == 401

    token, secret = create_token(by=surgeon, days=1)
    program.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    revoke_token(by=surgeon, token=token)
    assert program.get("/api/v1/cases/").status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token nonsense", "Token \u00e9", "Basic eDp5"])
def test_a_header_that_is_no_token_is_refused(header, db, api):
    program = api()
    program.credentials(HTTP_AUTHORIZATION=header)
    answer = program.get("/api/v1/cases/")
    assert answer.status_code == 401
    assert answer.json()["errors"]


@pytest.mark.promise("WEB-3")
def test_a_session_changes_nothing_without_its_csrf_token(clinic, surgeon):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(surgeon)
    body = {"clinic": clinic.pk, "code": "K-1"}
    refused = browser.post("/api/v1/patients/", body, content_type="application/json")
    assert refused.status_code == 403
    assert not Patient.objects.exists()
    browser.get("/api/v1/docs/?script=")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    made = browser.post("/api/v1/patients/", body, content_type="application/json", headers=token)
    assert made.status_code == 201


def test_what_is_refused_changes_nothing(world, api, reader):
    program = api(reader)
    before = list(LaboratoryReport.objects.values()), list(Patient.objects.values())
    for ask in TABLE:
        if reader.memberships.get().role not in ask.may:
            assert send(program, ask, world).status_code == 403
    assert (list(LaboratoryReport.objects.values()), list(Patient.objects.values())) == before
