"""Where the parts of a plot stand: its data in, coordinates of the viewBox out, for the template to draw.

Coordinates are rounded to a tenth: small pages, and no exponent that SVG could not read. The horizontal
axis runs from left to right in every language. Templates write it all within {% localize off %}.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from math import isfinite

from audit.charts import texts
from audit.charts.plot import Area, Axis, Bar, Line, Mark, Plot, Points, Tick
from audit.charts.texts import Box, Text

WIDTH = 640
TOP, RIGHT, BOTTOM = 34, 18, 52  # room for the label of the vertical axis, half a tick's, and both below
GAP = 8
CAP = 4  # half the width of the ends of an interval
WIDEST_LABELS = 160
REACH = 6  # of a mark from its middle
MANY = 40  # marks, above which they are drawn smaller
SHAPES = {
    "circle": "",  # SVG has them
    "square": "M-4.5-4.5h9v9h-9z",
    "diamond": "M0-6.5 6.5 0 0 6.5-6.5 0z",
    "triangle": "M0-6 6 5H-6z",
}


@dataclass(frozen=True)
class Scale:
    """From a value of the data to a coordinate; vertical ones have `start` below `end`'s place."""

    lowest: float
    highest: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        reach = self.highest - self.lowest
        share = (value - self.lowest) / reach if reach else 0.5
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class DrawnPath:
    """Points as SVG reads them: numbers with a blank between."""

    points: str
    kind: str


@dataclass(frozen=True)
class DrawnBar:
    x: float
    top: float
    bottom: float
    kind: str
    cap: int = CAP

    @property
    def left(self) -> float:
        return round(self.x - CAP, 1)


@dataclass(frozen=True)
class DrawnMark:
    x: float
    y: float
    mark: Mark
    size: float = 1

    @property
    def outline(self) -> str:
        return SHAPES[self.mark.shape]

    @property
    def reach(self) -> float:
        return REACH * self.size

    @property
    def box(self) -> Box:
        return Box(self.x - self.reach, self.y - self.reach, self.x + self.reach, self.y + self.reach)

    @property
    def ringed(self) -> bool:
        return "signal" in self.mark.kind.split()


@dataclass(frozen=True)
class Drawing:
    height: int
    frame: Box
    grid: str
    labels: Sequence[Text]
    areas: Sequence[DrawnPath]
    lines: Sequence[DrawnPath]
    bars: Sequence[DrawnBar]
    marks: Sequence[DrawnMark]
    names: Sequence[Text]
    width: int = WIDTH

    @property
    def frame_width(self) -> float:
        return round(self.frame.right - self.frame.left, 1)

    @property
    def frame_height(self) -> float:
        return round(self.frame.bottom - self.frame.top, 1)


def drawing(plot: Plot) -> Drawing:
    """Raises ValueError for a value that is no finite number and for a shape that is not in SHAPES."""
    _check(plot)
    frame = _frame(plot)
    x = _scale(plot.x, [mark.x for mark in plot.marks], frame.left, frame.right)
    y = _scale(plot.y, [mark.y for mark in plot.marks], frame.bottom, frame.top)
    marks = tuple(DrawnMark(x(mark.x), y(mark.y), mark, _size(mark, plot)) for mark in plot.marks)
    return Drawing(
        height=plot.height,
        frame=frame,
        grid=_grid(plot, frame, x, y),
        labels=[*_axis_labels(plot, frame, x, y), *_line_labels(plot.lines, frame, y)],
        areas=[_area(area, x, y) for area in plot.areas],
        lines=[_line(line, x, y) for line in plot.lines],
        bars=[_bar(bar, x, y) for bar in plot.bars],
        marks=marks,
        names=_names(marks, frame),
    )


def _check(plot: Plot) -> None:
    numbers = [plot.x.lowest, plot.x.highest, plot.y.lowest, plot.y.highest]
    numbers += [number for line in (*plot.areas, *plot.lines) for point in line.points for number in point]
    numbers += [number for bar in plot.bars for number in (bar.x, bar.lower, bar.upper)]
    numbers += [number for mark in plot.marks for number in (mark.x, mark.y)]
    if not all(map(isfinite, numbers)):
        raise ValueError(f"{plot.id}: not everything is a finite number")
    if unknown := {mark.shape for mark in plot.marks} - SHAPES.keys():
        raise ValueError(f"{plot.id}: no shape is called {sorted(unknown)}")


def _frame(plot: Plot) -> Box:
    """What is left for the data once the words beside it have their room."""
    both = [plot, *plot.aligned_with]
    left = max((texts.width_of(tick.text) for one in both for tick in one.y.ticks), default=0) + 2 * GAP
    labels = max((texts.width_of(line.label) for one in both for line in one.lines), default=0)
    right = WIDTH - max(RIGHT, min(labels, WIDEST_LABELS) + 2 * GAP)
    further = max((tick.text.count("\n") for tick in plot.x.ticks), default=0)
    return Box(round(left, 1), TOP, round(right, 1), round(plot.height - BOTTOM - further * texts.LINE, 1))


def _scale(axis: Axis, marked: Iterable[float], start: float, end: float) -> Scale:
    """No mark is left out or stands where it does not belong, whatever the axis was asked to be."""
    return Scale(min([axis.lowest, *marked]), max([axis.highest, *marked]), start, end)


def _size(mark: Mark, plot: Plot) -> float:
    if "own" in mark.kind.split():
        return 1.5
    return 1 if len(plot.marks) <= MANY else 0.6


def _grid(plot: Plot, frame: Box, x: Scale, y: Scale) -> str:
    upright = [f"M{x(tick.at)} {frame.top}V{frame.bottom}" for tick in plot.x.ticks]
    return "".join(upright + [f"M{frame.left} {y(tick.at)}H{frame.right}" for tick in plot.y.ticks])


def _axis_labels(plot: Plot, frame: Box, x: Scale, y: Scale) -> list[Text]:
    middle = round((frame.left + frame.right) / 2, 1)
    below = zip_longest(*(_lines(tick, x, frame) for tick in plot.x.ticks))
    rows = [
        Text(round(frame.left - GAP, 1), round(y(tick.at) + 0.3 * texts.SIZE, 1), tick.text, "end")
        for tick in plot.y.ticks
    ]
    return [
        Text(0, texts.SIZE, plot.y.label),
        Text(middle, plot.height - GAP, plot.x.label, "middle"),
        *(text for line in below for text in texts.without_collisions(filter(None, line))),
        *texts.without_collisions(rows),
    ]


def _lines(tick: Tick, x: Scale, frame: Box) -> list[Text | None]:
    """Below the axis; one that is blank has no place that another could miss."""
    lines = enumerate(tick.text.split("\n"), start=1)
    return [
        Text(x(tick.at), round(frame.bottom + n * texts.LINE, 1), line, "middle") if line else None
        for n, line in lines
    ]


def _line_labels(lines: Sequence[Line], frame: Box, y: Scale) -> list[Text]:
    """At the ends of the lines, apart from each other."""
    ends = [(line.label, y(line.points[-1][1])) for line in lines if line.label and line.points]
    at = round(frame.right + GAP, 1)
    wished = [Text(at, end + 0.3 * texts.SIZE, label) for label, end in ends]
    return texts.moved_apart(wished, top=frame.top + 0.3 * texts.SIZE, bottom=frame.bottom)


def _area(area: Area, x: Scale, y: Scale) -> DrawnPath:
    return DrawnPath(_points(area.points, x, y), area.kind)


def _line(line: Line, x: Scale, y: Scale) -> DrawnPath:
    return DrawnPath(_points(_stairs(line.points) if line.step else line.points, x, y), line.kind)


def _stairs(points: Points) -> Points:
    corners = [(to[0], at[1]) for at, to in pairwise(points)]
    inner = [point for pair in zip(corners, points[1:], strict=True) for point in pair]
    return [*points[:1], *inner]


def _points(points: Points, x: Scale, y: Scale) -> str:
    return " ".join(f"{x(across)} {y(up)}" for across, up in points)


def _bar(bar: Bar, x: Scale, y: Scale) -> DrawnBar:
    return DrawnBar(x(bar.x), y(bar.upper), y(bar.lower), bar.kind)


def _names(marks: Sequence[DrawnMark], frame: Box) -> list[Text]:
    wishes = [texts.beside(one.x, one.y, one.mark.name, one.reach) for one in marks if one.mark.name]
    return texts.placed(wishes, within=frame, taken=[one.box for one in marks])
