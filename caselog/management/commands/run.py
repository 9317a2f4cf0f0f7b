"""`caselog run`: from an empty folder to a served clinic in one command."""

import os
import socket
from argparse import ArgumentParser, ArgumentTypeError
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections


class Command(BaseCommand):
    help = "Bring the database up to date and serve Caselog."
    # Checks that look into the database pass only once it is migrated; _prepare() runs them all then.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="a made-up clinic with made-up cases")
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1", help="default: $HOST")
        parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000", help="default: $PORT")
        parser.add_argument("--workers", type=int, default=1, help="processes; more than one on PostgreSQL only")

    def handle(self, *args: Any, demo: bool, host: str, port: int, workers: int, **options: Any) -> None:
        if demo and not settings.DEMO:
            raise CommandError("CASELOG_MODE is “production”, where --demo is refused.")
        if workers > 1 and connections["default"].vendor == "sqlite":
            raise CommandError("SQLite is served by one worker.")
        _refuse_taken_address(host, port)
        try:
            self._prepare(demo)
            self._serve(demo, host, port, workers)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _prepare(self, demo: bool) -> None:
        call_command("migrate", verbosity=0, stdout=self.stdout)
        call_command("createcachetable", verbosity=0, stdout=self.stdout)
        self.check(databases=["default"])
        _collect_static_files()
        if demo:
            call_command("demo_clinic", stdout=self.stdout)

    def _serve(self, demo: bool, host: str, port: int, workers: int) -> None:
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        server = Server(
            "caselog.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            websockets=False,
            workers=workers,
            blocking_threads=4,
            # A browser's open connection must not hold up Ctrl-C for longer than a save may take.
            workers_kill_timeout=30,
            log_level=LogLevels.warning,
        )
        server.on_startup(lambda: self._welcome(demo, host, port))
        # The worker is forked from here, and two processes must not share a connection.
        connections.close_all()
        server.serve()

    def _welcome(self, demo: bool, host: str, port: int) -> None:
        shown_host = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Caselog is at http://{shown_host}:{port}/ (Ctrl-C stops it).")
        if demo:
            call_command("demo_clinic", show_sign_ins=True, stdout=self.stdout)
        connections.close_all()
        self.stdout.flush()


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError(f"“{text}” is not a port; ports go from 1 to 65535")


def _refuse_taken_address(host: str, port: int) -> None:
    """Granian shares a port with another Granian in silence, so ask first."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                # A port that a stopped server has just left is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Cannot serve at {host}, port {port}: {error.strerror}. Choose others with --host and --port."
        ) from error


def _collect_static_files() -> None:
    """Gather the static files anew when one was added, changed or removed since the last time."""
    note = Path(settings.STATIC_ROOT) / "sources.sha256"
    sources = _fingerprint_of_static_files()
    if note.exists() and note.read_text(encoding="ascii") == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(sources, encoding="ascii")


def _fingerprint_of_static_files() -> str:
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
