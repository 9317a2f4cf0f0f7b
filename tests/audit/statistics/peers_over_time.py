"""Charts over time, case mix and the same men twice, beside their peers."""

from itertools import product
from math import exp, log, prod

from audit import statistics as ours
from audit.statistics import Band, Direction
from tests.audit.statistics.comparing import apart, compares, relative
from tests.audit.statistics.grids import COVERAGES, MILLION, MIXES, PAIRS, RATES


def listed(cases):
    return [rate for rate, count in cases.items() for _ in range(count)]


@compares(
    "period_rates",
    "statsmodels `proportion_confint`, beta",
    "limits; every k of n = 1, 2, 3, 7, 20, 41, and 7 counts of 10⁶; 95 and 99.8 %",
)
def _quarters():
    from statsmodels.stats.proportion import proportion_confint

    for coverage in COVERAGES:
        for (k, n), quarter in zip(RATES, ours.period_rates(RATES, coverage), strict=True):
            yield apart(quarter.interval, *proportion_confint(k, n, 1 - coverage, method="beta"))


@compares(
    "signal_chance", "every sequence of outcomes", "10 cases; 3 lists of rates; 2 limits; both directions"
)
def _signals():
    expected_lists = ([0.6] * 10, [0.3, 0.6] * 5, [0.95] * 9 + [0.1])
    for expected, limit, direction in product(expected_lists, (0.7, 1.5), Direction):
        chance = 0.0
        for found in product((True, False), repeat=10):
            if ours.cusum_chart(found, expected, direction, limit).signals:
                chance += prod(p if hit else 1 - p for hit, p in zip(found, expected, strict=True))
        yield abs(ours.signal_chance(expected, direction, limit) - chance)


@compares(
    "poisson_binomial_tails", "scipy `poisson_binom`", "both tails of every count; 5 mixes of 1 to 80 cases"
)
def _poisson_binomial():
    from scipy.stats import poisson_binom

    for cases in MIXES:
        peer = poisson_binom(listed(cases))
        for observed in range(sum(cases.values()) + 1):
            tails = ours.poisson_binomial_tails(observed, cases)
            yield max(abs(tails.low - peer.cdf(observed)), abs(tails.high - peer.sf(observed - 1)))


@compares(
    "poisson_binomial_tails",
    "scipy `binom`",
    "both tails; 10⁶ cases; 5 rates, 0 and 1 among them",
)
def _one_rate():
    from scipy.stats import binom

    for rate, shift in product((0.0, 0.001, 0.35, 0.95, 1.0), (-1000, 0, 1000)):
        observed = min(max(int(MILLION * rate) + shift, 0), MILLION)
        tails, peer = ours.poisson_binomial_tails(observed, {rate: MILLION}), binom(MILLION, rate)
        yield max(abs(tails.low - peer.cdf(observed)), abs(tails.high - peer.sf(observed - 1)))


@compares("standardise", "scipy `poisson_binom`", "both chances of every count; 5 mixes of 1 to 80 cases")
def _standardised():
    from scipy.stats import poisson_binom

    for cases in MIXES:
        bands = {Band(0.9 * rate, rate, 0.1): count for rate, count in cases.items()}
        low = poisson_binom([band.lower for band, count in bands.items() for _ in range(count)])
        high = poisson_binom(listed(cases))
        for observed in range(sum(cases.values()) + 1):
            result = ours.standardise(observed, bands)
            yield abs(result.chance_of_fewer - low.cdf(observed))
            yield abs(result.chance_of_more - high.sf(observed - 1))


PAIRS_WORDS = "limits, relative; 3 sets of 2 to 10,000 pairs; 95 and 99.8 %"


@compares("paired_change", "scipy `ttest_rel` of logarithms", PAIRS_WORDS)
def _paired_scipy():
    from scipy.stats import ttest_rel

    for pairs, coverage in product(PAIRS, COVERAGES):
        before, later = ([log(x) for x in values] for values in zip(*pairs, strict=True))
        peer = ttest_rel(later, before).confidence_interval(coverage)
        interval = ours.paired_change(pairs, coverage).interval
        yield max(relative(interval.lower, exp(peer.low)), relative(interval.upper, exp(peer.high)))


@compares("paired_change", "statsmodels `DescrStatsW` of logarithms", PAIRS_WORDS)
def _paired_statsmodels():
    from statsmodels.stats.weightstats import DescrStatsW

    for pairs, coverage in product(PAIRS, COVERAGES):
        low, high = DescrStatsW([log(b / a) for a, b in pairs]).tconfint_mean(1 - coverage)
        interval = ours.paired_change(pairs, coverage).interval
        yield max(relative(interval.lower, exp(low)), relative(interval.upper, exp(high)))
