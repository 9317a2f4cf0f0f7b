"""Which test of two rates gives which P: shown where a published P comes from another test than ours."""

from dataclasses import dataclass
from math import log1p

from audit.statistics.difference import TIE, fisher_exact, tables_with_these_margins


@dataclass(frozen=True, slots=True)
class TwoGroupTests:
    """Two-sided P of the same two rates by four tests; fractions in [0, 1].

    chi_square: Pearson's, without a correction. chi_square_corrected: with Yates's
    continuity correction. fisher: Fisher's exact test, the one that is used here.
    fisher_mid_p: the same with half the weight of the tables as likely as the observed.
    """

    chi_square: float
    chi_square_corrected: float
    fisher: float
    fisher_mid_p: float


def two_group_tests(found1: int, known1: int, found2: int, known2: int) -> TwoGroupTests | None:
    """The two-sided P of the usual tests that two retrieval rates are the same, side by side.

    found1, found2: men with sperm found; counts, 0 <= found <= known.
    known1, known2: men with a final laboratory result; counts, no man in both.

    Returns None when either group has no result. Chi-square's P is 1 when all
    men have the same outcome; of the mid-P then half is left.
    Raises ValueError when a count is out of range.

    Source: Pearson K, Phil Mag 1900;50:157-175; Yates F, J R Stat Soc Suppl
    1934;1:217-235; Fisher RA, J R Stat Soc 1935;98:39-54; Lancaster HO, J Am
    Stat Assoc 1961;56:223-234 for the mid-P.
    """
    fisher = fisher_exact(found1, known1, found2, known2)
    if known1 == 0 or known2 == 0:
        return None
    men, found = known1 + known2, found1 + found2
    distance = abs(found1 * men - known1 * found) / men
    return TwoGroupTests(
        chi_square=_tail(distance, found, known1, known2),
        chi_square_corrected=_tail(max(distance - 0.5, 0), found, known1, known2),
        fisher=fisher,
        fisher_mid_p=fisher - _as_likely(found1, known1, found2, known2) / 2,
    )


def _tail(distance: float, found: int, known1: int, known2: int) -> float:
    """The tail of chi-square: each of the four cells is the same distance from what was expected."""
    from scipy import special

    men = known1 + known2
    if found in (0, men):
        return 1.0
    inverses = men * (1 / found + 1 / (men - found)) * (1 / known1 + 1 / known2)
    return float(special.chdtrc(1, distance**2 * inverses))


def _as_likely(found1: int, known1: int, found2: int, known2: int) -> float:
    """The probability of the tables just as likely as the observed one, itself among them."""
    log_weight, weight, observed = tables_with_these_margins(found1, known1, found2, known2)
    tie = abs(log_weight - log_weight[observed]) <= log1p(TIE)
    return float(weight[tie].sum() / weight.sum())
