import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.statistics.poisson_binomial import Distribution
from audit.statistics.proportions import Interval
from audit.statistics.standardisation import standardise
from audit.statistics.verdict import Band, Verdict, judge

laws = settings(deadline=None, derandomize=True, database=None, max_examples=60)
bands = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda edges: Band(min(edges), max(edges), 0.1))
mixes = st.dictionaries(bands, st.integers(0, 30), max_size=5)
OBSTRUCTIVE, CONVENTIONAL, MICRO = Band(0.95, 1.0, 0.1), Band(0.3, 0.4, 0.1), Band(0.6, 0.7, 0.1)


def listed(cases, edge):
    return [getattr(band, edge) for band, count in cases.items() for _ in range(count)]


def test_worked_example():
    cases = {Band(0.95, 1.0, 0.1): 2, Band(0.3, 0.4, 0.1): 2}
    result = standardise(1, cases)
    assert result.expected == Interval(pytest.approx(2.5), pytest.approx(2.8))
    # None of four: 0.05² · 0.7²; one of them: 0.05² · 2 · 0.3 · 0.7 + 2 · 0.95 · 0.05 · 0.7².
    assert result.chance_of_fewer == pytest.approx(0.001225 + 0.0476)
    assert (result.range_lower, result.range_upper) == (1, 4)
    assert result.verdict is None
    assert standardise(0, cases).verdict is Verdict.BELOW


def test_a_clinic_below_its_expected_range_says_so_and_by_how_much():
    cases = {OBSTRUCTIVE: 10, CONVENTIONAL: 20, MICRO: 30}
    result = standardise(24, cases)
    assert result.verdict is Verdict.BELOW
    assert result.known == 60
    assert result.expected == Interval(pytest.approx(33.5), pytest.approx(39.0))
    assert (result.difference.lower, result.difference.upper) == pytest.approx((-15.0, -9.5))
    assert (result.ratio.lower, result.ratio.upper) == pytest.approx((24 / 39, 24 / 33.5))


def test_the_same_rate_can_be_below_one_mix_and_above_another():
    assert standardise(34, {MICRO: 30, OBSTRUCTIVE: 30}).verdict is Verdict.BELOW
    assert standardise(34, {MICRO: 60}).verdict is None
    assert standardise(34, {CONVENTIONAL: 60}).verdict is Verdict.ABOVE


@pytest.mark.parametrize("coverage", [0.8, 0.95, 0.998])
@pytest.mark.parametrize("known", [1, 4, 20, 150])
def test_one_reference_for_all_says_what_the_verdict_says(known, coverage):
    for band in (OBSTRUCTIVE, CONVENTIONAL, MICRO):
        for observed in range(known + 1):
            verdict = judge(observed, known, band, coverage)
            outside = standardise(observed, {band: known}, coverage).verdict
            assert outside is (verdict if verdict in (Verdict.BELOW, Verdict.ABOVE) else None)


@laws
@given(cases=mixes, data=st.data())
def test_both_chances_agree_with_scipy(cases, data):
    import scipy.stats

    known = sum(cases.values())
    observed = data.draw(st.integers(0, known))
    result = standardise(observed, cases)
    if known:
        lower = scipy.stats.poisson_binom(listed(cases, "lower"))
        upper = scipy.stats.poisson_binom(listed(cases, "upper"))
        assert result.chance_of_fewer == pytest.approx(lower.cdf(observed), abs=1e-11)
        assert result.chance_of_more == pytest.approx(upper.sf(observed - 1), abs=1e-11)
    else:
        assert (result.chance_of_fewer, result.chance_of_more) == (1, 1)


@laws
@given(cases=mixes, coverage=st.sampled_from([0.8, 0.95, 0.998]))
def test_what_lies_in_the_expected_range_is_never_called_and_all_else_is(cases, coverage):
    known, tail = sum(cases.values()), (1 - coverage) / 2
    for observed in {0, known // 3, known // 2, known}:
        result = standardise(observed, cases, coverage)
        assert 0 <= result.range_lower <= result.range_upper <= known
        inside = result.range_lower <= observed <= result.range_upper
        assert (result.verdict is None) is inside
        if abs(result.chance_of_fewer - tail) > 1e-9 and abs(result.chance_of_more - tail) > 1e-9:
            assert (result.verdict is Verdict.BELOW) is (result.chance_of_fewer <= tail)
            assert (result.verdict is Verdict.ABOVE) is (result.chance_of_more <= tail)


@laws
@given(cases=mixes)
def test_the_expected_number_lies_in_the_expected_range_or_next_to_it(cases):
    result = standardise(0, cases)
    assert result.range_lower - 1 <= result.expected.lower + 1e-9
    assert result.expected.upper - 1e-9 <= result.range_upper + 1


def test_poisson_limits_would_hardly_see_a_clinic_ten_points_lower_in_every_mix():
    edges = {0.95: 20, 0.3: 20, 0.6: 20}
    cases = {Band(rate, 1.0, 0.1): count for rate, count in edges.items()}
    lower_clinic = Distribution.of({rate - 0.1: count for rate, count in edges.items()})
    called = max(o for o in range(61) if standardise(o, cases).verdict is Verdict.BELOW)
    # Byar's upper limit of O, Breslow and Day 1987.
    by_byar = max(
        o for o in range(61) if (o + 1) * (1 - 1 / (9 * (o + 1)) + 1.96 / (3 * (o + 1) ** 0.5)) ** 3 < 37
    )
    assert (called, by_byar) == (30, 25)
    chances = [round(lower_clinic.tails(limit).low, 2) for limit in (called, by_byar)]
    assert chances == [0.44, 0.05]


@pytest.mark.parametrize(("edge", "coverage"), [(0.975, 0.95), (0.95, 0.9)])
def test_a_tail_of_exactly_the_nominal_chance_is_called_also_after_rounding(edge, coverage):
    assert standardise(0, {Band(edge, 1.0, 0.1): 1}, coverage).verdict is Verdict.BELOW
    # The verdict's limit stands on the edge there, and is not past it.
    assert judge(0, 1, Band(edge, 1.0, 0.1), coverage) is not Verdict.BELOW


def test_bands_with_an_edge_in_common_keep_both_their_cases():
    import scipy.stats

    # Equal lower edges, and bands that differ in their tolerance alone.
    cases = {Band(0.3, 0.4, 0.1): 10, Band(0.3, 0.5, 0.1): 5, Band(0.3, 0.4, 0.0): 5}
    result = standardise(7, cases)
    assert result.known == 20
    assert result.chance_of_fewer == pytest.approx(scipy.stats.binom.cdf(7, 20, 0.3), abs=1e-13)
    assert result.expected == Interval(pytest.approx(6.0), pytest.approx(8.5))


def test_a_clinic_without_results_is_neither_below_nor_above():
    result = standardise(0, {})
    assert (result.known, result.range_lower, result.range_upper, result.verdict) == (0, 0, 0, None)
    assert result.ratio is None


@pytest.mark.parametrize(("observed", "outside"), [(0, Verdict.BELOW), (60, None)])
def test_nobody_and_everybody(observed, outside):
    assert standardise(observed, {OBSTRUCTIVE: 60}).verdict is outside


def test_a_million_cases_are_judged():
    cases = {OBSTRUCTIVE: 100_000, CONVENTIONAL: 400_000, MICRO: 500_000}
    result = standardise(515_000, cases)
    assert result.expected == Interval(pytest.approx(515_000), pytest.approx(610_000))
    assert result.verdict is None
    # Nineteen twentieths of a normal curve, to which a million cases come close.
    spread = (100_000 * 0.95 * 0.05 + 400_000 * 0.3 * 0.7 + 500_000 * 0.6 * 0.4) ** 0.5
    assert result.range_lower == pytest.approx(515_000 - 1.95996 * spread, abs=2)
    assert standardise(result.range_lower - 1, cases).verdict is Verdict.BELOW


@pytest.mark.parametrize(
    ("observed", "cases", "coverage", "why"),
    [
        (61, {MICRO: 60}, 0.95, "not a rate"),
        (-1, {MICRO: 60}, 0.95, "not a rate"),
        (1, {MICRO: -1, CONVENTIONAL: 5}, 0.95, "number of cases"),
        (1, {MICRO: 2}, 95, "coverage"),
    ],
)
def test_what_is_out_of_range_is_refused(observed, cases, coverage, why):
    with pytest.raises(ValueError, match=why):
        standardise(observed, cases, coverage)
