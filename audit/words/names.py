"""The names of codes."""

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit import catalogue, strata
from audit import reference as references
from audit.reference import Reading, ReferenceFigure, ReferenceSet
from audit.results import Filters, Part, Unit
from audit.statistics import Verdict
from audit.words.numerals import isolate_runs, unbroken
from caselog.choices import Procedure
from caselog.dataset import CaseRow

_UNITS = {Unit.MAN: _lazy("Men"), Unit.ATTEMPT: _lazy("Attempts"), Unit.TESTIS: _lazy("Testes")}
_VERDICTS = {
    Verdict.BELOW: pgettext_lazy("verdict", "below"),
    Verdict.WITHIN: pgettext_lazy("verdict", "within"),
    Verdict.ABOVE: pgettext_lazy("verdict", "above"),
    Verdict.NOT_ENOUGH: pgettext_lazy("verdict", "not enough cases"),
}
_PARTS = {
    Part.FOUND: pgettext_lazy("part", "Sperm found"),
    Part.NOT_FOUND: pgettext_lazy("part", "No sperm found"),
    Part.PENDING: pgettext_lazy("part", "Result pending"),
    Part.REPEAT: pgettext_lazy("part", "Later attempt of a man already counted"),
    Part.DRAFT: pgettext_lazy("part", "Draft"),
    Part.CANCELLED: pgettext_lazy("part", "Cancelled"),
    Part.ABANDONED: pgettext_lazy("part", "Abandoned"),
    Part.UNCERTAIN_TYPE: pgettext_lazy("part", "Type of azoospermia uncertain"),
    Part.NOT_RECORDED: pgettext_lazy("part", "An answer that decides is missing"),
    Part.COMBINED: pgettext_lazy("part", "Combined: several procedures in one operation"),
    Part.NOT_TESTED: pgettext_lazy("part", "Not tested or unknown"),
    Part.OTHER_PROCEDURE: _lazy("Non-obstructive, with another procedure"),
    Part.NOT_AZOOSPERMIC: _lazy("Not azoospermic"),
}


def measure_name(measure: str) -> str:
    """Of a measure that is there no more, as in a kept audit, its id."""
    defined = catalogue.definitions().get(measure) or strata.OF.get(measure)
    return str(defined.name) if defined else measure


def unit_name(unit: Unit) -> str:
    return str(_UNITS[unit])


def part_name(part: Part) -> str:
    return str(_PARTS[Part(part)])


def procedure_name(code: str) -> str:
    """Of one procedure, or of several in one operation where they are not told apart."""
    if code == Part.COMBINED:
        return pgettext("procedure", "Combined")
    return str(Procedure(code).label) if code else pgettext("answer", "not recorded")


def procedures(row: CaseRow) -> str:
    """What was done in one operation, in order."""
    separator = pgettext("procedures", ", then ")
    return separator.join(procedure_name(code) for code in row.procedures or [""])


def verdict_name(verdict: Verdict) -> str:
    return str(_VERDICTS[verdict])


def text(about: Reading | ReferenceFigure | ReferenceSet, name: str) -> str:
    """A text of the reference files: text(figure, "population")."""
    stored = references.text(about, name, get_language() or "en")
    return isolate_runs(unbroken(stored))


def reference_set_name(name: str) -> str:
    return text(references.load(name), "title") if name in references.names() else name


def reference_set_choices() -> list[tuple[str, str]]:
    return [(name, reference_set_name(name)) for name in references.names()]


def day(value: date) -> str:
    """The month as a word, since 4/3 and 3/4 cannot be told apart: 4 Mar 2024."""
    return format_date(value, "j M Y")


def filters(chosen: Filters) -> list[tuple[str, str]]:
    """What an audit was asked for, as pairs of label and value."""
    return [
        (_("Operations"), _period(chosen.since, chosen.until)),
        (_("Count"), unit_name(chosen.unit)),
        (_("Compare with"), reference_set_name(chosen.reference_set)),
    ]


def _period(since: date | None, until: date | None) -> str:
    said = {"since": since and day(since), "until": until and day(until)}
    if since and until:
        return _("from %(since)s to %(until)s") % said
    if since:
        return _("from %(since)s on") % said
    return _("up to %(until)s") % said if until else _("all dates")
