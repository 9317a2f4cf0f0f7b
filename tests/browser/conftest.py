"""The system's Chromium at the live server. A page that the browser complains about fails its test."""

import os
import shutil
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

# Playwright's loop runs in this thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The first has no window to draw and takes half the processor time.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _no_sign_in_is_limited():
    """All tests sign in from one address, more often than a clinic does."""
    cache.clear()


@pytest.fixture
def visit(chromium, live_server, transactional_db):
    """visit(person) is a page of somebody signed in, visit() of a visitor, each in a browser of its own."""
    contexts, complaints = [], []

    def make(person=None, *, width=1280, language="en", scripts=True, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 740},
            base_url=live_server.url,
            locale=language,
            java_script_enabled=scripts,
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        _listen(context, complaints)
        page = context.new_page()
        if person is not None:
            become(page, person, live_server.url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _listen(context, complaints):
    """Collect what the console, a script or a failed answer says.

    A page may refuse, such as a form with mistakes; its parts may not be missing.
    """
    context.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
    context.on("weberror", lambda thrown: complaints.append(str(thrown.error)))
    context.on(
        "response",
        lambda answer: (
            complaints.append(f"{answer.status} {answer.url}")
            if answer.status >= (500 if answer.request.is_navigation_request() else 400)
            else None
        ),
    )


def _is_complaint(said):
    return said.type in ("error", "warning") and not said.text.startswith("Failed to load resource")


def become(page, person, url):
    """Sign somebody in, None for nobody, without a page; what the browser has loaded it keeps."""
    page.context.clear_cookies()
    if person is not None:
        client = Client()
        client.force_login(person)
        session = client.cookies["caselog_session"].value
        page.context.add_cookies([{"name": "caselog_session", "value": session, "url": url}])


@pytest.fixture
def change_person(live_server):
    """change_person(page, person) is a change of who is signed in."""
    return lambda page, person: become(page, person, live_server.url)


@pytest.fixture
def sign_in():
    """sign_in(page, person) through the page that everybody signs in on."""

    def make(page, person):
        person.set_password("a password of the browser")
        person.save(update_fields=["password"])
        page.goto(reverse("account_login"))
        page.locator("[name=login]").fill(person.email)
        page.locator("[name=password]").fill("a password of the browser")
        page.locator("main button[type=submit]:not([form])").click()
        page.wait_for_url(reverse("home"))

    return make
