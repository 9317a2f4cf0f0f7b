"""What an audit says, as plain frozen data: the page, the API, the workbook and a kept run read this.

Codes and numbers only, no sentence: `audit.words` says them in the reader's language, so that a
kept run can be read in either. Rates are fractions. Cases stand by their case number.
"""

from audit.results.adjusted import ADJUSTED, Adjusted, TakenFigure
from audit.results.audit import (
    CASE_MIX,
    METHODS,
    SCHEMA,
    Audit,
    CompletenessOfField,
    Filters,
    MixRow,
    Quality,
    ReferenceUsed,
)
from audit.results.lines import Answered, Change, Line, OfPairs, Quantity, Share, Stratum
from audit.results.over_time import QUARTER, Partly, Point, Quarter, Series
from audit.results.parts import EXCLUSIONS, IN_NO_RATE, Apart, Level, Part, Unit
from audit.results.rates import (
    BESIDE,
    OVERLAP,
    AlsoJudged,
    Comparison,
    Count,
    DifferenceComparison,
    Overlap,
    TissueComparison,
)
from audit.results.tested import GroupsTested

__all__ = [
    "ADJUSTED",
    "BESIDE",
    "CASE_MIX",
    "EXCLUSIONS",
    "IN_NO_RATE",
    "METHODS",
    "OVERLAP",
    "QUARTER",
    "SCHEMA",
    "Adjusted",
    "AlsoJudged",
    "Answered",
    "Apart",
    "Audit",
    "Change",
    "Comparison",
    "CompletenessOfField",
    "Count",
    "DifferenceComparison",
    "Filters",
    "GroupsTested",
    "Level",
    "Line",
    "MixRow",
    "OfPairs",
    "Overlap",
    "Part",
    "Partly",
    "Point",
    "Quality",
    "Quantity",
    "Quarter",
    "ReferenceUsed",
    "Series",
    "Share",
    "Stratum",
    "TakenFigure",
    "TissueComparison",
    "Unit",
]
