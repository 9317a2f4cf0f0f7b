"""Which cases stand behind a figure."""

from dataclasses import dataclass

from audit import catalogue
from audit.measures import BY_ID, TISSUE
from audit.results import (
    ADJUSTED,
    IN_NO_RATE,
    QUARTER,
    Adjusted,
    Apart,
    Audit,
    Line,
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
# All cases in the period, whatever the measure.
PERIOD = "period"
KEY = ":"  # parts the key of a line (audit.results.Line.key)
_PARTS = {*Part, KNOWN}
OfKey = Line | Stratum | Adjusted | TakenFigure  # what has a key of its own


@dataclass(frozen=True)
class Figure:
    measure: str  # of `audit.measures`, the key of a line (OfKey), or PERIOD
    # of `Part`, KNOWN, for tissue the code of a procedure, of a line one of its answers or of `Apart`
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
    if KEY in figure.measure:
        line = line_of(audit, figure.measure)
        return _of_line(line, figure.part) if line else ()
    # A measure that was declared after an audit was kept has no figure in it.
    cases = next((c.cases for c in audit.comparisons if c.measure == figure.measure), {})
    parts = (Part.FOUND, Part.NOT_FOUND) if figure.part == KNOWN else (figure.part,)
    return tuple(number for part in parts for number in cases.get(part, ()))


def line_of(audit: Audit, key: str) -> OfKey | None:
    lines: tuple[OfKey, ...] = (*audit.shares, *audit.quantities, *audit.changes, *audit.strata)
    lines += audit.adjusted
    lines += tuple(taken for beside in audit.adjusted for taken in beside.figures)
    lines += tuple(quarter for series in audit.over_time for quarter in series.quarters)
    return next((line for line in lines if line.key == key), None)


def _of_line(line: OfKey, part: str) -> tuple[str, ...]:
    if part == KNOWN and not isinstance(line, Line):
        return (*line.cases.get(Part.FOUND, ()), *line.cases.get(Part.NOT_FOUND, ()))
    answers = {one.answer: one.cases for one in line.answers} if isinstance(line, Share) else {}
    return answers.get(part) or line.cases.get(part, ())


def _parts_of(measure: str) -> set[str]:
    if measure == TISSUE:
        return {Procedure.CONVENTIONAL_TESE, Procedure.MICRO_TESE}
    if measure == PERIOD:
        return {*IN_NO_RATE}
    if measure.count(KEY) > 1:
        return _parts_of_line(measure.partition(KEY)[0].partition("-")[0])
    return _PARTS if measure in BY_ID else set()


def _parts_of_line(measure: str) -> set[str]:
    if measure == ADJUSTED:
        return _PARTS
    if measure in OF or measure in BY_ID:
        return {Part.FOUND, Part.NOT_FOUND, Part.PENDING, KNOWN}
    answers = next((set(share.counted) for share in SHARES if share.id == measure), set())
    return {*answers, *Apart, KNOWN} if measure in catalogue.definitions() else set()
