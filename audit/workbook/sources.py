"""Where the figures come from: the reference set with its citations, and the methods in words."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from audit import words
from audit.reference import ReferenceFigure, ReferenceSet
from audit.statistics import Interval
from audit.workbook.sheet import Sheet, shown
from caselog.excel.columns import Column, Format, Formatted

_UNITS = {
    "man": pgettext_lazy("counted in", "men"),
    "attempt": pgettext_lazy("counted in", "attempts"),
    "sample": pgettext_lazy("counted in", "samples"),
    "not_stated": pgettext_lazy("counted in", "not stated"),
}


def reference_figures(references: Sequence[ReferenceSet], *, on: date) -> Sheet:
    """on: the day of the audit, by which reviews are overdue or not."""
    percent, integer, day = Format.PERCENT, Format.INTEGER, Format.DATE
    titles = {figure.id: words.text(one, "title") for one in references for figure in one.figures}
    printed = [
        Column("source", _("Source"), lambda f: f.claim or f.label, width=20),
        Column("measure", _("Measure"), _measure, width=22),
        Column("population", _("Population of the source"), lambda f: words.text(f, "population"), width=28),
        Column("value", _("Figure"), words.figure_value, width=20),
        Column("verdict", _("Gives a verdict"), lambda f: _yes(f.verdict), width=9),
        Column("citation", _("Citation"), lambda f: f.citation or titles[f.id], width=30),
        Column("note", _("Note"), lambda f: words.text(f, "note"), width=38),
        Column("checked_by", _("Checked by"), lambda f: f.checked_by, width=18),
        Column("quote", _("Its own words"), lambda f: f.quote, width=36),
        Column("checked_on", _("Checked on"), lambda f: f.checked_on, day, 13),
    ]
    more = [
        Column("unit", _("Counted in"), lambda f: str(_UNITS[f.unit]), width=12),
        Column("found", _("Found"), lambda f: shown(f.found), integer, 9),
        Column("known", _("Of"), lambda f: shown(f.known), integer, 9),
        Column("estimate", _("Estimate"), _number("estimate"), percent, 11),
        Column("lower", _("From"), _number("lower"), percent, 11),
        Column("upper", _("To"), _number("upper"), percent, 11),
        Column("tolerance", _("Tolerance"), lambda f: shown(f.tolerance if f.verdict else None), percent, 12),
        Column("compared", _("Stands beside the measure"), lambda f: _yes(f.primary), width=14),
        Column("readings", _("Ways to read it"), _readings, width=36),
        Column("doi", _("DOI"), lambda f: f.doi, width=24),
        Column("next_review", _("To be reviewed"), lambda f: f.next_review, day, 13),
        Column("review", _("Review"), lambda f: words.overdue(f, on), width=26),
        Column("taken_tolerance", _("Tolerance of this clinic"), words.taken_tolerance, width=30),
        Column("set", _("Reference set"), lambda f: titles[f.id], width=26),
    ]
    return Sheet(
        pgettext("sheet", "Reference figures"),
        _("Every figure of the set: its source, its own words, who checked it and when."),
        [*printed, *more],
        [figure for one in references for figure in one.figures],
        freeze_columns=1,
        printed_columns=len(printed),
    )


def _number(name: str) -> Callable[[ReferenceFigure], Any]:
    """Rates and their differences are shares; ratios are plain numbers."""

    def value(figure: ReferenceFigure) -> Any:
        number = getattr(figure, name)
        if number is None or figure.kind in ("rate", "difference", "change"):
            return shown(number)
        return Formatted(number, Format.NUMBER)

    return value


def _measure(figure: ReferenceFigure) -> str:
    return words.measure_name(figure.measure) if figure.measure else _("context, no measure")


def _readings(figure: ReferenceFigure) -> str:
    return "\n".join(
        _("%(reading)s: %(rates)s")
        % {
            "reading": words.text(reading, "text"),
            "rates": words.interval(Interval(reading.lower, reading.upper)),
        }
        for reading in figure.readings
    )


def _yes(answer: bool) -> str:
    return pgettext("answer", "yes") if answer else pgettext("answer", "no")


def methods() -> Sheet:
    columns = [
        Column("method", _("Method"), lambda pair: pair[0], width=40),
        Column("explanation", _("What it does and why"), lambda pair: pair[1], width=110),
    ]
    return Sheet(
        pgettext("sheet", "Methods"),
        _("How each figure was computed, in words."),
        columns,
        words.method_names(),
    )
