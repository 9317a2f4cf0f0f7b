"""A case on its way: theatre, laboratory, audit, workbook."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

CODE = "K-0231"
ONE_OF_ONE = "1 / 1"
MEASURE = "#micro_noa"


@pytest.mark.promise("UX-5")
# Each language at each width, and each of both with scripts and without.
@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("en", 360, False), ("en", 1280, True), ("ar", 360, True), ("ar", 1280, False)],
)
def test_a_case_goes_from_theatre_to_laboratory_to_audit_to_workbook(
    visit, sign_in, clinic, surgeon, embryologist, witness, administrator, tmp_path, language, width, scripts
):
    page = visit(language=language, width=width, scripts=scripts)

    sign_in(page, surgeon)
    number = log_a_micro_tese(page, scripts=scripts)
    sign_out(page)

    sign_in(page, embryologist)
    report(page, witness)
    sign_out(page)

    sign_in(page, administrator)
    open_audit(page)
    measure = page.locator(f"{MEASURE} .measure-name").inner_text()
    assert counts(page) == ONE_OF_ONE
    assert cases_behind(page) == [number]
    assert counts_in_workbook(page, measure, tmp_path / "audit.xlsx") == ONE_OF_ONE
    keep(page, "First quarter")
    assert counts(page) == ONE_OF_ONE
    assert cases_behind(page) == [number]


def sign_out(page):
    page.goto(reverse("account_logout"))
    page.locator("main form button").click()
    page.wait_for_url(f"**{reverse('account_login')}")


def follow(page, element):
    """Click, and be on the next page: what is read at once would otherwise be the last page's."""
    with page.expect_navigation():
        element.click()


def go(page, name):
    """Through the navigation, behind its button on a narrow screen."""
    if page.viewport_size["width"] < 960:
        page.locator("summary.menu-button:visible").click()
    follow(page, page.locator(f"nav a[href='{reverse(name)}']:visible"))


def log_a_micro_tese(page, *, scripts):
    follow(page, page.locator(f"main a[href='{reverse('case_new')}']").first)
    page.locator("[name=patient_code]").fill(CODE)
    if scripts:  # whoever leaves the field has the man's earlier operations looked up
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("[name=patient_code]").blur()
    page.locator("[name=age_at_procedure]").fill("34")
    page.locator("[name=azoospermia_type][value=noa]").check()
    page.locator("[name=primary_aetiology]").select_option("idiopathic")
    page.locator("[name=klinefelter_status][value=not_klinefelter]").check()
    page.locator("[name=y_microdeletion]").select_option("none")
    page.locator("[name=prior_retrieval][value=no_prior]").check()
    page.locator("[name=procedure][value=micro_tese]").check()
    page.locator("[name=sides][value=both]").check()
    page.locator("[name=anaesthesia][value=general]").check()
    page.locator("[name=right_tissue_weight_mg_0]").fill("120")
    page.locator("[name=left_weighing][value=not_weighed]").check()
    follow(page, page.locator("button[name=sign]"))
    return re.search(r"\d{4}-\d+", page.locator("h1").inner_text()).group()


def report(page, witness):
    """First what was seen at once; later, with the witness, for good."""
    go(page, "worklist")
    follow(page, page.get_by_role("link", name=CODE))
    page.locator("[name=right_sperm_found][value=none]").check()
    page.locator("button[name=preliminary]").click()
    page.wait_for_url(f"**{reverse('worklist')}")

    follow(page, page.get_by_role("link", name=CODE))
    assert page.locator("[name=right_sperm_found][value=none]").is_checked()
    page.locator("[name=right_sperm_found][value=motile]").check()
    page.locator("[name=left_sperm_found][value=none]").check()
    page.locator("[name=processing_methods][value=mincing]").check()
    page.locator("[name=search_minutes]").fill("90")
    page.locator("[name=disposition][value=frozen]").check()
    page.locator("[name=vials_n]").fill("3")
    page.locator(f"[name=witness][value='{witness.pk}']").check()
    page.locator("button[name=final]").click()
    page.wait_for_url(f"**{reverse('worklist')}")
    assert page.get_by_role("link", name=CODE).count() == 0


def open_audit(page):
    """The operation was today, and the usual period is one that is over."""
    go(page, "audit")
    page.locator("[name=until]").fill(timezone.localdate().isoformat())
    follow(page, page.locator(".audit-filters button"))


def counts(page):
    """Found / men, without the words that only a screen reader says."""
    links = page.locator(f"{MEASURE} .of-men a")
    return " / ".join(links.evaluate_all("links => links.map((link) => link.firstChild.data)"))


def cases_behind(page):
    """The case numbers that the count of found leads to; and back."""
    follow(page, page.locator(f"{MEASURE} .of-men a").first)
    numbers = page.locator("tbody th").all_inner_texts()
    follow(page, page.locator(".back-link"))
    return numbers


def counts_in_workbook(page, measure, path):
    with page.expect_download() as download:
        page.locator(f"main a[href^='{reverse('audit_workbook')}']").click()
    download.value.save_as(path)
    summary = load_workbook(path).worksheets[1]
    return next(f"{row[1]} / {row[2]}" for row in summary.iter_rows(values_only=True) if row[0] == measure)


def keep(page, title):
    page.locator("details.keep summary").click()
    page.locator("[name=title]").fill(title)
    follow(page, page.locator("details.keep button[type=submit]"))
    page.wait_for_url("**/audit/runs/*/")
    follow(page, page.locator(".back-link"))
    follow(page, page.get_by_role("link", name=title))
    assert page.locator("h1").inner_text() == title
