"""Clinics and surgeons side by side, in words; nothing in them ranks anybody."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from audit.between import Funnel, Hidden, Point, Side, Standing
from audit.results import Unit
from audit.words.figures import band_of_source
from audit.words.groups import by_chance
from audit.words.names import measure_name
from audit.words.numerals import interval, isolate, percent
from audit.words.rates import counted_in

_NAMELESS = {Side.CLINICS: _lazy("Another clinic"), Side.SURGEONS: _lazy("Another surgeon")}
_STANDING = {
    Standing.INSIDE: _lazy("inside the %(level)s lines"),
    Standing.BELOW: _lazy("below the %(level)s lines"),
    Standing.ABOVE: _lazy("above the %(level)s lines"),
    Standing.PENDING: _lazy("pending results decide"),
    Standing.NO_REFERENCE: _lazy("no reference"),
}
_HIDDEN = {
    Hidden.NOT_YOURS: _lazy(
        "Surgeons are compared for themselves: a surgeon sees the own figure, and the clinic's "
        "administrators see names. Your role shows none."
    ),
    Hidden.ALONE: _lazy("There is nobody to compare with: no two surgeons have such men in this period."),
    Hidden.TAKES_NO_PART: _lazy(
        "Other clinics are not shown, because this clinic takes no part in the comparison. Its "
        "administrators can change that in the settings."
    ),
}
_NARROWED = {
    Side.CLINICS: _lazy(
        "Other clinics are shown only for whole months and without further filters: else one man's result "
        "could be worked out."
    ),
    Side.SURGEONS: _lazy(
        "Other surgeons are shown only for whole months and without further filters: else one man's result "
        "could be worked out."
    ),
}
_FEW_OTHERS = {
    Side.CLINICS: _lazy(
        "Other clinics are not shown: fewer than 3 that take part have enough men, and one could tell "
        "which is which."
    ),
    Side.SURGEONS: _lazy(
        "Other surgeons are not shown: fewer than 3 have enough men, and one could tell who is who."
    ),
}


def title(funnel: Funnel) -> str:
    """Of the drawing and the table."""
    named = {"measure": measure_name(funnel.measure)}
    return (_("%(measure)s: clinics") if funnel.side is Side.CLINICS else _("%(measure)s: surgeons")) % named


def who(point: Point, side: Side) -> str:
    """A name; of one that is not told, only what it is."""
    if not point.name:
        return str(_NAMELESS[side])
    return _("%(name)s (you)") % {"name": point.name} if point.own and side is Side.SURGEONS else point.name


def point_rate(point: Point) -> str:
    """The rate, or why there is none."""
    if point.standing is Standing.NOT_COMPARED:
        sentence = ngettext("fewer than %(n)s case", "fewer than %(n)s cases", point.compared_from)
        return sentence % {"n": point.compared_from}
    if point.rate is None or point.interval is None:
        sentence = ngettext("no rate: fewer than %(n)s man", "no rate: fewer than %(n)s men", point.rate_from)
        return sentence % {"n": point.rate_from}
    counted = counted_in(Unit.MAN, point.found or 0, point.known or 0)
    said = {"counted": counted, "rate": percent(point.rate), "interval": interval(point.interval)}
    return _("%(counted)s, %(rate)s (%(interval)s)") % said


def standing(point: Point, coverage: float) -> str:
    """Beside the lines of the funnel; "" where there is no rate to stand anywhere."""
    return str(_STANDING.get(point.standing, "")) % {"level": percent(coverage, 1)}


def awaited(point: Point) -> str:
    if not point.pending:
        return ""
    return ngettext("%(n)s result pending", "%(n)s results pending", point.pending) % {"n": point.pending}


def q_value(value: float | None) -> str:
    """To three decimals, never 0 for what is not zero."""
    if value is None:
        return "—"
    return isolate("< 0.001" if value < 0.001 else f"{value:.3f}")


def point_sentence(point: Point, funnel: Funnel) -> str:
    """What its line of the table says, for the drawing."""
    # Translators: between the items of a list.
    separator = pgettext("list", ", ")
    number = _men(point.known) if point.rate is None and point.known is not None else ""
    parts = [number, point_rate(point), standing(point, funnel.coverage), awaited(point)]
    return f"{who(point, funnel.side)}: {separator.join(filter(None, parts))}"


def _men(n: int) -> str:
    return ngettext("%(n)s man with a final result", "%(n)s men with a final result", n) % {"n": n}


def expected_outside(funnel: Funnel) -> str:
    """What chance alone does to the whole table."""
    if not funnel.judged:
        return ""
    sentence = ngettext(
        "Chance alone would put %(expected)s of %(n)s point outside the %(level)s lines.",
        "Chance alone would put %(expected)s of %(n)s points outside the %(level)s lines.",
        funnel.judged,
    )
    return sentence % {
        "n": funnel.judged,
        "expected": by_chance(funnel.expected_outside),
        "level": percent(funnel.coverage, 1),
    }


def hidden(funnel: Funnel) -> str:
    """Why others are not shown, or nobody is; "" where nothing is left out."""
    said = {
        **_HIDDEN,
        Hidden.NARROWED: _NARROWED[funnel.side],
        Hidden.FEW_OTHERS: _FEW_OTHERS[funnel.side],
    }
    return str(said.get(funnel.hidden, ""))


def target(funnel: Funnel) -> str:
    """What the lines are drawn around."""
    if funnel.reference is None or funnel.band is None:
        return _("No reference gives a verdict on this rate, so no lines are drawn.")
    return _("The lines are drawn around %(band)s.") % {"band": band_of_source(funnel.reference)}
