"""What really uses a field: each use of the dictionary, with the fields that the code behind it reads."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date

from audit import beside, counting
from audit.measures import MEASURES
from audit.quality import MIX, quality
from audit.results import Part, Unit
from caselog.dataset import CaseRow
from caselog.dictionary import COMPLICATION, FOLLOW_UP, ICSI, LABORATORY, OPERATION
from caselog.services import checks, exports
from caselog.services.contradictions import OPERATION_CHECKS, REPORT_CHECKS
from caselog.web import identifiers, operation_note

_COLUMNS = {field.name for field in fields(CaseRow)}


class Watched:
    """A row that remembers which of its columns were read."""

    def __init__(self, row: CaseRow, read: set[str]):
        self._row, self._read = row, read

    def __getattr__(self, name):
        if name == "answers":  # all of them, to ask whether one question applies
            return self._row.answers
        if name in _COLUMNS:
            self._read.add(name)
            return getattr(self._row, name)
        found = getattr(CaseRow, name)
        return found.fget(self) if isinstance(found, property) else found.__get__(self)


def _rows() -> Iterable[CaseRow]:
    usual = {"result_status": "final", "sides": "both", "attempt_number": 1, "prior_retrieval": "no_prior"}
    for number, (kind, procedure) in enumerate(
        [("oa", "tesa"), ("noa", "conventional_tese"), ("noa", "micro_tese"), ("uncertain", "micro_tese")]
    ):
        for status in ("performed", "abandoned"):
            for found in ("motile", "none", "found_unspecified"):
                yield CaseRow(
                    patient_code=f"{number}{status}{found}",
                    procedure_date=date(2025, 1, 1),
                    azoospermia_type=kind,
                    procedure=procedure,
                    status=status,
                    right_sperm_found=found,
                    left_sperm_found="none",
                    sperm_found=found,
                    klinefelter_status="not_klinefelter",
                    primary_aetiology="idiopathic",
                    y_microdeletion="none",
                    **usual,
                )


def read_by(function) -> set[str]:
    """The columns that `function` reads of rows of all kinds."""
    read: set[str] = set()
    function([Watched(row, read) for row in _rows()])
    # The best finding of the sides is worked out from the findings (caselog.dataset).
    return read | ({"right_sperm_found", "left_sperm_found"} if "sperm_found" in read else set())


def _measure(measure):
    return lambda rows: counting.tally(measure, rows, Unit.MAN)


def _membership(rows):
    for measure in MEASURES:
        if measure.belongs:
            for row in rows:
                measure.belongs(row)


def _second_lines(rows):
    tally = counting.Tally(rows={Part.FOUND: rows, Part.NOT_FOUND: []})
    beside._second_lines(tally)


def _asked_about() -> set[str]:
    """Soft limits, and the answers that are compared with each other."""
    limits = {entry.name for entry in [*OPERATION, *LABORATORY, *FOLLOW_UP] if entry.soft}
    units = {entry.name for entry in [*OPERATION, *FOLLOW_UP] if entry.attribute == "unit"}
    compared = {name for check in (*OPERATION_CHECKS, *REPORT_CHECKS) for name in check.fields}
    return limits | units | compared | set(checks._PANEL.values())


USES = {
    # Measures of the audit.
    **{measure.id: read_by(_measure(measure)) for measure in MEASURES},
    "tissue_ratio": read_by(lambda rows: [row.tissue_mg for row in rows]),
    "retrieval": read_by(lambda rows: [row.retrieved for row in rows]),
    "usable": read_by(_second_lines),
    "men": read_by(lambda rows: counting.first_attempts(counting.in_order(rows))),
    "exclusions": read_by(quality),
    "case_mix": set(MIX) | read_by(beside.case_mix),
    # Paper.
    "note": operation_note._PLACED | {entry.name for entry in operation_note.REST},
    "report": {entry.name for entry in LABORATORY},
    # Questions that are asked when something is unusual.
    "safety": _asked_about(),
    # On the case's own page, and in the list of men who are due.
    "follow_up": {entry.name for entry in FOLLOW_UP},
    "complications": {entry.name for entry in COMPLICATION} | {"complications"},
    "icsi": {entry.name for entry in ICSI},
    # Who agreed that the record leaves the clinic, and on which day.
    "export": set(exports.CONSENT),
    # On the case's own page, for administrators of a clinic that keeps it.
    "identity": {row.name for row in identifiers.rows(None)},
}
