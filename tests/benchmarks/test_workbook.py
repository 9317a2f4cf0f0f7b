"""What Caselog adds to the time that the workbook's cells and the audit's figures take anyway.

Both sides of a ratio are timed in the same run, in turns, in seconds of the processor, which do
not depend on what else the machine does; the best of several rounds counts.
"""

from datetime import UTC, datetime
from io import BytesIO
from time import process_time

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from audit import reference, services
from audit.results import Filters
from audit.workbook import write

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
CASES, ROUNDS = 1_000, 7
# The ratios that are promised; a busy machine may exceed them by the margin before the test fails.
WORKBOOK, PAGE, MARGIN = 1.5, 1.5, 1.3


@pytest.fixture
def run(administrator, clinic, many_cases):
    """run() asks for the clinic's cases and compares them: what the page and the workbook both need."""
    many_cases(CASES)
    return lambda: services.run(user=administrator, clinic=clinic, filters=Filters(), now=NOW)


def test_the_workbook_costs_little_more_than_its_cells(run):
    (audit, rows), figures = run(), reference.named("document")

    def workbook():
        file = BytesIO()
        write(audit, figures, rows, "en", file)
        return file

    book = load_workbook(workbook(), read_only=True)
    cells = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    ours, bare, queries = _best(workbook, lambda: _bare_loop(cells), run)
    _say(f"workbook {ours:.3f} s, bare openpyxl loop {bare:.3f} s, queries and comparison {queries:.3f} s")
    _say(f"workbook / bare loop = {ours / bare:.2f}, to be at most {WORKBOOK}")
    assert ours <= MARGIN * WORKBOOK * bare


def test_the_page_costs_little_more_than_its_figures(run, client, administrator):
    client.force_login(administrator)

    def page():
        assert client.get(reverse("audit")).status_code == 200

    ours, figures = _best(page, run)
    _say(f"audit page {ours:.3f} s, queries and comparison {figures:.3f} s")
    _say(f"audit page / (queries and comparison) = {ours / figures:.2f}, to be at most {PAGE}")
    assert ours <= MARGIN * PAGE * figures


def _best(*jobs):
    """The least time that each job took, after one round that warms the caches."""
    rounds = [[_seconds(job) for job in jobs] for _round in range(ROUNDS + 1)][1:]
    return [min(times) for times in zip(*rounds, strict=True)]


def _seconds(job):
    start = process_time()
    job()
    return process_time() - start


def _bare_loop(sheets):
    """The same values on as many sheets, and nothing else."""
    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(BytesIO())


def _say(text):
    print(f"\n{CASES} cases: {text}", end="")
