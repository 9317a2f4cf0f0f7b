"""Testosterone after the operation as a drawing: of its level before, by month and technique."""

from collections.abc import Iterator
from math import ceil, floor

from django.utils.translation import gettext as _

from audit.charts.plot import Axis, Bar, Line, Mark, Plot, Tick
from audit.quantities import MONTHS
from audit.results import Audit, Change
from audit.words.lines import said, sentence
from audit.words.numerals import isolate
from caselog.choices import Procedure

# Beside each other at one month, and told apart by shape as well.
_TECHNIQUES = {
    Procedure.CONVENTIONAL_TESE: (-0.35, "square", "open"),
    Procedure.MICRO_TESE: (0.35, "circle", ""),
}
_END = MONTHS[-1] + 3
_STEP = 0.25
_MOST = 2.0  # an interval from a handful of men reaches further; it is cut off there


def plot(audit: Audit) -> Plot | None:
    """None where no technique has enough pairs at any month."""
    lines = [line for line in audit.changes if line.by == "procedure" and line.group in _TECHNIQUES]
    drawn = [line for line in lines if line.of_pairs]
    if not drawn:
        return None
    bars = [bar for line in drawn for bar in _bar(line)]
    lowest = min(1.0, *(bar.lower for bar in bars))
    highest = max(1.0, *(bar.upper for bar in bars))
    return Plot(
        id="testosterone-by-month",
        title=_("Testosterone, of its level before the operation, by month"),
        x=Axis(_("Months after the operation"), 0, _END, [Tick(month, str(month)) for month in MONTHS]),
        y=_of_the_level_before(lowest, highest),
        lines=[Line([(0, 1.0), (_END, 1.0)], "target", _("as before"))],
        bars=bars,
        marks=[mark for line in drawn for mark in _mark(line)],
    )


def _of_the_level_before(lowest: float, highest: float) -> Axis:
    steps = range(floor(lowest / _STEP), ceil(highest / _STEP) + 1)
    ticks = [Tick(step * _STEP, isolate(f"{100 * step * _STEP:.0f} %")) for step in steps]
    return Axis(_("Of the level before"), ticks[0].at, ticks[-1].at, ticks)


def _bar(line: Change) -> Iterator[Bar]:
    if line.of_pairs:
        limits = line.of_pairs.interval
        yield Bar(line.month + _TECHNIQUES[Procedure(line.group)][0], limits.lower, min(limits.upper, _MOST))


def _mark(line: Change) -> Iterator[Mark]:
    aside, shape, kind = _TECHNIQUES[Procedure(line.group)]
    if line.of_pairs:
        yield Mark(
            line.month + aside,
            min(line.of_pairs.ratio, _MOST),
            words=sentence(said(line)[0]),
            shape=shape,
            kind=kind,
        )
