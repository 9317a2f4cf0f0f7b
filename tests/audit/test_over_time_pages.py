"""The page, the API and a kept audit on a rate in the order of time."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import escape

from audit import services, storage, words
from audit.models import AuditRun
from audit.over_time import series as series_of
from audit.results import Filters, Partly
from caselog.models import Case
from tests.audit.pages import text_of
from tests.audit.sentences import said
from tests.audit.year import NOW, PERIOD

URL = reverse("audit_time")
NONE = {"right_sperm_found": "none", "disposition": "discarded"}


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE: sperm in five of six men, and one result pending."""
    made = [make_case() for _ in range(7)]
    for number, case in enumerate(made[:-1]):
        make_report(case, **(NONE if number == 0 else {}))
    return made


@pytest.fixture
def fetch(look):
    return lambda url=URL, **asked: look(url, **asked)


@pytest.fixture
def kept(cases, keep):
    return keep()


def over_time(api, user, clinic, **asked):
    return api(user).get(f"/api/v1/clinics/{clinic.pk}/audit/time/", PERIOD | asked)


def test_the_page_and_the_api_say_the_same(cases, fetch, api, reader, clinic):
    page = said(text_of(fetch()))
    (series,) = over_time(api, reader, clinic).json()["over_time"]
    assert (series["found"], series["known"], series["pending"]) == (5, 6, 1)
    told = series["words"]
    assert told["balance"][0].startswith("1.4 more men with sperm than the lower edge")
    for sentence in [told["pending"], *told["balance"], *told["signals"], *told["limits"]]:
        assert said(sentence) in page
    assert series["over_lower"][-1] == pytest.approx(5 - 6 * 0.6)
    assert "5 of 6 men" in page
    assert "Of fewer than 5 results the counts stand alone." in page


def test_a_quarter_is_over_when_it_is_over_where_the_clinic_is(cases, clinic, reader, settings):
    settings.TIME_ZONE = "Asia/Dubai"
    evening_in_greenwich = datetime(2025, 3, 31, 21, tzinfo=UTC)
    audit, rows = services.run(user=reader, clinic=clinic, filters=Filters(), now=evening_in_greenwich)
    quarters = series_of(audit, rows, "micro_noa").quarters
    assert [(one.group, one.partly) for one in quarters] == [("2025-Q1", None), ("2025-Q2", Partly.NOT_OVER)]


def test_a_point_leads_to_its_case_and_a_quarter_to_its_cases(cases, fetch):
    page = fetch()
    for case in cases[:-1]:
        assert f'href="{reverse("case_detail", args=[case.pk])}"' in page
    key = "measure=micro_noa%3Aquarter%3A2025-Q1&part=known"
    assert key in unescape(page)
    behind = fetch(reverse("audit_cases"), measure="micro_noa:quarter:2025-Q1", part="known")
    assert all(case.number in behind for case in cases[:-1])
    assert cases[-1].number not in behind
    assert "quarter 1 of 2025" in text_of(behind)
    waiting = fetch(reverse("audit_cases"), measure="micro_noa:quarter:2025-Q1", part="pending")
    assert cases[-1].number in waiting


@pytest.mark.parametrize(
    ("measure", "part", "status"),
    [
        ("klinefelter:quarter:2025-Q1", "known", 200),
        ("micro_noa:quarter:1999-Q1", "found", 200),
        ("micro_noa:quarter", "known", 404),
        ("micro_noa:quarter:2025-Q1", "draft", 404),
        ("nothing:quarter:2025-Q1", "known", 404),
    ],
)
def test_a_quarter_that_is_asked_for_wrongly_is_no_error_of_the_server(cases, fetch, measure, part, status):
    fetch(reverse("audit_cases"), measure=measure, part=part, status=status)


def test_a_measure_that_is_not_there_is_not_found(cases, fetch, api, reader, clinic):
    fetch(measure="guess", status=404)
    refused = over_time(api, reader, clinic, measure="guess")
    assert refused.status_code == 400
    assert "measure" in refused.json()["errors"]


def test_the_choice_is_among_measures_that_may_be_judged_and_stays_in_the_form(cases, fetch):
    page = fetch(measure="obstructive")
    offered = page.partition('name="measure"')[2].partition("</select>")[0]
    assert 'value="obstructive" selected' in offered
    assert 'value="micro_noa"' in offered
    assert "klinefelter" not in offered
    assert "No man with a final result: there is no point yet." in page


def test_a_measure_whose_source_may_not_judge_has_quarters_alone(cases, fetch):
    page = fetch(measure="klinefelter")
    assert "No chart case by case: the source is ambiguous." in page
    assert 'id="vlad' not in page


def test_a_wrong_filter_keeps_the_measure(fetch):
    page = fetch(measure="obstructive", until="2024-01-01", status=422)
    assert '<input type="hidden" name="measure" value="obstructive">' in page


def test_of_an_empty_period_the_page_says_so(fetch):
    assert "No operation lies in this period" in fetch(since="1999-01-01", until="1999-12-31")


def test_in_arabic_the_axis_runs_from_left_to_right_and_the_words_are_translated(cases, client, fetch):
    client.cookies["caselog_language"] = "ar"
    page = fetch()
    assert '<html lang="ar" dir="rtl"' in page
    assert page.count('class="plot-frame" dir="ltr"') == 3
    assert "," not in "".join(part.partition('"')[0] for part in page.split('points="')[1:])


# Kept ------------------------------------------------------------------------------


def test_a_kept_audit_holds_its_series_and_shows_them_as_they_were(kept, cases, fetch, make_report):
    make_report(cases[-1], **NONE)
    page = fetch(reverse("audit_run_time", args=[kept.pk]))
    audit = storage.from_json(kept.result)
    series = next(one for one in audit.over_time if one.measure == "micro_noa")
    assert (series.found, series.known) == (5, 6)
    for sentence in words.over_time.balance(series):
        assert escape(sentence) in page
    assert f"/audit/runs/{kept.pk}/cases/?measure=micro_noa%3Aquarter" in page
    assert reverse("audit_run_time", args=[kept.pk]) in fetch(reverse("audit_run", args=[kept.pk]))


def test_a_kept_quarter_opens_the_cases_it_counted(kept, cases, fetch, make_report):
    make_report(cases[-1])
    behind = fetch(
        reverse("audit_run_cases", args=[kept.pk]), measure="micro_noa:quarter:2025-Q1", part="found"
    )
    assert cases[1].number in behind
    assert cases[-1].number not in behind


def test_an_audit_that_was_kept_before_holds_none_and_says_so(kept, clinic, administrator, fetch):
    old = replace(storage.from_json(kept.result), over_time=())
    before = AuditRun.objects.create(
        clinic=clinic, title="Old", kept_by=administrator, unit="man", reference_set="document",
        reference_version="1", product_version="0", fingerprint="0", result=storage.to_json(old),
    )  # fmt: skip
    page = fetch(reverse("audit_run_time", args=[before.pk]))
    assert "kept before the order of time was kept with it" in page


def test_a_measure_that_was_not_kept_is_not_found(kept, fetch):
    fetch(reverse("audit_run_time", args=[kept.pk]), measure="klinefelter", status=404)


def test_a_kept_audit_made_again_from_the_same_cases_differs_in_nothing(kept, administrator):
    found = services.again(user=administrator, kept=kept, now=NOW)
    assert found.same_figures
    assert found.now.over_time == found.then.over_time


def test_made_again_after_a_late_result_the_order_of_time_differs(kept, cases, administrator, make_report):
    make_report(cases[-1])
    found = services.again(user=administrator, kept=kept, now=NOW)
    assert "over_time" in found.beside
    assert len(found.now.over_time[-1].points) == 7


def test_the_api_gives_the_series_of_a_kept_audit_with_their_words(kept, api, reader):
    audit = api(reader).get(f"/api/v1/audit-runs/{kept.pk}/").json()["audit"]
    series = {one["measure"]: one for one in audit["over_time"]}
    assert series["micro_noa"]["words"]["signals"] == ["No signal in 6 cases."]
    assert json.dumps(series["micro_noa"]["quarters"][0]["cases"])


# Large and small ----------------------------------------------------------------------


@pytest.mark.parametrize("n", [3, 60])
def test_the_page_asks_the_database_as_often_whatever_it_shows(
    client, reader, many_cases, n, django_assert_max_num_queries
):
    many_cases(n)
    client.force_login(reader)
    with django_assert_max_num_queries(15):
        assert client.get(URL, {"since": "", "until": ""}).status_code == 200


def test_of_a_thousand_cases_the_page_is_under_200_kb(client, reader, many_cases):
    many_cases(1_000, newest=date(2025, 6, 1))
    client.force_login(reader)
    assert Case.objects.count() == 1_000
    for language in ("en", "ar"):
        client.cookies["caselog_language"] = language
        page = client.get(URL, {"since": "", "until": ""}).content
        assert len(page) < 200_000
        lines = [part.partition(b'"')[0].split() for part in page.split(b'points="')[1:]]
        assert max(map(len, lines[1:])) >= 2 * 1_001
