"""The triggers in SQLite's dialect.

SQLite cannot turn a whole row into JSON, so each trigger names the columns of its table. A value
stands in the JSON as PostgreSQL writes it, with one difference: a decimal is a bare number
(120 where PostgreSQL says 120.00).
"""

from typing import Any

from django.apps.registry import Apps
from django.db import models

from caselog.history.guards import Guard, guards_of
from caselog.history.tables import recorded_fields, recorded_models
from caselog.models.change import Action

# The kinds of column met so far; an unknown one stops the migration until its form is decided.
_AS_JSON = {
    "BooleanField": "json(CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)",
    "JSONField": "json({0})",
    # 2025-03-04 10:00:00.120000 becomes 2025-03-04T10:00:00.12+00:00: every instant is in UTC.
    "DateTimeField": (
        "replace(CASE WHEN instr({0}, '.') THEN rtrim({0}, '0') ELSE {0} END, ' ', 'T') || '+00:00'"
    ),
    **dict.fromkeys(
        (
            *("AutoField", "BigAutoField", "BigIntegerField", "IntegerField", "SmallIntegerField"),
            *("PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"),
            *("CharField", "TextField", "DateField", "DecimalField"),
            "TimeField",
        ),
        "{0}",
    ),
}

_RECORD = """\
CREATE TRIGGER "{name}" AFTER {action} ON "{table}" FOR EACH ROW WHEN {condition}
BEGIN
    INSERT INTO "caselog_change"
        ("at", "actor_id", "reason", "clinic_id", "case_id", "table", "row_id", "action", "before", "after")
    VALUES (
        strftime('%Y-%m-%d %H:%M:%f', 'now'), caselog_actor(), caselog_reason(),
        {clinic}, {case}, '{table}', {row}."{pk}", '{action}',
        {before},
        {after}
    );
END"""

_GUARD = """\
CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {when}
BEGIN
    SELECT RAISE(ABORT, '{message}');
END"""

# A function of SQLite takes at most 127 arguments.
_MOST_PAIRS = 50
_CASE_OF_TESTIS = "(SELECT t.case_id FROM caselog_testis t WHERE t.id = {row}.testis_id)"
_CASE_OF_QUERY = "(SELECT q.case_id FROM caselog_query q WHERE q.id = {row}.query_id)"

PRESENT = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'caselog_%'"
DROP = 'DROP TRIGGER "{name}"'
CREATE = "{sql}"


def functions(_apps: Apps) -> list[str]:
    """None in the database: Python answers on each connection (caselog.history.context)."""
    return []


def triggers(apps: Apps) -> dict[tuple[str, str], str]:
    """The SQL of each trigger that should stand, by table and name."""
    wanted = {}
    for model in recorded_models(apps):
        for action in Action:
            name = f"caselog_history_{model._meta.db_table}_{action}"
            wanted[model._meta.db_table, name] = _record(model, name, action)
    for guard in guards_of(apps):
        name = f"caselog_guard_{guard.table}_{guard.name}"
        wanted[guard.table, name] = _guard(guard, name)
    return wanted


def _record(model: type[models.Model], name: str, action: Action) -> str:
    row = "OLD" if action == Action.DELETE else "NEW"
    return _RECORD.format(
        name=name,
        action=action.value,
        table=model._meta.db_table,
        condition=_differs(model) if action == Action.UPDATE else "TRUE",
        clinic=_clinic(model, row),
        case=_case(model, row),
        row=row,
        pk=model._meta.pk.column,
        before="NULL" if action == Action.INSERT else _whole_row(model, "OLD"),
        after="NULL" if action == Action.DELETE else _whole_row(model, "NEW"),
    )


def _guard(guard: Guard, name: str) -> str:
    return _GUARD.format(
        name=name,
        event=guard.event,
        table=guard.table,
        when=guard.when,
        message=guard.message.replace("'", "''"),
    )


def _differs(model: type[models.Model]) -> str:
    columns = [field.column for field in recorded_fields(model)]
    return " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)


def _whole_row(model: type[models.Model], row: str) -> str:
    values = [(field.column, _value(field, row)) for field in recorded_fields(model)]
    whole = "json_object()"
    for start in range(0, len(values), _MOST_PAIRS):
        pairs = [f"'$.{column}', {value}" for column, value in values[start : start + _MOST_PAIRS]]
        whole = f"json_insert({whole}, {', '.join(pairs)})"
    return whole


def _value(field: "models.Field[Any, Any]", row: str) -> str:
    kind = field
    while isinstance(kind, models.ForeignKey):
        kind = kind.target_field
    try:
        return _AS_JSON[kind.get_internal_type()].format(f'{row}."{field.column}"')
    except KeyError as error:
        raise NotImplementedError(f"the history has no form yet for {field}, a {error}") from error


def _clinic(model: type[models.Model], row: str) -> str:
    if model._meta.db_table == "caselog_clinic":
        return f"{row}.id"
    return f"{row}.clinic_id" if _has(model, "clinic_id") else "NULL"


def _case(model: type[models.Model], row: str) -> str:
    if model._meta.db_table == "caselog_case":
        return f"{row}.id"
    if _has(model, "testis_id"):
        return _CASE_OF_TESTIS.format(row=row)
    if _has(model, "query_id"):
        return _CASE_OF_QUERY.format(row=row)
    return f"{row}.case_id" if _has(model, "case_id") else "NULL"


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.local_concrete_fields)
