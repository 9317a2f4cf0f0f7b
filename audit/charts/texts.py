"""Words in a drawing: how much room they take, which way they run, and where they fit beside a mark."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

SIZE = 15  # of a letter: still 12 px where the drawing is at its smallest (charts.css)
WIDTH_OF_LETTER = 0.58 * SIZE  # of system fonts on average, and some more: none is measured here
LINE = SIZE * 1.2
ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: "Box") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True)
class Text:
    """Words on a base line at `y`. side: whether they begin, stand or end at `x`, seen from the left."""

    x: float
    y: float
    text: str
    side: Anchor = "start"

    @property
    def direction(self) -> str:
        """Of its first letter, whatever the language of the page: a clinic's name may be in the other one."""
        for letter in ISOLATED.sub("", self.text) or self.text:
            kind = unicodedata.bidirectional(letter)
            if kind in ("R", "AL"):
                return "rtl"
            if kind == "L":
                return "ltr"
        return "ltr"

    @property
    def anchor(self) -> Anchor:
        """SVG counts from where reading begins, which in Arabic is the right."""
        turned: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}
        return turned[self.side] if self.direction == "rtl" else self.side

    @property
    def box(self) -> Box:
        width = width_of(self.text)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.side]
        return Box(left, self.y - 0.8 * SIZE, left + width, self.y + 0.2 * SIZE)


def width_of(text: str) -> float:
    seen = sum(not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf" for letter in text)
    return seen * WIDTH_OF_LETTER


def beside(x: float, y: float, name: str, reach: float) -> Iterator[Text]:
    """The places of a name beside a mark of this reach, the best first."""
    away = reach + 4
    yield Text(round(x + away, 1), round(y + 0.3 * SIZE, 1), name)
    yield Text(round(x - away, 1), round(y + 0.3 * SIZE, 1), name, "end")
    yield Text(x, round(y - away, 1), name, "middle")
    yield Text(x, round(y + away + 0.8 * SIZE, 1), name, "middle")


def placed(wishes: Iterable[Iterable[Text]], *, within: Box, taken: Sequence[Box]) -> list[Text]:
    """Of each wish its first place that meets nothing; without one it is left out: the tooltip says it."""
    boxes, found = list(taken), []
    for places in wishes:
        for text in places:
            if within.holds(text.box) and not any(text.box.meets(box) for box in boxes):
                found.append(text)
                boxes.append(text.box)
                break
    return found


def without_collisions(texts: Iterable[Text]) -> list[Text]:
    """Those that do not meet the one before: the labels of an axis."""
    kept: list[Text] = []
    for text in texts:
        if not kept or not text.box.meets(kept[-1].box):
            kept.append(text)
    return kept


def moved_apart(texts: Iterable[Text], *, top: float, bottom: float) -> list[Text]:
    """The same from top to bottom, each a line below the one before, and within the ends if there is room."""
    ordered = sorted(texts, key=lambda text: text.y)
    heights: list[float] = []
    for text in ordered:
        heights.append(max(text.y, heights[-1] + LINE if heights else top))
    for place, _text in reversed(list(enumerate(ordered))):
        limit = heights[place + 1] - LINE if place + 1 < len(heights) else bottom
        heights[place] = min(heights[place], limit)
    return [Text(text.x, round(y, 1), text.text, text.side) for text, y in zip(ordered, heights, strict=True)]
