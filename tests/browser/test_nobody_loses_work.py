"""Two windows on one case, typing that is kept, a lost network, a computer that was left."""

import re

import pytest
from django.urls import reverse

from caselog.models import Case, Draft
from caselog.services import cases

NEW = reverse("case_new")
SAVED = re.compile(r"Saved as you type \d\d:\d\d")


def status(page):
    return page.locator("[data-draft-status]")


def wait_until_saved(page):
    page.wait_for_function(
        "() => /^Saved as you type/.test(document.querySelector('[data-draft-status]').textContent)"
    )


@pytest.mark.promise("CON-1")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_windows_on_one_case_lose_nothing(visit, case, surgeon, member, scripts):
    url = reverse("case_operation", args=[case.pk])
    mine = visit(surgeon, scripts=scripts)
    theirs = visit(member("surgeon", name="Cem Colleague"), scripts=scripts, width=360)
    for page in (mine, theirs):
        page.goto(url)
    theirs.locator("[name=age_at_procedure]").fill("35")
    theirs.locator("[name=anaesthesia][value=spinal]").check()
    with theirs.expect_navigation():
        theirs.locator("button[name=save]").click()

    mine.locator("[name=age_at_procedure]").fill("36")
    mine.locator("[name=right_tissue_weight_mg_0]").fill("130")
    with mine.expect_navigation():
        mine.locator("button[name=save]").click()
    dispute = mine.locator(".dispute")
    assert dispute.count() == 1
    assert re.search(r"Cem Colleague, .*:\s+35", dispute.inner_text())
    assert re.search(r"You, now:\s+36", dispute.inner_text())
    assert mine.locator("[name=age_at_procedure]").input_value() == "36"
    assert mine.locator("[name=anaesthesia][value=spinal]").is_checked()
    assert cases.answers_of(Case.objects.get())["age_at_procedure"] == 35

    mine.get_by_label("You, now:").check()
    with mine.expect_navigation():
        mine.locator("button[name=save]").click()
    found = cases.answers_of(Case.objects.get())
    assert (found["age_at_procedure"], found["anaesthesia"]) == (36, "spinal")
    assert found["right_tissue_weight_mg"] == 130


@pytest.mark.promise("CON-3")
def test_a_double_click_makes_one_case(visit, surgeon):
    page = visit(surgeon)
    page.goto(NEW)
    page.locator("[name=patient_code]").fill("K-0231")
    page.locator("button[name=draft]").dblclick()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    assert Case.objects.count() == 1


def test_what_is_typed_is_kept_and_another_device_goes_on_at_the_same_field(visit, surgeon):
    page = visit(surgeon)
    page.goto(NEW)
    page.locator("[name=patient_code]").fill("K-0231")
    page.locator("[name=age_at_procedure]").fill("34")
    wait_until_saved(page)
    assert SAVED.fullmatch(status(page).inner_text())
    assert Draft.objects.get().typed["age_at_procedure"] == ["34"]

    tablet = visit(surgeon, width=360)
    tablet.goto(NEW)
    tablet.get_by_role("link", name="Continue K-0231").click()
    assert tablet.locator("[name=patient_code]").input_value() == "K-0231"
    assert tablet.evaluate("document.activeElement.name") == "age_at_procedure"

    # The first one goes on too, and is told that it is not kept.
    tablet.locator("[name=age_at_procedure]").fill("35")
    wait_until_saved(tablet)
    with tablet.expect_navigation():
        tablet.locator("button[name=draft]").click()
    assert Case.objects.get().age_at_procedure == 35
    assert not Draft.objects.exists()


def test_a_lost_network_is_never_called_saved(visit, surgeon):
    page = visit(surgeon)
    page.goto(NEW)
    page.locator("[name=patient_code]").fill("K-0231")
    page.locator("[name=patient_code]").blur()
    wait_until_saved(page)
    page.context.set_offline(True)
    page.locator("[name=age_at_procedure]").fill("34")
    assert not SAVED.search(status(page).inner_text())
    page.wait_for_function(
        "() => document.querySelector('[data-draft-status]').textContent === 'Not saved yet: no connection'"
    )
    assert "age_at_procedure" not in Draft.objects.get().typed
    warned = []
    page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_timeout(300)
    assert warned == ["beforeunload"]

    page.context.set_offline(False)
    wait_until_saved(page)
    assert Draft.objects.get().typed["age_at_procedure"] == ["34"]


@pytest.mark.promise("ACC-5")
def test_a_computer_that_was_left_shows_nothing_and_gives_everything_back(
    visit, sign_in, surgeon, member, settings
):
    settings.SESSION_COOKIE_AGE = 2
    page = visit()
    sign_in(page, surgeon)
    page.goto(NEW)
    page.locator("[name=patient_code]").fill("K-0231")
    page.locator("[name=age_at_procedure]").fill("3x")
    page.wait_for_url(f"**{reverse('account_login')}*", timeout=15_000)
    assert "K-0231" not in page.content()

    settings.SESSION_COOKIE_AGE = 1800
    page.go_back()
    assert "K-0231" not in page.content()
    page.goto(f"{reverse('account_login')}?next={NEW}")
    next_person = member("surgeon")
    next_person.set_password("a password of the browser")
    next_person.save(update_fields=["password"])
    enter(page, next_person)
    for url in (NEW, reverse("home"), reverse("case_list")):
        page.goto(url)
        assert "K-0231" not in page.content()
    page.context.clear_cookies()

    page.goto(f"{reverse('account_login')}?next={NEW}?draft={Draft.objects.get().key}")
    enter(page, surgeon)
    assert page.locator("[name=patient_code]").input_value() == "K-0231"
    assert page.locator("[name=age_at_procedure]").input_value() == "3x"


def enter(page, person):
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill("a password of the browser")
    with page.expect_navigation():
        page.locator("main button[type=submit]:not([form])").click()
    page.wait_for_url(lambda url: "/account/login" not in url)
