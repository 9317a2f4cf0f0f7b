"""A kept audit of one surgeon's operations is that surgeon's and the administrators', on every address."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import services
from audit.results import Filters

PAGES = (
    "", "measures/micro_noa/", "tissue/", "safety/", "laboratory/", "case-mix/", "time/", "cases/", "again/",
    "workbook/",
)  # fmt: skip
PROGRAMS = ("", "again/", "shared/")
FIGURE = {"measure": "micro_noa", "part": "found"}


@pytest.fixture
def kept(make_case, make_report, administrator, surgeon, clinic):
    make_report(make_case())
    return services.keep_run(
        by=administrator,
        clinic=clinic,
        filters=Filters(surgeon=surgeon.pk),
        title="Of one surgeon",
        now=timezone.now(),
    )


def person(who, request):
    member, clinic = request.getfixturevalue("member"), request.getfixturevalue("clinic")
    if who == "of another clinic":
        return member("administrator", clinic=request.getfixturevalue("other_clinic"))
    if who == "the surgeon":
        return request.getfixturevalue("surgeon")
    if who == "the surgeon, who has left":
        left = request.getfixturevalue("surgeon")
        left.memberships.all().delete()
        return left
    if who == "the surgeon, suspended":
        suspended = request.getfixturevalue("surgeon")
        suspended.is_active = False
        suspended.save()
        return suspended
    return member(who, clinic=clinic)


def answers(user, client, api, kept):
    client.force_login(user)
    address = reverse("audit_run", args=[kept.pk])
    for page in PAGES:
        yield page, client.get(address + page, FIGURE)
    for page in ("", "workbook/", "time/"):
        yield f"{page} shared", client.get(address + page, {"share": "outside"})
    for part in PROGRAMS:
        yield part, api(user).get(f"/api/v1/audit-runs/{kept.pk}/{part}")


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize(
    "who",
    [
        "surgeon", "embryologist", "reader", "of another clinic", "the surgeon, who has left",
        "the surgeon, suspended",
    ],
)  # fmt: skip
def test_nobody_else_opens_any_page_or_part_of_it(kept, client, api, request, who):
    user = person(who, request)
    for page, answer in answers(user, client, api, kept):
        assert answer.status_code in (302, 401, 403, 404), (page, answer.status_code)
        assert kept.title not in answer.content.decode(), page


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("who", ["the surgeon", "administrator"])
def test_the_surgeon_and_administrators_open_them(kept, client, api, request, who):
    user = person(who, request)
    client.force_login(user)
    may_export = who == "administrator"
    for page in PAGES:
        answer = client.get(reverse("audit_run", args=[kept.pk]) + page, FIGURE)
        assert answer.status_code == (403 if page == "workbook/" and not may_export else 200), page
    for part in PROGRAMS:
        assert api(user).get(f"/api/v1/audit-runs/{kept.pk}/{part}").status_code == 200, part


@pytest.mark.promise("ACC-1")
def test_lists_name_it_to_nobody_else(kept, client, api, member, clinic):
    for role in ("surgeon", "embryologist", "reader"):
        user = member(role, clinic=clinic)
        client.force_login(user)
        assert kept.title not in client.get(reverse("audit_runs")).content.decode()
        assert api(user).get("/api/v1/audit-runs/").json()["results"] == []


LIVE = (*PAGES[:-2], "between/")


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_nobody_filters_by_another_surgeon_on_any_page(kept, client, api, member, clinic, surgeon, role):
    user = member(role, clinic=clinic)
    client.force_login(user)
    asked = FIGURE | {"surgeon": surgeon.pk, "since": "", "until": ""}
    for page in LIVE:
        answer = client.get(reverse("audit") + page, asked)
        assert answer.status_code == 422, page
        assert "2025-0001" not in answer.content.decode()
    for part in ("", "measures/micro_noa/", "case-mix/", "between/", "time/"):
        address = f"/api/v1/clinics/{clinic.pk}/audit/{part}"
        assert api(user).get(address, {"surgeon": surgeon.pk}).status_code == 400, part
    assert client.get(reverse("audit_run", args=[kept.pk])).status_code == 404


@pytest.mark.promise("ACC-1")
def test_no_page_names_a_case_of_another_clinic(make_case, make_report, client, api, member, other_clinic):
    theirs = make_case(number="SECRET-7")
    make_report(theirs)
    user = member("administrator", clinic=other_clinic)
    client.force_login(user)
    for page in LIVE:
        said = client.get(reverse("audit") + page, FIGURE | {"since": "", "until": ""})
        assert said.status_code == 200, page
        assert theirs.number not in said.content.decode(), page
        assert theirs.clinic.name not in said.content.decode(), page
    for part in ("", "measures/micro_noa/", "case-mix/", "between/", "time/"):
        asked = api(user).get(f"/api/v1/clinics/{theirs.clinic_id}/audit/{part}")
        assert asked.status_code == 404, part
