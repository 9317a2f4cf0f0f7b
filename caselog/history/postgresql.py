"""The triggers in PostgreSQL's dialect.

One function records every table: it turns the row into JSON whole, so that a migration may
change columns while the triggers stand.
"""

from django.apps.registry import Apps
from django.db import models

from caselog.history.guards import Guard, guards_of
from caselog.history.tables import never_recorded, recorded_models, tables

_ACTOR = """
CREATE OR REPLACE FUNCTION caselog_actor() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('caselog.actor', true), '')::bigint $$"""

_REASON = """
CREATE OR REPLACE FUNCTION caselog_reason() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('caselog.reason', true), '') $$"""

# Arguments: the column of the primary key, then the columns that are never recorded.
# The time zone is set because JSON writes an instant in the zone of the session.
_RECORD_FUNCTION = """
CREATE OR REPLACE FUNCTION caselog_record() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - TG_ARGV[1:] END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - TG_ARGV[1:] END;
    kept jsonb := coalesce(new_row, old_row);
    id bigint := kept ->> TG_ARGV[0];
    clinic bigint := kept ->> 'clinic_id';
    of_case bigint := kept ->> 'case_id';
BEGIN
    IF old_row = new_row THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'caselog_clinic' THEN
        clinic := id;
    ELSIF TG_TABLE_NAME = 'caselog_case' THEN
        of_case := id;
    ELSIF kept ? 'testis_id' THEN
        SELECT t.case_id INTO of_case FROM caselog_testis t WHERE t.id = (kept ->> 'testis_id')::bigint;
    ELSIF kept ? 'query_id' THEN
        SELECT q.case_id INTO of_case FROM caselog_query q WHERE q.id = (kept ->> 'query_id')::bigint;
    END IF;
    INSERT INTO caselog_change
        ("at", "actor_id", "reason", "clinic_id", "case_id", "table", "row_id", "action", "before", "after")
    VALUES (
        clock_timestamp(), caselog_actor(), caselog_reason(),
        clinic, of_case, TG_TABLE_NAME, id, lower(TG_OP), old_row, new_row
    );
    RETURN NULL;
END $$"""

_RECORD = """
CREATE TRIGGER caselog_history AFTER INSERT OR UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION caselog_record({arguments})"""

# TRUNCATE empties a table without a trigger for each row, so no trace would be left.
_NO_TRUNCATE_FUNCTION = """
CREATE OR REPLACE FUNCTION caselog_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = TG_TABLE_NAME || ' is emptied row by row, so that the history sees it.';
END $$"""

_NO_TRUNCATE = """
CREATE TRIGGER caselog_guard_truncate BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION caselog_refuse_truncate()"""

# A plan made while the tables were empty reads them whole for every row of a bulk load.
_GUARD_FUNCTION = """
CREATE OR REPLACE FUNCTION caselog_guard_{table}_{name}() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF {when} THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}';
    END IF;
    RETURN {row};
END $$"""

# It says what its function asks, so that one of an earlier release is seen and replaced.
_GUARD = """
CREATE TRIGGER caselog_guard_{name} BEFORE {event} ON "{table}" /* {when} */
FOR EACH ROW EXECUTE FUNCTION caselog_guard_{table}_{name}()"""

# PostgreSQL does not keep the text of a trigger, so it stands in the comment; a disabled trigger
# counts as one that says nothing. Constraints have triggers of their own, which are internal.
PRESENT = """
SELECT c.relname, t.tgname,
    CASE WHEN t.tgenabled IN ('O', 'A') THEN coalesce(obj_description(t.oid, 'pg_trigger'), '') ELSE '' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgname LIKE 'caselog_%' AND pg_table_is_visible(c.oid)"""
DROP = 'DROP TRIGGER "{name}" ON "{table}"'
CREATE = '{sql}; COMMENT ON TRIGGER "{name}" ON "{table}" IS $text${sql}$text$'


def functions(apps: Apps) -> list[str]:
    return [
        _ACTOR,
        _REASON,
        _RECORD_FUNCTION,
        _NO_TRUNCATE_FUNCTION,
        *(_guard_function(guard) for guard in guards_of(apps)),
    ]


def triggers(apps: Apps) -> dict[tuple[str, str], str]:
    """The SQL of each trigger that should stand, by table and name."""
    wanted = {(m._meta.db_table, "caselog_history"): _record(m) for m in recorded_models(apps)}
    for model in tables(apps):
        table = model._meta.db_table
        wanted[table, "caselog_guard_truncate"] = _NO_TRUNCATE.format(table=table)
    for guard in guards_of(apps):
        name = f"caselog_guard_{guard.name}"
        wanted[guard.table, name] = _GUARD.format(
            table=guard.table, event=guard.event, name=guard.name, when=guard.when
        )
    return wanted


def _record(model: type[models.Model]) -> str:
    arguments = ", ".join(f"'{column}'" for column in (model._meta.pk.column, *never_recorded(model)))
    return _RECORD.format(table=model._meta.db_table, arguments=arguments)


def _guard_function(guard: Guard) -> str:
    return _GUARD_FUNCTION.format(
        table=guard.table,
        name=guard.name,
        when=guard.when,
        message=guard.message.replace("'", "''"),
        row="OLD" if guard.event == "delete" else "NEW",
    )
