"""The `caselog` command: Django's management commands, `run` and `audit` among them."""

import os
import secrets
import sys


def main(mode: str = "production") -> None:
    """Carry out the command line; `mode` holds where neither it nor CASELOG_MODE says one."""
    _set_defaults(sys.argv[1:], mode)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"caselog: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _set_defaults(arguments: list[str], mode: str) -> None:
    """Fill in the environment before the settings read it; what is set already stays."""
    command = arguments[0] if arguments else ""
    if command == "run" and "--demo" in arguments:
        mode = "demo"
    if command == "audit":
        # It reads one workbook and keeps nothing: it needs no set-up, and a key for its own life only.
        mode = "demo"
        os.environ.setdefault("CASELOG_SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("CASELOG_MODE", mode)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselog.settings")


if __name__ == "__main__":
    main()
