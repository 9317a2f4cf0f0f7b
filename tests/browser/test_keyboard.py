"""Whoever has no mouse signs a case all the same, on a narrow screen, and always sees where they are."""

import pytest
from django.urls import reverse

from caselog.models import Case

# The focused control once it is drawn: its name and value, whether the focus can be seen, what lies over it.
FOCUS = """async () => {
  for (const _frame of [1, 2]) await new Promise(requestAnimationFrame);
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const look = getComputedStyle(focused), bar = document.querySelector(".save-bar");
  const edge = bar.contains(focused) ? innerHeight : bar.getBoundingClientRect().top;
  return {
    name: focused.name || "", value: focused.value || "", tag: focused.tagName,
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    covered: box.top < -1 || (box.bottom > edge + 1 && box.height < edge),
  };
}"""


@pytest.fixture
def keyboard(visit, surgeon):
    # Without motion the page has scrolled as soon as the focus has moved.
    page = visit(surgeon, width=360, reduced_motion="reduce")
    page.goto(reverse("case_new"))
    return Keyboard(page)


class Keyboard:
    def __init__(self, page):
        self.page = page

    def tab_to(self, name):
        """Tab by Tab; every stop on the way can be seen."""
        for _stop in range(40):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            assert focus["outlined"], focus
            assert not focus["covered"], focus
            if focus["name"] == name:
                return
        pytest.fail(f"the keyboard does not reach {name}")

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
def test_after_a_mistake_the_focus_is_on_what_is_wrong_and_leads_there(keyboard):
    keyboard.type_into("patient_code", "K-0231")
    keyboard.press("sign")
    assert keyboard.page.evaluate("document.activeElement.id") == "error-summary"
    keyboard.page.keyboard.press("Tab")
    keyboard.page.keyboard.press("Enter")
    focus = keyboard.page.evaluate(FOCUS)
    assert focus["tag"] == "INPUT"
    assert not focus["covered"]
