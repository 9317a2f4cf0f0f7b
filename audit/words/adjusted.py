"""Observed beside expected of a clinic's own mix of men, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from audit.behind import KNOWN
from audit.results import Adjusted, Audit, Part, TakenFigure, Unit
from audit.statistics import Interval, Standardised, Verdict
from audit.words.figures import band_of_source
from audit.words.names import measure_name, part_name, reference_set_name
from audit.words.numerals import decimal, isolate, span, unbroken
from audit.words.rates import counted_in, excluded, pending_decides

NO_MORE_THAN_ROUNDING = 0.05  # men: what is shown to a tenth would be 0.0
_PLACES = {
    Verdict.BELOW: pgettext_lazy("place", "below the expected range"),
    Verdict.ABOVE: pgettext_lazy("place", "above the expected range"),
    None: pgettext_lazy("place", "inside the expected range"),
}
_NOT_ADJUSTED_FOR = (
    _lazy("the man's age"),
    _lazy("the volume of the testes"),
    _lazy("FSH, testosterone and other hormones"),
    _lazy("histology, which nobody knows before the operation"),
    _lazy("the kind of deletion, and whether Klinefelter syndrome is mosaic"),
    _lazy("undescended testis, chemotherapy and other causes that have no reference figure"),
    _lazy("medicines before the operation"),
    _lazy("how long and by which method the laboratory searched"),
    _lazy("why a man was operated on by this technique and not by another"),
    _lazy("all that was not tested or not recorded"),
)


def judgement(adjusted: Adjusted) -> str:
    """Whether the clinic's mix of men explains what was found."""
    result = adjusted.result
    if not (result.known or adjusted.pending):
        return _("Nothing to compare: no man of this period has a reference figure in this set.")
    if not result.known:
        return _("Not enough cases: no final result yet")
    if adjusted.pending_decides:
        return pending_decides(adjusted.pending)
    if adjusted.nothing_can_be_shown:
        sentence = ngettext(
            "Not enough cases: with %(n)s man any number could be chance",
            "Not enough cases: of %(n)s men any number could be chance",
            result.known,
        )
        return sentence % {"n": result.known}
    said = {"range": expected_range(adjusted), "level": level(adjusted)}
    if adjusted.verdict is Verdict.BELOW:
        return _("Below the expected range, %(range)s (at %(level)s)") % said
    if adjusted.verdict is Verdict.ABOVE:
        return _("Above the expected range, %(range)s (at %(level)s)") % said
    return _("Inside the expected range, %(range)s (at %(level)s): nothing is shown, for or against") % said


def observed(adjusted: Adjusted) -> str:
    result = adjusted.result
    if not result.known:
        return _("no men with a final result")
    return _("%(counted)s with sperm found") % {
        "counted": counted_in(Unit.MAN, result.observed, result.known)
    }


def expected(one: Adjusted | TakenFigure) -> str:
    """In men, by the lower and by the upper edges; "" of nobody."""
    known, limits = (
        (one.known, one.expected) if isinstance(one, TakenFigure) else (one.result.known, one.result.expected)
    )
    if not known:
        return ""
    lower, upper = decimal(limits.lower), decimal(limits.upper)
    return lower if lower == upper else span(limits.lower, limits.upper)


def expected_range(adjusted: Adjusted) -> str:
    """27–45 of 60 men."""
    result = adjusted.result
    said = {"range": _range(result), "n": result.known}
    return ngettext("%(range)s of %(n)s man", "%(range)s of %(n)s men", result.known) % said


def level(adjusted: Adjusted) -> str:
    """How many of such clinics lie inside the range by chance: 99.8 %."""
    return isolate(unbroken(f"{100 * adjusted.coverage:g} %"))


def difference(adjusted: Adjusted) -> str:
    """O − E, against the nearer edges."""
    result = adjusted.result
    if not result.known:
        return ""
    if result.difference.upper <= -NO_MORE_THAN_ROUNDING:
        return _("%(men)s fewer men with sperm than the lower edges of their references would give") % {
            "men": _tenths(-result.difference.upper)
        }
    if result.difference.lower >= NO_MORE_THAN_ROUNDING:
        return _("%(men)s more men with sperm than the upper edges of their references would give") % {
            "men": _tenths(result.difference.lower)
        }
    return _("as many men with sperm as their references would give")


def ratio(adjusted: Adjusted) -> str:
    """O/E against the upper edges and against the lower ones."""
    if not adjusted.result.known:
        return ""
    found = adjusted.result.ratio
    if found is None:
        return _("cannot be computed: the lower edges expect nobody")
    return isolate(unbroken("–".join(dict.fromkeys(f"{one:.2f}" for one in (found.lower, found.upper)))))


def awaited(adjusted: Adjusted) -> str:
    """What the pending results can still make of it."""
    if adjusted.worst is None or adjusted.best is None:
        return ""
    sentence = ngettext(
        "%(n)s result pending, not counted: without sperm %(worst)s, with sperm %(best)s",
        "%(n)s results pending, not counted: all without sperm %(worst)s, all with sperm %(best)s",
        adjusted.pending,
    )
    said = {"worst": _PLACES[adjusted.worst.verdict], "best": _PLACES[adjusted.best.verdict]}
    return sentence % {"n": adjusted.pending, **said}


def without_figure(adjusted: Adjusted) -> list[tuple[Part, str]]:
    """Each reason for which operations are in no figure, and how many: (draft, "2 drafts")."""
    return [(Part(part), excluded(Part(part), len(cases))) for part, cases in adjusted.left_out.items()]


def without_figure_said(adjusted: Adjusted) -> list[str]:
    return [sentence for _part, sentence in without_figure(adjusted)]


def taken(figure: TakenFigure) -> str:
    """The figure that these men are compared with."""
    return _("%(measure)s: %(band)s") % {
        "measure": measure_name(figure.reference.measure),
        "band": band_of_source(figure.reference),
    }


def taken_with_numbers(figure: TakenFigure) -> str:
    """ "" where none of these men has a result."""
    if not figure.known:
        return ""
    return _("%(figure)s: %(counted)s, %(expected)s expected") % {
        "figure": taken(figure),
        "counted": counted_in(Unit.MAN, figure.found, figure.known),
        "expected": expected(figure),
    }


def set_of(adjusted: Adjusted) -> str:
    return reference_set_name(adjusted.reference_set)


def in_one_sentence(adjusted: Adjusted) -> str:
    """For a reader who hears the drawing."""
    parts = [set_of(adjusted), observed(adjusted), judgement(adjusted), difference(adjusted)]
    return ". ".join(filter(None, parts))


def other_men(audit: Audit) -> str:
    """Where the sets do not have a figure for the same men; "" where they do."""
    counted = [one.result.known for one in audit.adjusted]
    if len(set(counted)) < 2:
        return ""
    return _(
        "The sets are not of the same number of men: who has no figure in one of them is left out of it."
    )


def not_adjusted_for() -> list[str]:
    return [str(one) for one in _NOT_ADJUSTED_FOR]


def adjusted_name(of_set: str, measure: str, part: str) -> str:
    """Of the cases behind a number: the set, the measure that they were compared by, and what is counted."""
    said = {
        "set": reference_set_name(of_set),
        "measure": measure and measure_name(measure),
        "part": _("With a final result") if part == KNOWN else part_name(Part(part)),
    }
    if measure:
        return _("Case-mix adjusted, %(set)s, %(measure)s: %(part)s") % said
    return _("Case-mix adjusted, %(set)s: %(part)s") % said


def _range(result: Standardised) -> str:
    ends = Interval(result.range_lower, result.range_upper)
    return decimal(ends.lower) if ends.lower == ends.upper else span(ends.lower, ends.upper)


def _tenths(men: float) -> str:
    return isolate(f"{men:.1f}")
