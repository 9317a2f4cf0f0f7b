"""A double tap, or a request that is sent again, makes one kept audit and one figure."""

import re

import pytest
from django.urls import reverse

from audit.models import Adoption, AuditRun, OwnFigure

RUNS, FIGURES = "/api/v1/audit-runs/", "/api/v1/own-figures/"
FIGURE = {
    "measure": "micro_noa", "label": "Our years", "citation": "Our register", "population": "Men",
    "counted_in": "man", "found": 6, "known": 10, "next_review": "2100-01-01",
}  # fmt: skip


@pytest.fixture
def reported(make_case, make_report):
    make_report(make_case())


def typed_on(client, **more):
    page = client.get(reverse("audit"), {"since": "", "until": ""}).content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    return {"since": "", "until": "", "unit": "man", "reference_set": "document", "key": key} | more


def test_a_double_tap_keeps_one_audit(reported, client, administrator):
    client.force_login(administrator)
    typed = typed_on(client, title="Spring")
    answers = [client.post(reverse("audit_keep"), typed) for _tap in range(2)]
    assert {answer.url for answer in answers} == {reverse("audit_run", args=[AuditRun.objects.get().pk])}


@pytest.mark.parametrize("other", [{"title": "Summer"}, {"unit": "attempt"}])
def test_going_back_and_asking_for_something_else_keeps_another(reported, client, administrator, other):
    client.force_login(administrator)
    typed = typed_on(client, title="Spring")
    for asked in (typed, typed | other):
        client.post(reverse("audit_keep"), asked)
    assert AuditRun.objects.count() == 2


def test_the_page_opened_again_keeps_another_by_the_same_title(reported, client, administrator):
    client.force_login(administrator)
    for _page in range(2):
        client.post(reverse("audit_keep"), typed_on(client, title="Spring"))
    assert AuditRun.objects.count() == 2


def test_the_key_of_a_kept_audit_closes_none(reported, api, administrator, clinic):
    body = {"clinic": clinic.pk, "title": "Spring", "since": "2025-01-01", "until": "2025-03-31"}
    program, key = api(administrator), {"Idempotency-Key": "a"}
    kept = program.post(RUNS, body, headers=key).json()
    closed = [program.post(f"{RUNS}close/", body, headers=key).json() for _time in range(2)]
    assert kept["closed_on"] is None
    assert closed[0]["closed_on"]
    assert closed[0] == closed[1]
    assert AuditRun.objects.count() == 2


def test_a_figure_that_stands_is_not_brought_in_twice(api, administrator, clinic):
    program, body = api(administrator), FIGURE | {"clinic": clinic.pk}
    answers = [program.post(FIGURES, body) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 400]
    assert set(answers[1].json()["errors"]) == {"label"}
    assert program.post(FIGURES, body | {"found": 7}).status_code == 201
    assert OwnFigure.objects.count() == Adoption.objects.count() == 2


def test_a_figure_that_was_withdrawn_can_be_brought_in_again(api, administrator, clinic):
    program, body = api(administrator), FIGURE | {"clinic": clinic.pk}
    made = program.post(FIGURES, body).json()["id"]
    withdraws = {"clinic": clinic.pk, "withdraws": made, "reason": "A misprint"}
    assert program.post("/api/v1/reference-adoptions/", withdraws).status_code == 201
    assert program.post(FIGURES, body).status_code == 201
