"""A kept audit as JSON, and back, unchanged."""

from functools import cache
from math import isfinite
from typing import Any

from audit.results import Audit


@cache
def _converter():
    from cattrs.preconf.json import make_converter

    converter = make_converter()
    # The interval of a tissue ratio may end in infinity, which no database takes as JSON.
    converter.register_unstructure_hook(float, lambda value: value if isfinite(value) else str(value))
    return converter


def to_json(audit: Audit) -> dict[str, Any]:
    """Plain lists, dicts, strings and numbers; dates in ISO 8601."""
    return _converter().unstructure(audit, unstructure_as=Audit)


def plain(result: Any) -> Any:
    """One part of an audit, or nothing, as it stands in the JSON."""
    return _converter().unstructure(result)


def from_json(stored: dict[str, Any]) -> Audit:
    return _converter().structure(stored, Audit)
