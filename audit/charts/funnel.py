"""The funnel of clinics or surgeons, in the units of its data."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from audit import words
from audit.between import Funnel, Point, Side, Standing
from audit.charts.plot import Area, Axis, Bar, Line, Mark, Plot, Tick
from audit.statistics import Band, funnel_limits
from audit.statistics.funnel import FUNNEL_FROM
from audit.statistics.verdict import ALARM, ALERT
from audit.words import between as said

LINES = {"limit-95": ALERT, "limit-998": ALARM}
MOST_POINTS = 60  # of one line, beside those shown: more are not seen, and make the page large
NO_RATE = -0.06  # under the axis: what has no rate stands at none
SHAPES = {Side.CLINICS: "square", Side.SURGEONS: "circle"}
OUTSIDE = (Standing.BELOW, Standing.ABOVE)


def plot(funnel: Funnel) -> Plot | None:
    """None where nobody has a number of men to stand at."""
    shown = [point for point in funnel.points if point.known is not None]
    if not shown:
        return None
    most = max(FUNNEL_FROM + 7, *(point.known or 0 for point in shown))
    # At each point too: between two others the line is straight, and the limits are not.
    men = sorted({*_numbers(most), *(point.known or 0 for point in shown if point.rate is not None)})
    return Plot(
        id=f"funnel-{funnel.side}",
        title=said.title(funnel),
        x=Axis(_("Men with a final result"), 0, most * 1.04, _ticks(most)),
        y=Axis(
            _("Men with sperm found"), NO_RATE, 1.0, [Tick(n / 4, words.percent(n / 4)) for n in range(5)]
        ),
        areas=[_band(funnel.band, most)] if funnel.band else (),
        lines=[line for kind in LINES for line in _limits(kind, men, funnel.band)] if funnel.band else (),
        bars=[Bar(point.known or 0, *_ends(point)) for point in shown if point.own and point.interval],
        marks=[_mark(point, funnel) for point in shown],
    )


def _ends(point: Point) -> tuple[float, float]:
    return (point.interval.lower, point.interval.upper) if point.interval else (0.0, 0.0)


def _mark(point: Point, funnel: Funnel) -> Mark:
    kinds = [
        "own" if point.own else "",
        "signal" if point.standing in OUTSIDE else "",
        "" if point.name or point.own else "open",
        "few" if point.rate is None else "",
    ]
    return Mark(
        x=point.known or 0,
        y=NO_RATE if point.rate is None else point.rate,
        words=said.point_sentence(point, funnel),
        shape="diamond" if point.rate is None else SHAPES[funnel.side],
        kind=" ".join(filter(None, kinds)),
        name=said.who(point, funnel.side) if point.name else "",
    )


def _band(band: Band, most: int) -> Area:
    """A point reference has no height, and is a line."""
    right = most * 1.04
    corners = [(0.0, band.lower), (right, band.lower), (right, band.upper), (0.0, band.upper)]
    return Area(corners, "band")


def _limits(kind: str, men: Sequence[int], band: Band) -> Iterable[Line]:
    limits = funnel_limits(men, band, LINES[kind])
    label = words.percent(LINES[kind], 1 if LINES[kind] == ALARM else 0)
    yield Line([(n, one.lower) for n, one in zip(men, limits, strict=True)], kind, label)
    yield Line([(n, one.upper) for n, one in zip(men, limits, strict=True)], kind, label)


def _numbers(most: int) -> set[int]:
    """Whole numbers from 3 on, all of the few and fewer of the many, where the lines are straight."""
    last, grow = most - FUNNEL_FROM, MOST_POINTS - 1
    return {FUNNEL_FROM + round(last * (n / grow) ** 2) for n in range(MOST_POINTS)}


def _ticks(most: int) -> list[Tick]:
    step = next(10**p * m for p in range(7) for m in (1, 2, 5) if most <= 8 * 10**p * m)
    return [Tick(n, str(n)) for n in range(0, most + 1, step)]
