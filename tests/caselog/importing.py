"""A record in a file, and its import: where everything unusual is confirmed unless a test says otherwise."""

from datetime import date

import pytest
from openpyxl import Workbook

from caselog.models import Change
from caselog.services import imports
from caselog.services.import_sheet import CellErrors

TODAY = date(2025, 6, 30)


def imported(path, by, clinic, confirm="as in the other clinic", **about):
    return imports.import_cases(by=by, clinic=clinic, path=path, today=TODAY, confirm=confirm, **about)


def refused(path, by, clinic, **about):
    """The errors by sheet and cell."""
    before = Change.objects.count()
    with pytest.raises(CellErrors) as told:
        imported(path, by, clinic, **about)
    assert Change.objects.count() == before
    assert all(error.rule and error.remedy for error in told.value.errors)
    return {(error.sheet, error.cell): error for error in told.value.errors}


def workbook(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
