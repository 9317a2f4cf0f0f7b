"""Two groups beside each other, and a table as a whole, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.results import Audit, Count, DifferenceComparison, TissueComparison, Unit
from audit.statistics.difference import Difference
from audit.words.numerals import isolate, p_value, percent, signed, times, times_interval
from audit.words.rates import counted_in
from caselog.choices import Procedure

ENOUGH_WEIGHED = 2  # one weight has no spread


def difference(comparison: DifferenceComparison) -> str:
    """micro-TESE minus conventional TESE: the counts, the difference and both methods by name."""
    found = comparison.difference
    if found is None or comparison.fisher_p is None:
        return _("Cannot be computed: it needs men with a final result in both groups")
    sentence = _(
        "micro-TESE %(micro)s, conventional TESE %(conventional)s: "
        "%(estimate)s points (%(lower)s to %(upper)s, Newcombe), %(p)s (Fisher's exact test)"
    )
    return sentence % {**both_arms(found), "p": p_value(comparison.fisher_p)}


def both_arms(found: Difference) -> dict[str, str]:
    """Both counts and how far apart they are."""
    return {
        "micro": counted_in(Unit.MAN, found.first_found, found.first_known),
        "conventional": counted_in(Unit.MAN, found.second_found, found.second_known),
        "estimate": signed(found.estimate),
        "lower": signed(found.interval.lower),
        "upper": signed(found.interval.upper),
    }


def difference_pending(comparison: DifferenceComparison) -> str:
    if not comparison.pending:
        return ""
    sentence = ngettext("%(n)s result pending", "%(n)s results pending", comparison.pending)
    return sentence % {"n": comparison.pending}


def tissue(comparison: TissueComparison) -> str:
    """Conventional ÷ micro, per man; or why there is no ratio, and what it needs."""
    ratio = comparison.ratio
    if ratio is None:
        need = _("At least %(n)s weighed cases are needed in each group.") % {"n": ENOUGH_WEIGHED}
        return _("Cannot be computed: %(reason)s. %(need)s") % {
            "reason": _too_few(comparison.weighed),
            "need": need,
        }
    sentence = _(
        "conventional TESE ÷ micro-TESE, per man: %(ratio)s (%(level)s interval %(interval)s), "
        "ratio of medians %(medians)s"
    )
    return sentence % {
        "ratio": times(ratio.ratio_of_geometric_means),
        "level": percent(0.95),
        "interval": times_interval(ratio.interval),
        "medians": times(ratio.ratio_of_medians),
    }


def weighed(comparison: TissueComparison) -> str:
    """How many men the ratio rests on."""
    conventional, micro = _arms(comparison.weighed)
    said = _("weighed: conventional TESE %(conventional)s, micro-TESE %(micro)s") % {
        "conventional": _of(conventional.found, conventional.known),
        "micro": _of(micro.found, micro.known),
    }
    if not comparison.zero_weights:
        return said
    sentence = ngettext(
        "%(weighed)s; left out: %(n)s weight of 0 mg",
        "%(weighed)s; left out: %(n)s weights of 0 mg",
        comparison.zero_weights,
    )
    return sentence % {"weighed": said, "n": comparison.zero_weights}


def chance(audit: Audit) -> str:
    """What chance alone does in a table of several verdicts."""
    if not audit.cells_judged:
        return ""
    sentence = ngettext(
        "Of %(n)s comparison %(expected)s would be called below by chance alone.",
        "Of %(n)s comparisons %(expected)s would be called below by chance alone.",
        audit.cells_judged,
    )
    return sentence % {"n": audit.cells_judged, "expected": by_chance(audit.expected_false_below)}


def by_chance(expected: float) -> str:
    """How many chance alone would give: "at most about 0.4", never more digits than that says."""
    if expected < 0.05:
        return _("fewer than %(n)s") % {"n": isolate("0.1")}
    return _("at most about %(n)s") % {"n": isolate(f"{expected:.1f}")}


def _of(found: int, known: int) -> str:
    return _("%(found)s of %(known)s") % {"found": found, "known": known}


def _arms(weighed: Mapping[str, Count]) -> tuple[Count, Count]:
    nobody = Count(found=0, known=0)
    conventional = weighed.get(Procedure.CONVENTIONAL_TESE, nobody)
    return conventional, weighed.get(Procedure.MICRO_TESE, nobody)


def _too_few(weighed: Mapping[str, Count]) -> str:
    conventional, micro = (arm.found for arm in _arms(weighed))
    if not conventional and not micro:
        return _("no weighed case")
    if not conventional:
        return _("no weighed conventional case")
    if not micro:
        return _("no weighed micro-TESE case")
    if conventional < ENOUGH_WEIGHED:
        return _("only one weighed conventional case")
    return _("only one weighed micro-TESE case")
