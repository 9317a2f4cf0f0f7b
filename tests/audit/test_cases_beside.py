"""The cases behind what stands beside a rate, behind the overlapping groups and behind the case mix."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

from audit import again, behind, storage, words
from audit.behind import KNOWN, MEN, Figure
from audit.models import AuditRun
from audit.results import Part, Unit
from tests.audit.pages import text_of
from tests.audit.rows import audited, row
from tests.audit.varied import varied_rows
from tests.audit.year import PERIOD

KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"
URL = reverse("audit_cases")
LINK = re.compile(r'<a class="n" href="([^"]*)">(\d+)')


def counted(audit):
    """Every such number of an audit, by the figure that it is."""
    numbers = {}
    for comparison in audit.comparisons:
        for key, _said, count in words.beside(comparison):
            numbers |= {Figure(key, Part.FOUND): count.found, Figure(key, KNOWN): count.known}
    for one in (*audit.overlaps, *audit.mix):
        numbers |= {Figure(one.key, Part.FOUND): one.count.found, Figure(one.key, KNOWN): one.count.known}
    return numbers | {Figure(row.key, MEN): row.men for row in audit.mix}


@pytest.mark.parametrize("unit", Unit)
def test_every_number_has_as_many_cases_as_it_says(unit):
    audit = audited(varied_rows(300), unit=unit)
    numbers = counted(audit)
    assert {figure.measure.partition(":")[0] for figure in numbers} == {"beside", "overlap", "mix"}
    assert any(numbers.values())
    for figure, number in numbers.items():
        cases = behind.case_numbers(audit, figure)
        assert (figure, len(cases), len({*cases})) == (figure, number, number)


def test_who_is_found_is_among_those_known():
    audit = audited(varied_rows(300))
    for figure in counted(audit):
        known = behind.case_numbers(audit, Figure(figure.measure, KNOWN))
        assert {*behind.case_numbers(audit, Figure(figure.measure, Part.FOUND))} <= {*known}


def test_a_man_stands_by_the_operation_that_found_sperm():
    rows = [
        row("A", case_number="1", sperm_found="none"),
        row("A", case_number="2", attempt_number=2),
        row("B", case_number="3", sperm_found="none"),
        row("B", case_number="4", attempt_number=2, sperm_found="none"),
    ]
    audit, ever = audited(rows), "beside:micro_noa:men_ever_found"
    assert behind.case_numbers(audit, Figure(ever, Part.FOUND)) == ("2",)
    assert behind.case_numbers(audit, Figure(ever, KNOWN)) == ("2", "3")


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE in men with Klinefelter syndrome: sperm in one of two, one result pending."""
    asked = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}
    found, none, pending = make_case(**asked), make_case(**asked), make_case(**asked)
    make_report(found)
    make_report(none, right_sperm_found="none", disposition="discarded")
    return {"found": found.number, "none": none.number, "pending": pending.number}


@pytest.fixture
def page(client, administrator):
    client.force_login(administrator)

    def fetch(address, status=200, **asked):
        response = client.get(address, asked)
        assert response.status_code == status
        return response.content.decode()

    return fetch


def links_of(html, kind):
    """The links to cases whose figure is of this kind, each with its number."""
    found = [(unescape(href), int(n)) for href, n in LINK.findall(html)]
    return [(href, n) for href, n in found if f"measure={kind}" in href.replace("%3A", ":")]


@pytest.mark.parametrize(
    ("kind", "name", "args"),
    [
        ("beside:", "audit_measure", ["micro_noa"]),
        ("overlap:", "audit_measure", ["c23_union"]),
        ("mix:", "audit_case_mix", []),
    ],
)
def test_every_number_of_a_page_opens_as_many_cases_today_and_kept(cases, page, keep, kind, name, args):
    kept = keep()
    there = reverse(name.replace("audit", "audit_run", 1), args=[kept.pk, *args])
    for shown in (page(reverse(name, args=args), **PERIOD), page(there)):
        links = links_of(shown, kind)
        assert links
        for address, number in links:
            listed = page(address)
            assert f"{number} case{'s' if number > 1 else ''}" in text_of(listed)
            assert len(re.findall(r'<th scope="row">.*?<bdi>[\d-]+</bdi>', listed)) == number


@pytest.mark.parametrize(
    ("figure", "part", "name", "numbers", "back", "args"),
    [
        ("beside:micro_noa:motile", "found", "micro-TESE: Motile sperm found", ["found"],
         "audit_measure", ["micro_noa"]),
        ("beside:micro_noa:attempts", KNOWN,
         "micro-TESE, Sperm found, all attempts: With a final result", ["found", "none"],
         "audit_measure", ["micro_noa"]),
        ("beside:micro_noa:klinefelter", KNOWN,
         "micro-TESE, Has Klinefelter syndrome, of those known: Known", ["found", "none", "pending"],
         "audit_measure", ["micro_noa"]),
        ("overlap:klinefelter+genetic", "found",
         "micro-TESE in Klinefelter syndrome + micro-TESE with a genetic cause: Sperm found", ["found"],
         "audit_measure", ["c23_union"]),
        ("mix:primary_aetiology:klinefelter:micro_tese", MEN,
         "Primary cause, Klinefelter syndrome · micro-TESE: Men", ["found", "none", "pending"],
         "audit_case_mix", []),
    ],
)  # fmt: skip
def test_the_page_says_which_figure_and_leads_back(cases, page, figure, part, name, numbers, back, args):
    shown = page(URL, measure=figure, part=part, **PERIOD)
    assert name in text_of(shown)
    assert {number for number in cases.values() if number in shown} == {cases[one] for one in numbers}
    assert f'class="back-link" href="{reverse(back, args=args)}?since=2025-01-01' in shown


def test_the_page_says_which_operation_stands_for_a_man_who_had_several(cases, page):
    note = "Each man by the first operation at which sperm was found"
    for name, said in (("men_ever_found", True), ("attempts", False)):
        shown = page(URL, measure=f"beside:micro_noa:{name}", part="known", **PERIOD)
        assert (note in shown) is said


@pytest.mark.parametrize(
    ("figure", "part"),
    [
        ("beside:micro_noa:motile", "pending"),
        ("beside:height:motile", "found"),
        ("beside:micro_noa", "found"),
        ("beside", "found"),
        ("overlap:klinefelter+x", "found"),
        ("overlap:", "found"),
        ("overlap", "found"),
        ("mix:height:x:micro_tese", "men"),
        ("mix:primary_aetiology:x:micro_tese", "men"),
        ("mix:primary_aetiology:idiopathic:x", "men"),
        ("mix:primary_aetiology:idiopathic", "men"),
        ("mix", "men"),
        ("micro_noa", "men"),
    ],
)
def test_what_is_no_figure_is_not_found(page, figure, part):
    page(URL, status=404, measure=figure, part=part, **PERIOD)


def test_an_audit_kept_before_shows_these_numbers_without_links(page, clinic, administrator):
    old = json.loads(KEPT.read_text(encoding="utf-8"))
    whose = {"clinic": clinic, "kept_by": administrator}
    kept = AuditRun.objects.create(title="Old", unit="man", reference_set="document", result=old, **whose)
    audit = storage.from_json(old)
    assert any(counted(audit).values())
    assert {behind.case_numbers(audit, figure) for figure in counted(audit)} == {()}
    for name, args in (("audit_run_measure", ["c23_union"]), ("audit_run_case_mix", [])):
        shown = page(reverse(name, args=[kept.pk, *args]))
        for kind in ("beside:", "overlap:", "mix:"):
            assert links_of(shown, kind) == []
    assert "Men with sperm found at any attempt" in page(
        reverse("audit_run_measure", args=[kept.pk, "micro_noa"])
    )


def test_that_it_held_no_cases_of_these_is_no_difference():
    now = audited(varied_rows(50))
    plain = storage.to_json(now)
    for one in plain["comparisons"]:
        del one["cases_beside"]
    for one in plain["overlaps"] + plain["mix"]:
        del one["cases"]
    then = storage.from_json(plain)
    assert then != now
    assert again.compared(then, now).same_figures
