"""What it costs in clicks and keys, counted in the page as they arrive there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case
from caselog.services import cases, favourites

# What a script does to a page is not trusted, so it is not counted. Playwright chooses in a select by
# script; a person opens it and chooses, which is two clicks.
COUNT = """
const count = (what, by) => sessionStorage.setItem(what, Number(sessionStorage.getItem(what)) + by);
addEventListener("mousedown", (event) => event.isTrusted && count("clicks", 1), true);
addEventListener("keydown", (event) => event.isTrusted && count("keys", 1), true);
addEventListener("change", (event) => {
  if (event.target.matches("select") && !sessionStorage.getItem("by keyboard")) count("clicks", 2);
}, true);
addEventListener("input", (event) => {
  const question = event.target.closest("[data-question]");
  if (question) sessionStorage.setItem(`asked ${question.dataset.question}`, 1);
  if (question && !/^(radio|checkbox)$/.test(event.target.type)) {
    sessionStorage.setItem(`filled ${question.dataset.question}`, 1);
  }
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
    return _kept(page, "asked ")


def fields_filled(page):
    """Fields that were typed in, a choice from a list by its first letters among them."""
    return _kept(page, "filled ")


def _kept(page, kind):
    return sum(name.startswith(kind) for name in page.evaluate("Object.keys(sessionStorage)"))


def tab_and_type(page, name, text):
    """From the field before, without the mouse."""
    for _stop in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            page.keyboard.type(text)
            return
    pytest.fail(f"Tab does not lead to {name}")


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


@pytest.fixture
def usual_case(make_case):
    """A signed micro-TESE of this surgeon, which says how they operate."""
    return make_case(
        patient_code="K-0001",
        planned_procedure="micro_tese",
        timing="elective_freezing",
        magnification="microscope",
        magnification_x=20,
        left_weighing="balance",
        left_tissue_weight_mg=90,
    )


def log_the_rest(page):
    """What only this man's case can say."""
    page.evaluate("sessionStorage.setItem('by keyboard', 1)")
    page.keyboard.type("k-0231")
    tab_and_type(page, "age_at_procedure", "34")
    choose(page, "azoospermia_type", "noa")
    tab_and_type(page, "primary_aetiology", "idi")
    choose(page, "klinefelter_status", "not_klinefelter")
    tab_and_type(page, "y_microdeletion", "none")
    choose(page, "prior_retrieval", "no_prior")
    choose(page, "sides", "both")
    tab_and_type(page, "right_tissue_weight_mg_0", "120")
    tab_and_type(page, "left_tissue_weight_mg_0", "95")
    filled = fields_filled(page)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    return filled


@pytest.mark.promise("UX-1")
def test_like_the_last_case_a_usual_micro_tese_takes_at_most_12_actions(counted, surgeon, usual_case):
    page = counted(surgeon)
    page.goto(reverse("home"))
    with page.expect_navigation():
        page.get_by_role("link", name="Like my last case").click()
    filled = log_the_rest(page)

    case = Case.objects.exclude(pk=usual_case.pk).get()
    assert (case.state, case.procedure, case.timing) == ("complete", "micro_tese", "elective_freezing")
    assert (case.magnification, case.magnification_x) == ("microscope", 20)
    clicks, _keys = cost(page)
    assert (clicks, filled) == (5, 6)
    assert clicks + filled + 1 <= 12  # Ctrl+Enter is one


@pytest.mark.promise("UX-1")
def test_by_a_favourite_a_usual_micro_tese_takes_at_most_12_actions(counted, surgeon, usual_case):
    favourites.keep_favourite(
        by=surgeon, clinic=usual_case.clinic, name="Micro", answers=cases.answers_of(usual_case)
    )
    page = counted(surgeon)
    page.goto(reverse("case_new"))
    with page.expect_navigation():
        page.get_by_role("button", name="Micro", exact=True).click()
    filled = log_the_rest(page)

    assert Case.objects.filter(state="complete", anaesthesia="general").count() == 2
    clicks, _keys = cost(page)
    assert clicks + filled + 1 <= 12


@pytest.mark.promise("UX-1")
def test_a_routine_case_opens_no_optional_section(counted, surgeon):
    page = counted(surgeon)
    page.goto(reverse("case_new"))
    assert page.locator("details.section").count() == 3
    assert page.locator("details.section[open]").count() == 0


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
    tab_and_type(page, "vials_n", "3")
    choose(page, "witness", witness.pk)
    # Filled in before the eyes of whoever signs for it.
    assert page.locator("[name=identity_checked][value=yes]").is_checked()
    press(page, "final")

    case.refresh_from_db()
    assert case.laboratory_report.result_status == "final"
    assert case.laboratory_report.identity_checked == "yes"
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
