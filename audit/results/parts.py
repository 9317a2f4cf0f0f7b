"""Whom an audit counts, and where each case goes."""

from enum import StrEnum

from audit.statistics.verdict import ALARM, ALERT


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
    NO_FIGURE = "no_figure"  # the reference set has no figure that this man could be compared with


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
    FIRST_LEFT_OUT = "first_left_out"  # nor is one of a man whose first operation a filter left out
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
