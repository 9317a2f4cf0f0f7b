"""Puts the history's triggers into the database, and says which are missing."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.core import checks
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from caselog.history import postgresql, sqlite
from caselog.history.context import answer_sqlite
from caselog.history.tables import CHANGES, tables

Key = tuple[str, str]  # table, name

_ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def install(connection: BaseDatabaseWrapper, apps: Apps = current_apps) -> None:
    """Make the triggers those that the models ask for.

    One that stands as it should is left alone: replacing it would lock its table for everybody.
    """
    engine = _ENGINES[connection.vendor]
    wanted = engine.triggers(apps) if _has_history(apps) else {}
    with transaction.atomic(using=connection.alias):
        standing = present(connection)
        _execute(connection, engine.functions(apps))
        _drop(connection, [key for key, sql in standing.items() if wanted.get(key) != sql])
        missing = {key: sql for key, sql in wanted.items() if standing.get(key) != sql}
        _execute(
            connection, [engine.CREATE.format(table=t, name=n, sql=sql) for (t, n), sql in missing.items()]
        )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away. What changes then leaves no trace."""
    with transaction.atomic(using=connection.alias):
        _drop(connection, list(present(connection)))


def present(connection: BaseDatabaseWrapper) -> dict[Key, str]:
    """The triggers of ours that stand, those of earlier releases too, with their SQL."""
    with connection.cursor() as cursor:
        cursor.execute(_ENGINES[connection.vendor].PRESENT)
        return {(table, name): sql for table, name, sql in cursor.fetchall()}


def missing_triggers(connection: BaseDatabaseWrapper) -> list[Key]:
    """The triggers, by table and name, that should stand and do not, or that say something else.

    Tables that no migration has made yet miss nothing.
    """
    there = set(connection.introspection.table_names())
    if CHANGES not in there:
        return []
    wanted = _ENGINES[connection.vendor].triggers(current_apps)
    standing = present(connection)
    return sorted(key for key, sql in wanted.items() if key[0] in there and standing.get(key) != sql)


def check_triggers(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """The system check: a database that changes unseen is an error."""
    return [
        checks.Error(
            f"The history of the database “{alias}” has holes. Missing, or not ours: {', '.join(missing)}.",
            hint="Run “caselog migrate”, which puts the triggers back, and find out who took them away.",
            id="caselog.E001",
        )
        for alias in databases or []
        if (missing := [f"{name} on {table}" for table, name in missing_triggers(connections[alias])])
    ]


def on_connection(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        answer_sqlite(connection)


def before_migrating(using: str, plan: list[Any], **_kwargs: Any) -> None:
    """Make room for SQLite, which refuses to rename a table while a trigger names a missing one.

    Django rebuilds a table by such a rename. So a data migration that should stand in the
    history calls `install` and `remove` around its changes.
    """
    if plan and connections[using].vendor == "sqlite":
        remove(connections[using])


def after_migrating(using: str, apps: Apps = current_apps, **_kwargs: Any) -> None:
    install(connections[using], apps)


def _has_history(apps: Apps) -> bool:
    return any(model._meta.db_table == CHANGES for model in tables(apps))


def _drop(connection: BaseDatabaseWrapper, keys: list[Key]) -> None:
    drop = _ENGINES[connection.vendor].DROP
    _execute(connection, [drop.format(table=table, name=name) for table, name in keys])


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
