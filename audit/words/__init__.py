"""Says the codes and numbers of `audit.results` in the reader's language.

The page, the API and the workbook call these and compose nothing themselves. A sentence that does
not apply, such as one on pending results where there are none, is "".
"""

from audit.words.adoption import adopted_tolerance, change
from audit.words.figures import contradiction, contradictions, figure_value, readings, reference
from audit.words.groupings import group_name, grouping_name
from audit.words.groups import chance, difference, difference_pending, tissue, weighed
from audit.words.lines import (
    answer_name,
    apart_words,
    definition_changed,
    line_name,
    lines_of,
    nothing_known,
    said,
    sentence,
    sentences,
    strata_of,
)
from audit.words.methods import method_names
from audit.words.names import (
    clinic_set_title,
    day,
    filter_choices,
    filter_name,
    filter_value,
    filters,
    filters_said,
    measure_name,
    narrowed_by,
    part_name,
    procedure_name,
    procedures,
    reference_set_choices,
    reference_set_name,
    text,
    unit_name,
    usual_filters,
    verdict_name,
)
from audit.words.numerals import interval, isolate, percent
from audit.words.rates import beside, combined, exclusions, not_counted, outlook, pending, rate, verdict
from audit.words.settings import settings_said
from audit.words.several import (
    disagreement,
    overdue,
    overdue_figures,
    references,
    source_name,
    taken_tolerance,
)

__all__ = [
    "adopted_tolerance",
    "answer_name",
    "apart_words",
    "beside",
    "chance",
    "change",
    "clinic_set_title",
    "combined",
    "contradiction",
    "contradictions",
    "day",
    "definition_changed",
    "difference",
    "difference_pending",
    "disagreement",
    "exclusions",
    "figure_value",
    "filter_choices",
    "filter_name",
    "filter_value",
    "filters",
    "filters_said",
    "group_name",
    "grouping_name",
    "interval",
    "isolate",
    "line_name",
    "lines_of",
    "measure_name",
    "method_names",
    "narrowed_by",
    "not_counted",
    "nothing_known",
    "outlook",
    "overdue",
    "overdue_figures",
    "part_name",
    "pending",
    "percent",
    "procedure_name",
    "procedures",
    "rate",
    "readings",
    "reference",
    "reference_set_choices",
    "reference_set_name",
    "references",
    "said",
    "sentence",
    "sentences",
    "settings_said",
    "source_name",
    "strata_of",
    "taken_tolerance",
    "text",
    "tissue",
    "unit_name",
    "usual_filters",
    "verdict",
    "verdict_name",
    "weighed",
]
