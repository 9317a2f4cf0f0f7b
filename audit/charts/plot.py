"""A Cartesian drawing in the units of its data: of rates over time, of clinics side by side.

`audit.charts.layout` finds the places, templates/audit/charts/_plot.html draws them, and
static/audit/charts.css knows the kinds: of areas "band" and "zone"; of lines "limit-95", "limit-998",
"target", "series" and "zero"; of marks "" (filled), "open", "signal" (ringed) and "own" (larger).
"""

from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Tick:
    """Of the axis below, `text` may have several lines."""

    at: float
    text: str


@dataclass(frozen=True)
class Axis:
    """From `lowest` to `highest`, or as far as the marks reach; left to right in every language."""

    label: str
    lowest: float
    highest: float
    ticks: Sequence[Tick]


@dataclass(frozen=True)
class Area:
    """A closed polygon, behind all else."""

    points: Points
    kind: str


@dataclass(frozen=True)
class Line:
    """`label` is written at its end; with `step` a value holds until the next point."""

    points: Points
    kind: str
    label: str = ""
    step: bool = False


@dataclass(frozen=True)
class Bar:
    """An interval, drawn upright."""

    x: float
    lower: float
    upper: float
    kind: str = "interval"


@dataclass(frozen=True)
class Mark:
    """`words`: the tooltip and what a screen reader says, as in the table; `name` is written beside it.

    shape: "circle", "square", "diamond" or "triangle". href: where a click leads.
    """

    x: float
    y: float
    words: str
    shape: str = "circle"
    kind: str = ""
    href: str = ""
    name: str = ""


@dataclass(frozen=True)
class Plot:
    """`id`: of the page's, in letters of an address; the downloaded file has its name. height: in pixels.

    aligned_with: others that stand above or below it on the same horizontal axis.
    """

    id: str
    title: str
    x: Axis
    y: Axis
    areas: Sequence[Area] = ()
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()
    height: int = 320
    aligned_with: "Sequence[Plot]" = ()
