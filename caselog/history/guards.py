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

GUARDS = [
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
