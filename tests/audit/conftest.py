"""Spreadsheets, for the tests of what their rows mean."""

import pytest

from tests.audit.sheets import HEAD, read_lines


@pytest.fixture
def cases(tmp_path):
    """The rows of a CSV text; the heads of more columns, and rows of text."""

    def read(*rows, more=""):
        return read_lines(tmp_path, ",".join(filter(None, [HEAD, more])), *rows)

    return read
