"""The real server on its own database, and many people at once."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Its port, and what stands in its database: the clinic, its people, a case and a report."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("server")
    environment = os.environ | {"CASELOG_HOME": str(home), "CASELOG_MODE": "demo"}
    environment["PYTHONPATH"] = str(HERE.parents[1])
    if "DATABASE_URL" in os.environ:
        environment["DATABASE_URL"] = new_postgres(os.environ["DATABASE_URL"])
    log = home / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "serve.py"), str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            said = process.stdout.readline()
            assert said, log.read_text()
            wait_for(port)
            yield SimpleNamespace(port=port, log=log, **json.loads(said))
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


def new_postgres(url: str) -> str:
    import psycopg

    name = f"concurrency_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def wait_for(port: int) -> None:
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing serves at port {port}")


class Person:
    """One program or browser of one person, with a connection of its own."""

    def __init__(self, server, number: int):
        self.who = server.people[number]
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.cookies = {"caselog_session": self.who["session"]}

    def api(self, method, path, body=None, **headers):
        usual = {"Authorization": f"Token {self.who['token']}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        return self._ask(method, f"/api/v1/{path}", sent, usual | headers)

    def page(self, method, path, form=None, **headers):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        usual = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(method, path, urlencode(form, doseq=True) if form else None, usual | headers)

    def _ask(self, method, path, body, headers):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return SimpleNamespace(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            text=content,
            json=lambda: json.loads(content),
        )


@pytest.fixture
def person(server):
    """person(3) is the fourth of them, with a connection that closes after the test."""
    people = []

    def make(number):
        people.append(Person(server, number))
        return people[-1]

    yield make
    for one in people:
        one.connection.close()


@pytest.fixture
def at_once():
    """at_once(jobs) starts all of them at the same moment and returns what each returned."""

    def run(jobs: list[Callable]):
        start = threading.Barrier(len(jobs))

        def begin(job):
            start.wait()
            return job()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return [done.result() for done in [pool.submit(begin, job) for job in jobs]]

    return run
