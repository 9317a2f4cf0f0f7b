"""Which figures of an audit differ when it is made once more."""

from dataclasses import dataclass, fields, replace
from math import isclose
from typing import Any

from audit import storage
from audit.behind import KEY
from audit.catalogue import measure_of
from audit.results import Audit

# Who made it, when, of what and by which release: no figures.
_ABOUT = {
    "schema", "methods", "columns", "clinic", "synthetic", "source", "filters", "made_at", "made_by",
    "product_version", "reference_version", "references", "fingerprint", "versions", "limits",
    "level",
}  # fmt: skip
# Many lines to a measure: of these the measure is told by name.
_DESCRIBED = {"shares", "quantities", "changes", "strata"}
# Several of one measure, which stands elsewhere too: the part of it is told, with its name.
_OF_MEASURE = {"tested"}
# Of every audit today: a run without was kept before these were made, and nothing of it is another one now.
_MADE_LATER = {"adjusted"}
# A rate over time differs where the rate itself does, or its cases changed places.
_AS_A_WHOLE = {"over_time"}
_EXACT = 1e-9  # another release of a library may round the last digits otherwise


@dataclass(frozen=True)
class Differing:
    """One measure as it was and as it is, of `audit.results`; None where it was or is not measured."""

    measure: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Again:
    """An audit, and the same audit made of today's cases."""

    then: Audit
    now: Audit
    same_data: bool | None  # None where it cannot be told: cases are recorded in other columns since
    differing: tuple[Differing, ...]
    # What else differs: a measure without a verdict, or a part of the audit, such as "mix", or that of
    # one measure, such as "tested:micro_noa".
    beside: tuple[str, ...]

    @property
    def same_figures(self) -> bool:
        return not (self.differing or self.beside)


def compared(then: Audit, now: Audit) -> Again:
    differing: list[Differing] = []
    beside: list[str] = []
    now = _as_far_as(then, now)
    plain_then, plain_now = storage.to_json(then), storage.to_json(now)
    for name in [field.name for field in fields(Audit) if field.name not in _ABOUT]:
        if _same(plain_then[name], plain_now[name]):
            continue
        if name in _MADE_LATER and not getattr(then, name):
            continue
        if name in _DESCRIBED:
            # A run kept before they were made has none: nothing of it is another one now.
            beside += _described(getattr(then, name), getattr(now, name)) if then.versions else []
            continue
        if name in _OF_MEASURE:
            beside += _of_measures(name, getattr(then, name), getattr(now, name))
            continue
        if name in _AS_A_WHOLE:
            beside.append(name)
            continue
        measured = [_by_measure(getattr(audit, name)) for audit in (then, now)]
        if any(measured):
            differing += _differing(*measured)
        else:
            beside.append(name)
    same_data = then.fingerprint == now.fingerprint if then.columns == now.columns else None
    return Again(then, now, same_data, tuple(differing), tuple(beside))


def _as_far_as(then: Audit, now: Audit) -> Audit:
    """Without what the kept run holds nothing of, as before it was made: no difference."""
    if not any(one.wide for one in then.comparisons):
        now = replace(now, comparisons=tuple(replace(one, wide=None) for one in now.comparisons))
    if any(one.cases_beside for one in then.comparisons):
        return now
    return replace(
        now,
        comparisons=tuple(replace(one, cases_beside={}) for one in now.comparisons),
        overlaps=tuple(replace(one, cases={}) for one in now.overlaps),
        mix=tuple(replace(row, cases={}) for row in now.mix),
    )


def _described(then: tuple[Any, ...], now: tuple[Any, ...]) -> list[str]:
    """The measures of which a line differs, each once."""
    was, is_now = ({line.key: line for line in lines} for lines in (then, now))
    differing = (
        line
        for key, line in (was | is_now).items()
        if not _same(storage.plain(was.get(key)), storage.plain(is_now.get(key)))
    )
    return list(dict.fromkeys(map(measure_of, differing)))


def _of_measures(part: str, then: tuple[Any, ...], now: tuple[Any, ...]) -> list[str]:
    """The part with each measure of which it differs."""
    measures = dict.fromkeys(one.measure for one in (*then, *now))
    was, is_now = (
        {measure: [storage.plain(one) for one in results if one.measure == measure] for measure in measures}
        for results in (then, now)
    )
    return [f"{part}{KEY}{measure}" for measure in measures if not _same(was[measure], is_now[measure])]


def _by_measure(results: Any) -> dict[str, Any]:
    """The results of measures in one field of an audit."""
    several = results if isinstance(results, tuple) else (results,)
    return {one.measure: one for one in several if hasattr(one, "measure")}


def _differing(then: dict[str, Any], now: dict[str, Any]) -> list[Differing]:
    found = [Differing(measure, then.get(measure), now.get(measure)) for measure in then | now]
    return [one for one in found if not _same(storage.plain(one.then), storage.plain(one.now))]


def _same(one: Any, other: Any) -> bool:
    """Of plain JSON: numbers up to the last digits, and the cases behind a figure in any order."""
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=_EXACT, abs_tol=_EXACT)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        if all(isinstance(each, str) for each in [*one, *other]):
            return sorted(one) == sorted(other)
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other
