"""The names of codes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit import catalogue, strata
from audit import reference as references
from audit.disclosure.results import SharedOverlap
from audit.reference import Reading, ReferenceFigure, ReferenceSet
from audit.results import Audit, Filters, Overlap, Part, Unit
from audit.statistics import Verdict
from audit.words.numerals import isolate, isolate_runs, unbroken
from caselog.choices import Procedure
from caselog.dataset import CaseRow
from caselog.excel.columns import case_fields, heading
from caselog.selection import Attempts

_SETS = {
    references.BOTH: _lazy("Both, side by side"),
    references.CLINIC: _lazy("This clinic's figures"),
}
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
    Part.FIRST_LEFT_OUT: pgettext_lazy("part", "Later attempt; the man's first one is outside the filters"),
    Part.DRAFT: pgettext_lazy("part", "Draft"),
    Part.CANCELLED: pgettext_lazy("part", "Cancelled"),
    Part.ABANDONED: pgettext_lazy("part", "Abandoned"),
    Part.UNCERTAIN_TYPE: pgettext_lazy("part", "Type of azoospermia uncertain"),
    Part.NOT_RECORDED: pgettext_lazy("part", "An answer that decides is missing"),
    Part.COMBINED: pgettext_lazy("part", "Combined: several procedures in one operation"),
    Part.NOT_TESTED: pgettext_lazy("part", "Not tested or unknown"),
    Part.OTHER_PROCEDURE: _lazy("Non-obstructive, with another procedure"),
    Part.NOT_AZOOSPERMIC: _lazy("Not azoospermic"),
    Part.NO_FIGURE: _lazy("No reference figure in this set"),
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
    if name in _SETS:
        return str(_SETS[name])
    return text(references.load(name), "title") if name in references.names() else name


def reference_set_choices(*, adopted: bool = False) -> list[tuple[str, str]]:
    """adopted: whether the clinic has figures or tolerances of its own to offer."""
    offered = [*references.names(), references.BOTH, *([references.CLINIC] if adopted else [])]
    return [(name, reference_set_name(name)) for name in offered]


def clinic_set_title(version: int, base: str) -> str:
    return _("This clinic's figures, version %(version)s; otherwise: %(base)s") % {
        "version": version,
        "base": reference_set_name(base),
    }


def day(value: date) -> str:
    """The month as a word, since 4/3 and 3/4 cannot be told apart: 4 Mar 2024."""
    return format_date(value, "j M Y")


def filters(chosen: Filters) -> list[tuple[str, str]]:
    """What an audit was asked for, as pairs of label and value."""
    return usual_filters(chosen) + narrowed_by(chosen)


def usual_filters(chosen: Filters) -> list[tuple[str, str]]:
    """What every audit is asked for."""
    return [
        (_("Operations"), _period(chosen.since, chosen.until)),
        (_("Count"), unit_name(chosen.unit)),
        (_("Compare with"), reference_set_name(chosen.reference_set)),
    ]


def narrowed_by(chosen: Filters) -> list[tuple[str, str]]:
    """The filters that choose among the operations of the period."""
    return [(filter_name(name), filter_value(chosen, name)) for name in chosen.narrowed_by]


def filter_name(name: str) -> str:
    return heading(case_fields()["attempt_number" if name == "attempt" else name])


def filter_value(chosen: Filters, name: str) -> str:
    if name == "surgeon":
        return isolate(chosen.surgeon_name)
    code = getattr(chosen, name)
    return str(filter_choices(name).get(code, code))


def filter_choices(name: str) -> dict[str, Any]:
    """The codes of a filter with their names; of surgeons there is no vocabulary."""
    return dict(Attempts.choices if name == "attempt" else case_fields()[name].choices)


def field_answer(field: str, code: str) -> str:
    """One answer of a field; of a code that is none, that nothing is recorded."""
    return str(dict(case_fields()[field].choices).get(code, pgettext("answer", "not recorded")))


def groups_together(overlap: Overlap | SharedOverlap) -> str:
    return groups_joined(overlap.groups)


def groups_joined(groups: Iterable[str]) -> str:
    # Translators: between the groups that one man belongs to.
    return pgettext("groups", " + ").join(map(measure_name, groups))


def filters_said(audit: Audit) -> list[str]:
    return [_("%(name)s: %(value)s") % {"name": n, "value": v} for n, v in filters(audit.filters)]


def days(since: date | None, until: date | None) -> str:
    """4 Mar 2024 – 31 Dec 2024: a period that has both ends, as a name; `filters` says any as a phrase."""
    return " – ".join(day(end) for end in (since, until) if end)


def source_line(audit: Audit) -> str:
    """Below a drawing that leaves the page: whose figures these are, of what, and of which day."""
    made = _("%(name)s: %(value)s") % {"name": _("Made on"), "value": day(audit.made_at)}
    said = [isolate(audit.clinic), _("Synthetic data")] if audit.synthetic else [isolate(audit.clinic)]
    return " · ".join([*said, *filters_said(audit), made, isolate(f"Caselog {audit.product_version}")])


def _period(since: date | None, until: date | None) -> str:
    said = {"since": since and day(since), "until": until and day(until)}
    if since and until:
        return _("from %(since)s to %(until)s") % said
    if since:
        return _("from %(since)s on") % said
    return _("up to %(until)s") % said if until else _("all dates")
