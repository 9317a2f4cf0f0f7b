"""Whether several groups of men share one retrieval rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.statistics.proportions import require_rate

# Under five men expected in a cell the chi-square tail is no longer trusted (Cochran 1954).
FEWEST_EXPECTED = 5
# With 19,999 draws a P of 0.05 is known to within 0.003, in 19 of 20 sets of draws.
DRAWS = 19_999
SEED = 1954
BLOCK = 1_000_000  # counts drawn at a time: 8 MB
# Statistics closer than this, relatively, are the same table met again.
TIE = 1e-9


class GroupTest(StrEnum):
    """Where the P comes from."""

    CHI_SQUARE = "chi_square"
    PERMUTATION = "permutation"
    FISHER = "fisher"  # of two groups, whose P this module does not give


@dataclass(frozen=True, slots=True)
class SeveralGroups:
    """The test that several groups share one rate.

    groups: with a result; a count. statistic: Pearson's chi-square, on groups - 1
    degrees of freedom. smallest_expected: men expected in the emptiest of the
    2 x groups cells. p: a fraction in [0, 1], by `test`.
    """

    groups: int
    statistic: float
    smallest_expected: float
    p: float
    test: GroupTest


def several_groups(groups: Sequence[tuple[int, int]]) -> SeveralGroups | None:
    """Chi-square test that two or more groups of different men share one retrieval rate.

    groups: (found, known) of each, in any order; counts of men, 0 <= found <= known.
        A group without a result is left out; the order changes nothing.

    P is the upper tail of chi-square when at least five men are expected in every
    cell, found and not found; otherwise the share of random deals of the same
    outcomes to the same groups that differ as much or more, the observed deal
    counted among them. The deals are seeded: the same counts give the same P.
    Returns None with fewer than two groups that have a result. P is 1 when
    everyone has the same outcome.
    Raises ValueError when a count is out of range.

    Source: Pearson K, Phil Mag 1900;50:157-175; Cochran WG, Biometrics
    1954;10:417-451 for the rule; Phipson B, Smyth GK, Stat Appl Genet Mol Biol
    2010;9:39 for counting the observed deal.
    """
    for found, known in groups:
        require_rate(found, known)
    counted = _one_way_round([(found, known) for found, known in groups if known > 0])
    if len(counted) < 2:
        return None
    import numpy as np
    from scipy import special

    found, known = np.array(counted, dtype=np.int64).T
    rarer = min(found.sum(), (known - found).sum())
    smallest = float(known.min() * rarer / known.sum())
    statistic = _chi_square(found, known)
    if smallest >= FEWEST_EXPECTED:
        p, test = float(special.chdtrc(len(counted) - 1, statistic)), GroupTest.CHI_SQUARE
    else:
        p, test = _permutation(found, known, statistic), GroupTest.PERMUTATION
    return SeveralGroups(len(counted), float(statistic), smallest, p, test)


def _one_way_round(groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """One of all the ways to write the same groups, so that the draws do not depend on the way."""
    return min(sorted(groups), sorted((known - found, known) for found, known in groups))


def _chi_square(found: Any, known: Any) -> Any:
    """Pearson's statistic of deals of the same outcomes; found: one row a deal, or one deal alone."""
    share = found.sum(axis=-1, keepdims=True) / known.sum()
    spread = known * share * (1 - share)
    # Where everybody has the same outcome nothing spreads, and nothing differs.
    terms = (found - known * share) ** 2 / (spread + (spread == 0))
    return terms.sum(axis=-1)


def _permutation(found: Any, known: Any, statistic: float) -> float:
    """The share of random deals that differ as much: hypergeometric, since both margins stay."""
    import numpy as np

    random = np.random.default_rng(SEED)
    as_far, left = 1, DRAWS
    while left:
        size = min(left, max(1, BLOCK // len(known)))
        deals = random.multivariate_hypergeometric(known, found.sum(), size=size, method="marginals")
        as_far += int((_chi_square(deals, known) >= statistic * (1 - TIE)).sum())
        left -= size
    return as_far / (DRAWS + 1)
