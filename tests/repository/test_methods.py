"""Every method that an audit names has a page and a sentence, and no page is forgotten."""

import re
from pathlib import Path

import pytest

from audit import words
from audit.results import METHODS

PAGES = Path(__file__).parents[2] / "docs" / "methods"
WRITTEN = {page.stem for page in PAGES.glob("*.md")} - {"README"}
LISTED = (PAGES / "README.md").read_text("utf-8").partition("no method of a kept figure")[2]
BACKGROUND = set(re.findall(r"\]\((\S+)\.md\)", LISTED))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_an_audit_has_a_page_and_is_said(method):
    assert method in WRITTEN
    assert all(name and explanation for name, explanation in words.method_names(method))
    assert words.method_names(method)


def test_no_method_is_said_that_has_no_page():
    assert set(words.method_pages()) <= WRITTEN


def test_every_page_stands_behind_a_figure_or_is_listed_as_background():
    assert set(METHODS) | BACKGROUND == WRITTEN
    assert BACKGROUND


def test_a_page_names_methods_that_are_said():
    templates = (PAGES.parents[1] / "templates" / "audit").glob("*.html")
    named = [
        name
        for template in templates
        for of in re.findall(r'"audit/_methods.html" with of="([^"]+)"', template.read_text("utf-8"))
        for name in of.split()
    ]
    assert "case-mix" in named
    assert set(named) <= set(words.method_pages())
