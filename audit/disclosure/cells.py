"""Which counts to suppress so that none of 1 to 7 can be told from the others. Counts and sums, no Django.

A reader of a shared file knows how counts add up. So each sum is a Relation, and counts are taken away
until interval arithmetic over all relations leaves at least five of the counts from 1 to 7 possible.
The method and a worked example: docs/methods/disclosure.md.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

SMALLEST_SHOWN = 8
ROUNDED_TO = 5
STILL_POSSIBLE = 5  # of the seven counts from 1 to 7
_HALF = ROUNDED_TO // 2

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Relation:
    """total = the sum of the parts + besides, in counts named by any hashable name.

    besides: the limits of what neither names, such as men who stand in two parts: (0, 0) where the sum
    is exact, and then the reader is taken to know that it is.
    """

    total: Hashable
    parts: tuple[Hashable, ...]
    besides: Bounds = (0.0, 0.0)


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


def rounded(count: int) -> int:
    """To the nearest multiple of 5: halves do not occur."""
    return ROUNDED_TO * ((count + _HALF) // ROUNDED_TO)


def related(counts: Mapping[Hashable, int], total: Hashable, parts: Iterable[Hashable]) -> Relation:
    """A relation that holds for these counts: exact, or with an unknown rest on one side."""
    named = tuple(parts)
    rest = counts[total] - sum(counts[part] for part in named)
    return Relation(total, named, (-inf if rest < 0 else 0.0, inf if rest > 0 else 0.0))


def suppressed(
    counts: Mapping[Hashable, int],
    relations: Collection[Relation],
    *,
    shown: Collection[Hashable],
    first: Collection[Hashable],
    together: Mapping[Hashable, Collection[Hashable]],
    last: Collection[Hashable] = (),
) -> set[Hashable]:
    """The names of `shown` that must not be shown.

    counts: by name, those too that are not shown but follow from others, such as failures.
    shown: the names of what would be shown. first: of these, what goes whatever else is shown.
    together: what is suppressed with a name as well. last: what goes only where nothing beside it can.
    """
    gone: set[Hashable] = set()
    _take(gone, (name for name in shown if is_small(counts[name]) or name in first), together)
    while True:
        bounds = derived(counts, relations, shown=shown, gone=gone, together=together)
        told = [name for name, n in counts.items() if is_small(n) and not is_open(bounds[name])]
        there = set(shown) - gone
        taken = {_next(name, counts, relations, there, last) for name in told} - {None}
        if not taken:
            return gone
        _take(gone, taken, together)


def derived(
    counts: Mapping[Hashable, int],
    relations: Collection[Relation],
    *,
    shown: Collection[Hashable],
    gone: Collection[Hashable],
    together: Mapping[Hashable, Collection[Hashable]],
) -> dict[Hashable, Bounds]:
    """Between which limits a reader can put every count: of what is shown and of what is gone from it."""
    bounds: dict[Hashable, Bounds] = dict.fromkeys(counts, (0.0, inf))
    # Zero is shown, so what is gone is at least 1, unless it only went along with another.
    along = {name for other in gone for name in together.get(other, ())}
    bounds |= {name: (0.0 if name in along else 1.0, inf) for name in gone}
    bounds |= {name: _said(counts[name]) for name in shown if name not in gone}
    moved = True
    while moved:
        moved = False
        for relation in relations:
            moved |= _tighten(relation, bounds)
    return bounds


def _said(count: int) -> Bounds:
    """What the rounded count says."""
    if count == 0:
        return 0.0, 0.0
    return max(SMALLEST_SHOWN, rounded(count) - _HALF), rounded(count) + _HALF


def is_open(bounds: Bounds) -> bool:
    """Whether enough of the counts from 1 to 7 remain possible."""
    low, high = max(bounds[0], 1), min(bounds[1], SMALLEST_SHOWN - 1)
    return high - low + 1 >= STILL_POSSIBLE


def _tighten(relation: Relation, bounds: dict[Hashable, Bounds]) -> bool:
    """Narrow each count of the relation by all of the others; whether one was narrowed."""
    rest_low, rest_high = relation.besides
    low = rest_low + sum(bounds[part][0] for part in relation.parts)
    high = rest_high + sum(bounds[part][1] for part in relation.parts)
    moved = _narrow(bounds, relation.total, low, high)
    least, most = bounds[relation.total]
    for part in relation.parts:
        others = [bounds[other] for other in relation.parts if other != part]
        moved |= _narrow(
            bounds,
            part,
            least - rest_high - sum(one[1] for one in others),
            most - rest_low - sum(one[0] for one in others),
        )
    return moved


def _narrow(bounds: dict[Hashable, Bounds], name: Hashable, low: float, high: float) -> bool:
    before = bounds[name]
    bounds[name] = max(before[0], low), min(before[1], high)
    return bounds[name] != before


def _next(
    told: Hashable,
    counts: Mapping[Hashable, int],
    relations: Iterable[Relation],
    shown: Collection[Hashable],
    last: Collection[Hashable],
) -> Hashable | None:
    """The smallest count that is shown next to the one that can be told; further off where there is none."""
    near, reached = {told}, {told}
    while near:
        near = {
            name
            for relation in relations
            if not reached.isdisjoint(named := (relation.total, *relation.parts))
            for name in named
        } - reached
        if found := [name for name in near if name in shown and counts[name]]:
            return min(found, key=lambda name: (name in last, counts[name], str(name)))
        reached |= near
    return None


def _take(
    gone: set[Hashable], names: Iterable[Hashable], together: Mapping[Hashable, Collection[Hashable]]
) -> None:
    for name in names:
        gone.add(name)
        gone.update(together.get(name, ()))
