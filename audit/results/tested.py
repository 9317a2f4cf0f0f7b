"""Whether the groups of one rate differ by more than chance makes them."""

from dataclasses import dataclass

from audit.statistics import SeveralGroups


@dataclass(frozen=True, kw_only=True)
class GroupsTested:
    """Whether the groups of one grouping share one rate: exploratory, since several are asked.

    men: of the rate, each once by his first operation, whose group is known.
    q: of all groupings of the rate that can be tested, by Benjamini and Hochberg.
    """

    measure: str  # whose men these are
    by: str
    men: int
    tested: SeveralGroups
    q: float
