"""`audit.words` and `audit.charts` for the templates of the audit."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from audit import again_words, settings, words
from audit.behind import KEY, KNOWN, PERIOD, Figure
from audit.charts import forest, layout
from audit.disclosure import SharedRate
from audit.measures import BY_ID, TISSUE
from audit.results import Audit, Comparison, CompletenessOfField, Part
from caselog.choices import OperationStatus, Procedure, SpermFound
from caselog.dataset import CaseRow
from caselog.excel.columns import case_fields, heading

register = template.Library()

for say in (
    words.adopted_tolerance,
    words.beside,
    words.cases_note,
    words.change,
    words.combined,
    words.decimal,
    words.difference,
    words.difference_pending,
    words.disagreement,
    words.figure_value,
    words.filters,
    words.grouping_name,
    words.interval,
    words.level,
    words.measure_name,
    words.narrowed_by,
    words.not_counted,
    words.outlook,
    words.overdue,
    words.overdue_figures,
    words.part_name,
    words.pending,
    words.percent,
    words.procedure_name,
    words.procedures,
    words.rate,
    words.readings,
    words.reference,
    words.reference_set_name,
    words.settings_said,
    words.shared_beside,
    words.shared_count,
    words.shared_difference,
    words.shared_filters,
    words.shared_group,
    words.groups_together,
    words.shared_pending,
    words.shared_rate,
    words.shared_share,
    words.shared_what,
    words.shared_verdict,
    words.source_line,
    words.source_name,
    words.taken_tolerance,
    words.tissue,
    words.unit_name,
    words.usual_filters,
    words.verdict,
    words.weighed,
    words.wide,
):
    register.filter(say.__name__, say)
register.filter("settings_of", lambda version: words.settings_said(settings.said_by(version)))
register.filter("days_to", words.days)
register.filter("in_words", words.text)
register.filter(again_words.then_and_now)
register.filter("beside_in_words", again_words.beside)
register.filter("chance_in_words", words.chance)
register.filter("rate_chart", forest.rate_row)
register.filter("difference_chart", forest.difference_row)
register.filter(layout.drawing)
register.simple_tag(forest.rate_axis, name="rate_axis")
register.simple_tag(words.field_answer)
register.simple_tag(words.method_names)
register.simple_tag(words.shared_rules)
register.simple_tag(words.suppressed)


@register.filter
def population(measure: str) -> str:
    return str(BY_ID[measure].population)


@register.filter
def field_name(name: str) -> str:
    return heading(case_fields()[name])


@register.filter
def missing(field: CompletenessOfField) -> int:
    return field.expected - field.recorded


@register.filter
def with_gaps(fields: Sequence[CompletenessOfField]) -> list[CompletenessOfField]:
    return sorted((field for field in fields if missing(field)), key=missing, reverse=True)


@register.filter
def without_gaps(fields: Sequence[CompletenessOfField]) -> list[CompletenessOfField]:
    return [field for field in fields if not missing(field)]


@register.filter
def finding(row: CaseRow) -> str:
    """What the laboratory found, or why there is nothing to say yet."""
    if row.status != OperationStatus.PERFORMED:
        return str(OperationStatus(row.status).label)
    return words.part_name(Part.PENDING) if row.pending else str(SpermFound(row.sperm_found).label)


@register.filter
def with_claim(audit: Audit, claim: str) -> list[Comparison]:
    return [comparison for comparison in audit.comparisons if BY_ID[comparison.measure].claim == claim]


@register.filter
def alone(comparison: Comparison) -> list[Comparison]:
    return [comparison]


@register.filter
def without_claim(audit: Audit, claim: str) -> list[Comparison]:
    return [comparison for comparison in audit.comparisons if BY_ID[comparison.measure].claim != claim]


@register.filter
def in_one_sentence(comparison: Comparison) -> str:
    """What its line of the table says, for a reader who hears the drawing."""
    parts = [words.measure_name(comparison.measure)]
    parts += [say(comparison) for say in (words.rate, words.wide, words.reference, words.verdict)]
    return ". ".join(filter(None, parts))


@register.filter
def shared_sentence(one: SharedRate, beside: Comparison) -> str:
    parts = [words.measure_name(one.measure), words.shared_rate(one), words.reference(beside)]
    return ". ".join([*parts, words.shared_verdict(one, beside)])


@register.filter
def figure_name(figure: Figure) -> str:
    """Which figure the listed cases stand behind."""
    if KEY in figure.measure:
        return words.key_name(figure.measure, figure.part)
    if figure.measure == TISSUE:
        part = _("%(procedure)s, weighed") % {"procedure": Procedure(figure.part).label}
    else:
        part = _("With a final result") if figure.part == KNOWN else words.part_name(Part(figure.part))
    whole = _("All cases of the period") if figure.measure == PERIOD else words.measure_name(figure.measure)
    return _("%(figure)s: %(part)s") % {"figure": whole, "part": part}
