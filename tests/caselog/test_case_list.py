import re
from datetime import date

import pytest
from django.urls import reverse

from caselog.web import paging

URL = reverse("case_list")


def numbers(response) -> list[str]:
    return re.findall(r'<th scope="row">.*?<bdi>([\d-]+)</bdi>', response.content.decode())


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_list_costs_the_same_however_many_cases(
    client, surgeon, many, count, django_assert_max_num_queries
):
    many(count)
    client.force_login(surgeon)
    with django_assert_max_num_queries(10):
        response = client.get(URL)
    assert len(response.content) < 100_000
    assert len(numbers(response)) == min(count, paging.SIZE)


def test_newest_first(client, reader, make_case):
    older, newer = make_case(procedure_date=date(2025, 1, 2)), make_case(procedure_date=date(2025, 3, 4))
    client.force_login(reader)
    assert numbers(client.get(URL)) == [newer.number, older.number]


def test_pages_hold_every_case_once_also_when_one_is_added_meanwhile(client, surgeon, many, make_case):
    cases = many(120)
    newest = cases[0].procedure_date
    client.force_login(surgeon)
    seen, query = [], ""
    for _page in range(3):
        response = client.get(URL + query)
        seen += numbers(response)
        query = response.context["page"].next
        make_case(procedure_date=newest)
    assert sorted(seen) == sorted(case.number for case in cases)
    assert query == ""


def test_the_way_back_leads_to_the_same_rows(client, surgeon, many):
    many(120)
    client.force_login(surgeon)
    first = client.get(URL)
    second = client.get(URL + first.context["page"].next)
    assert numbers(client.get(URL + second.context["page"].previous)) == numbers(first)


@pytest.mark.parametrize("token", ["x", "2025-01-01", "_5", "2025-13-01_5", "2025-01-01_" + "9" * 40])
def test_a_key_that_nobody_gave_breaks_nothing(client, surgeon, case, token):
    client.force_login(surgeon)
    assert client.get(URL, {"after": token}).status_code == 200


def test_the_search_finds_codes_by_their_beginning_in_any_digits(client, reader, make_case):
    found = make_case(patient_code="K-0231")
    make_case(patient_code="L-0231")
    client.force_login(reader)
    assert numbers(client.get(URL, {"q": "k-02"})) == [found.number]
    assert numbers(client.get(URL, {"q": "K-٠٢"})) == [found.number]


def test_state_and_procedure_filter_and_stay_in_the_links(client, surgeon, many, make_case):
    many(60)
    signed = make_case(procedure="tesa")
    client.force_login(surgeon)
    assert numbers(client.get(URL, {"state": "complete"})) == [signed.number]
    assert numbers(client.get(URL, {"procedure": "tesa"})) == [signed.number]
    assert "state=draft" in client.get(URL, {"state": "draft"}).context["page"].next


def test_a_filter_that_does_not_exist_lists_nothing_and_says_so(client, surgeon, case):
    client.force_login(surgeon)
    response = client.get(URL, {"state": "bogus"})
    assert numbers(response) == []
    assert "bogus is not one of the available choices" in response.content.decode()


def test_no_match_and_no_case_are_told_apart(client, surgeon, clinic):
    client.force_login(surgeon)
    assert "will appear here" in client.get(URL).content.decode()
    assert "No case fits this search" in client.get(URL, {"q": "Z"}).content.decode()


def test_htmx_gets_the_rows_alone(client, surgeon, case):
    client.force_login(surgeon)
    response = client.get(URL, headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert numbers(response) == [case.number]


def test_cases_of_other_clinics_are_not_listed(client, member, other_clinic, case):
    client.force_login(member("surgeon", clinic=other_clinic))
    assert numbers(client.get(URL)) == []


def test_the_laboratory_result_is_told_in_words(client, reader, make_case, make_report):
    make_report(make_case(patient_code="A"))
    make_report(make_case(patient_code="B"), final=False)
    make_case(patient_code="C")
    make_case(patient_code="D", status="cancelled", status_reason="Fever")
    none = {"right_sperm_found": "none", "left_sperm_found": "none", "disposition": "discarded"}
    make_report(make_case(patient_code="E"), **none)
    make_report(make_case(patient_code="F"), **none | {"right_sperm_found": "immotile"})
    make_case(patient_code="H", sides=None, sign=False)
    client.force_login(reader)
    words = {case.patient.code: result.word for case, result in client.get(URL).context["rows"]}
    assert words == {
        "A": "Motile sperm found",
        "B": "Preliminary",
        "C": "Awaiting the laboratory",
        "D": "Cancelled",
        "E": "No sperm found",
        "F": "Only immotile sperm found",
        "H": "Side not answered",
    }


@pytest.mark.parametrize(("role", "sees"), [("surgeon", True), ("embryologist", False), ("reader", False)])
def test_only_surgeons_are_offered_a_new_case(client, member, role, sees):
    client.force_login(member(role))
    assert (reverse("case_new") in client.get(URL).content.decode()) is sees
