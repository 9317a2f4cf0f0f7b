"""The pages below the overview: one rate in depth, tissue, safety, laboratory and timeliness."""

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.html import escape

from audit import closing, depth, services, storage, words
from audit.measures import MEASURES
from audit.models import AuditRun
from audit.results import Filters
from audit.words import depth as said
from audit.words import numerals
from tests.audit import pages
from tests.audit.pages import text_of
from tests.audit.varied import varied_rows
from tests.audit.year import NOW, PERIOD, YEAR

LONGEST = 200_000  # bytes
KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"
TITLES = {"tissue": "Tissue", "safety": "Safety", "laboratory": "Laboratory and timeliness"}


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE: sperm in one of two men, one result pending. Conventional TESE in one."""
    found, none = make_case(), make_case(primary_aetiology="chemotherapy")
    make_report(found)
    make_report(none, right_sperm_found="none", disposition="discarded")
    make_case()
    make_report(make_case(procedure="conventional_tese"))


@pytest.fixture
def fetch(client, administrator):
    client.force_login(administrator)

    def page(name, *args, status=200, **asked):
        response = client.get(reverse(name, args=args), PERIOD | asked)
        assert response.status_code == status
        return response.content.decode()

    return page


@pytest.fixture
def kept(cases, keep):
    return keep()


def test_the_name_of_each_rate_leads_to_its_page_with_the_filters(cases, fetch):
    overview = fetch("audit", unit="attempt")
    for measure in MEASURES:
        address = reverse("audit_measure", args=[measure.id])
        assert f'href="{address}?since=2025-01-01&amp;until=2025-12-31&amp;unit=attempt' in overview
        shown = fetch("audit_measure", measure.id)
        assert f"<h1>{escape(measure.name)}</h1>" in shown
        assert f'href="{reverse("audit")}?since=2025-01-01' in shown


def test_the_overview_is_the_rates_and_says_where_the_rest_is(cases, fetch, audit):
    overview = fetch("audit")
    assert len(overview) < 60_000
    assert escape(words.difference(audit().difference)) in overview
    for name in TITLES:
        assert f'href="{reverse(f"audit_{name}")}?since=2025-01-01' in overview
    for elsewhere in ('id="complication"', 'id="quality"', 'id="mix"', 'id="strata"', "<blockquote"):
        assert elsewhere not in overview


def test_a_rate_in_depth_says_what_it_is_and_of_whom(cases, fetch):
    shown = text_of(fetch("audit_measure", "micro_noa"))
    assert "Tubules chosen under the microscope." in shown
    assert "Population Men with non-obstructive azoospermia, micro-TESE" in shown
    assert "Counted Men with sperm in the laboratory's final report, motile or not" in shown
    assert "Version of the definition 1" in shown
    assert "Motile sperm found 1 Motile sperm found / 2 Motile sperm found 50 %" in shown
    assert "If all of the pending have sperm 2 of 3 men 67 % (9–99 %)" in shown
    assert "Wilson interval" in shown
    assert "60-70 ٪" in shown


def test_both_references_and_why_they_differ_stand_beside_the_rate(cases, fetch, audit):
    shown = fetch("audit_measure", "micro_noa", reference_set="both")
    micro = next(one for one in audit(reference_set="both").comparisons if one.measure == "micro_noa")
    assert all(escape(words.verdict(one)) in shown for one in micro.judged)
    assert all(escape(one.reference.citation or one.reference.quote) in shown for one in micro.judged)


def test_every_count_of_a_group_leads_to_its_cases(cases, fetch, client):
    shown = fetch("audit_measure", "micro_noa")
    strata = shown.partition('id="strata"')[2].partition("</section>")[0]
    links = re.findall(r'href="([^"]*/cases/[^"]*)"', strata)
    assert {link.rpartition("part=")[2] for link in links} == {"found", "known", "pending"}
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_the_groups_are_tested_and_that_is_said_to_be_exploratory(cases, fetch, audit):
    shown = fetch("audit_measure", "micro_noa")
    assert "Exploratory: nobody asked these questions before seeing the data" in shown
    (one,) = depth.groups_tested(audit(), "micro_noa")
    assert f"{numerals.p_value(one.tested.p)} {said.q_value(one.q)}" in text_of(shown)


def test_the_api_says_the_same_of_the_groups(cases, fetch, api, administrator, clinic, audit):
    address = f"/api/v1/clinics/{clinic.pk}/audit/measures/micro_noa/"
    answer = api(administrator).get(address, PERIOD).json()
    (one,) = depth.groups_tested(audit(), "micro_noa")
    (told,) = answer["tested"]
    assert (told["by"], told["men"], told["tested"]["p"], told["q"]) == (one.by, one.men, one.tested.p, one.q)
    assert told["words"] == {"measure": "micro-TESE", "groups": said.groups_tested(one)}
    assert api(administrator).get(address.replace("micro_noa", "complication"), PERIOD).status_code == 404


def test_a_rate_in_depth_leads_to_its_order_of_time(cases, fetch, kept, client):
    for shown in (fetch("audit_measure", "micro_noa"), fetch("audit_run_measure", kept.pk, "micro_noa")):
        (address,) = re.findall(r'href="([^"]*/time/[^"]*measure=micro_noa)"', shown)
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_the_published_p_is_explained_on_the_pages_of_its_two_rates_only(cases, fetch):
    for measure in MEASURES:
        shown = text_of(fetch("audit_measure", measure.id))
        explained = "printed with P = 0.03" in shown
        assert explained is (measure.id in ("micro_noa", "conventional_noa"))
        assert ("Fisher's exact test the one used here p = 0.064 over 0.05" in shown) is explained


@pytest.mark.parametrize(("part", "title"), TITLES.items())
def test_what_is_said_without_a_verdict_has_its_pages(cases, fetch, part, title):
    shown = fetch(f"audit_{part}")
    assert f"<h1>{title}</h1>" in shown
    assert f'<strong aria-current="page">{title}</strong>' in shown
    assert "Judged at" not in shown
    assert "Judged at" in fetch("audit")


def test_without_a_weighed_conventional_case_the_page_says_so_in_these_words(make_case, make_report, fetch):
    make_report(make_case(left_weighing="balance", left_tissue_weight_mg=90))
    shown = text_of(fetch("audit_tissue"))
    assert "Cannot be computed: no weighed conventional case." in shown


@pytest.mark.parametrize("name", ["micro_minus_conventional", "complication", "non_obstructive", "x"])
def test_there_is_no_page_of_what_is_no_rate(fetch, kept, name):
    fetch("audit_measure", name, status=404)
    fetch("audit_run_measure", kept.pk, name, status=404)


@pytest.mark.parametrize("name", ["audit_measure", "audit_tissue", "audit_safety", "audit_laboratory"])
def test_a_wrong_filter_is_said_on_every_page(cases, fetch, name):
    args = ["micro_noa"] if name == "audit_measure" else []
    assert "“soon” is not a date" in fetch(name, *args, status=422, since="soon")


def test_a_period_without_cases_says_what_will_stand_there(cases, fetch):
    shown = fetch("audit_measure", "micro_noa", since="2001-01-01", until="2001-12-31")
    assert "No operation lies in this period" in shown


def test_a_kept_audit_has_the_same_pages_of_its_own_figures(
    kept, client, administrator, make_case, make_report
):
    client.force_login(administrator)
    before = pages.every_page(client, kept=kept)
    make_report(make_case())
    assert pages.figures(pages.every_page(client, kept=kept)) == pages.figures(before)
    today = pages.every_page(client, PERIOD)
    for shown, n in ((before, "1 of 3 men"), (today, "2 of 4 men")):
        assert f"<td>{n}</td>" in shown
    links = set(re.findall(r'href="([^"]*part=[^"]*)"', before))
    assert links
    assert all(link.startswith(reverse("audit_run_cases", args=[kept.pk])) for link in links)


def test_a_kept_audit_of_nothing_has_its_pages_too(clinic, administrator, client):
    empty = services.keep_run(by=administrator, clinic=clinic, filters=Filters(), title="Nothing", now=NOW)
    client.force_login(administrator)
    assert pages.every_page(client, kept=empty).count("No operation lies in this period") == 11


def test_nobody_else_opens_the_pages_of_a_kept_audit(kept, client, member, other_clinic):
    client.force_login(member("administrator", clinic=other_clinic))
    assert AuditRun.objects.count() == 1
    for address in pages.addresses(kept):
        assert client.get(address).status_code == 404


@pytest.mark.slow
def test_no_page_is_longer_than_the_limit_at_a_thousand_varied_cases(
    client, administrator, clinic, monkeypatch
):
    """Beside both sets, the longest. The audit, which takes most of the time, is made once."""
    rows = varied_rows(1000)
    monkeypatch.setattr(services, "_cases", lambda *_asked: rows)
    made = services.run(user=administrator, clinic=clinic, filters=Filters(reference_set="both"), now=NOW)
    monkeypatch.setattr(services, "run", lambda **_asked: made)
    client.force_login(administrator)
    sizes = {}
    for language in ("en", "ar"):
        client.cookies["caselog_language"] = language
        for address in pages.addresses():
            asked = {"since": "", "until": "", "reference_set": "both"}
            sizes[language, address] = len(client.get(address, asked).content)
    assert sizes
    assert {page: size for page, size in sizes.items() if size >= LONGEST} == {}


@pytest.mark.parametrize("count", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_a_page_costs_the_same_however_many_cases(
    client, administrator, many_cases, count, django_assert_max_num_queries
):
    many_cases(count)
    client.force_login(administrator)
    for address in pages.addresses():
        with django_assert_max_num_queries(15):
            assert client.get(address, PERIOD).status_code == 200


# Kept ------------------------------------------------------------------------------


@pytest.fixture
def few_of_three_causes(make_case, make_report):
    """Too few expected in a cell for χ²: the P is one of random deals."""
    for cause, found in (("idiopathic", 3), ("chemotherapy", 1), ("orchitis", 0)):
        for n in range(4):
            finding = {} if n < found else {"right_sperm_found": "none", "disposition": "discarded"}
            make_report(make_case(primary_aetiology=cause), **finding)


@pytest.fixture
def deals_otherwise(monkeypatch):
    """As another release of numpy might."""

    def begin():
        # By its module: in the package a function has the same name.
        tests = importlib.import_module("audit.statistics.several_groups")
        monkeypatch.setattr(tests, "_permutation", lambda *_counts: 0.987)

    return begin


@pytest.fixture
def kept_before(clinic, administrator):
    """The same audit as it was kept before its tests were."""

    def make(kept):
        then = storage.from_json(kept.result)
        methods = tuple(one for one in then.methods if one not in ("several-groups", "q-values"))
        older = storage.to_json(replace(then, methods=methods))
        del older["tested"]
        return AuditRun.objects.create(
            clinic=clinic, title="Old", kept_by=administrator, unit="man", reference_set="document",
            reference_version="1", product_version="0", fingerprint=kept.fingerprint, result=older,
        )  # fmt: skip

    return make


COMPUTED_TODAY = "they were computed today, from the cases that it counted"


def test_the_page_of_a_kept_run_shows_the_p_of_its_day(few_of_three_causes, keep, fetch, deals_otherwise):
    run = keep()
    (one,) = storage.from_json(run.result).tested
    assert (one.measure, one.by, one.tested.test) == ("micro_noa", "primary_aetiology", "permutation")
    then = f"{numerals.p_value(one.tested.p)} {said.q_value(one.q)}"
    deals_otherwise()
    shown = text_of(fetch("audit_run_measure", run.pk, "micro_noa"))
    assert then in shown
    assert "p = 0.987" not in shown
    assert COMPUTED_TODAY not in shown
    today = text_of(fetch("audit_measure", "micro_noa"))
    assert "p = 0.987 q = 0.987" in today
    assert then not in today
    assert COMPUTED_TODAY not in today


def test_the_api_of_a_kept_run_gives_the_p_of_its_day(
    few_of_three_causes, keep, api, reader, deals_otherwise
):
    run = keep()
    (one,) = storage.from_json(run.result).tested
    deals_otherwise()
    (told,) = api(reader).get(f"/api/v1/audit-runs/{run.pk}/").json()["audit"]["tested"]
    assert (told["measure"], told["tested"]["p"], told["q"]) == ("micro_noa", one.tested.p, one.q)
    assert told["words"]["groups"] == said.groups_tested(one)


def test_a_run_that_was_kept_before_computes_them_and_says_so(
    few_of_three_causes, keep, fetch, kept_before, deals_otherwise
):
    before = kept_before(keep())
    deals_otherwise()
    shown = text_of(fetch("audit_run_measure", before.pk, "micro_noa"))
    assert "p = 0.987 q = 0.987" in shown
    assert COMPUTED_TODAY in shown
    assert COMPUTED_TODAY not in text_of(fetch("audit_run_measure", before.pk, "obstructive")), "nothing was"


def test_a_run_of_years_ago_still_opens(clinic, administrator, fetch):
    """It holds no groups at all, so that nothing can be computed of them today."""
    stored = json.loads(KEPT.read_text(encoding="utf-8"))
    before = AuditRun.objects.create(
        clinic=clinic, title="Old", kept_by=administrator, unit="man", reference_set="document",
        reference_version="1", product_version="0", fingerprint="0", result=stored,
    )  # fmt: skip
    shown = fetch("audit_run_measure", before.pk, "micro_noa")
    assert "1 / 2" in text_of(shown)
    assert "Do the groups differ?" not in shown


def test_a_run_that_was_kept_with_no_test_computes_none(make_case, make_report, keep, fetch, monkeypatch):
    make_report(make_case())
    run = keep()
    assert storage.from_json(run.result).tested == ()

    def asked(*_which):
        raise AssertionError("computed today")

    monkeypatch.setattr(depth, "groups_tested", asked)
    assert "Do the groups differ?" not in fetch("audit_run_measure", run.pk, "micro_noa")


def test_a_closed_audit_holds_its_tests(few_of_three_causes, clinic, administrator):
    run = closing.close_period(
        by=administrator, clinic=clinic, title="2025", since=YEAR.since, until=YEAR.until,
        reference_set="document", now=NOW,
    )  # fmt: skip
    assert [one.measure for one in storage.from_json(run.result).tested] == ["micro_noa"]
