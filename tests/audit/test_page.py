"""The audit page."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from openpyxl import load_workbook

from audit import words
from audit.behind import KNOWN
from audit.forms.filters import usual_filters
from audit.results import Unit
from caselog.models import User
from tests.audit.pages import text_of
from tests.audit.year import PERIOD

URL = reverse("audit")
WORKBOOK = reverse("audit_workbook")


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE: sperm in one of two men, one result pending, one abandoned. One conventional TESE."""
    found, none = make_case(), make_case()
    make_report(found)
    make_report(none, right_sperm_found="none", disposition="discarded")
    make_case()
    make_case(status="abandoned", status_reason="Anaesthetic <b>problem</b>")
    make_report(make_case(procedure="conventional_tese"))


@pytest.fixture
def page(look):
    """The overview, or another page, of the year of the cases."""
    return lambda user=None, url=URL, **asked: look(url, **({"user": user} if user else {}), **asked)


def line_of(measure: str, page: str) -> str:
    return page.partition(f'id="{measure}"')[2].partition("</tbody>")[0]


def test_the_usual_period_is_three_years_up_to_the_end_of_last_month():
    usual = usual_filters(date(2025, 6, 30))
    assert usual == {
        "since": "2022-06-01",
        "until": "2025-05-31",
        "unit": "man",
        "reference_set": "document",
    }
    assert usual_filters(date(2025, 6, 1)) == usual
    assert usual_filters(date(2026, 1, 1))["until"] == "2025-12-31"
    assert usual_filters(date(2024, 2, 29))["since"] == "2021-02-01"


def test_a_rate_stands_with_its_counts_its_reference_and_its_verdict(cases, page):
    line = text_of(line_of("micro_noa", page()))
    assert "1 Sperm found / 2 With a final result" in line
    assert "50 % (1–99 %)" in line
    assert "the document's 60–70 % (C17), tolerance ±10 points" in line
    assert "Not enough cases" in line
    assert "2 known of 3; with the 1 pending: 33–67 %" in line
    assert "Not counted: 1 abandoned" in line


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("reference_set", ["document", "literature"])
def test_the_page_says_the_figures_of_the_audit(cases, client, page, audit, language, unit, reference_set):
    client.cookies["caselog_language"] = language
    shown = page(unit=unit.value, reference_set=reference_set)
    made = audit(unit=unit, reference_set=reference_set)
    with translation.override(language):
        for comparison in made.comparisons:
            line = line_of(comparison.measure, shown)
            for say in (words.reference, words.verdict, words.outlook, words.pending):
                assert escape(say(comparison)) in line
            drawing = r'<svg class="chart" role="img".*?<title>([^<]*)'
            label = re.search(drawing, line, re.DOTALL)[1]
            assert escape(words.rate(comparison)) in label
            assert escape(words.verdict(comparison)) in label
        of_tissue = page(url=reverse("audit_tissue"), unit=unit.value, reference_set=reference_set)
        for sentence in (words.difference(made.difference), words.tissue(made.tissue), words.chance(made)):
            assert escape(sentence) in shown
        assert escape(words.weighed(made.tissue)) in of_tissue


def test_the_ambiguous_claim_has_its_readings_and_no_verdict(page, make_case, make_report):
    for _man in range(12):
        make_report(
            make_case(klinefelter_status="non_mosaic", primary_aetiology="klinefelter"),
            right_sperm_found="none",
            disposition="discarded",
        )
    line = text_of(line_of("klinefelter", page()))
    assert "0 / 12 With a final result" in line
    assert "No verdict: the source is ambiguous" in line
    assert "60 %" in line
    assert "48–64 %" in line
    for verdict in ("Below", "Within", "Above", "Not enough"):
        assert verdict not in line


def test_the_source_stands_in_its_own_words(cases, page):
    in_depth = reverse("audit_measure", args=["micro_noa"])
    shown = page(url=in_depth)
    assert '<blockquote lang="ar" dir="rtl">' in shown
    assert "60-70 ٪" in shown
    assert "Corona G et al." in page(url=in_depth, reference_set="literature")


def test_each_count_leads_to_its_cases(cases, page):
    shown = page()
    for part in ("found", KNOWN, "pending", "abandoned"):
        href = f"{reverse('audit_cases')}?since=2025-01-01&until=2025-12-31&unit=man&reference_set=document"
        assert escape(f"{href}&measure=micro_noa&part={part}") in shown


def test_the_filters_live_in_the_address(cases, page):
    shown = page(unit="attempt", reference_set="literature")
    assert 'value="2025-01-01"' in shown
    assert '<option value="attempt" selected>' in shown
    assert re.search(r'value="literature" id="[^"]*" checked', shown)


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_days_of_the_filters_come_back_as_they_were(cases, client, page, language):
    client.cookies["caselog_language"] = language
    shown = page(since="2025-03-04", until="2025-04-03")
    assert 'value="2025-03-04"' in shown
    assert 'value="2025-04-03"' in shown


def test_a_blank_day_means_no_limit(cases, page):
    assert "up to 31 Dec 2025" in page(since="")
    assert "all dates" in page(since="", until="")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2025-02-30"}, "“2025-02-30” is not a date. Write year, month and day"),
        ({"since": "04/03/2025"}, "“04/03/2025” is not a date"),
        (
            {"since": "2025-06-01", "until": "2025-01-01"},
            "1 Jan 2025 is before the first day, 1 Jun 2025",
        ),
        ({"unit": "clinic"}, "clinic is not one of the available choices"),
        ({"reference_set": "../secret"}, "../secret is not one of the available choices"),
    ],
)
def test_wrong_filters_say_what_is_wrong_and_stay_typed(page, asked, said):
    shown = page(status=422, **asked)
    assert shown.count(said) == 2, "in the summary and at the field"
    assert all(f'value="{typed}"' in shown for name, typed in asked.items() if name in ("since", "until"))
    assert "<svg" not in shown


def test_a_period_without_cases_says_what_will_stand_there(cases, page):
    shown = page(since="2001-01-01", until="2001-12-31")
    assert "No operation lies in this period" in shown
    assert "<svg" not in shown


@pytest.mark.parametrize("until", ["", "2025-06-30"])
def test_a_period_that_is_not_closed_is_judged_at_99_8_per_cent_and_says_why(cases, page, until):
    shown = page(until=until).replace("\u00a0", " ")
    assert "Judged at 99.8 %, because these figures are not closed" in shown
    assert "Not enough cases (judged at 99.8 %): " in shown


def test_what_a_person_typed_is_shown_and_not_run(cases, page):
    shown = page(url=reverse("audit_laboratory"))
    assert escape("Anaesthetic <b>problem</b>") in shown
    assert "<b>problem</b>" not in shown


def test_only_the_cases_of_the_clinic_count(cases, page, member, other_clinic):
    stranger = member("reader", clinic=other_clinic)
    assert "No operation lies in this period" in page(user=stranger)


def test_somebody_without_a_clinic_is_told_so(client, db):
    client.force_login(User.objects.create_user("nobody@clinic.example", "correct horse battery"))
    response = client.get(URL)
    assert response.status_code == 403
    assert "<h1>" in response.content.decode()


def test_a_visitor_signs_in_first(client, db):
    response = client.get(URL)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", False), ("embryologist", False), ("reader", False), ("administrator", True)],
)
def test_everyone_reads_and_administrators_take_away(cases, client, member, page, role, allowed):
    shown = page(user=member(role))
    assert (WORKBOOK in shown) is allowed
    assert (reverse("audit_keep") in shown) is allowed
    assert client.get(WORKBOOK, PERIOD).status_code == (200 if allowed else 403)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_workbook_is_one_click_away(cases, client, administrator, page, clinic, language):
    client.cookies["caselog_language"] = language
    shown = page(user=administrator)
    address = re.search(f'href="({WORKBOOK}[^"]*)"', shown)[1].replace("&amp;", "&")
    response = client.get(address)
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    name = clinic.name.lower().replace(" ", "-")
    assert f'filename="caselog-audit-{name}-2025-01-01-2025-12-31.xlsx"' in response["Content-Disposition"]
    book = load_workbook(BytesIO(b"".join(response)))
    assert len(book.sheetnames) > 8
    assert book.worksheets[0].sheet_view.rightToLeft is (language == "ar")


def test_the_workbook_of_wrong_filters_is_the_page_that_says_so(client, administrator):
    client.force_login(administrator)
    response = client.get(WORKBOOK, {"since": "soon"})
    assert response.status_code == 422
    assert "“soon” is not a date" in response.content.decode()


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_page_costs_the_same_however_many_cases(
    client, administrator, many_cases, count, django_assert_max_num_queries
):
    many_cases(count)
    client.force_login(administrator)
    with django_assert_max_num_queries(15):
        response = client.get(URL, PERIOD)
    assert f"<dd>{count}</dd>" in response.content.decode()
    assert len(response.content) < 200_000


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_the_workbook_costs_the_same_however_many_cases(
    client, administrator, many_cases, count, django_assert_max_num_queries
):
    many_cases(count)
    client.force_login(administrator)
    with django_assert_max_num_queries(15):
        assert client.get(WORKBOOK, PERIOD).status_code == 200
