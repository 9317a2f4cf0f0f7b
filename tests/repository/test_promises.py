"""Each kept promise is shown by a test, and each test names a kept promise."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([A-Z0-9]+-\d+) \|.*\| (kept|planned) \|$", re.MULTILINE)
MARK = re.compile(r"""mark\.promise\(\s*["']([A-Z0-9]+-\d+)["']""")


def states() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs" / "promises.md").read_text(encoding="utf-8")))


def shown() -> set[str]:
    tests = (ROOT / "tests").rglob("test_*.py")
    return {promise for path in tests for promise in MARK.findall(path.read_text(encoding="utf-8"))}


def test_every_row_of_the_table_has_a_state():
    rows = re.findall(r"^\| [A-Z0-9]+-\d+ \|", (ROOT / "docs" / "promises.md").read_text(), re.MULTILINE)
    assert len(states()) == len(rows) > 40


def test_every_kept_promise_is_shown_by_a_test():
    assert {promise for promise, state in states().items() if state == "kept"} - shown() == set()


def test_every_test_names_a_promise_that_is_kept():
    kept = {promise for promise, state in states().items() if state == "kept"}
    assert shown() - kept == set()
