"""Every figure of docs/methods/agreement-with-peers.md is computed again."""

import pytest

from tests.audit.statistics.agreement import PAGE, read_table
from tests.audit.statistics.comparing import COMPARISONS


@pytest.fixture(scope="module")
def table():
    return read_table(PAGE.read_text(encoding="utf-8"))


def test_the_page_has_a_row_for_each_comparison_and_no_other(table):
    """Written anew with: .venv/bin/python -m tests.audit.statistics.agreement"""
    assert list(table) == [comparison.name for comparison in COMPARISONS]


def test_the_page_allows_little_more_than_it_found(table):
    # The next power of ten over three times as much; the printed figure is rounded.
    assert all(found <= bound <= max(32 * found, 1e-15) for found, bound in table.values())


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda c: f"{c.function} and {c.peer}")
def test_no_difference_has_grown_past_the_page(comparison, table):
    assert comparison.largest() <= table[comparison.name][1]
