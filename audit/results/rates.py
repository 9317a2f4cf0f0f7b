"""The rates, what they are compared with, and the two techniques beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from audit.reference import ReferenceFigure
from audit.results.parts import Level, Part, Unit
from audit.statistics import Band, Difference, Interval, Outlook, TissueRatio, Verdict

BESIDE = "beside"  # how the key of what stands beside a rate begins
OVERLAP = "overlap"  # and that of men in several groups


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
    # Of each of `beside` and `case_mix`, by Part: found, and not found for the others that are known.
    # Runs that were kept before there were these hold none.
    cases_beside: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
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
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as `Comparison.cases_beside`

    @property
    def key(self) -> str:
        return f"{OVERLAP}:{'+'.join(self.groups)}"
