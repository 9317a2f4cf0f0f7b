"""Each method has its page."""

import re
from inspect import isfunction
from pathlib import Path

import pytest

import audit.statistics

METHODS = Path(__file__).resolve().parents[3] / "docs" / "methods"
CONTENTS = (METHODS / "README.md").read_text(encoding="utf-8")
FUNCTIONS = [name for name in audit.statistics.__all__ if isfunction(getattr(audit.statistics, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_is_listed_with_its_page(name):
    assert re.search(rf"^\| .+ \| \[.+\]\(.+\.md\) \| .*`{name}`.* \|$", CONTENTS, re.MULTILINE)


@pytest.mark.parametrize("page", sorted(METHODS.glob("*.md")), ids=lambda page: page.name)
def test_every_page_is_listed_and_links_to_pages_that_are_there(page):
    assert page.name == "README.md" or f"({page.name})" in CONTENTS
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_cites_its_source(name):
    assert re.search(r"^\s*Source: .+", getattr(audit.statistics, name).__doc__, re.MULTILINE)
