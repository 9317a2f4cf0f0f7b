"""One rate, many rates, and one rate looked at again and again, beside their peers."""

from collections.abc import Callable, Iterable
from itertools import product

from audit import statistics as ours
from audit.statistics import Band, Verdict
from tests.audit.statistics.comparing import apart, compares, relative
from tests.audit.statistics.grids import BH_1995, COVERAGES, EDGES, MILLION, P_VALUES, RATES, RATES_AND_NONE

RATES_WORDS = "limits; every k of n = 1, 2, 3, 7, 20, 41, and 7 counts of 10⁶; 95 and 99.8 %"


# One rate --------------------------------------------------------------------


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
    "judge",
    "scipy `binomtest`, one-sided",
    "verdicts that differ; the same rates against 10 bands; 95 and 99.8 %",
)
def _verdicts():
    from scipy.stats import binomtest

    bands = [Band(low, high, 0.1) for low, high in product(EDGES, EDGES) if low < high]
    for (k, n), band in product(RATES, bands):
        p_low = binomtest(k, n, band.lower, "less").pvalue
        p_high = binomtest(k, n, band.upper, "greater").pvalue
        for coverage in COVERAGES:
            tail = (1 - coverage) / 2
            low, high = p_low < tail, p_high < tail
            verdict = ours.judge(k, n, band, coverage)
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


# Many cells ------------------------------------------------------------------


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
    "Benjamini and Hochberg 1995, their example",
    "called at 0.05 of 15 P, published 4: difference",
)
def _q_published():
    yield abs(sum(q <= 0.05 for q in ours.benjamini_hochberg(BH_1995)) - 4)


# The funnel ------------------------------------------------------------------


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


# Looking again and again -----------------------------------------------------


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
