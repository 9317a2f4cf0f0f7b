"""Which cases stand behind a figure."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit import catalogue
from audit.measures import BY_ID, GROUPS, TISSUE
from audit.quality import MIX
from audit.results import (
    ADJUSTED,
    BESIDE,
    CASE_MIX,
    IN_NO_RATE,
    OVERLAP,
    QUARTER,
    Adjusted,
    Apart,
    Audit,
    Line,
    MixRow,
    Overlap,
    Part,
    Share,
    Stratum,
    TakenFigure,
)
from audit.shares import SHARES
from audit.strata import OF
from caselog.choices import Procedure

# n: the cases with a final result, whatever it is.
KNOWN = "known"
# Of the case mix: all of its men, pending ones included.
MEN = "men"
# All cases in the period, whatever the measure.
PERIOD = "period"
KEY = ":"  # parts the key of a line (audit.results.Line.key)
_PARTS = {*Part, KNOWN}
_WHOLE = {KNOWN: (Part.FOUND, Part.NOT_FOUND), MEN: (Part.FOUND, Part.NOT_FOUND, Part.PENDING)}
_BY_RESULT = {Part.FOUND, KNOWN}
OfKey = Line | Stratum | Adjusted | TakenFigure | Overlap | MixRow  # what has a key of its own


@dataclass(frozen=True)
class Figure:
    # of `audit.measures`, the key of a line (OfKey) or of what stands beside a rate, or PERIOD
    measure: str
    # of `Part`, KNOWN, of the case mix MEN, for tissue the code of a procedure, of a line one of its
    # answers or of `Apart`
    part: str

    def __post_init__(self):
        if self.part not in _parts_of(self.measure):
            raise LookupError(f"no figure {self.measure}, {self.part}")

    @property
    def of_quarter(self) -> str:
        """The measure of which this is one quarter; "" of any other figure."""
        measure, by, _group = (*self.measure.split(KEY, 2), "", "")[:3]
        return measure if by == QUARTER and measure in BY_ID else ""


def case_numbers(audit: Audit, figure: Figure) -> tuple[str, ...]:
    """The cases that the figure counts."""
    if figure.measure == TISSUE:
        return audit.tissue.cases.get(figure.part, ())
    if figure.measure == PERIOD:
        return audit.quality.parts.get(figure.part, ())
    if figure.measure.startswith(BESIDE + KEY):
        return _of_parts(_beside_rate(audit, figure.measure), figure.part)
    if KEY in figure.measure:
        line = line_of(audit, figure.measure)
        return _of_line(line, figure.part) if line else ()
    # A measure that was declared after an audit was kept has no figure in it.
    cases = next((c.cases for c in audit.comparisons if c.measure == figure.measure), {})
    return _of_parts(cases, figure.part)


def _of_parts(cases: Mapping[str, tuple[str, ...]], part: str) -> tuple[str, ...]:
    return tuple(number for one in _WHOLE.get(part, (part,)) for number in cases.get(one, ()))


def _beside_rate(audit: Audit, key: str) -> Mapping[str, tuple[str, ...]]:
    _beside, measure, name = key.split(KEY)
    found = (c.cases_beside for c in audit.comparisons if c.measure == measure)
    return next(found, {}).get(name, {})


def line_of(audit: Audit, key: str) -> OfKey | None:
    lines: tuple[OfKey, ...] = (*audit.shares, *audit.quantities, *audit.changes, *audit.strata)
    lines += (*audit.adjusted, *audit.overlaps, *audit.mix)
    lines += tuple(taken for beside in audit.adjusted for taken in beside.figures)
    lines += tuple(quarter for series in audit.over_time for quarter in series.quarters)
    return next((line for line in lines if line.key == key), None)


def _of_line(line: OfKey, part: str) -> tuple[str, ...]:
    if not isinstance(line, Line):
        return _of_parts(line.cases, part)
    answers = {one.answer: one.cases for one in line.answers} if isinstance(line, Share) else {}
    return answers.get(part) or line.cases.get(part, ())


def _parts_of(measure: str) -> set[str]:
    if measure == TISSUE:
        return {Procedure.CONVENTIONAL_TESE, Procedure.MICRO_TESE}
    if measure == PERIOD:
        return {*IN_NO_RATE}
    kind, *of = measure.split(KEY)
    if kind in _PARTS_OF:
        return _PARTS_OF[kind](of)
    if len(of) > 1:
        return _parts_of_line(measure.partition(KEY)[0].partition("-")[0])
    return _PARTS if measure in BY_ID else set()


def _parts_of_line(measure: str) -> set[str]:
    if measure == ADJUSTED:
        return _PARTS
    if measure in OF or measure in BY_ID:
        return {Part.FOUND, Part.NOT_FOUND, Part.PENDING, KNOWN}
    answers = next((set(share.counted) for share in SHARES if share.id == measure), set())
    return {*answers, *Apart, KNOWN} if measure in catalogue.definitions() else set()


def _parts_beside(of: list[str]) -> set[str]:
    return _BY_RESULT if len(of) == 2 and of[0] in BY_ID else set()


def _parts_of_overlap(of: list[str]) -> set[str]:
    return _BY_RESULT if len(of) == 1 and GROUPS.keys() >= {*of[0].split("+")} else set()


def _parts_of_mix(of: list[str]) -> set[str]:
    if len(of) != 3 or of[0] not in MIX:
        return set()
    dimension, value, procedure = of
    known = value in ["", *MIX[dimension].values] and procedure in ["", Part.COMBINED, *Procedure.values]
    return {*_BY_RESULT, MEN} if known else set()


# By how the key begins, of what follows it.
_PARTS_OF = {BESIDE: _parts_beside, OVERLAP: _parts_of_overlap, CASE_MIX: _parts_of_mix}
