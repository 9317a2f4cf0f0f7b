"""The cases behind a figure."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from audit import behind
from audit.behind import KNOWN, Figure
from audit.measures import BY_ID, TISSUE
from audit.results import Part
from audit.web import answers
from tests.audit.year import PERIOD

URL = reverse("audit_cases")


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE, by what became of it; one of them weighed on both sides."""
    made = {
        "found": make_case(left_weighing="balance", left_tissue_weight_mg=90),
        "not_found": make_case(procedure_date=date(2025, 4, 5)),
        "pending": make_case(),
        "abandoned": make_case(status="abandoned", status_reason="Anaesthetic problem"),
    }
    make_report(made["found"])
    make_report(made["not_found"], right_sperm_found="none", disposition="discarded")
    return made


@pytest.fixture
def listed(client, reader):
    """The case numbers on the page of a figure, in its order."""

    def fetch(measure, part, user=reader, **asked):
        client.force_login(user)
        response = client.get(URL, PERIOD | {"measure": measure, "part": part} | asked)
        assert response.status_code == 200, response.content
        return re.findall(r'<th scope="row">.*?<bdi>([\d-]+)</bdi>', response.content.decode())

    return fetch


@pytest.mark.parametrize("part", ["found", "not_found", "pending", "abandoned"])
def test_a_figure_lists_the_cases_that_it_counts(cases, listed, part):
    assert listed("micro_noa", part) == [cases[part].number]


def test_the_cases_with_a_result_stand_newest_first(cases, listed):
    assert listed("micro_noa", KNOWN) == [cases["not_found"].number, cases["found"].number]


def test_the_weighed_and_the_left_out_of_the_whole_period_are_listed_too(cases, listed):
    assert listed(TISSUE, "micro_tese") == [cases["found"].number]
    assert listed(TISSUE, "conventional_tese") == []
    assert listed(behind.PERIOD, "pending") == [cases["pending"].number]


def test_a_case_that_no_measure_counts_is_listed_with_its_reason(make_case, listed):
    other, none = make_case(procedure="tesa"), make_case(azoospermia_type="not_azoospermic")
    assert listed(behind.PERIOD, "other_procedure") == [other.number]
    assert listed(behind.PERIOD, "not_azoospermic") == [none.number]


def test_the_filters_of_the_audit_hold(cases, listed):
    assert listed("micro_noa", "found", since="2025-03-05") == []
    assert listed("micro_noa", "found", until="2025-03-04") == [cases["found"].number]


def test_the_page_says_which_figure_and_leads_to_each_case(cases, client, reader):
    client.force_login(reader)
    figure = {"measure": "micro_noa", "part": "not_found"}
    page = client.get(URL, PERIOD | figure).content.decode()
    assert "micro-TESE: No sperm found" in page
    assert "from 1 Jan 2025 to 31 Dec 2025" in page
    assert f'href="{reverse("case_detail", args=[cases["not_found"].pk])}"' in page
    assert "5 Apr 2025" in page
    assert ">None</td>" in page
    assert "unit=man" in re.search(r'class="back-link" href="([^"]*)"', page)[1]


@pytest.mark.parametrize(
    ("figure", "part", "page", "args", "more"),
    [
        ("micro_noa", "found", "audit", [], ""),
        (behind.PERIOD, "pending", "audit", [], ""),
        ("micro_noa:year:2025", "found", "audit_measure", ["micro_noa"], ""),
        ("micro_noa:quarter:2025-Q1", "known", "audit_time", [], "measure=micro_noa"),
        ("adjusted:document:micro_noa", "found", "audit_case_mix", [], ""),
        (TISSUE, "micro_tese", "audit_tissue", [], ""),
        ("complication::", KNOWN, "audit_safety", [], ""),
        ("testosterone-3:procedure:micro_tese", KNOWN, "audit_safety", [], ""),
        ("days_to_entry::", KNOWN, "audit_laboratory", [], ""),
    ],
)
def test_the_way_back_is_to_the_page_that_shows_the_figure(
    cases, client, administrator, keep, figure, part, page, args, more
):
    client.force_login(administrator)
    asked = {"measure": figure, "part": part}
    today = _back(client.get(URL, PERIOD | asked))
    assert today.startswith(f"{reverse(page, args=args)}?since=2025-01-01&")
    assert today.endswith(more)
    kept = keep()
    there = page.replace("audit", "audit_run", 1)
    back = _back(client.get(reverse("audit_run_cases", args=[kept.pk]), asked))
    assert back == reverse(there, args=[kept.pk, *args]) + (f"?{more}" if more else "")


def _back(response):
    return unescape(re.search(r'class="back-link" href="([^"]*)"', response.content.decode())[1])


@pytest.mark.parametrize(
    ("part", "said"), [("pending", "Result pending"), ("abandoned", "Abandoned"), ("found", "Motile")]
)
def test_what_was_found_or_why_nothing_was_stands_beside_the_case(cases, client, reader, part, said):
    client.force_login(reader)
    page = client.get(URL, PERIOD | {"measure": "micro_noa", "part": part}).content.decode()
    assert f">{said}</td>" in page


def test_testes_are_said_to_belong_to_operations(cases, client, reader):
    client.force_login(reader)
    asked = PERIOD | {"measure": "micro_noa", "part": "found"}
    note = "these are the operations they belong to"
    assert note in client.get(URL, asked | {"unit": "testis"}).content.decode()
    assert note not in client.get(URL, asked).content.decode()


def test_a_figure_of_nobody_says_so(cases, client, reader):
    client.force_login(reader)
    page = client.get(URL, PERIOD | {"measure": "obstructive", "part": "found"}).content.decode()
    assert "No case stands behind this figure" in page


@pytest.mark.parametrize(
    ("measure", "part"),
    [
        ("", ""),
        ("micro_noa", ""),
        ("micro_noa", "micro_tese"),
        ("height", "found"),
        (TISSUE, "found"),
        (behind.PERIOD, "found"),
    ],
)
def test_a_figure_that_no_audit_has_is_not_found(cases, client, reader, measure, part):
    client.force_login(reader)
    assert client.get(URL, PERIOD | {"measure": measure, "part": part}).status_code == 404


@pytest.mark.parametrize("measure", BY_ID)
@pytest.mark.parametrize("part", [*Part, KNOWN])
def test_every_figure_of_every_measure_can_be_asked_for(measure, part):
    assert Figure(measure, part).part == part


def test_wrong_filters_say_what_is_wrong(client, reader):
    client.force_login(reader)
    asked = {"measure": "micro_noa", "part": "found", "since": "soon"}
    response = client.get(URL, asked)
    assert response.status_code == 422
    assert "“soon” is not a date" in response.content.decode()


def test_another_clinic_sees_none_of_them(cases, listed, member, other_clinic):
    stranger = member("administrator", clinic=other_clinic)
    assert listed("micro_noa", "found", user=stranger) == []


def test_a_long_list_comes_in_pages(many_cases, listed, monkeypatch):
    many_cases(12)
    monkeypatch.setattr(answers, "CASES_ON_A_PAGE", 5)
    pages = [listed("micro_noa", "found", page=number) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({number for page in pages for number in page}) == 12
