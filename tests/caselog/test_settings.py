"""A bad environment refuses to start; each in a process of its own, as settings are read once."""

import os
import subprocess
import sys

import pytest
from django.db import connection

SAFE = {
    "CASELOG_MODE": "production",
    "CASELOG_SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEF",
    "CASELOG_ALLOWED_HOSTS": "caselog.clinic.example",
}

pytestmark = pytest.mark.slow


def start(tmp_path, code="", **environment):
    environment = {name: value for name, value in environment.items() if value is not None}
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("CASELOG_", "DATABASE_", "COV_", "DJANGO_ALLOW"))
    }
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=kept
        | {"CASELOG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "caselog.settings"}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.promise("WEB-2")
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"CASELOG_SECRET_KEY": None}, "CASELOG_SECRET_KEY is not set"),
        ({"CASELOG_SECRET_KEY": "short"}, "shorter than 50"),
        ({"CASELOG_ALLOWED_HOSTS": None}, "CASELOG_ALLOWED_HOSTS is not set"),
        ({"CASELOG_ALLOWED_HOSTS": "*"}, "name the hosts"),
        ({"DATABASE_URL": "mysql://db/caselog"}, "DATABASE_URL must begin with “postgres://”"),
        ({"CASELOG_TIME_ZONE": "Moon/Base"}, "ImproperlyConfigured: CASELOG_TIME_ZONE is “Moon/Base”"),
        ({"CASELOG_TIME_ZONE": "../etc"}, "ImproperlyConfigured: CASELOG_TIME_ZONE"),
        (
            {"CASELOG_IDENTIFIER_KEYS": f"{'A' * 43}=, s3cret"},
            "CASELOG_IDENTIFIER_KEYS: key 2 of 2 is not valid",
        ),
        ({"CASELOG_MODE": "debug"}, "must be “demo” or “production”"),
    ],
    ids=str,
)
def test_an_unsafe_production_does_not_start(tmp_path, changes, complaint):
    started = start(tmp_path, **SAFE | changes)
    assert started.returncode != 0
    assert complaint in started.stderr


@pytest.mark.promise("WEB-2")
def test_a_safe_production_passes_every_deployment_check(tmp_path):
    code = (
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    started = start(tmp_path, code, **SAFE)
    assert started.returncode == 0, started.stderr


def test_the_demo_needs_nothing_and_keeps_its_own_key(tmp_path):
    code = "from django.conf import settings\nprint(settings.SECRET_KEY)"
    first = start(tmp_path, code, CASELOG_MODE="demo")
    second = start(tmp_path, code, CASELOG_MODE="demo")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_a_wrong_key_of_identifiers_is_not_printed(tmp_path):
    started = start(tmp_path, **SAFE, CASELOG_IDENTIFIER_KEYS="almost-a-key")
    assert "almost-a-key" not in started.stderr


def test_production_makes_no_key_of_identifiers_and_the_demo_keeps_its_own(tmp_path):
    code = "from django.conf import settings\nprint(settings.IDENTIFIER_KEYS)"
    assert start(tmp_path, code, **SAFE).stdout.strip() == "()"
    first, second = (start(tmp_path, code, CASELOG_MODE="demo").stdout for _ in range(2))
    assert first == second != "()\n"


def test_pandas_scipy_and_openpyxl_wait_until_they_are_needed(tmp_path):
    code = (
        "import sys\nfrom django.urls import get_resolver\nget_resolver().url_patterns\n"
        "print(sorted({'pandas', 'scipy', 'openpyxl', 'numpy'} & set(sys.modules)))"
    )
    started = start(tmp_path, code, CASELOG_MODE="demo")
    assert started.stdout.strip() == "[]", started.stderr


def test_every_connection_is_durable(db):
    if connection.vendor != "sqlite":
        pytest.skip("a setting of SQLite")
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {"synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
