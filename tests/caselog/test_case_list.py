import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Alert, Case
from caselog.services import queries
from caselog.web import paging

URL = reverse("case_list")
TODAY = date(2025, 6, 30)


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


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2025-03-04", "until": "2025-03-04"},
        {"type": "oa"},
        {"cause": "vasectomy"},
        {"status": "performed", "procedure": "tesa"},
        {"result": "found"},
        {"since": "٢٠٢٥-٠٣-٠٤"},
    ],
)
def test_each_filter_finds_what_it_says(client, reader, make_case, make_report, asked):
    wanted = make_case(
        azoospermia_type="oa", primary_aetiology="vasectomy", y_microdeletion="", procedure="tesa"
    )
    make_report(wanted)
    make_case(procedure_date=date(2025, 3, 3))
    make_case(procedure_date=date(2025, 3, 2), status="cancelled", status_reason="Fever")
    client.force_login(reader)
    assert numbers(client.get(URL, asked)) == [wanted.number]


def test_results_are_told_apart(client, reader, make_case, make_report):
    found, none, waiting = make_case(), make_case(), make_case()
    make_report(found)
    make_report(none, right_sperm_found="none", left_sperm_found="none", disposition="discarded")
    client.force_login(reader)
    for result, case in (("found", found), ("none", none), ("waiting", waiting)):
        assert numbers(client.get(URL, {"result": result})) == [case.number]


def test_a_surgeon_is_chosen_among_those_who_operated_here(client, reader, member, make_case, other_clinic):
    mine = make_case(by=member("surgeon", name="Zeina"))
    make_case()
    make_case(by=member("surgeon", clinic=other_clinic, name="Stranger"), clinic=other_clinic)
    client.force_login(reader)
    page = client.get(URL, {"surgeon": str(mine.surgeon.pk)})
    assert numbers(page) == [mine.number]
    assert "Zeina" in page.content.decode()
    assert "Stranger" not in page.content.decode()


def test_whoever_signed_is_told_from_whoever_operated(client, reader, member, surgeon, make_case):
    colleague = member("surgeon", name="Zeina")
    signed = make_case(by=colleague, surgeon=surgeon)
    make_case()
    client.force_login(reader)
    page = client.get(URL, {"signed_by": str(colleague.pk)})
    assert numbers(page) == [signed.number]
    assert [one.words for one in page.context["chosen"]] == ["Zeina"]
    assert numbers(client.get(URL, {"surgeon": str(colleague.pk)})) == []


@pytest.fixture
def in_need(make_case, make_report, reader):
    """A case for each kind of attention, and those that need none yet."""
    today = timezone.localdate()
    fresh = make_case(sign=False, procedure_date=TODAY)
    old = make_case(sign=False, procedure_date=TODAY)
    late, asked, alarming = make_case(), make_case(), make_case()
    contradicting, confirmed = make_case(anaesthesia="local_block"), make_case(anaesthesia="local_block")
    contradicting.confirmations.all().delete()
    for case in (asked, alarming, contradicting, confirmed, make_case()):
        make_report(case)
    Case.objects.filter(pk__in=[fresh.pk, old.pk]).update(procedure_date=today - timedelta(days=14))
    Case.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    Case.objects.filter(pk=late.pk).update(procedure_date=today - timedelta(days=15))
    queries.ask(by=reader, case=asked, field="", text="Twice?")
    Alert.objects.create(clinic=alarming.clinic, case=alarming, kind="germ_cell_neoplasia")
    return {
        "draft": old, "result": late, "query": asked, "alert": alarming, "contradiction": contradicting,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["draft", "result", "query", "alert", "contradiction"])
def test_a_case_that_needs_attention_is_found_by_why(client, reader, in_need, kind):
    client.force_login(reader)
    assert numbers(client.get(URL, {"attention": kind})) == [in_need[kind].number]


def test_whatever_needs_attention_is_found_together(client, reader, in_need):
    client.force_login(reader)
    found = numbers(client.get(URL, {"attention": "any"}))
    assert sorted(found) == sorted(case.number for case in in_need.values())


def test_what_is_on_is_shown_with_the_way_to_take_it_away(client, reader, make_case):
    tesa = make_case(procedure="tesa", patient_code="L-1")
    make_case(patient_code="L-2")
    client.force_login(reader)
    page = client.get(URL, {"q": "L-", "procedure": "tesa", "since": "2025-01-01", "type": "", "after": "x"})
    assert numbers(page) == [tesa.number]
    chosen = {one.label: (one.words, one.without) for one in page.context["chosen"]}
    assert chosen["Procedure"] == ("TESA", "?q=L-&since=2025-01-01")
    assert chosen["Operations from"] == ("1 Jan 2025", "?q=L-&procedure=tesa")
    assert len(numbers(client.get(URL + chosen["Procedure"][1]))) == 2


@pytest.mark.parametrize(
    "asked", [{"since": "1/2/2025"}, {"procedure": "surgery"}, {"sort": "sideways"}, {"surgeon": "999999"}]
)
def test_a_filter_that_cannot_be_read_is_told_and_finds_nothing(client, reader, case, asked):
    client.force_login(reader)
    page = client.get(URL, asked)
    assert numbers(page) == []
    assert page.context["filter"].form.errors
    assert page.status_code == 200


@pytest.mark.parametrize(("sort", "order"), [("", [2, 1, 0]), ("oldest", [0, 1, 2]), ("entered", [1, 0, 2])])
def test_the_order_is_chosen(client, reader, make_case, sort, order):
    made = {day: make_case(procedure_date=date(2025, 3, day)) for day in (3, 1, 2)}
    by_day = [made[day].number for day in (1, 2, 3)]
    client.force_login(reader)
    wanted = [by_day[place] for place in order]
    assert numbers(client.get(URL, {"sort": sort})) == wanted


@pytest.mark.parametrize("sort", ["newest", "oldest", "entered"])
def test_filters_order_and_pages_go_together_also_when_cases_come_meanwhile(
    client, surgeon, many, make_case, sort
):
    cases = many(120)
    make_case(procedure="tesa")
    newest, oldest = cases[0].procedure_date, cases[-1].procedure_date
    client.force_login(surgeon)
    seen, query = [], f"?procedure=micro_tese&sort={sort.replace('newest', '')}"
    for _page in range(4):
        response = client.get(URL + query)
        seen += numbers(response)
        query = response.context["page"].next
        if not query:
            break
        assert "procedure=micro_tese" in query
        # Before what was read already, whichever the order.
        make_case(procedure_date=oldest if sort == "oldest" else newest)
        make_case(procedure="tesa")
    of_before = {case.number for case in cases}
    assert of_before <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("token", ["2025-01-01_5", "2025-01-01T10:00:00_5", "x_5", "_"])
def test_a_key_of_another_order_breaks_nothing(client, surgeon, case, token):
    client.force_login(surgeon)
    assert numbers(client.get(URL, {"sort": "entered", "after": token})) == [case.number]


@pytest.mark.slow
def test_every_filter_at_once_costs_no_more(client, surgeon, many, django_assert_max_num_queries):
    many(1000)
    client.force_login(surgeon)
    asked = {
        "q": "M-",
        "attention": "any",
        "state": "draft",
        "procedure": "micro_tese",
        "status": "performed",
        "result": "waiting",
        "surgeon": str(surgeon.pk),
        "since": "2020-01-01",
        "until": "2026-01-01",
        "sort": "entered",
    }
    with django_assert_max_num_queries(10):
        page = client.get(URL, asked)
    assert len(numbers(page)) == paging.SIZE
    assert len(page.content) < 100_000
