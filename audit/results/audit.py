"""An audit as a whole: what was asked, from what data, and all that it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from audit.limits import Limits
from audit.results.adjusted import Adjusted
from audit.results.lines import Change, Quantity, Share, Stratum
from audit.results.over_time import Series
from audit.results.parts import Level, Unit
from audit.results.rates import Comparison, Count, DifferenceComparison, Overlap, TissueComparison
from audit.results.tested import GroupsTested
from caselog.selection import Selection

SCHEMA = 1  # raised when a reader of kept audits would have to change
# The methods of the figures, by their pages in docs/methods/.
METHODS = (
    "units-and-first-procedures",
    "which-reference",
    "exact-interval",
    "wilson-interval",
    "verdict",
    "judging-after-every-case",
    "pending-results",
    "how-many-more",
    "difference-newcombe-fisher",
    "several-groups",
    "q-values",
    "tissue-ratio",
    "chance-of-false-below",
    "shares",
    "quantities",
    "paired-change",
    "case-mix",
    "run-chart",
    "vlad",
    "cusum",
)

CASE_MIX = "mix"  # how the keys of the case mix begin


@dataclass(frozen=True, kw_only=True)
class Filters(Selection):
    """Which operations, in what unit, beside which figures; the surgeon also by name, as it was then."""

    surgeon_name: str = ""
    since: date | None = None
    until: date | None = None
    unit: Unit = Unit.MAN
    reference_set: str = "document"  # a file's name, or audit.reference.BOTH or CLINIC


@dataclass(frozen=True, kw_only=True)
class CompletenessOfField:
    field: str
    recorded: int
    expected: int


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Of all cases in the period: what is missing, waiting or left out."""

    cases: int
    parts: Mapping[str, tuple[str, ...]]  # IN_NO_RATE: each case in one of them at most
    fields: tuple[CompletenessOfField, ...]
    reasons: tuple[tuple[str, str, str], ...]  # case number, status, the reason as it was typed


@dataclass(frozen=True, kw_only=True)
class MixRow:
    """Men (first attempts) of one group by procedure: the case mix table."""

    dimension: str  # "azoospermia_type", "primary_aetiology", "klinefelter_status", "y_microdeletion", …
    value: str  # a code of that field, "" for not recorded
    procedure: str  # its code, "combined" for several in one operation, "" for not recorded
    men: int  # pending ones included
    count: Count
    # By Part: found, not found, pending. Runs that were kept before there were these hold none.
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{CASE_MIX}:{self.dimension}:{self.value}:{self.procedure}"


@dataclass(frozen=True, kw_only=True)
class ReferenceUsed:
    """A reference set that the audit was compared with, as it was named then."""

    id: str
    version: str
    title_en: str
    title_ar: str
    about_en: str
    about_ar: str


@dataclass(frozen=True, kw_only=True)
class Audit:
    schema: int
    methods: tuple[str, ...]  # METHODS on the day of the audit
    columns: tuple[str, ...]  # of the dataset; fingerprints of other columns cannot be compared
    clinic: str
    synthetic: bool
    source: str  # "clinic", or the file's name
    filters: Filters
    made_at: datetime
    made_by: str
    product_version: str
    reference_version: str
    fingerprint: str
    comparisons: tuple[Comparison, ...]
    overlaps: tuple[Overlap, ...]
    difference: DifferenceComparison
    tissue: TissueComparison
    cells_judged: int
    expected_false_below: float
    quality: Quality
    mix: tuple[MixRow, ...]
    references: tuple[ReferenceUsed, ...] = ()  # runs that were kept before there could be several hold none
    # What an audit says beside the verdicts. Runs that were kept before these were computed have none.
    shares: tuple[Share, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    changes: tuple[Change, ...] = ()
    strata: tuple[Stratum, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)  # of the measures' definitions, by id
    limits: Limits | None = None  # of small numbers, as the clinic had set them; older runs hold none
    level: Level = Level.CLOSED  # of every verdict in it; runs kept before there were levels: 95 %
    adjusted: tuple[Adjusted, ...] = ()  # beside each reference set in turn
    over_time: tuple[Series, ...] = ()  # of a kept audit alone; of one from before they were made none
    tested: tuple[GroupsTested, ...] = ()  # likewise; by measure

    @property
    def compared(self) -> "tuple[Comparison | DifferenceComparison | TissueComparison, ...]":
        """All that stands beside a reference."""
        return (*self.comparisons, self.difference, self.tissue)
