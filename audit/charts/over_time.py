"""A rate in the order of time, as drawings: its quarters, and the VLAD above the CUSUM."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil, floor, log10

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit.charts.plot import Area, Axis, Bar, Line, Mark, Plot, Points, Tick
from audit.results import Quarter, Series
from audit.statistics import Band, Cusum, Direction
from audit.words import over_time as words
from audit.words.numerals import isolate, percent, score

MARKED = 100  # of more cases only those of a signal and the last one are marked: the line has them all
_STEPS = (1, 2, 5, 10)
_SHAPE = {Direction.WORSE: "diamond", Direction.BETTER: "triangle"}
_UPWARDS = {Direction.WORSE: -1, Direction.BETTER: 1}  # up is more sperm, as in the VLAD above
_QUARTERS_OF_AXIS = 0.5  # on either side of the middle of the first and the last one
_RATES = [(0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100 %")]

Links = Mapping[str, str]  # addresses by the key of a quarter, or by the number of a case


def run_chart(series: Series, links: Links) -> Plot:
    """The rate of each quarter; under it found / known, which an empty place has too."""
    places = list(enumerate(series.quarters, start=1))
    first, last = 1 - _QUARTERS_OF_AXIS, len(places) + _QUARTERS_OF_AXIS
    return Plot(
        id=f"quarters-{series.measure}",
        title=_("Sperm found, by quarter of the operation"),
        x=Axis(_("Found / known, and the quarter"), first, last, list(_quarter_ticks(series))),
        y=Axis(_("Sperm found"), 0, 1, [Tick(at, text) for at, text in _RATES]),
        areas=[_strip(series.band, first, last)] if series.band else [],
        bars=[Bar(place, one.interval.lower, one.interval.upper) for place, one in places if one.interval],
        marks=[_quarter_mark(series, place, one, links) for place, one in places if one.rate is not None],
    )


def case_by_case(series: Series, band: Band, links: Links) -> tuple[Plot, Plot]:
    """The VLAD and the CUSUM, one above the other on one axis of case numbers."""
    above, below = _vlad(series, band, links), _cusum(series, links)
    return replace(above, aligned_with=[below]), replace(below, aligned_with=[above])


def _vlad(series: Series, band: Band, links: Links) -> Plot:
    """Men found so far, less those that each edge of the band would give."""
    lower, upper = _points(series.over_lower), _points(series.over_upper)
    lines = [Line(lower, "series", percent(band.lower))]
    if band.lower < band.upper:
        lines.append(Line(upper, "limit-95", percent(band.upper)))
    values = [value for _number, value in (*lower, *upper)]
    return Plot(
        id=f"vlad-{series.measure}",
        title=_("Men with sperm found, more (+) or fewer (−) than each edge of the band would give (VLAD)"),
        x=_cases(series),
        y=_axis(_("Men"), min(values), max(values), signs=True),
        areas=[Area([*lower, *reversed(upper)], "band")],
        lines=[_zero(series), *lines],
        marks=[_point(series, number, links) for number in _marked(series)],
    )


def _cusum(series: Series, links: Links) -> Plot:
    """The scores, and the limits at which they signal."""
    n = len(series.points)
    reach = [_UPWARDS[one.direction] * max(one.limit, *one.scores) for one in series.cusums]
    lines = [_zero(series)]
    for one in series.cusums:
        up = _UPWARDS[one.direction]
        lines.append(Line(_points([up * value for value in one.scores]), "series"))
        limit = up * one.limit
        lines.append(Line([(0, limit), (n, limit)], "limit-998", _limit_name(one)))
    return Plot(
        id=f"cusum-{series.measure}",
        title=_("Score of signals: up for better, down for worse (CUSUM)"),
        x=_cases(series),
        y=_axis(_("Score"), min([0.0, *reach]), max([0.0, *reach])),
        lines=lines,
        marks=[_signal(series, one, number, links) for one in series.cusums for number in one.signals],
    )


def _quarter_ticks(series: Series) -> Iterator[Tick]:
    year = ""
    for place, one in enumerate(series.quarters, start=1):
        of, _q, number = one.group.partition("-Q")
        # Translators: a quarter of the year, as short as can be: it stands below a chart.
        short = pgettext("quarter of a year", "Q%(number)s") % {"number": number}
        yield Tick(place, f"{one.found}/{one.known}\n{short}\n{of if of != year else ''}")
        year = of


def _strip(band: Band, first: float, last: float) -> Area:
    return Area([(first, band.lower), (last, band.lower), (last, band.upper), (first, band.upper)], "band")


def _quarter_mark(series: Series, place: int, one: Quarter, links: Links) -> Mark:
    kind, said = ("open" if one.partly else ""), words.quarter(one, series.unit)
    return Mark(place, one.rate or 0.0, said, "square", kind, links.get(one.key, ""))


def _points(values) -> Points:
    """From 0 before the first case."""
    return [(0, 0.0), *enumerate(values, start=1)]


def _marked(series: Series) -> Iterator[int]:
    last = len(series.points)
    return (n for n in range(1, last + 1) if last <= MARKED or n == last or n in series.in_doubt)


def _point(series: Series, number: int, links: Links) -> Mark:
    of = series.points[number - 1]
    kind = " ".join(
        name for name, holds in (("open", not of.found), ("signal", number in series.in_doubt)) if holds
    )
    said = [one for one in series.cusums if number in one.signals]
    shape = _SHAPE[said[0].direction] if said else "circle"
    sentence = words.point(series, number)
    return Mark(number, series.over_lower[number - 1], sentence, shape, kind, links.get(of.case, ""))


def _signal(series: Series, one: Cusum, number: int, links: Links) -> Mark:
    up = _UPWARDS[one.direction] * one.scores[number - 1]
    address = links.get(series.points[number - 1].case, "")
    return Mark(number, up, words.scored(series, one, number), _SHAPE[one.direction], "signal", address)


def _limit_name(one: Cusum) -> str:
    names = {Direction.WORSE: pgettext("limit", "worse"), Direction.BETTER: pgettext("limit", "better")}
    return _("%(direction)s: %(limit)s") % {"direction": names[one.direction], "limit": score(one.limit)}


def _zero(series: Series) -> Line:
    return Line([(0, 0), (len(series.points), 0)], "zero")


def _cases(series: Series) -> Axis:
    n = len(series.points)
    step = max(1, _step(n))
    ticks = [Tick(at, str(at)) for at in range(0, n + 1, int(step))]
    return Axis(_("Cases in the order of operation"), 0, n, ticks)


def _axis(label: str, lowest: float, highest: float, *, signs: bool = False) -> Axis:
    """Its ends are ticks, round numbers; 0 is always in it."""
    step = _step(max(highest, 0) - min(lowest, 0))
    first, last = floor(min(lowest, 0) / step), ceil(max(highest, 0) / step)
    values = [round(place * step, 6) for place in range(first, last + 1)]
    said = "{:+g}" if signs else "{:g}"
    ticks = [Tick(at, isolate(said.format(at if signs else abs(at)).replace("-", "−"))) for at in values]
    zero = [Tick(0, "0") if tick.at == 0 else tick for tick in ticks]
    return Axis(label, values[0], values[-1], zero)


def _step(reach: float, most: int = 8) -> float:
    """The least round step of which at most this many cover `reach`."""
    if reach <= 0:
        return 1.0
    ten = 10.0 ** floor(log10(reach / most))
    return next(step * ten for step in _STEPS if step * ten * most >= reach)
