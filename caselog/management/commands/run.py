"""`caselog run`: from an empty folder to a served clinic in one command."""

import os
import signal
import socket
from argparse import ArgumentParser, ArgumentTypeError
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from caselog.models import Clinic


class Command(BaseCommand):
    help = "Bring the database up to date and serve Caselog."
    # Checks that look into the database pass only once it is migrated; _prepare() runs them all then.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="a made-up clinic with made-up cases")
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        parser.add_argument("--host", default=host, help="$HOST, or 127.0.0.1")
        parser.add_argument("--port", default=port, type=_port, help="$PORT, or 8000")
        parser.add_argument("--workers", default=1, type=int, help="processes; on PostgreSQL only")

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
        self._collect_static_files()
        if demo and not Clinic.objects.exists():
            self._say("Making the demo clinics, this once …")
            call_command("demo_clinic", stdout=self.stdout)

    def _collect_static_files(self) -> None:
        """Gather the static files anew when one was added, changed or removed since the last time."""
        note = Path(settings.STATIC_ROOT) / "sources.sha256"
        sources = _fingerprint_of_static_files()
        if note.exists() and note.read_text(encoding="ascii") == sources:
            return
        self._say("Gathering the static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        note.write_text(sources, encoding="ascii")

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
            workers_kill_timeout=10,
            log_level=LogLevels.warning,
        )
        server.on_startup(lambda: self._welcome(demo, host, port))
        if hasattr(signal, "SIGHUP"):
            # Closing the terminal stops the server; Granian would start its worker anew.
            server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
        server.serve(target_loader=_application, wrap_loader=False)

    def _welcome(self, demo: bool, host: str, port: int) -> None:
        shown_host = f"[{host}]" if ":" in host else host
        self._say(f"Caselog is at http://{shown_host}:{port}/ (Ctrl-C stops it).")
        if demo:
            call_command("demo_clinic", show_sign_ins=True, stdout=self.stdout)
        # The worker is forked next, and two processes must not share a connection.
        connections.close_all()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _application() -> WSGIHandler:
    """What the worker serves; this runs in the worker.

    Ctrl-C reaches every process of the terminal, and then the server stops its worker besides.
    A Granian worker (2.8) that is told to stop twice at once often hangs, so it hears the server only.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    from caselog.wsgi import application

    return application


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


def _fingerprint_of_static_files() -> str:
    digest = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
