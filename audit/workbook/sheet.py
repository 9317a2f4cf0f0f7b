"""A sheet of the audit's workbook, before it is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from audit.statistics import Band, Interval
from caselog.excel.columns import Column

UNDEFINED = "—"  # a rate of nobody, a limit that the unit does not allow


@dataclass(frozen=True)
class Sheet:
    title: str
    tells: str  # one sentence for the cover
    columns: Sequence[Column]
    items: Iterable[Any]
    plain: bool = False  # a long table, quickly written
    freeze_columns: int = 0
    printed_columns: int = 0
    # Each is given the sheet's final title.
    chart: Callable[[str], Any] | None = None
    charts_beside: Sequence[Callable[[str], Any]] = ()


def shown(value: Any) -> Any:
    return UNDEFINED if value is None else value


def limit_of(limits: Interval | Band | None, name: str) -> Any:
    """name: "lower", "upper" or, of a band, "tolerance"."""
    return shown(limits and getattr(limits, name))
