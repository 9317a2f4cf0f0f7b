"""Clinics or surgeons side by side: which of them are further from the reference than chance takes them.

Counts in, a table and what a funnel shows out. Nobody is ranked: docs/methods/between.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from audit.reference import ReferenceFigure
from audit.statistics import (
    Band,
    Interval,
    Verdict,
    benjamini_hochberg,
    clopper_pearson,
    expected_false_alarms,
    outside_funnel,
    p_above,
    p_below,
)
from audit.statistics.funnel import FUNNEL_FROM
from audit.statistics.verdict import ALARM


class Standing(StrEnum):
    """Where somebody stands, or why that is not said."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    PENDING = "pending"  # what the awaited results turn out to be would decide
    FEW = "few"  # in grey, without a rate
    NOT_COMPARED = "not_compared"  # without any figure
    NO_REFERENCE = "no_reference"


class Side(StrEnum):
    CLINICS = "clinics"
    SURGEONS = "surgeons"


class Hidden(StrEnum):
    """Why others are not shown, or nobody is."""

    NOTHING = ""
    NOT_YOURS = "not_yours"
    ALONE = "alone"
    TAKES_NO_PART = "takes_no_part"
    NARROWED = "narrowed"
    FEW_OTHERS = "few_others"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was counted of a clinic or surgeon; counts of men. name: "" where it is not told.

    rate_from: from how many known on it has a rate. compared_from: … and any figure at all.
    """

    name: str = ""
    own: bool = False
    found: int = 0
    known: int = 0
    pending: int = 0
    rate_from: int
    compared_from: int = 0


@dataclass(frozen=True, kw_only=True)
class Point:
    """One clinic or surgeon. A count that is not shown is None, and so is what rests on it.

    q_low, q_high: of the funnel's points, each side by itself.
    """

    name: str
    own: bool
    standing: Standing
    found: int | None = None
    known: int | None = None
    pending: int = 0
    interval: Interval | None = None
    q_low: float | None = None
    q_high: float | None = None
    rate_from: int = 0
    compared_from: int = 0

    @property
    def rate(self) -> float | None:
        return self.found / self.known if self.found is not None and self.known else None


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """coverage: at which a point is called outside. expected_outside: how many chance alone would call so."""

    measure: str
    side: Side
    coverage: float
    reference: ReferenceFigure | None
    band: Band | None
    points: tuple[Point, ...]
    judged: int
    expected_outside: float
    hidden: Hidden = Hidden.NOTHING


def band_of(figure: ReferenceFigure | None) -> Band | None:
    """None where the figure gives no verdict: nothing is then outside."""
    if figure is None or not figure.verdict or figure.lower is None or figure.upper is None:
        return None
    return Band(figure.lower, figure.upper, figure.tolerance)


def funnel(
    measure: str,
    side: Side,
    entries: Iterable[Entry],
    figure: ReferenceFigure | None,
    *,
    coverage: float = ALARM,
    hidden: Hidden = Hidden.NOTHING,
) -> Funnel:
    """coverage: that of a live view, unless a closed period is judged."""
    band = band_of(figure)
    points = in_no_ranking(_point(entry, band, coverage) for entry in entries)
    judged = [point for point in points if point.rate is not None] if band else []
    return Funnel(
        measure=measure,
        side=side,
        coverage=coverage,
        reference=figure,
        band=band,
        points=tuple(_with_q(points, band)) if band else tuple(points),
        judged=len(judged),
        expected_outside=expected_false_alarms(((one.known or 0, band) for one in judged), coverage)
        if band
        else 0.0,
        hidden=hidden,
    )


def in_no_ranking(points: Iterable[Point]) -> list[Point]:
    """Those with a name by their names; those without by a digest of what is shown of them anyway.

    An order made of the shown counts tells no more than they do: not who comes first in the database, nor
    who stands where in another table. A digest says nothing of the rate, and any new result changes it.
    """

    def key(point: Point) -> tuple[bool, str]:
        shown = f"{point.found}/{point.known}"
        return not point.name, point.name.casefold() or sha256(shown.encode()).hexdigest()

    return sorted(points, key=key)


def _point(entry: Entry, band: Band | None, coverage: float) -> Point:
    said = Point(
        name=entry.name,
        own=entry.own,
        standing=Standing.NOT_COMPARED,
        rate_from=entry.rate_from,
        compared_from=entry.compared_from,
    )
    if entry.known < entry.compared_from:
        return said
    said = replace(said, standing=Standing.FEW, known=entry.known, pending=entry.pending)
    if entry.known < max(entry.rate_from, FUNNEL_FROM):
        return said
    return replace(
        said,
        standing=_standing(entry, band, coverage),
        found=entry.found,
        interval=clopper_pearson(entry.found, entry.known),
    )


def _standing(entry: Entry, band: Band | None, coverage: float) -> Standing:
    """One that holds whatever the awaited results turn out to be."""
    if band is None:
        return Standing.NO_REFERENCE
    operated = entry.known + entry.pending
    readings = {(entry.found, entry.known), (entry.found, operated), (entry.found + entry.pending, operated)}
    places = {outside_funnel(found, known, band, coverage) for found, known in readings}
    if len(places) > 1:
        return Standing.PENDING
    place = places.pop()
    return {None: Standing.INSIDE, Verdict.BELOW: Standing.BELOW, Verdict.ABOVE: Standing.ABOVE}[place]


def _with_q(points: Sequence[Point], band: Band) -> list[Point]:
    rated = [(one.found or 0, one.known or 0) for one in points if one.rate is not None]
    low = benjamini_hochberg(p_below((found, known, band.lower) for found, known in rated))
    high = benjamini_hochberg(p_above((found, known, band.upper) for found, known in rated))
    q_values = iter(zip(low, high, strict=True))
    return [_told(point, *next(q_values)) if point.rate is not None else point for point in points]


def _told(point: Point, q_low: float, q_high: float) -> Point:
    return replace(point, q_low=q_low, q_high=q_high)
