"""Reference figures in words, and what stands beside them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from audit.evidence import CONTRADICTIONS, Contradiction
from audit.reference import ReferenceFigure
from audit.results import Audit, Comparison, DifferenceComparison, TissueComparison
from audit.statistics import Interval
from audit.words.names import text
from audit.words.numerals import interval, isolate, percent, points, signed, times, times_interval

NO_VERDICT = {
    "ambiguous": _lazy("the source is ambiguous"),
    "context": _lazy("the figure is context only"),
    "direction_only": _lazy("the source gives a direction only"),
    "no_interval": _lazy("the source gives no interval"),
    "no_reference": _lazy("there is no reference figure"),
    "other_population": _lazy("the nearest published figure is of other men"),
    "other_unit": _lazy("per sample in its origin, not per man"),
    "small_series": _lazy("one published series only"),
}


def reference(comparison: Comparison | DifferenceComparison | TissueComparison) -> str:
    """What a figure is compared with, and who says so."""
    figure = comparison.reference
    if figure is None:
        return _("no reference figure")
    said = {"value": _short_value(figure), "claim": isolate(figure.claim), "label": isolate(figure.label)}
    named = (_("the document's %(value)s (%(claim)s)") if figure.claim else _("%(label)s: %(value)s")) % said
    if not figure.verdict:
        after = str(NO_VERDICT[figure.no_verdict])
    elif isinstance(comparison, Comparison) and comparison.verdict is not None:
        after = tolerance(figure.tolerance)
        if figure.usual_tolerance is not None:
            after = _("%(tolerance)s, set by this clinic") % {"tolerance": after}
    else:  # without a verdict no tolerance is used
        return named
    return _("%(reference)s, %(remark)s") % {"reference": named, "remark": after}


def contradiction(one: Contradiction) -> str:
    """With the numbers of the published figures, as the set has them."""
    first = one.sources[0]
    numbers = {f"estimate_{n}": percent(f.estimate or 0.0) for n, f in enumerate(one.sources, start=1)}
    return str(one.words) % {**numbers, "found": first.found, "known": first.known}


def contradictions(_audit: Audit) -> list[str]:
    """Where the document and published evidence differ, with the source of each."""
    return [
        _("%(claim)s: %(words)s (%(source)s)")
        % {"claim": isolate(one.claim), "words": contradiction(one), "source": isolate(one.sources[0].label)}
        for one in CONTRADICTIONS
    ]


def readings(comparison: Comparison) -> list[str]:
    """The ways to read an ambiguous claim, each with its rates."""
    found = comparison.reference.readings if comparison.reference else ()
    return [
        _("%(reading)s: %(rates)s")
        % {"reading": text(reading, "text"), "rates": interval(Interval(reading.lower, reading.upper))}
        for reading in found
    ]


def figure_value(figure: ReferenceFigure) -> str:
    """All that the source prints: "45 of 68, 66 % (54–77 %)"."""
    value, estimate = _short_value(figure), figure.estimate
    if figure.kind == "rate" and estimate is not None and figure.lower is not None:
        value = _("%(value)s (%(interval)s)") % {"value": percent(estimate), "interval": value}
    if figure.known is None:
        return value
    counts = isolate(f"n = {figure.known}")
    if figure.found is not None:
        counts = _("%(found)s of %(known)s") % {"found": figure.found, "known": figure.known}
    return _("%(counts)s, %(value)s") % {"counts": counts, "value": value}


def _short_value(figure: ReferenceFigure) -> str:
    """The band where there is one, else the estimate or the direction."""
    estimate = figure.estimate or 0.0
    if figure.kind == "statement":
        return pgettext("figure", "no number")
    if figure.direction:
        return pgettext("difference", "“higher”")
    if figure.kind == "difference":
        return _("%(points)s points") % {"points": signed(estimate)}
    if figure.kind == "tissue_ratio":
        return _("%(times)s-fold") % {"times": times(estimate)}
    if figure.lower is None or figure.upper is None:
        return percent(estimate) if figure.kind in ("rate", "change") else times(estimate)
    limits = Interval(figure.lower, figure.upper)
    if figure.kind == "rate":
        return interval(limits)
    return _("%(times)s times (%(interval)s)") % {
        "times": times(estimate),
        "interval": times_interval(limits),
    }


def band_of_source(figure: ReferenceFigure) -> str:
    said = {"value": _short_value(figure), "label": isolate(figure.label)}
    return (_("the document's %(value)s") if figure.claim else _("the %(value)s of %(label)s")) % said


def tolerance(fraction: float) -> str:
    n = round(100 * fraction)
    sentence = ngettext("tolerance %(points)s point", "tolerance %(points)s points", n)
    return sentence % {"points": points(fraction)}
