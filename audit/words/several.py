"""Several references beside one rate, and figures whose source should have been read again."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit.reference import ReferenceFigure
from audit.results import Audit, Comparison, DifferenceComparison, TissueComparison
from audit.words.figures import reference
from audit.words.names import day, text
from audit.words.numerals import interval, isolate, points
from audit.words.rates import verdict


def disagreement(comparison: Comparison) -> str:
    """Why one rate is called two things; "" where all references call it the same."""
    said = {one.verdict for one in comparison.judged if one.verdict is not None}
    if len(said) < 2 or comparison.judged_by is None:
        return ""
    # Translators: between two verdicts on one rate.
    separator = pgettext("verdicts", "; ")
    answers = separator.join(verdict(one) for one in comparison.judged if one.verdict is not None)
    sentence = _(
        "One rate, several answers: %(answers)s. The interval is the same, %(interval)s; "
        "the references differ."
    )
    return sentence % {"answers": answers, "interval": interval(comparison.judged_by)}


def references(compared: DifferenceComparison | TissueComparison) -> list[str]:
    return [reference(one) for one in compared.judged]


def source_name(figure: ReferenceFigure) -> str:
    """The shortest name of a source: the claim's number, or the label."""
    return isolate(figure.claim or figure.label)


def taken_tolerance(figure: ReferenceFigure) -> str:
    """Where a clinic took another tolerance: which one the figure has by itself, and why."""
    if figure.usual_tolerance is None:
        return ""
    return _("This clinic's own tolerance, instead of %(usual)s: %(reason)s") % {
        "usual": points(figure.usual_tolerance),
        "reason": isolate(figure.tolerance_reason),
    }


def overdue(figure: ReferenceFigure | None, on: date) -> str:
    """on: the day of the audit."""
    if figure is None or not figure.is_overdue(on):
        return ""
    return _("Review overdue: its source was to be read again by %(day)s.") % {"day": day(figure.next_review)}


def overdue_figures(audit: Audit) -> list[str]:
    """Every figure of the audit whose review was overdue on its day, each once."""
    used = [one for compared in audit.compared for one in compared.judged]
    figures = {one.reference.id: one.reference for one in used if one.reference is not None}
    said = (_overdue_by_name(one, audit.made_at.date()) for one in figures.values())
    return [sentence for sentence in dict.fromkeys(said) if sentence]


def _overdue_by_name(figure: ReferenceFigure, on: date) -> str:
    late = overdue(figure, on)
    if not late:
        return ""
    named = {"source": source_name(figure), "population": text(figure, "population"), "overdue": late}
    return _("%(source)s, %(population)s: %(overdue)s") % named
