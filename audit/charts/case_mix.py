"""Observed on what was expected, in men: one row for each reference set, all on one axis."""

from audit.charts.forest import Forest, Scale, Tick
from audit.results import Adjusted, Audit

MOST_STEPS = 6
_STEPS = (1, 2, 5)


def axis(audit: Audit) -> Forest:
    """The axis alone, for the head of the column."""
    return Forest(ticks=_ticks(audit))


def row(adjusted: Adjusted, audit: Audit) -> Forest:
    """The expected range, in it the sums of the lower and upper edges, and the number that was observed."""
    result, scale = adjusted.result, _scale(audit)
    if not result.known:
        return Forest(ticks=_ticks(audit))
    return Forest(
        ticks=_ticks(audit),
        zone=scale.span(result.range_lower, result.range_upper),
        bands=(scale.span(result.expected.lower, result.expected.upper),),
        point=scale.x(result.observed),
    )


def _ticks(audit: Audit) -> tuple[Tick, ...]:
    scale, step = _scale(audit), _step(_men(audit))
    return tuple(Tick(x=scale.x(value), label=str(value)) for value in range(0, int(scale.high) + 1, step))


def _scale(audit: Audit) -> Scale:
    """As far as the first step that no set's men go beyond."""
    men, step = _men(audit), _step(_men(audit))
    return Scale(0, -(-men // step) * step)


def _men(audit: Audit) -> int:
    return max([1, *(one.result.known for one in audit.adjusted)])


def _step(men: int) -> int:
    """1, 2 or 5 times a power of ten, so large that the labels stand apart."""
    powers = (10**power for power in range(len(str(men))))
    return next(one * power for power in powers for one in _STEPS if men <= MOST_STEPS * one * power)
