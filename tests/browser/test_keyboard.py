"""Whoever has no mouse does the same work, and always sees where they are."""

from datetime import time

import pytest
from django.urls import reverse

from caselog.models import Case

# The focused control once it is drawn: its name and value, whether the focus can be seen, what lies over it.
FOCUS = """async () => {
  for (const _frame of [1, 2]) await new Promise(requestAnimationFrame);
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const look = getComputedStyle(focused), bar = document.querySelector(".save-bar");
  const window_end = { top: innerHeight, bottom: Infinity };
  const over = bar && !bar.contains(focused) ? bar.getBoundingClientRect() : window_end;
  return {
    name: focused.name || "", value: focused.value || "", tag: focused.tagName,
    href: (focused.getAttribute("href") || "").split("?")[0],
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    covered: box.top < -1 || box.top > innerHeight
      || (box.bottom > over.top + 1 && box.top < over.bottom && box.height < over.top),
  };
}"""


@pytest.fixture
def keyboard_of(visit):
    def make(person, address, width=360):
        # Without motion the page has scrolled as soon as the focus has moved.
        page = visit(person, width=width, reduced_motion="reduce")
        page.goto(address)
        return Keyboard(page)

    return make


@pytest.fixture
def keyboard(keyboard_of, surgeon):
    return keyboard_of(surgeon, reverse("case_new"))


class Keyboard:
    def __init__(self, page):
        self.page = page

    def tab_to(self, name, *, by="name", value=None):
        """Tab by Tab; every stop on the way can be seen."""
        for _stop in range(40):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            assert focus["outlined"], focus
            assert not focus["covered"], focus
            if focus[by] == name and value in (None, focus["value"]):
                return
        pytest.fail(f"the keyboard does not reach {name}")

    def follow(self, address):
        self.tab_to(address, by="href")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def tick(self, name, value):
        self.tab_to(name, value=value)
        self.page.keyboard.press("Space")

    def type_into(self, name, text):
        self.tab_to(name)
        self.page.keyboard.type(text)

    def choose(self, name, value):
        """Space takes the first of the radios; an arrow takes the next one, in a list too."""
        self.tab_to(name)
        if self.page.evaluate("document.activeElement.type") == "radio":
            self.page.keyboard.press("Space")
        for _choice in range(10):
            if self.page.evaluate(FOCUS)["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"the keyboard does not choose {value} in {name}")

    def press(self, name):
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.mark.promise("UX-5")
def test_a_case_is_signed_with_the_keyboard_alone_and_the_focus_is_always_seen(keyboard):
    keyboard.type_into("patient_code", "K-0231")
    keyboard.type_into("age_at_procedure", "34")
    keyboard.choose("azoospermia_type", "noa")
    keyboard.choose("primary_aetiology", "idiopathic")
    keyboard.choose("klinefelter_status", "not_klinefelter")
    keyboard.choose("y_microdeletion", "none")
    keyboard.choose("prior_retrieval", "no_prior")
    keyboard.choose("procedure", "micro_tese")
    keyboard.choose("sides", "both")
    keyboard.choose("anaesthesia", "general")
    keyboard.type_into("right_tissue_weight_mg_0", "120")
    keyboard.choose("left_weighing", "not_weighed")
    keyboard.press("sign")

    case = Case.objects.get()
    assert (case.state, case.primary_aetiology, case.procedure) == ("complete", "idiopathic", "micro_tese")


@pytest.mark.promise("UX-5")
def test_a_report_is_made_final_with_the_keyboard_alone(keyboard_of, embryologist, case, witness):
    keyboard = keyboard_of(embryologist, reverse("worklist"))
    keyboard.follow(reverse("laboratory_report", args=[case.pk]))
    keyboard.choose("right_sperm_found", "motile")
    keyboard.choose("left_sperm_found", "none")
    keyboard.tick("processing_methods", "mincing")
    keyboard.type_into("search_minutes", "90")
    keyboard.choose("disposition", "frozen")
    keyboard.type_into("vials_n", "3")
    keyboard.choose("witness", str(witness.pk))
    keyboard.press("final")

    case.refresh_from_db()
    assert case.laboratory_report.result_status == "final"
    assert case.laboratory_report.witness == witness


@pytest.mark.promise("UX-5")
def test_the_workbook_is_taken_away_with_the_keyboard_alone(keyboard_of, administrator, case):
    keyboard = keyboard_of(administrator, reverse("home"), width=1280)
    keyboard.follow(reverse("audit"))
    keyboard.tab_to(reverse("audit_workbook"), by="href")
    with keyboard.page.expect_download() as download:
        keyboard.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.promise("UX-5")
def test_ctrl_and_enter_press_the_main_button_and_enter_alone_signs_nothing(keyboard):
    page = keyboard.page
    keyboard.type_into("patient_code", "K-0231")
    page.keyboard.press("Enter")
    assert page.url.endswith(reverse("case_new"))
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.locator("#error-summary").is_visible()
    assert not Case.objects.exists()


@pytest.mark.promise("UX-5")
def test_a_letter_typed_outside_a_field_does_nothing(keyboard):
    page = keyboard.page
    page.locator("h1").click()
    before = page.content()
    for letter in "abcdefghijklmnopqrstuvwxyz/?":
        page.keyboard.press(letter)
    assert page.content() == before


@pytest.mark.promise("UX-5")
def test_a_hormone_is_answered_on_one_line_with_the_keyboard_alone(keyboard):
    page = keyboard.page
    page.locator("#section-examination > summary").focus()
    page.keyboard.press("Enter")
    keyboard.type_into("fsh_value", "12.5")
    assert page.locator("[name=fsh_result][value=measured]").is_checked()
    assert page.locator("[name=fsh_unit]").input_value() == "iu_l"
    keyboard.choose("lh_result", "not_done")
    keyboard.type_into("testosterone_value", "3.2")
    assert page.locator("[name=testosterone_unit]").input_value() == ""  # never guessed
    keyboard.choose("testosterone_unit", "ng_ml")
    assert page.locator("#section-examination [data-inside]").inner_text() == "3"


@pytest.mark.promise("UX-5")
def test_start_and_end_make_the_operating_time(keyboard):
    page = keyboard.page
    page.locator("#section-procedure > summary").focus()
    page.keyboard.press("Enter")
    keyboard.type_into("start_time", "09:10")
    keyboard.type_into("end_time", "١٢٤٥")
    assert page.locator("[name=operative_minutes]").input_value() == "215"


@pytest.mark.promise("UX-5")
def test_a_corrected_end_corrects_the_stored_operating_time_and_leaves_a_typed_one(
    keyboard_of, surgeon, make_case
):
    def minutes_after(stored):
        case = make_case(start_time=time(9, 0), end_time=time(11, 0), operative_minutes=stored)
        page = keyboard_of(surgeon, reverse("case_operation", args=[case.pk])).page
        page.locator("#section-procedure > summary").focus()
        page.keyboard.press("Enter")
        assert not page.locator("[data-question=operative_minutes][data-filled-in]").count()
        page.locator("[name=end_time]").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("10:00")
        return page.locator("[name=operative_minutes]").input_value()

    assert minutes_after(120) == "60"
    assert minutes_after(100) == "100"


@pytest.mark.promise("UX-5")
def test_after_a_mistake_the_focus_is_on_what_is_wrong_and_leads_there(keyboard):
    keyboard.type_into("patient_code", "K-0231")
    keyboard.press("sign")
    assert keyboard.page.evaluate("document.activeElement.id") == "error-summary"
    keyboard.page.keyboard.press("Tab")
    keyboard.page.keyboard.press("Enter")
    focus = keyboard.page.evaluate(FOCUS)
    assert focus["tag"] == "INPUT"
    assert not focus["covered"]
