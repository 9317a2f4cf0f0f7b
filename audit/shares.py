"""What is counted of the men beside retrieval: k of n with the exact interval, and no verdict.

The method: docs/methods/shares.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from audit.counting import begun
from audit.definitions import LATER, Described, Direction, Section
from audit.results import Apart
from caselog.choices import (
    RETRIEVED,
    Anaesthesia,
    AzoospermiaType,
    ClavienDindo,
    Complications,
    CountCategory,
    Magnification,
    Procedure,
    Ultrasound,
    YesNo,
    YesNoNotNoted,
    YesNoUnknown,
)
from caselog.dataset import CaseRow

UNGRADED = "ungraded"
NONE_KNOWN = "none_known"
ANY = "any"
DAMAGE = "damage"
_CATEGORIES = [category for category in CountCategory.values if category != CountCategory.ZERO]


@dataclass(frozen=True, kw_only=True)
class ShareMeasure(Described):
    """answer: what is known of one operation, or why nothing is. counted: by the name of each share,
    in their order, the answers that it counts. always: the shares that are shown at 0 too.
    """

    answer: Callable[[CaseRow], str]
    counted: Mapping[str, frozenset[str]]
    always: tuple[str, ...]


def _recorded(name: str) -> Callable[[CaseRow], str]:
    return lambda row: getattr(row, name) or Apart.NOT_RECORDED


def _vessels(row: CaseRow) -> str:
    """Of all operated testes: one in which they were not preserved decides."""
    noted = {getattr(row, f"{side}_vessels_preserved") for side in row.operated} or {""}
    if YesNoNotNoted.NO in noted:
        return YesNoNotNoted.NO
    if "" in noted:
        return Apart.NOT_RECORDED
    return Apart.NOT_NOTED if YesNoNotNoted.NOT_NOTED in noted else YesNoNotNoted.YES


def _complication(row: CaseRow) -> str:
    """The worst grade."""
    if row.complications == Complications.SOME:
        return max(row.complication_grades, default="") or UNGRADED
    return NONE_KNOWN if row.complications == Complications.NONE_KNOWN else _unfollowed(row)


def _unfollowed(row: CaseRow) -> Apart:
    followed = row.complications != Complications.NOT_FOLLOWED
    return Apart.NOT_RECORDED if followed else Apart.NOT_FOLLOWED


def _ultrasound(row: CaseRow) -> str:
    if row.ultrasound in (Ultrasound.ATROPHY, Ultrasound.LESION):
        return DAMAGE
    if row.ultrasound == Ultrasound.NOT_DONE:
        return Apart.NOT_SCANNED
    return row.ultrasound or _unfollowed(row)


def _replacement(row: CaseRow) -> str:
    if row.replacement_started == YesNoUnknown.UNKNOWN:
        return Apart.UNKNOWN
    return row.replacement_started or _unfollowed(row)


def _count_category(row: CaseRow) -> str:
    """The higher one of the two testes: what both together gave is at least that."""
    if row.pending:
        return Apart.PENDING
    found = [side for side in ("right", "left") if getattr(row, f"{side}_sperm_found") in RETRIEVED]
    categories = [getattr(row, f"{side}_count_category") for side in found] or [""]
    return Apart.NOT_RECORDED if "" in categories else max(categories, key=_CATEGORIES.index)


def _has_sperm_to_count(row: CaseRow) -> bool:
    """Or may have: 0 of those without is no count, and would weigh more where counts are missing."""
    return row.azoospermia_type == AzoospermiaType.NON_OBSTRUCTIVE and (row.pending or row.retrieved)


def _each(answers) -> dict[str, frozenset[str]]:
    return {str(answer): frozenset([answer]) for answer in answers}


def _is_micro(row: CaseRow) -> bool:
    return Procedure.MICRO_TESE in row.procedures


_GRADES = [*ClavienDindo.values, UNGRADED]
_FIRST = _("Men operated on, each at his first signed operation in the period")
_BEGUN = _("Men operated on, each at his first signed operation in the period, abandoned ones too")
_OF_FOLLOW_UP = (Apart.NOT_FOLLOWED, Apart.NOT_RECORDED, *LATER)

SHARES = [
    ShareMeasure(
        id="anaesthesia_general", claim="C12", section=Section.OPERATION,
        name=_("General anaesthesia"),
        population=_("Men with micro-TESE, each at his first signed operation in the period"),
        numerator=_("Men under general anaesthesia"), denominator=_("Men with the anaesthesia recorded"),
        apart=(Apart.NOT_RECORDED, *LATER),
        words=_("The source document says that the testis is opened under general anaesthesia. Spinal and "
                "local anaesthesia are in use too; the share describes, and judges nothing."),
        belongs=_is_micro, groupings=("",), answer=_recorded("anaesthesia"),
        counted=_each([Anaesthesia.GENERAL]), always=("general",),
    ),
    ShareMeasure(
        id="microscope", claim="C11", section=Section.OPERATION,
        name=_("Operating microscope"),
        population=_("Men with micro-TESE, each at his first signed operation in the period"),
        numerator=_("Men operated on with the microscope, not with loupes"),
        denominator=_("Men with the magnification recorded"),
        apart=(Apart.NOT_RECORDED, *LATER),
        words=_("micro-TESE is named after the microscope. Where it was loupes or nothing, the rate of "
                "micro-TESE is of another operation."),
        belongs=_is_micro, groupings=("",), answer=_recorded("magnification"),
        counted=_each([Magnification.MICROSCOPE]), always=("microscope",),
    ),
    ShareMeasure(
        id="vessels_preserved", claim="C21", section=Section.SAFETY, direction=Direction.HIGHER,
        name=_("Vessels of the testis preserved"), population=_FIRST,
        numerator=_("Men whose vessels were preserved in every operated testis; beside them men in whom "
                    "they were not in one"),
        denominator=_("Men of whom it was noted"),
        apart=(Apart.NOT_NOTED, Apart.NOT_RECORDED, *LATER),
        words=_("What the surgeon noted. “Not noted” is an answer and no “yes”; a testis without a note "
                "leaves the man out, unless the other one says “no”."),
        answer=_vessels, counted=_each([YesNoNotNoted.YES, YesNoNotNoted.NO]), always=("yes", "no"),
    ),
    ShareMeasure(
        id="complication_in_theatre", claim="C22", section=Section.SAFETY, direction=Direction.LOWER,
        name=_("Complication during the operation"), population=_BEGUN,
        numerator=_("Men with a complication during the operation"),
        denominator=_("Men of whom it was recorded"),
        apart=(Apart.NOT_RECORDED, *LATER),
        words=_("An operation that was abandoned counts: a complication may be why."),
        counts=begun, answer=_recorded("intraoperative_complication"),
        counted=_each([YesNo.YES]), always=("yes",),
    ),
    ShareMeasure(
        id="complication", claim="C22", section=Section.SAFETY, direction=Direction.LOWER,
        name=_("Complication after the operation"), population=_BEGUN,
        numerator=_("Men with at least one complication; below it, by the worst Clavien–Dindo grade"),
        denominator=_("Men who were followed up: with a complication, or with none known"),
        apart=_OF_FOLLOW_UP,
        words=_("“None known” and “not followed up” are different answers: who was not followed up is in "
                "no share. All follow-ups of the operation count together. Clinics that follow up only "
                "who complains see a higher share."),
        counts=begun, answer=_complication,
        counted={ANY: frozenset(_GRADES), **_each(_GRADES)}, always=(ANY,),
    ),
    ShareMeasure(
        id="ultrasound_damage", claim="C19", section=Section.SAFETY, direction=Direction.LOWER,
        name=_("Lesion or atrophy on ultrasound"), population=_BEGUN,
        numerator=_("Men with a lesion or atrophy at any follow-up"),
        denominator=_("Men whose testes were examined by ultrasound at a follow-up"),
        apart=(Apart.NOT_SCANNED, *_OF_FOLLOW_UP),
        words=_("The worst finding of all follow-ups. Early lesions may heal, so a clinic that examines "
                "only early sees a higher share."),
        counts=begun, answer=_ultrasound, counted=_each([DAMAGE]), always=(DAMAGE,),
    ),
    ShareMeasure(
        id="replacement_started", claim="C20", section=Section.SAFETY, direction=Direction.LOWER,
        name=_("Testosterone replacement started"), population=_BEGUN,
        numerator=_("Men whose follow-up says that replacement was started"),
        denominator=_("Men whose follow-up says yes or no"),
        apart=(Apart.UNKNOWN, *_OF_FOLLOW_UP),
        words=_("By diagnosis: men with Klinefelter syndrome often need replacement without any operation, "
                "so the groups are never pooled."),
        counts=begun, groupings=("diagnosis",), answer=_replacement,
        counted=_each([YesNoUnknown.YES]), always=("yes",),
    ),
    ShareMeasure(
        id="count_category", claim="C15", section=Section.LABORATORY, direction=Direction.HIGHER,
        name=_("How many sperm"),
        population=_("Men with non-obstructive azoospermia in whom sperm was found, each at his first signed "
                     "operation in the period"),
        numerator=_("Men by the number of sperm in the final report: the higher category of the two testes"),
        denominator=_("Men with sperm in the final report and its number"),
        apart=(Apart.PENDING, Apart.NOT_RECORDED, *LATER),
        words=_("Not only whether sperm was found, but how many. Men without sperm are not in it: the "
                "retrieval rate tells of them."),
        belongs=_has_sperm_to_count, answer=_count_category,
        counted=_each(_CATEGORIES), always=tuple(_CATEGORIES),
    ),
]  # fmt: skip
