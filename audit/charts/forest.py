"""Where the marks of a chart stand: fractions in, coordinates out. The templates draw them.

Coordinates are in units of the drawing's viewBox, rounded to a tenth: small pages, and no
exponent that SVG could not read. Templates must write them within {% localize off %}.
"""

from dataclasses import dataclass
from math import log10

from audit.results import Comparison, DifferenceComparison, TissueComparison
from audit.statistics import Interval

WIDTH, HEIGHT = 320, 32
MARGIN = 8  # half a square and the end of a bar stay visible at 0 and at 100 %
SQUARE = 9
THINNEST = 2.0  # a point reference has no width, and is still to be seen


@dataclass(frozen=True)
class Scale:
    """A horizontal axis; `low` and `high` are fractions. It runs from left to right in every language."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where `value` stands; what lies beyond an end stands on that end."""
        inside = min(max(value, self.low), self.high)
        share = (inside - self.low) / (self.high - self.low)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def span(self, lower: float, upper: float) -> "Span":
        start, end = self.x(lower), self.x(upper)
        width = round(end - start, 1)
        if width >= THINNEST:
            return Span(x=start, width=width)
        return Span(x=round((start + end - THINNEST) / 2, 1), width=THINNEST)


@dataclass(frozen=True, kw_only=True)
class Span:
    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True, kw_only=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Forest:
    """One row of a forest: what is None is not drawn."""

    ticks: tuple[Tick, ...]
    zone: Span | None = None  # the reference widened by its tolerance
    bands: tuple[Span, ...] = ()  # the reference; of an ambiguous one each reading
    bar: Span | None = None
    wide: Span | None = None  # the wider interval, which reaches beyond the bar
    point: float | None = None  # the middle of the square

    width, height, square = WIDTH, HEIGHT, SQUARE
    middle = HEIGHT / 2
    square_top = (HEIGHT - SQUARE) / 2

    @property
    def square_left(self) -> float | None:
        return None if self.point is None else round(self.point - SQUARE / 2, 1)


RATES = Scale(0.0, 1.0)
DIFFERENCES = Scale(-1.0, 1.0)
LEAST_RATIO, MOST_RATIO = 0.1, 100.0
RATIOS = Scale(-1.0, 2.0)  # powers of ten


RATE_TICKS = tuple(
    Tick(x=RATES.x(value / 100), label=label)
    for value, label in [(0, "0"), (25, "25"), (50, "50"), (75, "75"), (100, "100 %")]
)
DIFFERENCE_TICKS = tuple(
    Tick(x=DIFFERENCES.x(value / 100), label=label)
    for value, label in [(-100, "−100"), (-50, "−50"), (0, "0"), (50, "+50"), (100, "+100")]
)
RATIO_TICKS = tuple(
    Tick(x=RATIOS.x(power), label=label) for power, label in [(-1, "0.1"), (0, "1"), (1, "10"), (2, "100")]
)


def rate_axis() -> Forest:
    """The axis alone, for the head of the column."""
    return Forest(ticks=RATE_TICKS)


def rate_row(comparison: Comparison) -> Forest:
    band = comparison.band
    judged = comparison.verdict is not None  # without a verdict no tolerance is used
    zone = Interval(band.lower - band.tolerance, band.upper + band.tolerance) if band and judged else None
    return Forest(
        ticks=RATE_TICKS,
        zone=_drawn(RATES, zone),
        bands=tuple(RATES.span(limits.lower, limits.upper) for limits in _references(comparison)),
        bar=_drawn(RATES, comparison.interval),
        wide=_drawn(RATES, comparison.wide),
        point=RATES.x(comparison.rate) if comparison.rate is not None else None,
    )


def _references(comparison: Comparison) -> list[Interval]:
    """The band, or each reading of an ambiguous one: the widest first, so that all can be seen."""
    readings = comparison.reference.readings if comparison.reference else ()
    said = readings or ([comparison.band] if comparison.band else [])
    limits = [Interval(one.lower, one.upper) for one in said]
    return sorted(limits, key=lambda one: one.lower - one.upper)


def difference_row(comparison: DifferenceComparison) -> Forest:
    if comparison.difference is None:
        return Forest(ticks=DIFFERENCE_TICKS)
    return Forest(
        ticks=DIFFERENCE_TICKS,
        bar=_drawn(DIFFERENCES, comparison.difference.interval),
        point=DIFFERENCES.x(comparison.difference.estimate),
    )


def line_row(n: int, of: int, interval: Interval) -> Forest:
    """A share or a rate without a reference beside it."""
    return Forest(ticks=RATE_TICKS, bar=_drawn(RATES, interval), point=RATES.x(n / of))


def ratio_row(comparison: TissueComparison) -> Forest:
    """On a logarithmic axis: half as much is as far from 1 as twice as much."""
    if comparison.ratio is None:
        return Forest(ticks=RATIO_TICKS)
    limits = comparison.ratio.interval
    return Forest(
        ticks=RATIO_TICKS,
        bar=RATIOS.span(_log(limits.lower), _log(limits.upper)),
        point=RATIOS.x(_log(comparison.ratio.ratio_of_geometric_means)),
    )


def _log(ratio: float) -> float:
    """What is too small or too large for the axis stands on its end."""
    return log10(min(max(ratio, LEAST_RATIO), MOST_RATIO))


def _drawn(scale: Scale, interval: Interval | None) -> Span | None:
    return scale.span(interval.lower, interval.upper) if interval else None
