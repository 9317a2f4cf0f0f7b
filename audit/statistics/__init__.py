"""The arithmetic of the audit: counts and weights in, plain numbers out.

Nothing here knows a database, a table or a page. scipy and numpy are imported
inside the functions that need them, so importing this package costs nothing.
Each method is argued in `docs/methods/`.
"""

from audit.statistics.cusum import Cusum, Direction, cusum_chart, cusum_limit, cusum_weights, signal_chance
from audit.statistics.difference import Difference, fisher_exact, newcombe
from audit.statistics.exact_test import p_above, p_below
from audit.statistics.funnel import funnel_limits, outside_funnel
from audit.statistics.multiplicity import (
    benjamini_hochberg,
    expected_false_alarms,
    expected_false_below,
    expected_false_below_total,
)
from audit.statistics.over_time import PeriodRate, period_rates, vlad
from audit.statistics.paired import PairedChange, paired_change
from audit.statistics.poisson_binomial import Tails, poisson_binomial_tails
from audit.statistics.proportions import Interval, clopper_pearson, wilson
from audit.statistics.quartiles import Quartiles, quartiles
from audit.statistics.sequential import chance_ever_below
from audit.statistics.several_groups import GroupTest, SeveralGroups, several_groups
from audit.statistics.standardisation import Standardised, standardise
from audit.statistics.tissue import TissueRatio, tissue_ratio
from audit.statistics.two_groups import TwoGroupTests, two_group_tests
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
    "GroupTest",
    "Interval",
    "Judgement",
    "Outlook",
    "PairedChange",
    "PeriodRate",
    "Quartiles",
    "SeveralGroups",
    "Standardised",
    "Tails",
    "TissueRatio",
    "TwoGroupTests",
    "Verdict",
    "benjamini_hochberg",
    "chance_ever_below",
    "clopper_pearson",
    "cusum_chart",
    "cusum_limit",
    "cusum_weights",
    "expected_false_alarms",
    "expected_false_below",
    "expected_false_below_total",
    "fisher_exact",
    "funnel_limits",
    "how_many_more",
    "judge",
    "judge_with_pending",
    "newcombe",
    "outside_funnel",
    "p_above",
    "p_below",
    "paired_change",
    "period_rates",
    "poisson_binomial_tails",
    "quartiles",
    "several_groups",
    "signal_chance",
    "standardise",
    "tissue_ratio",
    "two_group_tests",
    "vlad",
    "wilson",
]
