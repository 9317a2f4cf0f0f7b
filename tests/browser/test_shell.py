"""What the frame does in a real browser: its menus, and the way from a mistake to its question."""

import pytest


def test_a_mistake_in_the_summary_leads_to_its_question(visit, administrator):
    page = visit(administrator)
    page.goto("/clinic/people/")
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_role("button", name="Add the person").click()
    page.get_by_role("link", name="Role: Choose a role.").click()
    assert page.evaluate("location.hash") == "#id_role_0"


@pytest.mark.promise("UX-5")
@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_narrow_screen_works_with_scripts_and_without(visit, surgeon, scripts):
    page = visit(surgeon, width=360, scripts=scripts)
    page.goto("/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Cases", exact=True).click()
    page.wait_for_url("**/cases/")


def test_escape_closes_a_menu_and_gives_the_focus_back(visit, surgeon):
    page = visit(surgeon)
    page.goto("/")
    page.locator("summary:visible", has_text=surgeon.name).click()
    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
