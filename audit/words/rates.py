"""One retrieval rate in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, ngettext_lazy, pgettext

from audit.reference import ReferenceFigure
from audit.results import (
    EXCLUSIONS,
    Comparison,
    DifferenceComparison,
    Level,
    Part,
    TissueComparison,
    Unit,
)
from audit.statistics import Interval, Verdict
from audit.statistics.verdict import ALARM
from audit.words.figures import NO_VERDICT, band_of_source, tolerance
from audit.words.names import verdict_name
from audit.words.numerals import excluded_over, excluded_under, interval, percent

_COUNTED = {
    Unit.MAN: ngettext_lazy("%(found)s of %(known)s man", "%(found)s of %(known)s men", "known"),
    Unit.ATTEMPT: ngettext_lazy("%(found)s of %(known)s attempt", "%(found)s of %(known)s attempts", "known"),
    Unit.TESTIS: ngettext_lazy("%(found)s of %(known)s testis", "%(found)s of %(known)s testes", "known"),
}
_NONE_KNOWN = {
    Unit.MAN: _lazy("no men with a final result"),
    Unit.ATTEMPT: _lazy("no attempts with a final result"),
    Unit.TESTIS: _lazy("no testes with a final result"),
}
NOT_INDEPENDENT = {
    Unit.ATTEMPT: _lazy("attempts of one man are not independent"),
    Unit.TESTIS: _lazy("the two testes of one man are not independent"),
}
_EXCLUDED = {
    Part.REPEAT: ngettext_lazy("%(n)s later attempt", "%(n)s later attempts", "n"),
    Part.FIRST_LEFT_OUT: ngettext_lazy(
        "%(n)s later attempt of a man whose first one is outside the filters",
        "%(n)s later attempts of men whose first one is outside the filters",
        "n",
    ),
    Part.DRAFT: ngettext_lazy("%(n)s draft", "%(n)s drafts", "n"),
    Part.CANCELLED: ngettext_lazy("%(n)s cancelled", "%(n)s cancelled", "n"),
    Part.ABANDONED: ngettext_lazy("%(n)s abandoned", "%(n)s abandoned", "n"),
    Part.UNCERTAIN_TYPE: ngettext_lazy("%(n)s uncertain type", "%(n)s uncertain types", "n"),
    Part.NOT_RECORDED: ngettext_lazy("%(n)s with an answer missing", "%(n)s with an answer missing", "n"),
    Part.COMBINED: ngettext_lazy("%(n)s combined operation", "%(n)s combined operations", "n"),
    Part.NOT_TESTED: ngettext_lazy("%(n)s not tested or unknown", "%(n)s not tested or unknown", "n"),
    Part.OTHER_PROCEDURE: ngettext_lazy("%(n)s by another procedure", "%(n)s by another procedure", "n"),
    Part.NOT_AZOOSPERMIC: ngettext_lazy("%(n)s not azoospermic", "%(n)s not azoospermic", "n"),
    Part.NO_FIGURE: ngettext_lazy(
        "%(n)s without a reference figure", "%(n)s without a reference figure", "n"
    ),
}


def rate(comparison: Comparison) -> str:
    if comparison.rate is None:
        return str(_NONE_KNOWN[comparison.unit])
    counted = counted_in(comparison.unit, comparison.found, comparison.known)
    said = {"counted": counted, "rate": percent(comparison.rate)}
    if comparison.interval is None:
        return _("%(counted)s, %(rate)s") % said
    return _("%(counted)s, %(rate)s (%(interval)s)") % {**said, "interval": interval(comparison.interval)}


def counted_in(unit: Unit, found: int, known: int) -> str:
    return str(_COUNTED[unit] % {"found": found, "known": known})


def verdict(comparison: Comparison) -> str:
    """The verdict as a sentence; "not enough cases" says what is excluded all the same."""
    said = comparison.verdict
    figure, limits = comparison.reference, comparison.judged_by
    if said is None or figure is None:
        return _("No verdict: %(reason)s") % {"reason": _reason(comparison)}
    if limits is None:
        return _("Not enough cases: no final result yet")
    if comparison.pending_decides:
        return pending_decides(comparison.pending)
    if said is Verdict.NOT_ENOUGH:
        excluded = _excluded(limits, _edges(figure))
        if comparison.level is Level.LIVE:
            sentence = _("Not enough cases (judged at %(level)s): %(excluded)s")
            return sentence % {"level": percent(ALARM, 1), "excluded": excluded}
        return _("Not enough cases: %(excluded)s") % {"excluded": excluded}
    return _judged(comparison, figure, limits)


def outlook(comparison: Comparison) -> str:
    if comparison.outlook is None:
        return ""
    sentence = ngettext(
        "If the rate stays as it is, about %(more)s more result would say “%(verdict)s”.",
        "If the rate stays as it is, about %(more)s more results would say “%(verdict)s”.",
        comparison.outlook.more,
    )
    return sentence % {"more": comparison.outlook.more, "verdict": verdict_name(comparison.outlook.verdict)}


def pending(comparison: Comparison) -> str:
    """How many results are awaited, and where they can still move the rate."""
    return pending_rates(comparison.found, comparison.known, comparison.pending)


def pending_rates(found: int, known: int, pending: int) -> str:
    if not pending:
        return ""
    operated = known + pending
    worst, best = found / operated, (found + pending) / operated
    sentence = ngettext(
        "%(known)s known of %(operated)s; with the %(pending)s pending: %(rates)s",
        "%(known)s known of %(operated)s; with the %(pending)s pending: %(rates)s",
        pending,
    )
    return sentence % {
        "known": known,
        "operated": operated,
        "pending": pending,
        "rates": interval(Interval(worst, best)),
    }


def not_counted(comparison: Comparison) -> list[tuple[Part, str]]:
    """Each reason for which cases are not counted, and how many: (draft, "2 drafts")."""
    counts = {part: comparison.count(part) for part in EXCLUSIONS}
    return [(part, excluded(part, n)) for part, n in counts.items() if n]


def excluded(part: Part, n: int) -> str:
    """How many are not counted for this reason: "2 drafts"."""
    return str(_EXCLUDED[part] % {"n": n})


def exclusions(comparison: Comparison) -> str:
    return _left_out([said for _part, said in not_counted(comparison)])


def combined(comparison: DifferenceComparison | TissueComparison) -> str:
    """The operations that belong to neither technique."""
    n = comparison.combined
    return _left_out([excluded(Part.COMBINED, n)] if n else [])


def _left_out(parts: list[str]) -> str:
    # Translators: between the items of a list.
    separator = pgettext("list", ", ")
    return _("not counted: %(parts)s") % {"parts": separator.join(parts)} if parts else ""


def _reason(comparison: Comparison) -> str:
    if comparison.no_verdict == "unit":
        return str(NOT_INDEPENDENT[comparison.unit])
    return str(NO_VERDICT[comparison.no_verdict])


def pending_decides(n: int) -> str:
    """The judgement while results that could change it are awaited."""
    sentence = ngettext(
        "Not enough cases (%(n)s result pending)", "Not enough cases (%(n)s results pending)", n
    )
    return sentence % {"n": n}


def _edges(figure: ReferenceFigure) -> list[float]:
    return [edge for edge in (figure.lower, figure.upper) if edge is not None]


def _excluded(limits: Interval, edges: list[float]) -> str:
    said = {"lower": excluded_under(limits.lower, edges), "upper": excluded_over(limits.upper, edges)}
    if limits.lower <= 0:
        return _("rates over %(upper)s are excluded, nothing else is") % said
    if limits.upper >= 1:
        return _("rates under %(lower)s are excluded, nothing else is") % said
    return _("rates under %(lower)s and over %(upper)s are excluded, nothing else is") % said


def _judged(comparison: Comparison, figure: ReferenceFigure, limits: Interval) -> str:
    band = band_of_source(figure)
    if comparison.level is Level.LIVE:
        band = _("%(band)s (judged at %(level)s)") % {"band": band, "level": percent(ALARM, 1)}
    elif comparison.alarm:
        band = _("%(band)s (also at %(level)s)") % {"band": band, "level": percent(ALARM, 1)}
    if comparison.verdict is Verdict.WITHIN:
        return _("Within %(band)s, %(tolerance)s") % {"band": band, "tolerance": tolerance(figure.tolerance)}
    if comparison.verdict is Verdict.BELOW:
        limit = excluded_over(limits.upper, _edges(figure))
        return _("Below %(band)s: rates over %(limit)s are excluded") % {"band": band, "limit": limit}
    limit = excluded_under(limits.lower, _edges(figure))
    return _("Above %(band)s: rates under %(limit)s are excluded") % {"band": band, "limit": limit}
