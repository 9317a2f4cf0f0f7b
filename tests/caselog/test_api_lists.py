"""Lists of the API: filters, pages, and the number of queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselog.models import Case

pytestmark = pytest.mark.slow  # lists of a thousand rows

URL = "/api/v1/cases/"
LISTS = ("cases", "laboratory-reports", "patients", "clinics")


@pytest.fixture
def program(surgeon, api):
    return api(surgeon)


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("patient_code=K-1", {"micro", "draft"}),
        ("patient_code=K-١", {"micro", "draft"}),
        ("procedure=tesa", {"tesa"}),
        ("azoospermia_type=oa", {"tesa"}),
        ("state=draft", {"draft"}),
        ("status=cancelled", {"cancelled"}),
        ("since=2025-02-01", {"tesa", "cancelled"}),
        ("until=2025-01-31", {"micro", "draft"}),
        ("since=2025-01-31&until=2025-01-31", {"draft"}),
        ("azoospermia_type=noa&state=complete", {"micro", "cancelled"}),
        ("patient_code=nobody", set()),
    ],
)
def test_a_list_holds_what_its_filters_choose(program, make_case, query, wanted):
    made = {
        "micro": make_case(patient_code="K-1", procedure_date=date(2025, 1, 10)),
        "draft": make_case(patient_code="K-1", procedure_date=date(2025, 1, 31), sign=False),
        "tesa": make_case(
            procedure="tesa",
            azoospermia_type="oa",
            primary_aetiology="vasectomy",
            procedure_date=date(2025, 2, 1),
        ),
        "cancelled": make_case(status="cancelled", status_reason="Fever", procedure_date=date(2025, 3, 1)),
    }
    assert set(ids(program.get(f"{URL}?{query}"))) == {made[name].pk for name in wanted}


def test_a_list_may_be_of_one_of_the_persons_clinics(clinic, other_clinic, member, make_case, api, surgeon):
    both = member("reader")
    both.memberships.create(clinic=other_clinic, role="reader")
    here = make_case()
    there = make_case(clinic=other_clinic, by=member("surgeon", clinic=other_clinic))
    program = api(both)
    assert ids(program.get(URL)) == [there.pk, here.pk]
    assert ids(program.get(f"{URL}?clinic={clinic.pk}")) == [here.pk]
    answer = api(surgeon).get(f"{URL}?clinic={other_clinic.pk}")
    assert list(answer.json()["errors"]) == ["clinic"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("procedure=vasectomy", "procedure"),
        ("since=04/03/2024", "since"),
        ("until=tomorrow", "until"),
        ("clinic=x", "clinic"),
        ("azospermia_type=oa", "azospermia_type"),
        ("cursor=nonsense", "cursor"),
        ("cursor=cD1hYmM%3D", "cursor"),  # a key that is no number
        ("cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_parameter_that_is_wrong_is_refused_by_its_name(program, query, name, language):
    answer = program.get(f"{URL}?{query}", headers={"Accept-Language": language})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


def test_reports_and_patients_are_filtered_too(program, make_case, make_report):
    final, preliminary = make_report(make_case(patient_code="K-1")), make_report(make_case(), final=False)
    assert ids(program.get("/api/v1/laboratory-reports/")) == [preliminary.pk, final.pk]
    assert ids(program.get("/api/v1/laboratory-reports/?result_status=final")) == [final.pk]
    assert ids(program.get("/api/v1/patients/?code=K-1")) == [final.case.patient_id]


def test_pages_neither_repeat_nor_skip_while_cases_are_added_and_taken_away(program, make_case):
    cases = [make_case(sign=False).pk for _ in range(5)]
    first = program.get(f"{URL}?page_size=2")
    assert ids(first) == cases[:2:-1]
    new = make_case(procedure_date=date(2025, 1, 1)).pk
    Case.objects.get(pk=cases[4]).delete()
    second = program.get(first.json()["next"])
    assert ids(second) == cases[2:0:-1]
    third = program.get(second.json()["next"])
    assert ids(third) == cases[:1]
    assert third.json()["next"] is None
    assert ids(program.get(third.json()["previous"])) == ids(second)
    assert ids(program.get(f"{URL}?page_size=2"))[0] == new


def test_a_page_has_at_most_200_rows_and_usually_50(program, many_cases):
    many_cases(210)
    assert len(ids(program.get(URL))) == 50
    assert len(ids(program.get(f"{URL}?page_size=1000"))) == 200


def test_a_list_takes_as_many_queries_for_a_thousand_rows_as_for_ten(program, many_cases):
    counts = []
    for n in (10, 1000):
        many_cases(n)
        counts.append({address: queries_of(program, address) for address in LISTS})
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 8


def queries_of(program, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert program.get(f"/api/v1/{address}/?page_size=200").status_code == 200
    return len(queries)
