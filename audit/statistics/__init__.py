"""The arithmetic of the audit: counts and weights in, plain numbers out.

Nothing here knows a database, a table or a page. scipy and numpy are imported
inside the functions that need them, so importing this package costs nothing.
Each method is argued in `docs/methods/`.
"""

from audit.statistics.cusum import (
    Cusum,
    Direction,
    cusum_chart,
    cusum_limit,
    cusum_weights,
    signal_chance,
)
from audit.statistics.difference import Difference, fisher_exact, newcombe
from audit.statistics.multiplicity import expected_false_below, expected_false_below_total
from audit.statistics.over_time import PeriodRate, period_rates, vlad
from audit.statistics.paired import PairedChange, paired_change
from audit.statistics.poisson_binomial import Tails, poisson_binomial_tails
from audit.statistics.proportions import Interval, clopper_pearson, wilson
from audit.statistics.quartiles import Quartiles, quartiles
from audit.statistics.standardisation import Standardised, most_specific, standardise
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
    "Cusum",
    "Difference",
    "Direction",
    "Interval",
    "Judgement",
    "Outlook",
    "PairedChange",
    "PeriodRate",
    "Quartiles",
    "Standardised",
    "Tails",
    "TissueRatio",
    "Verdict",
    "clopper_pearson",
    "cusum_chart",
    "cusum_limit",
    "cusum_weights",
    "expected_false_below",
    "expected_false_below_total",
    "fisher_exact",
    "how_many_more",
    "judge",
    "judge_with_pending",
    "most_specific",
    "newcombe",
    "paired_change",
    "period_rates",
    "poisson_binomial_tails",
    "quartiles",
    "signal_chance",
    "standardise",
    "tissue_ratio",
    "vlad",
    "wilson",
]
