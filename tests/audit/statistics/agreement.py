"""How far our statistics are from their peers: the table of docs/methods/agreement-with-peers.md.

Writes the table anew: .venv/bin/python -m tests.audit.statistics.agreement
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, exp, log, log10, prod
from pathlib import Path
from warnings import catch_warnings

from audit import statistics as ours
from audit.statistics import Band, GroupTest, Verdict
from tests.audit.statistics.grids import (
    BH_1995,
    COVERAGES,
    EDGES,
    FEW_MEN,
    MANY_MEN,
    MILLION,
    P_VALUES,
    RATES,
    RATES_AND_NONE,
    TABLES,
    TABLES_AND_NONE,
    WEIGHTS,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "methods" / "agreement-with-peers.md"
HEAD = "| function | peer | over | largest difference | fails above |\n|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Comparison:
    """Our function beside one peer; `differences` computes them over the grid that `over` describes."""

    function: str
    peer: str
    over: str
    differences: Callable[[], Iterable[float]]

    @property
    def name(self) -> tuple[str, str, str]:
        return self.function, self.peer, self.over

    def largest(self) -> float:
        return float(max(self.differences()))


COMPARISONS: list[Comparison] = []


def compares(function: str, peer: str, over: str) -> Callable[[Callable[[], Iterable[float]]], Callable]:
    def add(differences: Callable[[], Iterable[float]]) -> Callable[[], Iterable[float]]:
        COMPARISONS.append(Comparison(f"`{function}`", peer, over, differences))
        return differences

    return add


def apart(interval: ours.Interval, low: float, high: float) -> float:
    return max(abs(interval.lower - low), abs(interval.upper - high))


def relative(mine: float, theirs: float) -> float:
    return abs(mine - theirs) / abs(theirs) if theirs else abs(mine)


RATES_WORDS = "limits; every k of n = 1, 2, 3, 7, 20, 41, and 7 counts of 10⁶; 95 and 99.8 %"
TABLES_WORDS = "every pair of k of 1, 3, 8 and k of 2, 5, 13; 2/32 v 7/26; 5 pairs with 10⁶"


# One rate ------------------------------------------------------------------


@compares("clopper_pearson", "scipy `binomtest`, exact", RATES_WORDS)
def _exact_scipy():
    from scipy.stats import binomtest

    for (k, n), coverage in product(RATES, COVERAGES):
        peer = binomtest(k, n).proportion_ci(coverage, method="exact")
        yield apart(ours.clopper_pearson(k, n, coverage), *peer)


@compares("clopper_pearson", "statsmodels `proportion_confint`, beta", RATES_WORDS)
def _exact_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    for (k, n), coverage in product(RATES, COVERAGES):
        yield apart(
            ours.clopper_pearson(k, n, coverage), *proportion_confint(k, n, 1 - coverage, method="beta")
        )


@compares("wilson", "scipy `binomtest`, wilson", RATES_WORDS)
def _wilson_scipy():
    from scipy.stats import binomtest

    for (k, n), coverage in product(RATES, COVERAGES):
        yield apart(ours.wilson(k, n, coverage), *binomtest(k, n).proportion_ci(coverage, method="wilson"))


@compares("wilson", "statsmodels `proportion_confint`, wilson", RATES_WORDS)
def _wilson_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    for (k, n), coverage in product(RATES, COVERAGES):
        yield apart(ours.wilson(k, n, coverage), *proportion_confint(k, n, 1 - coverage, method="wilson"))


@compares(
    "judge", "scipy `binomtest`, one-sided", "verdicts that differ; the same rates against 10 bands; 95 %"
)
def _verdicts():
    from scipy.stats import binomtest

    bands = [Band(low, high, 0.1) for low, high in product(EDGES, EDGES) if low < high]
    for (k, n), band in product(RATES, bands):
        low = binomtest(k, n, band.lower, "less").pvalue < 0.025
        high = binomtest(k, n, band.upper, "greater").pvalue < 0.025
        verdict = ours.judge(k, n, band)
        yield float((verdict is Verdict.BELOW, verdict is Verdict.ABOVE) != (low, high))


P_WORDS = "relative, where P > 10⁻³⁰⁰; the same rates and 0 of 0 against 1, 30, 60, 95, 99 %"


def _p_differences(mine: Callable, theirs: Callable) -> Iterable[float]:
    cells = [(k, n, edge) for (k, n), edge in product(RATES_AND_NONE, EDGES)]
    for cell, p in zip(cells, mine(cells), strict=True):
        peer = float(theirs(*cell))
        yield relative(p, peer) if peer > 1e-300 else abs(p - peer)


@compares("p_below", "scipy `binom.cdf`", P_WORDS)
def _p_below():
    from scipy.stats import binom

    yield from _p_differences(ours.p_below, binom.cdf)


@compares("p_above", "scipy `binom.sf`", P_WORDS)
def _p_above():
    from scipy.stats import binom

    yield from _p_differences(ours.p_above, lambda k, n, edge: binom.sf(k - 1, n, edge))


# Many cells ----------------------------------------------------------------


@compares("expected_false_below", "sum of scipy `binom.pmf`", "n = 0 to 150; 5 edges; 95 and 99.8 %")
def _false_below():
    import numpy as np
    from scipy.stats import binom

    for n, edge, coverage in product((0, 1, 2, 5, 11, 40, 150), EDGES, COVERAGES):
        k = np.arange(n + 1)
        called = [ours.judge(int(x), n, Band(edge, 1, 0), coverage) is Verdict.BELOW for x in k]
        yield abs(ours.expected_false_below(n, edge, coverage) - binom.pmf(k, n, edge)[called].sum())


@compares(
    "expected_false_alarms", "sum of scipy `binom.pmf`", "n = 0 to 150; 15 bands, widths of 0 among them"
)
def _false_alarms():
    import numpy as np
    from scipy.stats import binom

    bands = [Band(low, high, 0) for low, high in product(EDGES, EDGES) if low <= high]
    for n, band in product((0, 1, 2, 5, 11, 40, 150), bands):
        k = np.arange(n + 1)
        called = [ours.judge(int(x), n, band, 0.998) in (Verdict.BELOW, Verdict.ABOVE) for x in k]
        peer = max(binom.pmf(k, n, edge)[called].sum() for edge in (band.lower, band.upper))
        yield abs(ours.expected_false_alarms([(n, band)]) - peer)


Q_WORDS = "6 sets of 1 to 1,000 P, zeros, ones and ties among them"


@compares("benjamini_hochberg", "scipy `false_discovery_control`", Q_WORDS)
def _q_scipy():
    from scipy.stats import false_discovery_control

    for p in P_VALUES:
        yield float(abs(false_discovery_control(p) - ours.benjamini_hochberg(p)).max())


@compares("benjamini_hochberg", "statsmodels `multipletests`, fdr_bh", Q_WORDS)
def _q_statsmodels():
    from statsmodels.stats.multitest import multipletests

    for p in P_VALUES:
        yield float(abs(multipletests(p, method="fdr_bh")[1] - ours.benjamini_hochberg(p)).max())


@compares(
    "benjamini_hochberg",
    "Benjamini and Hochberg 1995, section 3.2",
    "finds at 0.05 of their 15 P, published 4: difference",
)
def _q_published():
    yield abs(sum(q <= 0.05 for q in ours.benjamini_hochberg(BH_1995)) - 4)


# The funnel ----------------------------------------------------------------


def _textbook_lower(n, edge, tail):
    """Spiegelhalter 2005, appendix A.1.1, by scipy."""
    from scipy.stats import binom

    r = binom.ppf(tail, n, edge)
    alpha = (binom.cdf(r, n, edge) - tail) / binom.pmf(r, n, edge)
    return max(0.0, float((r - alpha) / n))


@compares(
    "funnel_limits",
    "scipy `binom.ppf` and `cdf` in the published formula, the upper line reflected",
    "n = 3 to 40, 100, 10³ to 10⁶; 5 targets; 95 and 99.8 %",
)
def _funnel():
    sizes = [*range(3, 41), 100, 1000, 10_000, MILLION]
    for edge, coverage in product(EDGES, COVERAGES):
        tail = (1 - coverage) / 2
        for n, limits in zip(sizes, ours.funnel_limits(sizes, Band(edge, edge, 0), coverage), strict=True):
            yield apart(limits, _textbook_lower(n, edge, tail), 1 - _textbook_lower(n, 1 - edge, tail))


# Two groups ----------------------------------------------------------------


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


# Several groups ------------------------------------------------------------

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


# Looking again and again ---------------------------------------------------


@compares("chance_ever_below", "every sequence of outcomes", "12 cases; 3 rates; 3 edges; 80 and 95 %")
def _sequences():
    import numpy as np

    outcomes = np.array(list(product((0, 1), repeat=12)))
    found = outcomes.cumsum(axis=1)
    for lower, coverage in product((0.3, 0.6, 0.95), (0.8, 0.95)):
        called = np.zeros(len(found), dtype=bool)
        for n in range(1, 13):
            words = [ours.judge(k, n, Band(lower, 1, 0), coverage) for k in range(n + 1)]
            called |= np.array([word is Verdict.BELOW for word in words])[found[:, n - 1]]
        for rate in (0.3, 0.6, 0.95):
            chances = rate ** found[:, -1] * (1 - rate) ** (12 - found[:, -1])
            yield abs(ours.chance_ever_below(rate, lower, 12, coverage) - chances[called].sum())


# Tissue --------------------------------------------------------------------

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


# The page ------------------------------------------------------------------


def allowed(largest: float) -> str:
    """The power of ten that leaves another processor at least three times what was found here."""
    return f"1e{-(-log10(max(3 * largest, 1e-15)) // 1):+03.0f}"


def written_table() -> str:
    rows = []
    for comparison in COMPARISONS:
        largest = comparison.largest()
        figure = f"{largest:.1e}" if largest else "0"
        rows.append(f"| {' | '.join(comparison.name)} | {figure} | {allowed(largest)} |\n")
    return HEAD + "".join(rows)


def read_table(page: str) -> dict[tuple[str, str, str], tuple[float, float]]:
    """The page's rows: what was found, and what a test holds it to."""
    rows = page.partition(HEAD)[2].partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return {
        (function, peer, over): (float(found), float(bound)) for function, peer, over, found, bound in cells
    }


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, _, after = text.partition(HEAD)
    PAGE.write_text(before + written_table() + "\n" + after.partition("\n\n")[2], encoding="utf-8")
    sys.stdout.write(f"{len(COMPARISONS)} comparisons written\n")
