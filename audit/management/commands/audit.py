"""`caselog audit FILE`: a spreadsheet of cases in, an audit out. Touches no database."""

import json
import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import BaseCommand
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import comparison, reference, report
from audit.disclosure import Shared, disclose
from audit.results import Audit, Filters, Level, Unit
from audit.spreadsheet import Cases, SpreadsheetErrors, read_cases
from caselog import dataset
from caselog.choices import Aetiology, AzoospermiaType, Procedure
from caselog.dataset import CaseRow
from caselog.excel.reader import Unreadable
from caselog.selection import Attempts

WRONG_INPUT = 2
# Not the surgeon, whom an exported record names: whose figures these are cannot be asked of a file.
FILTERS = {
    "procedure": Procedure.values,
    "azoospermia_type": AzoospermiaType.values,
    "primary_aetiology": Aetiology.values,
    "attempt": Attempts.values,
}


class Command(BaseCommand):
    help = (
        "Audit a CSV or XLSX file of cases, one operation a row. Touches no database. There is no filter by "
        "surgeon, and a column that names one is not read: the figures of one surgeon are for that surgeon "
        "and the clinic's administrators, and a file does not know who asks."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX, with the columns of the data dictionary")
        parser.add_argument("--reference", choices=[*reference.names(), reference.BOTH], default="document")
        parser.add_argument("--unit", choices=[Unit.MAN.value, Unit.ATTEMPT.value], default=Unit.MAN.value)
        parser.add_argument("--since", type=_day, help="first day of operation, such as 2024-01-31")
        parser.add_argument("--until", type=_day, help="last day of operation")
        for name, codes in FILTERS.items():
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(option, choices=codes, default="", dest=name, help="only these operations")
        parser.add_argument(
            "--share-outside",
            action="store_true",
            help="only what may leave the clinic: docs/methods/disclosure.md",
        )
        parser.add_argument(
            "--live",
            action="store_const",
            const=Level.LIVE,
            default=Level.CLOSED,
            dest="level",
            help="the series goes on: judge at 99.8 %% instead of 95 %%",
        )
        parser.add_argument("--json", action="store_true", help="print the audit as JSON")
        parser.add_argument("--out", type=Path, help="write an Excel workbook here (.xlsx)")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *args: Any, file: Path, language: str, **options: Any) -> None:
        with translation.override(language):
            try:
                self._audit(file, language, **options)
            except Unreadable as error:
                self._refuse([f"{file}: {error.reason}"])
            except SpreadsheetErrors as error:
                self._refuse([*map(str, error.errors), _summary(file, len(error.errors))])

    def _audit(self, file: Path, language: str, *, out: Path | None, **options: Any) -> None:
        if out:
            self._refuse_as_output(out, file)
        cases = read_cases(file, today=timezone.localdate())
        filters = Filters(
            since=options["since"],
            until=options["until"],
            unit=Unit(options["unit"]),
            reference_set=options["reference"],
            **{name: options[name] for name in FILTERS},
        )
        self._refuse_unanswerable(filters, cases)
        rows = dataset.select(self._in_period(cases.rows, filters), filters)
        audit = comparison.audit(
            rows,
            filters=filters,
            references=reference.named(filters.reference_set),
            level=options["level"],
            clinic=file.stem,
            synthetic=False,
            source=file.name,
            made_by="caselog audit",
            made_at=timezone.localtime(),
        )
        shared = disclose(audit) if options["share_outside"] else None
        if out:
            self._write_workbook(audit, shared, rows, language, out)
        self.stdout.write(self._said(audit, shared, cases, as_json=options["json"]))

    def _said(self, audit: Audit, shared: Shared | None, cases: Cases, *, as_json: bool) -> str:
        if shared:
            if as_json:
                return json.dumps(report.shared_json(shared), ensure_ascii=False, indent=2)
            return "\n".join(report.shared_lines(shared))
        notes = report.notes(cases)
        if as_json:
            return json.dumps(report.as_json(audit, notes), ensure_ascii=False, indent=2)
        return "\n".join(report.lines(audit, notes))

    def _in_period(self, rows: Iterable[CaseRow], filters: Filters) -> list[CaseRow]:
        since, until = filters.since or date.min, filters.until or date.max
        if not (filters.since or filters.until):
            return list(rows)
        if since > until:
            self._refuse([_("--since is after --until.")])
        if undated := [row.case_number for row in rows if row.procedure_date is None]:
            self._refuse(
                [
                    _("%(case)s has no procedure_date, which a period needs; fill it in") % {"case": case}
                    for case in undated
                ]
            )
        return [row for row in rows if row.procedure_date and since <= row.procedure_date <= until]

    def _refuse_unanswerable(self, filters: Filters, cases: Cases) -> None:
        """A filter by what no row says would find nobody, as if there were none."""
        columns = {"attempt": "attempt_number"}
        asked = {name: columns.get(name, name) for name in filters.narrowed_by}
        if lacking := {name: column for name, column in asked.items() if column in cases.absent}:
            self._refuse(
                _("--%(option)s needs the column %(column)s, which no row fills in.")
                % {"option": name.replace("_", "-"), "column": column}
                for name, column in lacking.items()
            )

    def _refuse_as_output(self, out: Path, file: Path) -> None:
        if out.suffix.lower() != ".xlsx":
            self._refuse([_("--out %(path)s: the name of a workbook ends in .xlsx.") % {"path": out}])
        if out.exists() and file.exists() and out.samefile(file):
            self._refuse([_("--out %(path)s is the file that is read. Name another.") % {"path": out}])

    def _write_workbook(
        self, audit: Audit, shared: Shared | None, rows: list[CaseRow], language: str, out: Path
    ) -> None:
        from audit import workbook  # openpyxl
        from audit.workbook import shared as shared_workbook

        whole = BytesIO()
        if shared:
            shared_workbook.write(shared, language, whole)
        else:
            workbook.write(audit, reference.named(audit.filters.reference_set), rows, language, whole)
        try:
            out.write_bytes(whole.getvalue())
        except OSError as error:
            self._refuse(
                [
                    _("--out %(path)s cannot be written: %(why)s.")
                    % {"path": out, "why": os.strerror(error.errno) if error.errno else error}
                ]
            )

    def _refuse(self, lines: Iterable[str]) -> NoReturn:
        for line in lines:
            self.stderr.write(line)
        raise SystemExit(WRONG_INPUT)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day; write it as 2024-01-31") from None


def _summary(file: Path, count: int) -> str:
    return translation.ngettext(
        "%(file)s: %(count)s error, nothing was audited.",
        "%(file)s: %(count)s errors, nothing was audited.",
        count,
    ) % {"file": file.name, "count": count}
