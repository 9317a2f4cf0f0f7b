"""From how many on a clinic shows what, and to whom. The reasons: docs/methods/small-numbers.md."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Numbers of men, or of operations where the figure counts those.

    counts_only_below: of fewer, a measure without a verdict gives the counts alone.
    compared_from: a surgeon is compared with others from here on.
    rate_in_funnel_from: of fewer, a point of a funnel is grey and has no rate.
    """

    counts_only_below: int = 5
    compared_from: int = 20
    rate_in_funnel_from: int = 5


USUAL = Limits()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """takes_part: the clinic's figures stand beside those of other clinics."""

    limits: Limits = USUAL
    takes_part: bool = False


# The least and the most that a clinic may choose: neither protection nor sight is switched off.
BOUNDS = {
    "counts_only_below": (3, 50),
    "compared_from": (10, 200),
    "rate_in_funnel_from": (3, 50),
}
