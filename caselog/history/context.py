"""Tells the database who is changing it and why, for its triggers to write down.

SQLite asks Python, in the thread that runs the statement; PostgreSQL is told once, by a setting
that the end of the transaction takes away. Both answer to `caselog_actor()` and
`caselog_reason()` in SQL.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
R = TypeVar("R")


class Acting(NamedTuple):
    actor: int | None = None
    reason: str = ""


NOBODY = Acting()
# For the triggers only: services take the actor as an argument and never ask here.
_now: ContextVar[Acting] = ContextVar("caselog_acting", default=NOBODY)


@contextmanager
def acting(*, by, reason: str = "") -> Iterator[None]:
    """One transaction, in which every change is `by` this person, for this reason.

    by: None where nobody stands behind the change, as in a command.

    Nested, the inner person counts until the inner block ends, and an inner block that gives no
    reason goes on with the outer one.
    """
    connection = transaction.get_connection()
    outermost = connection.get_autocommit()
    outer = _now.get()
    inner = Acting(by and by.pk, reason or outer.reason)
    # An error rolls back to before `_tell`, and the end of the outermost transaction forgets it:
    # only a block that succeeded inside another transaction has to put back what it said.
    with transaction.atomic():
        token = _now.set(inner)
        try:
            if inner != outer:
                _tell(connection, inner)
            yield
        finally:
            _now.reset(token)
        if inner != outer and not outermost:
            _tell(connection, outer)


def recorded(service: Callable[P, R]) -> Callable[P, R]:
    """A change of state: one transaction, whose history names the service's `by` and `reason`."""

    @wraps(service)
    def change(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting(by=kwargs["by"], reason=str(kwargs.get("reason") or "")):
            return service(*args, **kwargs)

    return change


def answer_sqlite(connection: BaseDatabaseWrapper) -> None:
    """Let the triggers of a new SQLite connection ask who acts.

    Any other program lacks these functions, so SQLite refuses its changes to recorded tables
    instead of leaving them out of the history.
    """
    connection.connection.create_function("caselog_actor", 0, lambda: _now.get().actor)
    connection.connection.create_function("caselog_reason", 0, lambda: _now.get().reason)
    # Without it, INSERT OR REPLACE removes the old row past every DELETE trigger.
    connection.connection.execute("PRAGMA recursive_triggers = ON")


def _tell(connection: BaseDatabaseWrapper, who: Acting) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('caselog.actor', %s, true), set_config('caselog.reason', %s, true)",
                ["" if who.actor is None else str(who.actor), who.reason],
            )
