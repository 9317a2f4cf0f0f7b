"""What is counted, for whom, and what it is compared with.

The counting rules: docs/methods/units-and-first-procedures.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.results import Part
from caselog.choices import (
    KLINEFELTER,
    Y_MICRODELETIONS,
    Aetiology,
    AzoospermiaType,
    PriorRetrieval,
    Procedure,
)
from caselog.dataset import CaseRow

# Whether a man is in a group; a Part says why that cannot be known.
Membership = bool | Part
Member = Callable[[CaseRow], Membership]


@dataclass(frozen=True)
class Measure:
    id: str
    claim: str
    name: str | Promise
    population: str | Promise
    azoospermia: AzoospermiaType
    procedure: Procedure | None  # None: any
    belongs: Member | None = None
    # The man counts by his first attempt in the period, or by his first one in this population:
    # who failed before is in the population from his second attempt on.
    first_in_population: bool = False
    version: str = "1"  # raised when another figure would come out of the same cases
    words: str | Promise = ""  # what it tells, and what it does not


def _klinefelter(row: CaseRow) -> Membership:
    if row.klinefelter_status in KLINEFELTER or row.primary_aetiology == Aetiology.KLINEFELTER:
        return True
    return _unless_unknown(row.klinefelter_status)


def _genetic(row: CaseRow) -> Membership:
    if row.primary_aetiology in (Aetiology.AZF_DELETION, Aetiology.OTHER_GENETIC):
        return True
    if row.y_microdeletion in Y_MICRODELETIONS:
        return True
    return _any([_klinefelter(row), _unless_unknown(row.y_microdeletion)])


def _failed_before(row: CaseRow) -> Membership:
    if row.prior_retrieval == "":
        return False if row.attempt_number == 1 else Part.NOT_RECORDED
    if row.prior_retrieval == PriorRetrieval.UNKNOWN:
        return Part.NOT_TESTED
    return row.prior_retrieval == PriorRetrieval.NONE_FOUND


def _any_group(row: CaseRow) -> Membership:
    return _any([belongs(row) for belongs in GROUPS.values()])


def _unless_unknown(answer: str) -> Membership:
    """Not in the group, if the man was tested at all."""
    if answer == "":
        return Part.NOT_RECORDED
    return Part.NOT_TESTED if answer in ("not_tested", "unknown") else False


def _any(answers: list[Membership]) -> Membership:
    """True as soon as one is; otherwise the first doubt, if there is one."""
    if True in answers:
        return True
    return next((answer for answer in answers if isinstance(answer, Part)), False)


GROUPS: dict[str, Member] = {
    "failed_before": _failed_before,
    "klinefelter": _klinefelter,
    "genetic": _genetic,
}
_NOA, _MICRO = AzoospermiaType.NON_OBSTRUCTIVE, Procedure.MICRO_TESE

MEASURES = [
    Measure(
        "obstructive", "C5", _("Obstructive azoospermia"),
        _("Men with obstructive azoospermia, any procedure"), AzoospermiaType.OBSTRUCTIVE, None,
        words=_("Behind an obstruction the testis makes sperm. A man without sperm here is worth a second "
                "look at the diagnosis."),
    ),
    Measure(
        "conventional_noa", "C16", _("Conventional TESE"),
        _("Men with non-obstructive azoospermia, conventional TESE"), _NOA, Procedure.CONVENTIONAL_TESE,
        words=_("The older technique: pieces of tissue without a microscope. Its rate depends on who is "
                "operated on more than on who operates."),
    ),
    Measure(
        "micro_noa", "C17", _("micro-TESE"),
        _("Men with non-obstructive azoospermia, micro-TESE"), _NOA, _MICRO,
        words=_("Tubules chosen under the microscope. Its rate depends on who is operated on more than on "
                "who operates."),
    ),
    Measure(
        "failed_before", "C23", _("micro-TESE after an attempt that found no sperm"),
        _("Men with non-obstructive azoospermia whose last earlier attempt, by any method, found no sperm, "
          "micro-TESE"),
        _NOA, _MICRO, _failed_before, first_in_population=True,
        words=_("Second attempts after nothing was found. One elsewhere counts too, by any method."),
    ),
    Measure(
        "klinefelter", "C23", _("micro-TESE in Klinefelter syndrome"),
        _("Men with Klinefelter syndrome, micro-TESE"), _NOA, _MICRO, _klinefelter, first_in_population=True,
        words=_("Who was not tested is in no group. The rate is not adjusted for age at the operation."),
    ),
    Measure(
        "genetic", "C23", _("micro-TESE with a genetic cause"),
        _("Men with Klinefelter syndrome, a Y microdeletion or another genetic cause, micro-TESE"),
        _NOA, _MICRO, _genetic, first_in_population=True,
        words=_("Klinefelter syndrome is among them. Deletions differ: with a complete AZFa or AZFb "
                "deletion sperm is hardly ever found."),
    ),
    Measure(
        "c23_union", "C23", _("micro-TESE in any of these three groups"),
        _("Men in at least one of the three groups, each man once, micro-TESE"),
        _NOA, _MICRO, _any_group, first_in_population=True,
        words=_("The three groups of the source document together. They overlap: the table below shows how."),
    ),
]  # fmt: skip
BY_ID = {measure.id: measure for measure in MEASURES}
DIFFERENCE = "micro_minus_conventional"  # C10
TISSUE = "tissue_ratio"  # C18
