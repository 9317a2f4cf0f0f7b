"""Pages by key: a row added or taken away meanwhile moves no other row to another page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import QueryDict

SIZE = 50


@dataclass(frozen=True)
class Page:
    rows: list
    previous: str = ""  # query strings of the neighbouring pages; blank where there is none
    next: str = ""


def by_date(cases: QuerySet, query: QueryDict, *, newest_first: bool, size: int = SIZE) -> Page:
    """One page of cases in the order of operation, from the key that `after` or `before` names."""
    back = "after" not in query and "before" in query
    key = _read(query.get("before" if back else "after", ""))
    descending = newest_first != back
    sign = "-" if descending else ""
    ordered = cases.order_by(f"{sign}procedure_date", f"{sign}pk")
    if key:
        ordered = ordered.filter(_beyond(*key, descending=descending))
    rows = list(ordered[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    has_previous, has_next = (more, key is not None) if back else (key is not None, more)
    return Page(
        rows,
        previous=_link(query, "before", rows[0]) if rows and has_previous else "",
        next=_link(query, "after", rows[-1]) if rows and has_next else "",
    )


def _beyond(on: date, pk: int, *, descending: bool) -> Q:
    side = "lt" if descending else "gt"
    return Q(**{f"procedure_date__{side}": on}) | Q(procedure_date=on, **{f"pk__{side}": pk})


def _read(token: str) -> tuple[date, int] | None:
    """The key in a token; nothing for one that we did not write, which then shows the first page."""
    on, _separator, pk = token.partition("_")
    try:
        return date.fromisoformat(on), int(pk[:18])
    except ValueError:
        return None


def _link(query: QueryDict, way: str, row) -> str:
    changed = query.copy()
    for name in ("after", "before"):
        changed.pop(name, None)
    changed[way] = f"{row.procedure_date.isoformat()}_{row.pk}"
    return "?" + changed.urlencode()
