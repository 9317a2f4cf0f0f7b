"""Pages by key: a row added or taken away meanwhile moves no other row to another page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import DateTimeField, Q, QuerySet
from django.http import QueryDict

SIZE = 50
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # those around can be reckoned with too: no day before 0001 exists
Key = tuple[date, int]  # a datetime is a date


@dataclass(frozen=True)
class Page:
    rows: list
    previous: str = ""  # query strings of the neighbouring pages; blank where there is none
    next: str = ""


def by_date(
    cases: QuerySet,
    query: QueryDict,
    *,
    newest_first: bool,
    field: str = "procedure_date",
    size: int = SIZE,
) -> Page:
    """One page of cases in the order of a date of theirs."""
    with_time = isinstance(cases.model._meta.get_field(field), DateTimeField)

    def read(key: Key | None, back: bool, most: int) -> list:
        descending = newest_first != back
        sign = "-" if descending else ""
        found = cases.filter(_beyond(field, key, descending=descending)) if key else cases
        return list(found.order_by(f"{sign}{field}", f"{sign}pk")[:most])

    return by_key(query, read, field=field, with_time=with_time, size=size)


def by_key(
    query: QueryDict,
    read: Callable[[Key | None, bool, int], list],
    *,
    field: str,
    with_time: bool = False,
    size: int = SIZE,
) -> Page:
    """The page at the key that `after` or `before` names; a key is a row's `field` and `pk`.

    read: the rows beyond a key, or all without one; whether backwards; how many will do. The nearest first.
    """
    back = "after" not in query and "before" in query
    key = _read_key(query.get("before" if back else "after", ""), with_time=with_time)
    rows = read(key, back, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    has_previous, has_next = (more, key is not None) if back else (key is not None, more)
    return Page(
        rows,
        previous=_link(query, "before", rows[0], field) if rows and has_previous else "",
        next=_link(query, "after", rows[-1], field) if rows and has_next else "",
    )


def _beyond(field: str, key: Key, *, descending: bool) -> Q:
    on, pk = key
    side = "lt" if descending else "gt"
    return Q(**{f"{field}__{side}": on}) | Q(**{field: on, f"pk__{side}": pk})


def _read_key(token: str, *, with_time: bool) -> Key | None:
    """The key in a token; nothing for one that we did not write, which then shows the first page."""
    on, _separator, pk = token.partition("_")
    try:
        at = datetime.fromisoformat(on) if with_time else date.fromisoformat(on)
        key = at, int(pk[:18])
    except ValueError:
        return None
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR or (isinstance(at, datetime) and at.tzinfo is None):
        return None
    return key


def _link(query: QueryDict, way: str, row, field: str) -> str:
    changed = query.copy()
    for name in ("after", "before"):
        changed.pop(name, None)
    changed[way] = f"{getattr(row, field).isoformat()}_{row.pk}"
    return "?" + changed.urlencode()
