"""A whole registry is audited in little more than the query that it needs.

CASELOG_REGISTRY_CASES says how many cases; the figures of a million stand in docs/methods/rates-in-sql.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.engine]
ROOT = Path(__file__).parents[2]
SIZES = [int(n) for n in os.environ.get("CASELOG_REGISTRY_CASES", "1000,10000").split(",")]
# What is promised of a million cases; of few the statistics take their share of a query that takes no time.
RATIO, MIB, FROM = 1.3, 15, 100_000


@pytest.fixture
def database(tmp_path):
    """The environment of an empty database, on the engine of the run."""
    environment = os.environ | {"CASELOG_HOME": str(tmp_path), "CASELOG_MODE": "demo"}
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield environment
        return
    name = "registry_" + uuid4().hex[:8]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        yield environment | {"DATABASE_URL": urlsplit(url)._replace(path="/" + name).geturl()}
        connection.execute(psycopg.sql.SQL("DROP DATABASE {}").format(psycopg.sql.Identifier(name)))


def test_a_whole_registry_costs_little_more_than_its_query(database):
    script = [sys.executable, "-m", "tests.benchmarks.whole_registry", *map(str, SIZES)]
    done = subprocess.run(script, cwd=ROOT, env=database, check=True, stdout=subprocess.PIPE, text=True)
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    print("\n" + done.stdout)
    assert [one["cases"] for one in measured] == SIZES
    for one in measured:
        assert one["queries"] == 1
        assert one["cells"] == 3 * one["clinics"]
        assert one["same_cells"]
        assert one["known"] > one["cases"] / 2
        assert one["peak_mib"] <= MIB
        if one["cases"] >= FROM:
            assert one["ratio"] <= RATIO
            assert one["ratio_to_written"] <= RATIO
