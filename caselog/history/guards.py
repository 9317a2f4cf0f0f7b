"""Changes that the database refuses, whoever asks: the application, a shell or a mistake in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps.registry import Apps

from caselog.history.tables import CHANGES, tables


@dataclass(frozen=True)
class Guard:
    table: str
    event: str  # "insert", "update", "delete"
    message: str
    # SQL that both engines read, over OLD, NEW and caselog_reason().
    when: str = "TRUE"
    about: str = ""  # tells several guards of one event apart

    @property
    def name(self) -> str:
        return f"{self.event}_{self.about}" if self.about else self.event


def _never(table: str, message: str) -> Iterator[Guard]:
    for event in ("update", "delete"):
        yield Guard(table, event, message)


def _only_with_a_reason(table: str, events: dict[str, str], message: str) -> Iterator[Guard]:
    """events: event → the SQL that tells whether the row is one that needs a reason."""
    for event, condition in events.items():
        yield Guard(table, event, message, f"caselog_reason() = '' AND ({condition})")


# The findings are written before the report becomes final, so a first report passes.
_OF_FINAL_REPORT = """EXISTS (
    SELECT 1 FROM caselog_testis t JOIN caselog_laboratoryreport r ON r.case_id = t.case_id
    WHERE t.id = {row}.testis_id AND r.result_status = 'final')"""
_NEW, _OLD = _OF_FINAL_REPORT.format(row="NEW"), _OF_FINAL_REPORT.format(row="OLD")

# What the laboratory reported stays true of the case.
_CONTRADICTS_REPORT = """EXISTS (
    SELECT 1 FROM caselog_laboratoryreport r WHERE r.case_id = OLD.id AND (
        NEW.status <> OLD.status OR NEW.patient_id <> OLD.patient_id
        OR NEW.sides <> OLD.sides AND (r.result_status = 'final' OR EXISTS (
            SELECT 1 FROM caselog_testis t JOIN caselog_finding f ON f.testis_id = t.id
            WHERE t.case_id = OLD.id AND NEW.sides NOT IN (t.side, 'both')))))"""
_FINAL_OF_NOTHING = """NEW.result_status = 'final' AND NOT EXISTS (
    SELECT 1 FROM caselog_testis t JOIN caselog_finding f ON f.testis_id = t.id
    WHERE t.case_id = NEW.case_id AND f.sperm_found <> 'not_sampled')"""
_OF_ANOTHER_CLINIC = "NEW.clinic_id <> (SELECT p.clinic_id FROM {parent} p WHERE p.id = NEW.{column})"
_PARENTS = {
    "caselog_case": ("caselog_patient", "patient_id"),
    "caselog_testis": ("caselog_case", "case_id"),
    "caselog_laboratoryreport": ("caselog_case", "case_id"),
    "caselog_finding": ("caselog_testis", "testis_id"),
}


def _in_one_clinic() -> Iterator[Guard]:
    """A row belongs to the clinic of the row that it hangs on, and that row never moves."""
    for table, (parent, column) in _PARENTS.items():
        other = _OF_ANOTHER_CLINIC.format(parent=parent, column=column)
        for event in ("insert", "update"):
            yield Guard(table, event, "This belongs to another clinic.", other, about="clinic")
    for table in sorted({parent for parent, _column in _PARENTS.values()}):
        moved = "NEW.clinic_id <> OLD.clinic_id"
        yield Guard(table, "update", "What is recorded stays in its clinic.", moved, about="stays")


GUARDS = [
    *_in_one_clinic(),
    Guard("caselog_case", "delete", "A signed case is never deleted.", "OLD.state = 'complete'"),
    *_only_with_a_reason(
        "caselog_case",
        {"update": _CONTRADICTS_REPORT},
        "What the laboratory reported changes only with a reason.",
    ),
    *(
        Guard(
            "caselog_laboratoryreport",
            event,
            "A final report has a finding.",
            _FINAL_OF_NOTHING,
            about="findings",
        )
        for event in ("insert", "update")
    ),
    *_never(CHANGES, "The history is never edited."),
    *_never("audit_auditrun", "A kept audit run is never changed."),
    *_only_with_a_reason(
        "caselog_laboratoryreport",
        dict.fromkeys(("update", "delete"), "OLD.result_status = 'final'"),
        "A final laboratory report changes only with a reason.",
    ),
    *_only_with_a_reason(
        "caselog_finding",
        {"insert": _NEW, "update": f"{_OLD} OR {_NEW}", "delete": _OLD},
        "A finding of a final laboratory report changes only with a reason.",
    ),
]


def guards_of(apps: Apps) -> list[Guard]:
    """The guards of the tables that there are so far."""
    there = {model._meta.db_table for model in tables(apps)}
    return [guard for guard in GUARDS if guard.table in there]
