"""What may be said of one rate beside one reference figure, and what may not."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from audit.statistics.proportions import (
    Interval,
    clopper_pearson,
    exact_lower,
    exact_upper,
    tail_outside,
)

# An interval's limit this close to a band's edge stands on the edge: 0.7 + 0.1
# is not 0.8 in floating point, and the limit of 1/1 is 0.025 only after rounding.
EDGE = 1e-12

ALERT = 0.95
ALARM = 0.998


class Verdict(StrEnum):
    """The four words. "Not enough" is the honest one whenever the interval leaves room."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    NOT_ENOUGH = "not_enough"


OUTSIDE = (Verdict.BELOW, Verdict.ABOVE)


@dataclass(frozen=True, slots=True)
class Band:
    """A reference figure: the rates it allows, and how far an interval may reach beyond them.

    lower, upper: fractions, 0 <= lower <= upper <= 1; equal for a point reference.
    tolerance: a fraction, at least 0; 0.10 is ten percentage points on either side.

    Raises ValueError when a value is out of range.
    """

    lower: float
    upper: float
    tolerance: float

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= self.upper <= 1:
            raise ValueError(f"not a band of rates: {self.lower} to {self.upper}")
        if not self.tolerance >= 0:
            raise ValueError(f"tolerance must be 0 or more, not {self.tolerance}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it rests on.

    verdict: what may be said whatever the pending results turn out to be.
    interval: exact interval of the known results, of the coverage judged at.
    worst, best: the same if every pending result were negative, or positive.
    pending: results awaited; a count.
    pending_decides: the worst or the best case would be another verdict than
        the known results alone, so the verdict is "not enough".
    alarm: outside the band at 99.8 % too, in all three readings.
    """

    verdict: Verdict
    interval: Interval
    worst: Interval
    best: Interval
    pending: int
    pending_decides: bool
    alarm: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """After `more` further results at the present rate the verdict would be `verdict`."""

    more: int
    verdict: Verdict


def judge(found: int, known: int, band: Band, coverage: float = ALERT) -> Verdict:
    """The verdict on one retrieval rate beside one reference band.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count, 0 allowed.
    band: fractions.
    coverage: of the exact interval, a fraction strictly between 0 and 1.

    BELOW or ABOVE when the whole interval lies outside the band; WITHIN when it
    lies inside the band widened by its tolerance; NOT_ENOUGH otherwise, and
    always without a result. A limit standing on an edge is not past it.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/verdict.md; the interval is Clopper CJ, Pearson ES,
    Biometrika 1934;26:404-413.
    """
    interval = clopper_pearson(found, known, coverage)
    return _word(known, interval.lower, interval.upper, band)


def judge_with_pending(
    found: int, known: int, pending: int, band: Band, coverage: float = ALERT
) -> Judgement:
    """The verdict that survives whatever the awaited results turn out to be.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count, 0 allowed.
    pending: men operated on, result awaited; a count, at least 0.
    band: fractions.
    coverage: of the exact intervals, a fraction strictly between 0 and 1.

    The known results are judged, then again with every pending result negative
    and with every one positive. Where one of these is another verdict, the
    verdict is NOT_ENOUGH and `pending_decides` is true: also where the known
    results alone were not enough and a bound would be.
    Raises ValueError when an argument is out of range.

    Source: docs/methods/pending-results.md.
    """
    if pending < 0:
        raise ValueError(f"pending must be 0 or more, not {pending}")
    operated = known + pending
    alone, worst, best = (found, known), (found, operated), (found + pending, operated)
    intervals = {reading: clopper_pearson(*reading, coverage) for reading in {alone, worst, best}}
    words = {
        reading: _word(reading[1], interval.lower, interval.upper, band)
        for reading, interval in intervals.items()
    }
    pending_decides = len(set(words.values())) > 1
    verdict = Verdict.NOT_ENOUGH if pending_decides else words[alone]
    alarm = verdict in OUTSIDE and all(judge(*reading, band, ALARM) is verdict for reading in intervals)
    return Judgement(
        verdict=verdict,
        interval=intervals[alone],
        worst=intervals[worst],
        best=intervals[best],
        pending=pending,
        pending_decides=pending_decides,
        alarm=alarm,
    )


def how_many_more(
    found: int, known: int, band: Band, limit: int = 5000, coverage: float = ALERT
) -> Outlook | None:
    """How many further results, if the rate stays as it is, until the verdict is another one.

    found: men with sperm found; a count, 0 <= found <= known.
    known: men with a final laboratory result; a count, 0 allowed.
    band: fractions.
    limit: how far to look; a count of further results.
    coverage: of the exact interval, a fraction strictly between 0 and 1.

    Returns the smallest m > 0 where `judge`, given ⌊found + (found/known)·m + ½⌋
    of known + m, differs from its verdict now, with the verdict it gives then.
    Returns None without a result (there is no rate to stay as it is), or when
    nothing changes up to `limit`.
    Raises ValueError when `found`, `known` or `coverage` is out of range.

    A projection, not a promise: successes come whole, so the verdict at m may
    differ from the one at m + 1 while the interval is close to an edge.

    Source: docs/methods/how-many-more.md.
    """
    now = judge(found, known, band, coverage)
    if known == 0:
        return None
    for more, lower, upper in _projected_limits(found, known, limit, coverage):
        verdict = _word(known + more, lower, upper, band)
        if verdict is not now:
            return Outlook(more, verdict)
    return None


def _word(known: int, lower: float, upper: float, band: Band) -> Verdict:
    """The rule itself, from the limits of `known` results."""
    if known == 0:
        return Verdict.NOT_ENOUGH
    if upper < band.lower - EDGE:
        return Verdict.BELOW
    if lower > band.upper + EDGE:
        return Verdict.ABOVE
    zone_lower = band.lower - band.tolerance
    zone_upper = min(1.0, band.upper + band.tolerance)
    if lower >= zone_lower - EDGE and upper <= zone_upper + EDGE:
        return Verdict.WITHIN
    return Verdict.NOT_ENOUGH


def _projected_limits(
    found: int, known: int, limit: int, coverage: float
) -> Iterator[tuple[int, float, float]]:
    """For m = 1 … limit: m and the exact limits at known + m, the rate staying as it is."""
    import numpy as np

    tail = tail_outside(coverage)
    start, size = 1, 64
    # Most answers are small, so the first block is; one call per block keeps long searches fast.
    while start <= limit:
        more = np.arange(start, min(start + size, limit + 1), dtype=np.int64)
        n = known + more
        # ⌊found·n/known + ½⌋ in whole numbers: a half would round either way in floating point.
        k = (2 * found * n + known) // (2 * known)
        # Rounding reaches 0 of n or n of n only from 0 of known or known of known.
        lower = np.zeros(len(n)) if found == 0 else exact_lower(k, n, tail)
        upper = np.ones(len(n)) if found == known else exact_upper(k, n, tail)
        yield from zip(more.tolist(), lower.tolist(), upper.tolist(), strict=True)
        start, size = start + size, size * 2
