"""The built wheel, installed alone, serves a clinic from an empty folder."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def _run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    built = _run(*build, "--outdir", str(folder), str(ROOT))
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def caselog(wheel, tmp_path_factory):
    """The installed `caselog` program, in an environment that holds the wheel and sees its dependencies."""
    home = tmp_path_factory.mktemp("installed")
    assert _run(sys.executable, "-m", "venv", "--without-pip", str(home)).returncode == 0
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    installed = _run(*pip, "install", "--no-deps", "--no-index", str(wheel))
    assert installed.returncode == 0, installed.stderr
    packages = next(home.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return home / "bin" / "caselog"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An empty working folder, and nothing of this test run in the environment but PATH."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}


def test_the_wheel_holds_all_that_the_product_needs_and_nothing_else(wheel):
    names = set(ZipFile(wheel).namelist())
    carried = {
        *_below("caselog", "static/**/*", "**/*.py", to="caselog"),
        *_below("audit", "static/**/*", "figures/*.toml", "**/*.py", to="audit"),
        *_below("templates", "**/*", to="caselog/bundle/templates"),
        *_below("locale", "*/LC_MESSAGES/django.po", to="caselog/bundle/locale", suffix=".mo"),
    }
    assert carried <= names
    strange = {name for name in names - carried if ".dist-info/" not in name}
    assert not strange


def _below(folder, *patterns, to, suffix=None):
    for path in (path for pattern in patterns for path in (ROOT / folder).glob(pattern) if path.is_file()):
        inside = path.relative_to(ROOT / folder)
        yield f"{to}/{(inside.with_suffix(suffix) if suffix else inside).as_posix()}"


def test_production_says_in_one_line_what_it_lacks(caselog, environment):
    refused = _run(caselog, "migrate", env=environment)
    assert refused.returncode != 0
    assert refused.stderr.startswith("caselog: CASELOG_SECRET_KEY")
    assert refused.stderr.count("\n") == 1


def test_the_demo_is_made_and_served_in_an_empty_folder_and_stops_when_told(caselog, environment):
    migrated = _run(caselog, "migrate", env=environment | {"CASELOG_MODE": "demo"})
    assert migrated.returncode == 0, migrated.stderr
    assert Path("caselog.sqlite3").stat().st_size > 0
    with _served(caselog, environment) as (address, closing):
        page = _fetch(f"{address}/account/login/")
        assert 'lang="en"' in page
        assert 'dir="rtl"' in _fetch(f"{address}/account/login/", language="ar")
        assert _fetch(address + page.split('rel="stylesheet" href="')[1].split('"')[0])
        # A second one at the same address says so, and leaves the first in peace.
        second = _run(caselog, "run", "--demo", "--port", address.rpartition(":")[2], env=environment)
        assert second.returncode != 0
        assert "Address already in use" in second.stderr
        assert second.stderr.count("\n") == 1
        assert _fetch(f"{address}/account/login/")
    status, said = closing
    assert status == 0
    assert f"Caselog is at {address}/" in said
    assert "@" in said, "the demo's sign-ins"
    assert "Traceback" not in said


def test_the_audit_of_a_workbook_needs_no_set_up_and_leaves_nothing(caselog, environment):
    asked = _run(caselog, "audit", "--help", env=environment)
    assert asked.returncode == 0, asked.stderr
    assert not list(Path().iterdir())


@contextmanager
def _served(caselog, environment):
    """The address, and a list that holds the exit status and the output once the server has stopped."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, closing = f"http://127.0.0.1:{port}", []
    command = [caselog, "run", "--demo", "--port", str(port)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=environment, start_new_session=True, **pipes) as server:
        try:
            _wait_for(address, server)
            yield address, closing
            # As Ctrl-C in a terminal: to the server and its worker at once.
            os.killpg(server.pid, signal.SIGINT)
            said, _ = server.communicate(timeout=30)
            closing += [server.returncode, said]
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)


def _wait_for(address, server):
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert server.poll() is None, server.stdout.read()
        try:
            return _fetch(address)
        except HTTPError:
            return None
        except URLError:
            time.sleep(0.1)
    pytest.fail("The server did not answer within three minutes.")


def _fetch(url, language="en"):
    with urlopen(Request(url, headers={"Accept-Language": language}), timeout=30) as answer:
        return answer.read().decode()
