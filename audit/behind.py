"""Which cases stand behind a figure."""

from dataclasses import dataclass

from audit.measures import BY_ID, TISSUE
from audit.results import IN_NO_RATE, Audit, Part
from caselog.choices import Procedure

# n: the cases with a final result, whatever it is.
KNOWN = "known"
# All cases in the period, whatever the measure.
PERIOD = "period"
_PARTS = {*Part, KNOWN}


@dataclass(frozen=True)
class Figure:
    measure: str  # of `audit.measures`, or PERIOD
    part: str  # of `audit.results.Part`, KNOWN, or for tissue the code of a procedure

    def __post_init__(self):
        if self.part not in _parts_of(self.measure):
            raise LookupError(f"no figure {self.measure}, {self.part}")


def case_numbers(audit: Audit, figure: Figure) -> tuple[str, ...]:
    """The cases that the figure counts."""
    if figure.measure == TISSUE:
        return audit.tissue.cases.get(figure.part, ())
    if figure.measure == PERIOD:
        return audit.quality.parts.get(figure.part, ())
    cases = next(c.cases for c in audit.comparisons if c.measure == figure.measure)
    parts = (Part.FOUND, Part.NOT_FOUND) if figure.part == KNOWN else (figure.part,)
    return tuple(number for part in parts for number in cases.get(part, ()))


def _parts_of(measure: str) -> set[str]:
    if measure == TISSUE:
        return {Procedure.CONVENTIONAL_TESE, Procedure.MICRO_TESE}
    if measure == PERIOD:
        return {*IN_NO_RATE}
    return _PARTS if measure in BY_ID else set()
