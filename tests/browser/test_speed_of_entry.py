"""What it costs in clicks and keys, counted in the page as they arrive there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case
from caselog.services import cases

# What a script does to a page is not trusted, so it is not counted. Playwright chooses in a select by
# script; a person opens it and chooses, which is two clicks.
COUNT = """
const count = (what, by) => sessionStorage.setItem(what, Number(sessionStorage.getItem(what)) + by);
addEventListener("mousedown", (event) => event.isTrusted && count("clicks", 1), true);
addEventListener("keydown", (event) => event.isTrusted && count("keys", 1), true);
addEventListener("change", (event) => event.target.matches("select") && count("clicks", 2), true);
addEventListener("input", (event) => {
  const question = event.target.closest("[data-question]");
  if (question) sessionStorage.setItem(`asked ${question.dataset.question}`, 1);
}, true);
"""


@pytest.fixture
def counted(visit):
    """counted(person) is their page, on which every click and key is counted."""

    def make(person=None, **options):
        page = visit(person, **options)
        page.add_init_script(COUNT)
        return page

    return make


def cost(page):
    """(clicks, keys) so far."""
    return tuple(page.evaluate(f"Number(sessionStorage.getItem('{what}'))") for what in ("clicks", "keys"))


def questions_answered(page):
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('asked ')).length")


def choose(page, name, value):
    page.locator(f"label:has([name={name}][value='{value}'])").click()


def type_into(page, name, text):
    page.locator(f"[name={name}]").click()
    page.keyboard.type(text)


def press(page, name):
    with page.expect_navigation():
        page.locator(f"button[name={name}]").click()


@pytest.mark.promise("UX-1")
def test_a_usual_micro_tese_is_logged_and_signed_within_25_clicks_20_keys_and_13_answers(counted, surgeon):
    page = counted(surgeon)
    page.goto(reverse("home"))
    page.locator(f"main a[href='{reverse('case_new')}']").first.click()
    type_into(page, "patient_code", "k-0231")
    type_into(page, "age_at_procedure", "34")
    choose(page, "azoospermia_type", "noa")
    page.locator("[name=primary_aetiology]").select_option("idiopathic")
    choose(page, "klinefelter_status", "not_klinefelter")
    page.locator("[name=y_microdeletion]").select_option("none")
    choose(page, "prior_retrieval", "no_prior")
    choose(page, "procedure", "micro_tese")
    choose(page, "sides", "both")
    choose(page, "anaesthesia", "general")
    type_into(page, "right_tissue_weight_mg_0", "120")
    type_into(page, "left_tissue_weight_mg_0", "95")
    answered = questions_answered(page)
    press(page, "sign")

    assert Case.objects.get().state == "complete"
    clicks, keys = cost(page)
    assert 0 < clicks <= 25
    assert 0 < keys <= 20
    assert 0 < answered <= 13


@pytest.mark.promise("UX-1")
def test_two_answers_save_a_draft_and_one_of_them_is_filled_in(counted, surgeon):
    page = counted(surgeon)
    page.goto(reverse("case_new"))
    type_into(page, "patient_code", "k-0231")
    answered = questions_answered(page)
    press(page, "draft")

    assert Case.objects.get().state == "draft"
    assert answered == 1


@pytest.mark.promise("UX-2")
def test_a_laboratory_finding_is_recorded_within_8_clicks_and_10_keys(counted, case, embryologist, witness):
    page = counted(embryologist)
    page.goto(reverse("worklist"))
    page.locator(f"main a[href='{reverse('laboratory_report', args=[case.pk])}']").first.click()
    choose(page, "right_sperm_found", "motile")
    choose(page, "left_sperm_found", "none")
    choose(page, "processing_methods", "mincing")
    type_into(page, "search_minutes", "90")
    choose(page, "disposition", "frozen")
    choose(page, "witness", witness.pk)
    press(page, "final")

    case.refresh_from_db()
    assert case.laboratory_report.result_status == "final"
    clicks, keys = cost(page)
    assert 0 < clicks <= 8
    assert 0 < keys <= 10


@pytest.mark.promise("UX-3")
@pytest.mark.parametrize("width", [360, 1280])
def test_the_workbook_is_at_most_four_clicks_from_the_sign_in_page(
    counted, sign_in, surgeon, administrator, clinic, answers, width
):
    today = timezone.localdate()
    # The audit opens with a period that is over.
    given = answers(surgeon=surgeon, procedure_date=today.replace(year=today.year - 1, day=1))
    cases.save_operation(by=surgeon, clinic=clinic, answers=given, today=today, sign=True)

    page = counted(width=width)
    sign_in(page, administrator)
    if width == 360:
        page.locator("summary.menu-button:visible").click()
    page.locator(f"nav a[href='{reverse('audit')}']:visible").click()
    with page.expect_download():
        page.locator(f"main a[href^='{reverse('audit_workbook')}']").click()

    clicks, _keys = cost(page)
    assert clicks == (4 if width == 360 else 3)
