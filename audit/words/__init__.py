"""Says the codes and numbers of `audit.results` in the reader's language.

The page, the API and the workbook call these and compose nothing themselves. A sentence that does
not apply, such as one on pending results where there are none, is "".
"""

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
    day,
    filters,
    measure_name,
    part_name,
    procedure_name,
    procedures,
    reference_set_choices,
    reference_set_name,
    text,
    unit_name,
    verdict_name,
)
from audit.words.numerals import interval, isolate, percent
from audit.words.rates import beside, combined, exclusions, not_counted, outlook, pending, rate, verdict

__all__ = [
    "answer_name",
    "apart_words",
    "beside",
    "chance",
    "combined",
    "contradiction",
    "contradictions",
    "day",
    "definition_changed",
    "difference",
    "difference_pending",
    "exclusions",
    "figure_value",
    "filters",
    "group_name",
    "grouping_name",
    "interval",
    "isolate",
    "line_name",
    "lines_of",
    "measure_name",
    "method_names",
    "not_counted",
    "nothing_known",
    "outlook",
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
    "said",
    "sentence",
    "sentences",
    "strata_of",
    "text",
    "tissue",
    "unit_name",
    "verdict",
    "verdict_name",
    "weighed",
]
