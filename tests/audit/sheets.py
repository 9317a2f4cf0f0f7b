"""Spreadsheets of cases, read and audited as the command does it."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from audit.spreadsheet import SpreadsheetErrors, read_cases

ROOT = Path(__file__).parents[2]
GHALAYINI = ROOT / "tests/data/ghalayini-2011.csv"
TODAY = date(2025, 6, 30)
HEAD = "patient_code,azoospermia_type,procedure,sperm_found"


def read_lines(tmp_path, *lines):
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_cases(path, today=TODAY)


def errors_of(read, *args, **kwargs):
    with pytest.raises(SpreadsheetErrors) as refused:
        read(*args, **kwargs)
    return [str(error) for error in refused.value.errors]


def audit(*arguments):
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("audit", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as left:
        status = left.code
    return status, out.getvalue(), err.getvalue()
