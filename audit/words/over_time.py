"""One rate in the order of time, in words: its quarters, its points and its signals."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from audit.results import Apart, Part, Partly, Point, Quarter, Series, Unit
from audit.statistics import Cusum, Direction
from audit.words.figures import NO_VERDICT
from audit.words.groupings import group_name
from audit.words.lines import apart_words
from audit.words.names import day, part_name
from audit.words.numerals import interval, isolate, men, percent, score
from audit.words.rates import NOT_INDEPENDENT, counted_in

FALSE_ALARMS = 0.05  # of audit.statistics.cusum_limit
_NOT_WHOLE = {
    Partly.NOT_OVER: _lazy("not over yet"),
    Partly.CUT: _lazy("only the part within the period"),
}
_SIGNAL = {
    Direction.WORSE: _lazy("Signal for worse at point %(n)s: case %(case)s, operated on %(day)s."),
    Direction.BETTER: _lazy("Signal for better at point %(n)s: case %(case)s, operated on %(day)s."),
}
_AGAINST = {
    Direction.WORSE: _lazy("For worse, it counts against %(edge)s and signals at %(limit)s."),
    Direction.BETTER: _lazy("For better, it counts against %(edge)s and signals at %(limit)s."),
}
_EDGE = {
    Direction.WORSE: _lazy("the lower edge of the band (%(rate)s)"),
    Direction.BETTER: _lazy("the upper edge of the band (%(rate)s)"),
}


def quarter_value(quarter: Quarter, unit: Unit) -> str:
    """The rate, or why there is none."""
    if not quarter.known:
        return _("no final result yet") if quarter.pending else _("no case")
    if quarter.interval and quarter.rate is not None:
        return _("%(rate)s (%(interval)s)") % {
            "rate": percent(quarter.rate),
            "interval": interval(quarter.interval),
        }
    if unit is Unit.TESTIS:
        return str(NOT_INDEPENDENT[unit])
    return _("too few for a percentage")


def quarter_remarks(quarter: Quarter) -> list[str]:
    waiting = [apart_words(Apart.PENDING, quarter.pending)] if quarter.pending else []
    return waiting + ([str(_NOT_WHOLE[quarter.partly])] if quarter.partly else [])


def quarter(one: Quarter, unit: Unit) -> str:
    """A quarter in one sentence: its name, k of n, the rate, and what is awaited."""
    name, value = group_name(one.by, one.group), quarter_value(one, unit)
    counted = [counted_in(unit, one.found, one.known)] if one.known else []
    # Translators: between the items of a list.
    told = pgettext("list", ", ").join([*counted, value, *quarter_remarks(one)])
    return _("%(group)s: %(told)s") % {"group": name, "told": told}


def quarters(series: Series) -> list[str]:
    return [quarter(one, series.unit) for one in series.quarters]


def no_points(series: Series) -> str:
    """Why there is no chart of cases; "" where there is one."""
    if series.no_chart:
        return _("No chart case by case: %(reason)s.") % {"reason": _reason(series)}
    if series.known:
        return ""
    if not series.pending:
        return _("No man with a final result: there is no point yet.")
    sentence = ngettext(
        "The result of the only man is pending: there is no point yet.",
        "The results of all %(n)s men are pending: there is no point yet.",
        series.pending,
    )
    return sentence % {"n": series.pending}


def awaited(series: Series) -> str:
    """What the chart of cases leaves out until it is known."""
    if not (series.points and series.pending):
        return ""
    sentence = ngettext(
        "%(n)s result is pending and no point: once final, it takes its place in the order of operation.",
        "%(n)s results are pending and no points: once final, they take their places in the order of "
        "operation.",
        series.pending,
    )
    return sentence % {"n": series.pending}


def balance(series: Series) -> list[str]:
    """Where the VLAD ends: the men found, less those that each edge of the band would give."""
    if not (series.points and series.band):
        return []
    if series.band.lower == series.band.upper:
        return [_ended(series.over_lower[-1], _("the reference (%(rate)s)") % _rate(series.band.lower))]
    said = [
        _ended(series.over_lower[-1], edge(series, Direction.WORSE)),
        _ended(series.over_upper[-1], edge(series, Direction.BETTER)),
    ]
    if series.over_lower[-1] >= 0 >= series.over_upper[-1]:
        said.append(_("The number found is one that the band allows for."))
    return said


def signals(series: Series) -> list[str]:
    """The signals in the order of the cases, or that there is none."""
    if not series.points:
        return []
    found = sorted((number, one.direction) for one in series.cusums for number in one.signals)
    if found:
        return [signal(series, direction, number) for number, direction in found]
    n = len(series.points)
    return [ngettext("No signal in %(n)s case.", "No signal in %(n)s cases.", n) % {"n": n}]


def signal(series: Series, direction: Direction, number: int) -> str:
    """number: of the case, counted from 1."""
    return str(_SIGNAL[direction]) % {"n": number, **_of_case(series.points[number - 1])}


def limits(series: Series) -> list[str]:
    """What each chart counts against, where it signals, and how often that is false."""
    if not series.points:
        return []
    said = [
        str(_AGAINST[one.direction]) % {"edge": edge(series, one.direction), "limit": score(one.limit)}
        for one in series.cusums
    ]
    directions = [one.direction for one in series.cusums]
    if Direction.BETTER not in directions:
        said.append(_("No rate is better than the upper edge of the band: there is no chart for better."))
    if Direction.WORSE not in directions:
        said.append(_("No rate is worse than the lower edge of the band: there is no chart for worse."))
    said.append(_horizon(series))
    return said


def edge(series: Series, direction: Direction) -> str:
    """The rate that the chart in this direction expects of each man."""
    band = series.band
    if band is None:
        return ""
    return str(_EDGE[direction]) % _rate(band.lower if direction is Direction.WORSE else band.upper)


def point(series: Series, number: int) -> str:
    """One point in one sentence: the case, its day, its result, and where the VLAD stands after it."""
    of = series.points[number - 1]
    told = _("%(n)s: case %(case)s, %(day)s, %(finding)s; %(balance)s")
    return told % {"n": number, **_of_case(of), "finding": finding(of), "balance": _balance(series, number)}


def scored(series: Series, one: Cusum, number: int) -> str:
    """A signal's point on the CUSUM, with its score."""
    said = {"signal": signal(series, one.direction, number), "score": score(one.scores[number - 1])}
    return _("%(signal)s Score %(score)s.") % said


def finding(of: Point) -> str:
    return part_name(Part.FOUND if of.found else Part.NOT_FOUND)


def _balance(series: Series, number: int) -> str:
    over_lower, over_upper = men(series.over_lower[number - 1]), men(series.over_upper[number - 1])
    if over_lower == over_upper:
        return over_lower
    return _("%(lower)s by the lower edge, %(upper)s by the upper") % {
        "lower": over_lower,
        "upper": over_upper,
    }


def _ended(difference: float, given: str) -> str:
    shown = {"n": isolate(f"{abs(difference):.1f}"), "given": given}
    if float(f"{difference:.1f}") == 0:
        return _("As many men with sperm as %(given)s would give.") % shown
    if difference < 0:
        return _("%(n)s fewer men with sperm than %(given)s would give.") % shown
    return _("%(n)s more men with sperm than %(given)s would give.") % shown


def _horizon(series: Series) -> str:
    sentence = _(
        "The limits are for a horizon of %(horizon)s cases: while the true rate stands at the edge, at most "
        "%(chance)s of such charts signal falsely."
    )
    said = sentence % {"horizon": series.horizon, "chance": percent(FALSE_ALARMS)}
    if len(series.points) <= series.horizon:
        return said
    return _("%(said)s This view has more cases, and false signals are likelier.") % {"said": said}


def _reason(series: Series) -> str:
    if series.no_chart == "unit":
        return str(NOT_INDEPENDENT[series.unit])
    return str(NO_VERDICT[series.no_chart])


def _rate(value: float) -> dict[str, str]:
    return {"rate": percent(value)}


def _of_case(of: Point) -> dict[str, str]:
    return {"case": isolate(of.case), "day": day(of.operated_on) if of.operated_on else "—"}
