from itertools import product
from math import prod

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.poisson_binomial import Distribution, poisson_binomial_tails

laws = settings(deadline=None, derandomize=True, database=None, max_examples=40)
mixes = st.dictionaries(st.floats(0, 1), st.integers(0, 40), max_size=6)
LARGE = 10**6


def listed(cases):
    return [rate for rate, count in cases.items() for _ in range(count)]


def counted(observed, cases):
    """Both tails from every possible series of results."""
    low = high = 0.0
    for found in product([True, False], repeat=sum(cases.values())):
        pairs = zip(found, listed(cases), strict=True)
        chance = prod(rate if result else 1 - rate for result, rate in pairs)
        low += chance * (sum(found) <= observed)
        high += chance * (sum(found) >= observed)
    return low, high


@pytest.mark.parametrize("cases", [{0.3: 3, 0.65: 4, 0.95: 3}, {0.0: 2, 0.5: 3, 1.0: 4}, {0.46: 1}])
def test_it_agrees_with_every_series_of_results_counted(cases):
    for observed in range(sum(cases.values()) + 1):
        tails = poisson_binomial_tails(observed, cases)
        assert (tails.low, tails.high) == pytest.approx(counted(observed, cases), abs=1e-14)


@pytest.mark.parametrize("cases", [{0.6: 20, 0.3: 15, 0.95: 8}, {0.05: 60, 0.5: 1}, {0.42: 40, 0.43: 40}])
def test_it_agrees_with_scipys_poisson_binomial(cases):
    peer, known = scipy.stats.poisson_binom(listed(cases)), sum(cases.values())
    for observed in range(known + 1):
        tails = poisson_binomial_tails(observed, cases)
        assert tails.low == pytest.approx(peer.cdf(observed), abs=1e-13)
        assert tails.high == pytest.approx(peer.sf(observed - 1), abs=1e-13)


@pytest.mark.parametrize("rate", [0.0, 0.001, 0.35, 0.65, 0.95, 1.0])
@pytest.mark.parametrize("known", [1, 2, 20, 367, LARGE])
def test_cases_of_one_rate_are_a_binomial(known, rate):
    middle = int(known * rate)
    reach = int(3 * (known * rate * (1 - rate)) ** 0.5)
    for observed in {0, max(0, middle - reach), middle, min(known, middle + reach), known}:
        tails = poisson_binomial_tails(observed, {rate: known})
        assert tails.low == pytest.approx(scipy.stats.binom.cdf(observed, known, rate), abs=1e-12)
        assert tails.high == pytest.approx(scipy.stats.binom.sf(observed - 1, known, rate), abs=1e-12)


def test_a_million_cases_of_several_rates_keep_their_mean_and_variance():
    cases = {0.3: 300_000, 0.46: 400_000, 0.65: 250_000, 0.95: 50_000}
    distribution = Distribution.of(cases)
    chances = np.diff(distribution.below)
    values = distribution.start + np.arange(len(chances))
    mean = (chances * values).sum()
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(sum(rate * n for rate, n in cases.items()), rel=1e-12)
    variance = (chances * (values - mean) ** 2).sum()
    assert variance == pytest.approx(sum(rate * (1 - rate) * n for rate, n in cases.items()), rel=1e-9)


def test_as_many_rates_as_cases_agree_too():
    cases = {(i + 0.5) / 1000: 1 for i in range(1000)}
    peer = scipy.stats.poisson_binom(listed(cases))
    for observed in (0, 450, 500, 550, 1000):
        assert poisson_binomial_tails(observed, cases).low == pytest.approx(peer.cdf(observed), abs=1e-12)


def test_no_case_leaves_nothing_to_doubt():
    tails = poisson_binomial_tails(0, {})
    assert (tails.low, tails.high) == (1.0, 1.0)
    assert poisson_binomial_tails(0, {0.3: 0}) == tails


@laws
@given(cases=mixes, data=st.data())
def test_the_tails_share_the_observed_count_and_nothing_else(cases, data):
    known = sum(cases.values())
    observed = data.draw(st.integers(0, known))
    tails = poisson_binomial_tails(observed, cases)
    assert 0 <= tails.low <= 1
    assert 0 <= tails.high <= 1
    if observed < known:
        assert tails.low + poisson_binomial_tails(observed + 1, cases).high == pytest.approx(1, abs=1e-12)
    else:
        assert tails.low == pytest.approx(1, abs=1e-12)


@laws
@given(cases=mixes, data=st.data())
def test_failures_counted_instead_exchange_the_tails(cases, data):
    known = sum(cases.values())
    observed = data.draw(st.integers(0, known))
    failures = {}
    for rate, count in cases.items():
        failures[1 - rate] = failures.get(1 - rate, 0) + count
    there, back = (
        poisson_binomial_tails(observed, cases),
        poisson_binomial_tails(known - observed, failures),
    )
    assert (there.low, there.high) == pytest.approx((back.high, back.low), abs=1e-12)


@laws
@given(cases=mixes, data=st.data())
def test_the_order_of_the_rates_is_of_no_consequence(cases, data):
    observed = data.draw(st.integers(0, sum(cases.values())))
    turned = dict(reversed(cases.items()))
    there, back = poisson_binomial_tails(observed, cases), poisson_binomial_tails(observed, turned)
    assert (there.low, there.high) == pytest.approx((back.low, back.high), abs=1e-13)


@pytest.mark.parametrize(
    ("observed", "cases", "why"),
    [
        (-1, {0.3: 5}, "not a rate"),
        (6, {0.3: 5}, "not a rate"),
        (0, {0.3: -5, 0.4: 9}, "number of cases"),
        (1, {1.3: 5}, "expected rate"),
        (1, {float("nan"): 5}, "expected rate"),
    ],
)
def test_what_is_out_of_range_is_refused(observed, cases, why):
    with pytest.raises(ValueError, match=why):
        poisson_binomial_tails(observed, cases)
