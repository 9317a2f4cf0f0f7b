"""Whatever address is asked for as it may leave the clinic, nothing but the shared audit comes out."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import services
from audit.results import Filters
from tests.audit.test_adoption_pages import text_of

SHARED = "This is disclosure-controlled: it may leave the clinic."
OUTSIDE = {"share": "outside"}
PAGES_OF_KEPT = ("", "measures/micro_noa/", "tissue/", "safety/", "laboratory/", "case-mix/", "time/")
INSIDE = ("runs/", "runs/close/", "references/")


@pytest.fixture
def kept(make_case, make_report, administrator, clinic):
    for _each in range(3):
        make_report(make_case())
    return services.keep_run(
        by=administrator, clinic=clinic, filters=Filters(), title="For Dr Haddad", now=timezone.now()
    )


@pytest.mark.parametrize("page", PAGES_OF_KEPT)
def test_each_page_of_a_kept_audit_is_shared_as_the_one_that_may_leave(kept, client, administrator, page):
    client.force_login(administrator)
    address = reverse("audit_run", args=[kept.pk]) + page
    assert SHARED not in text_of(client.get(address))
    said = client.get(address, OUTSIDE)
    assert SHARED in text_of(said)
    assert "Haddad" not in said.content.decode()
    assert "part=" not in said.content.decode()
    assert client.get(address, {"share": "Outside"}).status_code == 404


@pytest.mark.parametrize("page", ["again/", "cases/"])
def test_what_of_a_kept_audit_never_leaves_is_refused(kept, client, administrator, page):
    client.force_login(administrator)
    address, asked = reverse("audit_run", args=[kept.pk]) + page, {"measure": "micro_noa", "part": "found"}
    assert client.get(address, asked).status_code == 200
    assert client.get(address, asked | OUTSIDE).status_code == 404


@pytest.mark.parametrize("page", INSIDE)
def test_a_page_without_a_shared_form_is_refused(kept, client, administrator, page):
    client.force_login(administrator)
    address = reverse("audit") + page
    assert client.get(address).status_code == 200
    assert client.get(address, OUTSIDE).status_code == 404


@pytest.mark.parametrize("word", ["Outside", "everybody"])
def test_the_workbook_of_a_kept_audit_is_for_no_other_word(kept, client, administrator, word):
    client.force_login(administrator)
    assert client.get(reverse("audit_run_workbook", args=[kept.pk]), {"share": word}).status_code == 404


@pytest.mark.parametrize("part", ["between/", "case-mix/", "measures/micro_noa/", "time/"])
def test_parts_of_an_audit_are_not_shared_over_the_api(kept, api, administrator, clinic, part):
    address = f"/api/v1/clinics/{clinic.pk}/audit/{part}"
    assert api(administrator).get(address).status_code == 200
    answer = api(administrator).get(address, OUTSIDE)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"share"})


@pytest.mark.parametrize(
    "address",
    ["audit-runs/", "audit-runs/{}/", "audit-runs/{}/again/", "own-figures/", "reference-adoptions/"],
)
def test_records_of_the_clinic_are_not_shared_over_the_api(kept, api, administrator, address):
    asked = f"/api/v1/{address.format(kept.pk)}"
    assert api(administrator).get(asked).status_code == 200
    answer = api(administrator).get(asked, OUTSIDE)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"share"})


def test_the_shared_audit_of_a_kept_one_may_be_asked_for_by_that_word(kept, api, administrator):
    answer = api(administrator).get(f"/api/v1/audit-runs/{kept.pk}/shared/", OUTSIDE)
    assert answer.status_code == 200
