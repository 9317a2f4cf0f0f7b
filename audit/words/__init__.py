"""Says the codes and numbers of `audit.results` in the reader's language.

The page, the API and the workbook call these and compose nothing themselves. A sentence that does
not apply, such as one on pending results where there are none, is "".
"""

from audit.words.figures import figure_value, readings, reference
from audit.words.groups import chance, difference, difference_pending, tissue, weighed
from audit.words.methods import method_names
from audit.words.names import (
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

__all__ = [
    "beside",
    "chance",
    "combined",
    "day",
    "difference",
    "difference_pending",
    "exclusions",
    "figure_value",
    "filter_choices",
    "filter_name",
    "filter_value",
    "filters",
    "filters_said",
    "interval",
    "isolate",
    "measure_name",
    "method_names",
    "narrowed_by",
    "not_counted",
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
    "text",
    "tissue",
    "unit_name",
    "usual_filters",
    "verdict",
    "verdict_name",
    "weighed",
]
