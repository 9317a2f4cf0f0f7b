"""What every measure says of itself, so that a reader can tell what its figure means."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from audit.counting import carried_out
from audit.results import Apart, Unit
from caselog.dataset import CaseRow

Text = str | Promise
# Operations of a man who does not count by them, and why.
LATER = (Apart.REPEAT, Apart.FIRST_LEFT_OUT)


class Direction(StrEnum):
    HIGHER = "higher"  # is better
    LOWER = "lower"
    DESCRIPTIVE = "descriptive"


class Section(StrEnum):
    """Where on a page."""

    RATES = "rates"
    GROUPS = "groups"
    OPERATION = "operation"
    TISSUE = "tissue"
    LABORATORY = "laboratory"
    SAFETY = "safety"
    TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A measure, in words.

    version: raised when another figure would come out of the same cases. A kept audit holds the
        version that it used, and its page says where the definition is another one since.
    apart: why somebody of the population may be left out; those of LATER are not in the population either.
    """

    id: str
    version: str = "1"
    claim: str = ""
    name: Text
    population: Text
    unit: Unit = Unit.MAN
    numerator: Text
    denominator: Text
    apart: tuple[str, ...]
    direction: Direction = Direction.DESCRIPTIVE
    section: Section
    words: Text  # what it tells, and what it does not


def anybody(_row: CaseRow) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Described(Definition):
    """A measure without a verdict: of which operations it is, and how they are grouped.

    counts: the operations of which a man's first one is looked for. belongs: whether one is of the
    population. groupings: names in `audit.groupings`.
    """

    counts: Callable[[CaseRow], bool] = carried_out
    belongs: Callable[[CaseRow], bool] = anybody
    groupings: tuple[str, ...] = ("procedure",)
