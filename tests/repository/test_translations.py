"""Each catalogue is whole, and its translations can stand where their originals stand.

What is missing, unused, fuzzy or untranslated, and plural forms that are too few or too many, are
found by messages.py, which `make check` calls; here also what a translation must carry over.
"""

import ast
import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("messages", Path(__file__).with_name("messages.py"))
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)

CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
# A place to fill in, of either kind; a doubled percent sign; a tag.
CARRIED_OVER = re.compile(r"%\(\w+\)s|\{\w+\}|%%|<[^>]+>")
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
# A right-to-left line would turn these round: 2024-03-04, 47,XXY, 95 %, .xlsx.
TURNED_ROUND = re.compile(r"\d(?:[-–,/]\w|[\u00a0 ]?%)|(?<!\w)\.[a-z]")
RIGHT_TO_LEFT = {"ar", "he", "fa", "ur"}


def language(path: Path) -> str:
    return path.parts[-3]


def forms(text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def entries(path: Path):
    return [message for message in messages.read(path) if message.id]


each = pytest.mark.parametrize("path", CATALOGUES, ids=language)


def test_there_is_an_arabic_catalogue():
    assert "ar" in map(language, CATALOGUES)


@pytest.mark.promise("L10N-1")
@each
def test_nothing_is_untranslated_fuzzy_or_outdated(path):
    assert messages.faults(messages.read(path), messages.collect()) == []


@pytest.mark.promise("L10N-1")
@each
def test_what_is_filled_in_and_marked_up_stays(path):
    wrong = [
        (message.id, text)
        for message in entries(path)
        if not message.pluralizable
        for text in forms(message.string)
        if Counter(CARRIED_OVER.findall(text)) != Counter(CARRIED_OVER.findall(message.id))
    ]
    assert wrong == []


@pytest.mark.promise("L10N-1")
@each
def test_a_plural_form_may_only_say_its_number_in_words(path):
    """One case, two cases: Arabic has words for them. From three on the number stands there."""
    wrong = []
    for message in entries(path):
        if message.pluralizable:
            places = [set(CARRIED_OVER.findall(form)) for form in message.id]
            kept = [set(CARRIED_OVER.findall(form)) for form in message.string]
            most = set.union(*places)
            wrong += [(message.id, kept) for form in kept if not form <= most or len(most - form) > 1]
            wrong += [(message.id, kept) for form in kept[3:] if form != most]
    assert wrong == []


@pytest.mark.promise("L10N-1")
@each
def test_left_to_right_runs_are_isolated(path):
    if language(path) not in RIGHT_TO_LEFT:
        pytest.skip("The lines of this language run from left to right.")
    turned = [
        text
        for message in entries(path)
        for text in forms(message.string)
        if TURNED_ROUND.search(CARRIED_OVER.sub("", ISOLATED.sub("", text)).replace("`", ""))
    ]
    assert turned == []


def test_every_name_for_gettext_is_collected():
    """`import gettext_lazy as _later` would hide its strings from every catalogue."""
    hidden = []
    for path in [*(ROOT / "caselog").rglob("*.py"), *(ROOT / "audit").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                hidden += [
                    (path.relative_to(ROOT).as_posix(), one.asname or one.name)
                    for one in node.names
                    if "gettext" in one.name and (one.asname or one.name) not in messages.KEYWORDS
                ]
    assert hidden == []
