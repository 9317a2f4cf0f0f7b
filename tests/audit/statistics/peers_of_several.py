"""Two groups, several groups and the tissue of two arms, beside their peers."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import product
from math import comb, exp, log, prod
from warnings import catch_warnings

from audit import statistics as ours
from audit.statistics import GroupTest
from tests.audit.statistics.comparing import apart, compares, relative
from tests.audit.statistics.grids import (
    COVERAGES,
    FEW_MEN,
    MANY_MEN,
    MILLION,
    TABLES,
    TABLES_AND_NONE,
    WEIGHTS,
)

TABLES_WORDS = "every pair of k of 1, 3, 8 and k of 2, 5, 13; 2/32 v 7/26; 5 pairs with 10⁶"


# Two groups ------------------------------------------------------------------


@compares("newcombe", "statsmodels `confint_proportions_2indep`, newcomb", f"limits; {TABLES_WORDS}")
def _newcombe():
    from statsmodels.stats.proportion import confint_proportions_2indep

    for table in TABLES:
        peer = confint_proportions_2indep(*table, method="newcomb", compare="diff")
        yield apart(ours.newcombe(*table).interval, *peer)


@compares("newcombe", "Newcombe 1998, table II, method 10", "3 examples, rounded to 4 places as printed")
def _newcombe_published():
    for table, *published in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ):
        interval = ours.newcombe(*table).interval
        yield apart(ours.Interval(round(interval.lower, 4), round(interval.upper, 4)), *published)


@compares("fisher_exact", "scipy `fisher_exact`", f"relative; {TABLES_WORDS}; empty groups")
def _fisher():
    from scipy.stats import fisher_exact

    for a, m, b, n in TABLES_AND_NONE:
        peer = fisher_exact([[a, m - a], [b, n - b]]).pvalue
        yield relative(ours.fisher_exact(a, m, b, n), peer)


def _whole_number_p(a, m, b, n, share_of_ties=1):
    found = a + b
    counts = {k: comb(m, k) * comb(n, found - k) for k in range(max(0, found - n), min(m, found) + 1)}
    less = sum(count for count in counts.values() if count < counts[a])
    ties = sum(count for count in counts.values() if count == counts[a])
    return float(Fraction(less + share_of_ties * ties) / sum(counts.values()))


@compares(
    "fisher_exact",
    "arithmetic in whole numbers",
    "relative; the same under 10⁶; 0 v 10 of 10⁶; 700 v 730 of 2,000",
)
def _fisher_whole():
    small = [table for table in TABLES_AND_NONE if max(table) < MILLION]
    for table in [*small, (0, MILLION, 10, MILLION), (700, 2000, 730, 2000)]:
        yield relative(ours.fisher_exact(*table), _whole_number_p(*table))


def _chi_square_differences(attribute: str, correction: bool) -> Iterable[float]:
    from scipy.stats import chi2_contingency

    for a, m, b, n in TABLES:
        if 0 < a + b < m + n:
            peer = chi2_contingency([[a, m - a], [b, n - b]], correction=correction).pvalue
            yield abs(getattr(ours.two_group_tests(a, m, b, n), attribute) - peer)


@compares("two_group_tests`, `chi_square", "scipy `chi2_contingency`, correction=False", TABLES_WORDS)
def _pearson():
    yield from _chi_square_differences("chi_square", correction=False)


@compares(
    "two_group_tests`, `chi_square_corrected", "scipy `chi2_contingency`, correction=True", TABLES_WORDS
)
def _yates():
    yield from _chi_square_differences("chi_square_corrected", correction=True)


@compares("two_group_tests`, `fisher_mid_p", "arithmetic in whole numbers", "relative; the same under 10⁶")
def _mid_p():
    for table in TABLES:
        if max(table) < MILLION:
            peer = _whole_number_p(*table, share_of_ties=Fraction(1, 2))
            yield relative(ours.two_group_tests(*table).fisher_mid_p, peer)


# Several groups --------------------------------------------------------------


MANY_WORDS = "P; 5 sets of 2 to 5 groups, 0/40, 40/40 and 10⁶ among them"


@compares("several_groups", "scipy `chi2_contingency`", MANY_WORDS)
def _several_scipy():
    from scipy.stats import chi2_contingency

    for groups in MANY_MEN:
        peer = chi2_contingency([[k, n - k] for k, n in groups], correction=False).pvalue
        yield abs(ours.several_groups(groups).p - peer)


@compares("several_groups", "statsmodels `proportions_chisquare`", MANY_WORDS)
def _several_statsmodels():
    from statsmodels.stats.proportion import proportions_chisquare

    for groups in MANY_MEN:
        peer = proportions_chisquare(*zip(*groups, strict=True))[1]
        yield abs(ours.several_groups(groups).p - peer)


def _every_deal(groups):
    """P of the permutation test with every deal counted once, in whole numbers."""
    total, men = sum(k for k, _ in groups), sum(n for _, n in groups)

    def distance(deal):
        return sum(Fraction((k * men - n * total) ** 2, n) for k, (_, n) in zip(deal, groups, strict=True))

    observed, as_far, every = distance([k for k, _ in groups]), 0, 0
    for deal in product(*(range(n + 1) for _, n in groups)):
        if sum(deal) == total:
            ways = prod(comb(n, k) for k, (_, n) in zip(deal, groups, strict=True))
            every += ways
            as_far += ways if distance(deal) >= observed else 0
    return as_far / every


@compares(
    "several_groups",
    "every deal, in whole numbers",
    "P by permutation, 19,999 deals; 5 sets of 2 to 4 groups of 1 to 32 men",
)
def _permutation():
    for groups in FEW_MEN:
        result = ours.several_groups(groups)
        assert result.test is GroupTest.PERMUTATION
        yield abs(result.p - _every_deal(groups))


# Tissue ----------------------------------------------------------------------


WEIGHTS_WORDS = "limits, relative; 5 pairs of 2 to 399 weights, one arm without spread; 95 and 99.8 %"


def _relative_limits(interval, low, high):
    return max(relative(interval.lower, exp(low)), relative(interval.upper, exp(high)))


@compares("tissue_ratio", "scipy `ttest_ind` of logarithms, Welch", WEIGHTS_WORDS)
def _tissue_scipy():
    from scipy.stats import ttest_ind

    for (first, second), coverage in product(WEIGHTS, COVERAGES):
        with catch_warnings(action="ignore"):  # of an arm without spread
            test = ttest_ind([log(x) for x in first], [log(x) for x in second], equal_var=False)
        peer = test.confidence_interval(coverage)
        yield _relative_limits(ours.tissue_ratio(first, second, coverage).interval, *peer)


@compares("tissue_ratio", "statsmodels `CompareMeans`, unequal variances", WEIGHTS_WORDS)
def _tissue_statsmodels():
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    for (first, second), coverage in product(WEIGHTS, COVERAGES):
        means = CompareMeans(*(DescrStatsW([log(x) for x in arm]) for arm in (first, second)))
        peer = means.tconfint_diff(1 - coverage, usevar="unequal")
        yield _relative_limits(ours.tissue_ratio(first, second, coverage).interval, *peer)
