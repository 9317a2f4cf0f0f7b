"""Changes that the database refuses, whoever asks: the application, a shell or a mistake in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.apps.registry import Apps
from django.db import models

from caselog.history.tables import CHANGES, recorded_fields, tables

PERIODS = "caselog_period"
_ASKED = re.compile(r"(?:FROM|JOIN) (\w+)")
_OWN = re.compile(r"(?:NEW|OLD)\.(\w+)")


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


def _only_with_a_reason(table: str, events: dict[str, str], message: str, about: str = "") -> Iterator[Guard]:
    """events: event → the SQL that tells whether the row is one that needs a reason."""
    for event, condition in events.items():
        yield Guard(table, event, message, f"caselog_reason() = '' AND ({condition})", about)


# Of another table one row at a time, by its key, and no join: to a planner that saw the tables empty every
# plan of a join costs the same, and it may read them whole for each row of a bulk load.
# The findings are written before the report becomes final, so a first report passes.
_OF_FINAL_REPORT = """'final' = (
    SELECT r.result_status FROM caselog_laboratoryreport r WHERE r.case_id = (
        SELECT t.case_id FROM caselog_testis t WHERE t.id = {row}.testis_id))"""
# Stands for whether a row becomes more than its next version, as it does when what it shows too changes.
_MORE_THAN_VERSION = "{more than its version}"
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
_OF_CASE = {"case_id": "caselog_case"}
_OF_TESTIS = {"testis_id": "caselog_testis"}
# For each table: the columns that name the rows it hangs on.
_PARENTS = {
    "caselog_case": {"patient_id": "caselog_patient"},
    "caselog_localidentifiers": {"patient_id": "caselog_patient"},
    "caselog_testis": _OF_CASE,
    "caselog_laboratoryreport": _OF_CASE,
    "caselog_finding": _OF_TESTIS,
    "caselog_histology": _OF_TESTIS,
    "caselog_measurement": {**_OF_CASE, "follow_up_id": "caselog_followup"},
    "caselog_followup": _OF_CASE,
    "caselog_complication": _OF_CASE,
    "caselog_icsicycle": _OF_CASE,
    "caselog_confirmation": _OF_CASE,
    "caselog_alert": _OF_CASE,
    "caselog_query": _OF_CASE,
    "caselog_querymessage": {"query_id": "caselog_query"},
    "audit_adoption": {"withdraws_id": "audit_ownfigure"},
    "audit_ownfigure": {"adoption_id": "audit_adoption"},
}


def _in_one_clinic() -> Iterator[Guard]:
    """A row belongs to the clinic of the rows that it hangs on, and those never move."""
    for table, columns in _PARENTS.items():
        other = " OR ".join(
            _OF_ANOTHER_CLINIC.format(parent=parent, column=column) for column, parent in columns.items()
        )
        for event in ("insert", "update"):
            yield Guard(table, event, "This belongs to another clinic.", other, about="clinic")
    parents = {parent for columns in _PARENTS.values() for parent in columns.values()}
    for table in sorted({*parents, PERIODS}):
        moved = "NEW.clinic_id <> OLD.clinic_id"
        yield Guard(table, "update", "What is recorded stays in its clinic.", moved, about="stays")


# A measurement of a follow-up goes on beside a locked period, as the follow-up itself does.
_BEFORE_OPERATION = "{row}.follow_up_id IS NULL AND "
_IN_LOCKED_PERIOD = """EXISTS (
    SELECT 1 FROM caselog_period p WHERE p.clinic_id = {{row}}.clinic_id AND p.state = 'locked'
    AND {day} BETWEEN p.since AND p.until)"""
_OF_LOCKED_CASE = _IN_LOCKED_PERIOD.format(
    day="(SELECT c.procedure_date FROM caselog_case c WHERE c.id = {row}.case_id)"
)
_OF_LOCKED_TESTIS = _IN_LOCKED_PERIOD.format(
    day="""(SELECT c.procedure_date FROM caselog_case c WHERE c.id = (
        SELECT t.case_id FROM caselog_testis t WHERE t.id = {row}.testis_id))"""
)
# For each table: whether a row is part of a case that was operated on in a locked period.
_LOCKED = {
    "caselog_case": _IN_LOCKED_PERIOD.format(day="{row}.procedure_date"),
    # He is part of all his cases. Counted, because a planner makes a join of an EXISTS in an EXISTS.
    "caselog_patient": """EXISTS (
    SELECT 1 FROM caselog_period p WHERE p.clinic_id = {row}.clinic_id AND p.state = 'locked' AND 0 < (
        SELECT COUNT(*) FROM caselog_case c
        WHERE c.patient_id = {row}.id AND c.procedure_date BETWEEN p.since AND p.until))""",
    "caselog_testis": _OF_LOCKED_CASE,
    "caselog_measurement": _BEFORE_OPERATION + _OF_LOCKED_CASE,
    "caselog_laboratoryreport": _OF_LOCKED_CASE,
    "caselog_finding": _OF_LOCKED_TESTIS,
    "caselog_histology": _OF_LOCKED_TESTIS,
}


def _in_locked_periods() -> Iterator[Guard]:
    """What was recorded of a case in a locked period changes only with a reason; both days count."""
    for table, condition in _LOCKED.items():
        old, new = condition.format(row="OLD"), condition.format(row="NEW")
        events = {"insert": new, "update": f"{old} OR {new}", "delete": old}
        message = "A case of a locked period changes only with a reason."
        yield from _only_with_a_reason(table, events, message, about="locked")


_OVERLAPS = """EXISTS (
    SELECT 1 FROM caselog_period p
    WHERE p.clinic_id = NEW.clinic_id AND p.since <= NEW.until AND p.until >= NEW.since{besides})"""


def _of_periods() -> Iterator[Guard]:
    # SQLite has no NEW.id yet before an insert.
    for event, besides in {"insert": "", "update": " AND p.id <> OLD.id"}.items():
        overlaps = _OVERLAPS.format(besides=besides)
        yield Guard(PERIODS, event, "Periods of one clinic do not overlap.", overlaps, about="overlap")
    locked = dict.fromkeys(("update", "delete"), "OLD.state = 'locked'")
    yield from _only_with_a_reason(PERIODS, locked, "A locked period is unlocked only with a reason.")


# A kept run never changes, so nothing is asked of an update.
_CLOSED_BEFORE = """NEW.closed_on IS NOT NULL AND EXISTS (
    SELECT 1 FROM audit_auditrun r WHERE r.clinic_id = NEW.clinic_id AND r.closed_on IS NOT NULL
    AND r.since <= NEW.until AND r.until >= NEW.since)"""
_OF_FOLLOW_UP_OF_ANOTHER_CASE = (
    "NEW.case_id <> (SELECT f.case_id FROM caselog_followup f WHERE f.id = NEW.follow_up_id)"
)

GUARDS = [
    *_in_one_clinic(),
    *(
        Guard(
            "caselog_measurement",
            event,
            "A measurement belongs to the case of its follow-up.",
            _OF_FOLLOW_UP_OF_ANOTHER_CASE,
            about="follow_up",
        )
        for event in ("insert", "update")
    ),
    *_in_locked_periods(),
    *_of_periods(),
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
    Guard(
        "audit_auditrun",
        "insert",
        "A month of a clinic is in one closed audit.",
        _CLOSED_BEFORE,
        about="closed",
    ),
    *_never("audit_adoption", "What a clinic adopted is never changed: a change is a new version."),
    *_never(
        "audit_ownfigure", "A figure of a clinic is never changed: it is withdrawn, and another one added."
    ),
    *_never("audit_auditsettings", "A setting is never changed: a change is a new version."),
    *_only_with_a_reason(
        "caselog_laboratoryreport",
        {
            "update": f"OLD.result_status = 'final' AND {_MORE_THAN_VERSION}",
            "delete": "OLD.result_status = 'final'",
        },
        "A final laboratory report changes only with a reason.",
    ),
    *_only_with_a_reason(
        "caselog_finding",
        {"insert": _NEW, "update": f"{_OLD} OR {_NEW}", "delete": _OLD},
        "A finding of a final laboratory report changes only with a reason.",
    ),
]


def guards_of(apps: Apps) -> list[Guard]:
    """The guards whose tables, those that they ask included, and own columns are there so far."""
    there = {model._meta.db_table: model for model in tables(apps)}
    return [
        _of_columns(guard, there[guard.table])
        for guard in GUARDS
        if {guard.table, *_ASKED.findall(guard.when)} <= there.keys()
        and {*_OWN.findall(guard.when)} <= _columns(there[guard.table])
    ]


def _columns(model: type[models.Model]) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields if field.column}


def _of_columns(guard: Guard, model: type[models.Model]) -> Guard:
    """EXCEPT is what both engines have that takes two blanks as alike."""
    columns = [field.column for field in recorded_fields(model) if field.column != "version"]
    new, old = (", ".join(f'{row}."{column}"' for column in columns) for row in ("NEW", "OLD"))
    more = f"(NEW.version <> OLD.version + 1 OR EXISTS (SELECT {new} EXCEPT SELECT {old}))"
    return replace(guard, when=guard.when.replace(_MORE_THAN_VERSION, more))
