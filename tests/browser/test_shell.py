"""The frame and the account's pages in a real browser: accessible, light, and within their own policy."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import sync_playwright

# Playwright's loop runs in this thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.xdist_group("browser"),
]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OPEN = ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/key/1-x/"]
SIGNED_IN = [
    "/",
    "/clinic/people/",
    "/account/tokens/",
    "/account/2fa/",
    "/account/password/change/",
    "/nowhere/",
]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """visit(person, …) is a page of somebody signed in; visit(None) of a visitor."""
    contexts = []

    def make(person, *, width=1280, language="en", scheme="light", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            base_url=live_server.url,
            color_scheme=scheme,
            **options,
        )
        contexts.append(context)
        cookies = {"caselog_language": language}
        if person is not None:
            client = Client()
            client.force_login(person)
            cookies["caselog_session"] = client.cookies["caselog_session"].value
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def complaints_of(page):
    """What the browser complains about, collected while the page is in use."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.promise("UX-4")
@pytest.mark.promise("WEB-1")
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 360, "light"), ("en", 1280, "dark"), ("ar", 360, "dark"), ("ar", 1280, "light")],
)
def test_pages_are_accessible_fit_the_screen_and_keep_to_the_policy(
    visit, transactional_db, clinic, administrator, other_clinic, member, language, width, scheme
):
    member("surgeon", name="Layla Haddad")
    for person, paths in ((None, OPEN), (administrator, SIGNED_IN)):
        page = visit(person, width=width, language=language, scheme=scheme)
        complaints = complaints_of(page)
        for path in paths:
            page.goto(path)
            violations = Axe().run(page, options=WCAG).response["violations"]
            assert not violations, (path, violations)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert [text for text in complaints if "404" not in text] == []


@pytest.mark.promise("UX-4")
@pytest.mark.parametrize("width", [360, 1280])
def test_a_form_with_mistakes_is_accessible(visit, transactional_db, administrator, width):
    page = visit(administrator, width=width)
    page.goto("/clinic/people/")
    page.get_by_label("E-mail address").fill("nobody")
    page.get_by_role("button", name="Add the person").click()
    assert not Axe().run(page, options=WCAG).response["violations"]
    page.get_by_role("link", name="Role: Choose a role.").click()
    assert page.evaluate("location.hash") == "#id_role_0"


@pytest.mark.promise("UX-5")
@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_narrow_screen_works_with_scripts_and_without(
    visit, transactional_db, surgeon, scripts
):
    page = visit(surgeon, width=360, java_script_enabled=scripts)
    page.goto("/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Cases", exact=True).click()
    assert page.url.endswith("/cases/")


def test_escape_closes_a_menu_and_gives_the_focus_back(visit, transactional_db, surgeon):
    page = visit(surgeon)
    page.goto("/")
    page.locator("summary:visible", has_text=surgeon.name).click()
    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
