"""What the tests of sentences share: a comparison, and a sentence with ordinary spaces."""

from functools import partial

from audit import reference
from audit.comparison import _limits
from audit.results import Comparison, Level, Unit
from audit.statistics import Band, clopper_pearson, how_many_more, judge_with_pending, wilson
from audit.statistics.verdict import ALARM

FIGURES = {figure.id: figure for name in reference.names() for figure in reference.load(name).figures}
NOT_YOURS = (
    "Surgeons are compared for themselves: a surgeon sees the own figure, and the clinic's administrators "
    "see names. Your role shows none."
)
TAKES_NO_PART = (
    "Other clinics are not shown, because this clinic takes no part in the comparison. Its administrators "
    "can change that in the settings."
)
NBSP, JOINER, FSI, PDI = "\u00a0", "\u2060", "\u2068", "\u2069"


def said(sentence):
    """The sentence with ordinary spaces and dashes: which of them do not break is tested once."""
    return sentence.replace(NBSP, " ").replace(JOINER, "")


def compare(
    found,
    known,
    figure="c17-micro",
    *,
    pending=0,
    unit=Unit.MAN,
    no_verdict="",
    level=Level.CLOSED,
    **changes,
):
    """A comparison as `audit.comparison` makes it."""
    source = FIGURES.get(figure)
    band = source and source.lower is not None and Band(source.lower, source.upper, source.tolerance)
    judged = band and not no_verdict
    judgement = judge_with_pending(found, known, pending, band, level.coverage) if judged else None
    values = {
        "measure": source.measure if source else "genetic",
        "unit": unit,
        "found": found,
        "known": known,
        "pending": pending,
        "interval": _limits(clopper_pearson, found, known, unit),
        "wide": _limits(partial(clopper_pearson, coverage=ALARM), found, known, unit),
        "level": level,
        "wilson": _limits(wilson, found, known, unit),
        "worst": _limits(clopper_pearson, found, known + pending, unit),
        "best": _limits(clopper_pearson, found + pending, known + pending, unit),
        "reference": source,
        "band": band or None,
        "verdict": judgement.verdict if judgement else None,
        "no_verdict": no_verdict,
        "pending_decides": bool(judgement and judgement.pending_decides),
        "alarm": bool(judgement and judgement.alarm),
        "outlook": how_many_more(found, known, band, coverage=level.coverage) if judgement else None,
        "cases": {},
        "beside": {},
        "case_mix": {},
    }
    return Comparison(**values | changes)
