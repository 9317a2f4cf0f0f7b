"""The arithmetic of the audit: counts and weights in, plain numbers out.

Nothing here knows a database, a table or a page. scipy and numpy are imported
inside the functions that need them, so importing this package costs nothing.
Each method is argued in `docs/methods/`.
"""

from audit.statistics.difference import Difference, fisher_exact, newcombe
from audit.statistics.multiplicity import expected_false_below, expected_false_below_total
from audit.statistics.paired import PairedChange, paired_change
from audit.statistics.proportions import Interval, clopper_pearson, wilson
from audit.statistics.quartiles import Quartiles, quartiles
from audit.statistics.tissue import TissueRatio, tissue_ratio
from audit.statistics.verdict import (
    Band,
    Judgement,
    Outlook,
    Verdict,
    how_many_more,
    judge,
    judge_with_pending,
)

__all__ = [
    "Band",
    "Difference",
    "Interval",
    "Judgement",
    "Outlook",
    "PairedChange",
    "Quartiles",
    "TissueRatio",
    "Verdict",
    "clopper_pearson",
    "expected_false_below",
    "expected_false_below_total",
    "fisher_exact",
    "how_many_more",
    "judge",
    "judge_with_pending",
    "newcombe",
    "paired_change",
    "quartiles",
    "tissue_ratio",
    "wilson",
]
