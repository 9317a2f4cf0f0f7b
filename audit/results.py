"""What an audit says, as plain frozen data: the page, the API, the workbook and a kept run read this.

Codes and numbers only, no sentence: `audit.words` says them in the reader's language, so that a
kept run can be read in either. Rates are fractions. Cases stand by their case number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum

from audit.limits import Limits
from audit.reference import ReferenceFigure
from audit.statistics import Band, Difference, Interval, Outlook, Quartiles, TissueRatio, Verdict
from audit.statistics.verdict import ALARM, ALERT
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
    "tissue-ratio",
    "chance-of-false-below",
    "shares",
    "quantities",
    "paired-change",
)


class Unit(StrEnum):
    MAN = "man"
    ATTEMPT = "attempt"
    TESTIS = "testis"


class Level(StrEnum):
    """How sure a verdict must be: more so where it is given anew after every case."""

    LIVE = "live"
    CLOSED = "closed"  # the one audit of months that are over, or a series that is finished

    @property
    def coverage(self) -> float:
        return ALARM if self is Level.LIVE else ALERT


class Part(StrEnum):
    """Where a case went: in one measure, or in the whole period."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    PENDING = "pending"  # no final laboratory result
    REPEAT = "repeat"  # a later attempt of a man who counts already
    FIRST_LEFT_OUT = "first_left_out"  # a later attempt of a man whose first one a filter left out
    DRAFT = "draft"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    UNCERTAIN_TYPE = "uncertain_type"
    NOT_RECORDED = "not_recorded"  # an answer that decides about the population is missing
    COMBINED = "combined"  # several procedures in one operation
    NOT_TESTED = "not_tested"  # Klinefelter or genetics: not tested, or unknown
    OTHER_PROCEDURE = "other_procedure"  # non-obstructive, and neither micro-TESE nor conventional TESE
    NOT_AZOOSPERMIC = "not_azoospermic"


# Why a case of a measure's men is not counted in it.
EXCLUSIONS = (
    Part.REPEAT, Part.FIRST_LEFT_OUT, Part.DRAFT, Part.CANCELLED, Part.ABANDONED, Part.UNCERTAIN_TYPE,
    Part.NOT_RECORDED, Part.COMBINED, Part.NOT_TESTED,
)  # fmt: skip
# Why a case of the period is in no rate at all, or not yet.
IN_NO_RATE = (
    Part.PENDING, Part.DRAFT, Part.CANCELLED, Part.ABANDONED, Part.NOT_AZOOSPERMIC, Part.UNCERTAIN_TYPE,
    Part.NOT_RECORDED, Part.COMBINED, Part.OTHER_PROCEDURE,
)  # fmt: skip


class Apart(StrEnum):
    """Why somebody of a measure's population is in no share, no median and no pair."""

    PENDING = "pending"  # no final laboratory result
    REPEAT = "repeat"  # a later operation of a man who counts already; not in the total either
    NOT_RECORDED = "not_recorded"
    NOT_NOTED = "not_noted"  # "not noted" is an answer
    UNKNOWN = "unknown"  # so is this one
    NOT_FOLLOWED = "not_followed"
    NOT_SCANNED = "not_scanned"
    NOT_WEIGHED = "not_weighed"
    ESTIMATED = "estimated"
    NOT_BEFORE = "not_before"  # no value before the operation
    NOT_AFTER = "not_after"  # none at this follow-up
    REPLACEMENT = "replacement"  # his later value is of the drug
    ZERO = "zero"  # 0 has no logarithm


@dataclass(frozen=True, kw_only=True)
class Filters(Selection):
    """Which operations, in what unit, beside which figures; the surgeon also by name, as it was then."""

    surgeon_name: str = ""
    since: date | None = None
    until: date | None = None
    unit: Unit = Unit.MAN
    reference_set: str = "document"  # a file's name, or audit.reference.BOTH or CLINIC


@dataclass(frozen=True, kw_only=True)
class Count:
    """k of n."""

    found: int
    known: int

    @property
    def rate(self) -> float | None:
        return self.found / self.known if self.known else None


@dataclass(frozen=True, kw_only=True)
class AlsoJudged:
    """What a further reference set says of the same rate; the parts are those of a Comparison."""

    reference: ReferenceFigure | None
    band: Band | None
    verdict: Verdict | None
    no_verdict: str
    pending_decides: bool
    alarm: bool
    outlook: Outlook | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One retrieval rate beside its reference.

    found of known have sperm in a final report; pending have none yet. `interval` is the exact
    95 % one and `wide` the exact 99.8 % one, both None where there is no rate, or the unit allows none
    (testes). `verdict` is None where no word is given: `no_verdict` says why ("unit", "ambiguous",
    "no_reference"); otherwise it, `alarm` and `outlook` rest on the interval of the `level`.
    """

    measure: str
    unit: Unit
    found: int
    known: int
    pending: int
    interval: Interval | None
    wilson: Interval | None
    worst: Interval | None  # when all pending results are negative
    best: Interval | None
    reference: ReferenceFigure | None
    band: Band | None
    verdict: Verdict | None
    no_verdict: str
    pending_decides: bool
    alarm: bool
    outlook: Outlook | None
    cases: Mapping[str, tuple[str, ...]]  # by Part
    # "motile" and "usable" (injected or frozen), of all that are known; where it was not recorded of
    # some with sperm also "motility_not_recorded" and "use_not_recorded"; for men "attempts" and
    # "men_ever_found"
    beside: Mapping[str, Count]
    case_mix: Mapping[str, Count]  # "klinefelter", "failed_before", "azf_tested": found = how many have it
    also: tuple[AlsoJudged, ...] = ()  # beside the second reference set and those after it
    # Runs that were kept before there were levels were judged at 95 %, and hold no wider interval.
    level: Level = Level.CLOSED
    wide: Interval | None = None

    @property
    def judged_by(self) -> Interval | None:
        """The interval that the verdict rests on."""
        return self.wide if self.level is Level.LIVE else self.interval

    @property
    def judged(self) -> tuple["Comparison", ...]:
        """The same rate beside each reference set in turn."""
        further = ({part.name: getattr(one, part.name) for part in fields(one)} for one in self.also)
        return (self, *(replace(self, also=(), **parts) for parts in further))

    @property
    def rate(self) -> float | None:
        return self.found / self.known if self.known else None

    def count(self, part: Part) -> int:
        return len(self.cases.get(part, ()))


@dataclass(frozen=True, kw_only=True)
class DifferenceComparison:
    """micro-TESE minus conventional TESE, non-obstructive men only; men whatever the unit of the rates."""

    measure: str
    difference: Difference | None  # None while an arm is empty
    fisher_p: float | None
    reference: ReferenceFigure | None
    pending: int
    # Operations by one of the two techniques and another procedure, in neither arm. Runs that were kept
    # before these were counted hold 0.
    combined: int = 0
    also: tuple[ReferenceFigure | None, ...] = ()  # of the second reference set and those after it

    @property
    def judged(self) -> tuple["DifferenceComparison", ...]:
        return (self, *(replace(self, also=(), reference=figure) for figure in self.also))


@dataclass(frozen=True, kw_only=True)
class TissueComparison:
    """Tissue per man, conventional ÷ micro, non-obstructive men only."""

    measure: str
    ratio: TissueRatio | None
    weighed: Mapping[str, Count]  # by procedure code: found = men weighed, known = men operated
    zero_weights: int  # weighed as 0 mg: recorded, but without a logarithm
    reference: ReferenceFigure | None
    cases: Mapping[str, tuple[str, ...]]  # by procedure code: the weighed
    combined: int = 0  # as of the difference
    also: tuple[ReferenceFigure | None, ...] = ()

    @property
    def judged(self) -> tuple["TissueComparison", ...]:
        return (self, *(replace(self, also=(), reference=figure) for figure in self.also))


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """How many men belong to exactly these of the C23 groups."""

    groups: tuple[str, ...]
    count: Count


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
class Line:
    """One group of the population of a measure without a verdict (`audit.catalogue`).

    `by` names the grouping and `group` the code in it; both "" for all. Of `total` in the group,
    which are men, operations or testes by the unit, `known` have an answer. `cases` holds them under
    "known", and the others by Apart. Where known is less than the audit's `limits.counts_only_below`,
    only the counts are given: intervals, quartiles and ratios are None.
    """

    measure: str
    unit: Unit
    by: str
    group: str
    known: int
    total: int
    cases: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        return f"{self.measure}:{self.by}:{self.group}"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How many of a line's known gave this answer, and the exact 95 % interval of their share."""

    answer: str
    found: int
    interval: Interval | None
    cases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Share(Line):
    answers: tuple[Answered, ...]
    pending: int  # awaited results, where one decides the answer


@dataclass(frozen=True, kw_only=True)
class Quantity(Line):
    """In the unit of measurement that the measure declares."""

    quartiles: Quartiles | None


@dataclass(frozen=True, kw_only=True)
class OfPairs:
    """Geometric mean of later ÷ before with its 95 % interval; medians of the same men."""

    ratio: float
    interval: Interval
    median_before: float
    median_after: float


@dataclass(frozen=True, kw_only=True)
class Change(Line):
    """A value at a follow-up beside the value before, in the men who have both."""

    month: int
    of_pairs: OfPairs | None

    @property
    def key(self) -> str:
        return f"{self.measure}-{self.month}:{self.by}:{self.group}"


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """The rate of one group of a rate's men, each once, by his first operation in it. No verdict."""

    measure: str  # whose men these are
    by: str
    group: str
    found: int
    known: int
    pending: int
    interval: Interval | None
    cases: Mapping[str, tuple[str, ...]]  # by Part: found, not found, pending

    @property
    def key(self) -> str:
        return f"{self.measure}:{self.by}:{self.group}"


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

    @property
    def compared(self) -> "tuple[Comparison | DifferenceComparison | TissueComparison, ...]":
        """All that stands beside a reference."""
        return (*self.comparisons, self.difference, self.tissue)
