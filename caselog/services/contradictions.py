"""Answers of one case that contradict each other, or are rare together.

Each function reads a few answers and returns its question, or "" when there is nothing to ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from caselog.choices import (
    KLINEFELTER,
    Aetiology,
    Anaesthesia,
    Disposition,
    KlinefelterStatus,
    Medication,
    PriorRetrieval,
    Procedure,
    Side,
    SpermFound,
    WetPrep,
    YMicrodeletion,
)
from caselog.dictionary import Answers, is_blank
from caselog.services import contradictions_earlier as earlier
from caselog.services.rules_operation import minutes_between


@dataclass(frozen=True)
class Check:
    """fields: the answers in doubt, the one to look at first; also: others that the question reads.

    known: what it reads of the man's earlier operation (caselog.services.earlier), which is no answer
    of this case; of another one it is asked again.
    """

    code: str
    fields: tuple[str, ...]
    question: Callable[[Answers], str]
    needs_reason: bool = False
    also: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


_BIOPSIES = (Procedure.CONVENTIONAL_TESE, Procedure.MICRO_TESE)
_COMPLETE_DELETIONS = (
    YMicrodeletion.AZFA,
    YMicrodeletion.AZFB,
    YMicrodeletion.AZFBC,
    YMicrodeletion.AZFABC,
)
_NOT_KNOWN = ("", None, KlinefelterStatus.NOT_TESTED, KlinefelterStatus.UNKNOWN)


def _age(answers: Answers) -> str:
    born, on = answers.get("birth_year"), answers.get("procedure_date")
    if not born or not on or not is_blank(answers.get("age_at_procedure")):
        return ""
    age = on.year - born
    return "" if 18 <= age <= 60 else _("He was %(age)s years old. 18 to 60 is usual.") % {"age": age}


def _partner(answers: Answers) -> str:
    born, on = answers.get("partner_birth_year"), answers.get("procedure_date")
    if not born or not on or 18 <= on.year - born <= 50:
        return ""
    return _("She was %(age)s years old. 18 to 50 is usual.") % {"age": on.year - born}


def _bmi(answers: Answers) -> str:
    height, weight = answers.get("height_cm"), answers.get("weight_kg")
    if not height or not weight:
        return ""
    bmi = float(weight) / (float(height) / 100) ** 2
    if 16 <= bmi <= 45:
        return ""
    message = _("Height and weight make a BMI of %(bmi)s. 16 to 45 is usual. Check both.")
    return message % {"bmi": f"{bmi:.1f}"}


def _karyotype(answers: Answers) -> str:
    written, status = answers.get("karyotype") or "", answers.get("klinefelter_status")
    if not written or status is None or is_blank(status):
        return ""
    says = _klinefelter_of(written)
    if says == status or (says == KlinefelterStatus.VARIANT and status in KLINEFELTER):
        return ""
    words = {"karyotype": written, "status": KlinefelterStatus(status).label}
    return _("The karyotype %(karyotype)s and “%(status)s” do not agree. Put one of the two right.") % words


def _klinefelter_of(karyotype: str) -> str:
    """What an ISCN text says: cell lines are parted by "/", each begins "47,XXY"."""
    lines = [line.strip().split("[")[0].split(",") for line in karyotype.upper().split("/")]
    sexes = {line[1].strip() for line in lines if len(line) > 1}
    extra = {sex for sex in sexes if sex.count("X") > 1 and "Y" in sex}
    if not extra:
        return KlinefelterStatus.NOT_KLINEFELTER
    if extra != {"XXY"}:
        return KlinefelterStatus.VARIANT
    if sexes == extra:
        return KlinefelterStatus.NON_MOSAIC
    return KlinefelterStatus.MOSAIC if sexes == {"XXY", "XY"} else KlinefelterStatus.VARIANT


def _klinefelter_cause(answers: Answers) -> str:
    cause, status = answers.get("primary_aetiology"), answers.get("klinefelter_status")
    causes = [cause, *(answers.get("additional_aetiologies") or [])]
    if cause == Aetiology.KLINEFELTER and status not in KLINEFELTER:
        return _("The cause is Klinefelter syndrome, and the status does not say so. Put one right.")
    if status in KLINEFELTER and Aetiology.KLINEFELTER not in causes:
        return _("He has Klinefelter syndrome, and it is not among the causes. Put one right.")
    return ""


def _first_after_another(answers: Answers) -> str:
    """A later attempt without an earlier one has no such reading: the database refuses it."""
    earlier = answers.get("prior_retrieval")
    if answers.get("attempt_number") != 1 or is_blank(earlier) or earlier == PriorRetrieval.NO_PRIOR:
        return ""
    return _("This is attempt 1, and he had an earlier sperm retrieval. Check both.")


def _medication(answers: Answers) -> str:
    given = answers.get("medication") or []
    if Medication.NONE not in given or len(given) == 1:
        return ""
    return _("No medication, and a medicine beside it. Take one of the two away.")


def _untested_idiopathic(answers: Answers) -> str:
    tested = (
        answers.get("klinefelter_status") not in _NOT_KNOWN
        or not is_blank(answers.get("karyotype"))
        or answers.get("y_microdeletion") not in ("", None, YMicrodeletion.NOT_TESTED)
    )
    if answers.get("primary_aetiology") != Aetiology.IDIOPATHIC or tested:
        return ""
    return _("“Idiopathic”, though neither the karyotype nor Y microdeletions were tested.")


def _complete_deletion(answers: Answers) -> str:
    procedures = {answers.get("planned_procedure"), answers.get("procedure")}
    if answers.get("y_microdeletion") not in _COMPLETE_DELETIONS or not procedures & set(_BIOPSIES):
        return ""
    return _(
        "With a complete AZFa or AZFb deletion no sperm was found in any of 30 men (Hopps 2003). "
        "Check the deletion, or give the reason for the operation."
    )


def _local_micro_tese(answers: Answers) -> str:
    local = (Anaesthesia.LOCAL_SEDATION, Anaesthesia.LOCAL_BLOCK)
    if answers.get("procedure") != Procedure.MICRO_TESE or answers.get("anaesthesia") not in local:
        return ""
    return _("A micro-TESE under local anaesthesia is unusual. Check both.")


def _overnight(answers: Answers) -> str:
    start, end = answers.get("start_time"), answers.get("end_time")
    if not start or not end or end >= start:
        return ""
    return _("From %(start)s to %(end)s goes past midnight. Check both times.") % {
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
    }


def _operating_time(answers: Answers) -> str:
    start, end = answers.get("start_time"), answers.get("end_time")
    minutes = answers.get("operative_minutes")
    if not start or not end or not minutes or minutes == minutes_between(start, end):
        return ""
    return _("From %(start)s to %(end)s are %(between)s minutes, not %(minutes)s. Check all three.") % {
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "between": minutes_between(start, end),
        "minutes": minutes,
    }


def _frozen_without_sperm(answers: Answers) -> str:
    found = {answers.get(f"{side}_sperm_found") for side in Side} - {None, "", SpermFound.NOT_SAMPLED}
    if found != {SpermFound.NONE} or not answers.get("vials_n"):
        return ""
    if answers.get("disposition") != Disposition.TISSUE_FROZEN:
        return ""  # sperm cannot be frozen then, which the rules refuse
    return _("No sperm was found, and vials were frozen. Confirm that they hold tissue.")


def _wet_prep(side: Side, answers: Answers) -> str:
    seen, found = answers.get(f"{side}_wet_prep"), answers.get(f"{side}_sperm_found")
    if seen not in (WetPrep.IMMOTILE, WetPrep.MOTILE) or found != SpermFound.NONE:
        return ""
    return _("%(side)s: sperm was seen in theatre, and the laboratory found none.") % {"side": side.label}


OPERATION_CHECKS = [
    Check("age", ("birth_year", "procedure_date"), _age, also=("age_at_procedure",)),
    Check("partner_age", ("partner_birth_year", "procedure_date"), _partner),
    Check("bmi", ("weight_kg", "height_cm"), _bmi),
    Check("karyotype", ("karyotype", "klinefelter_status"), _karyotype),
    Check(
        "klinefelter_cause",
        ("klinefelter_status", "primary_aetiology", "additional_aetiologies"),
        _klinefelter_cause,
    ),
    Check("first_after_another", ("attempt_number", "prior_retrieval"), _first_after_another),
    Check("medication", ("medication",), _medication),
    Check(
        "untested_idiopathic",
        ("primary_aetiology", "klinefelter_status", "karyotype", "y_microdeletion"),
        _untested_idiopathic,
    ),
    Check(
        "complete_deletion",
        ("y_microdeletion", "planned_procedure", "procedure"),
        _complete_deletion,
        needs_reason=True,
    ),
    Check("local_micro_tese", ("anaesthesia", "procedure"), _local_micro_tese),
    Check("overnight", ("end_time", "start_time"), _overnight),
    Check("operating_time", ("operative_minutes", "start_time", "end_time"), _operating_time),
    *(
        Check(
            f"earlier.{answer}", (answer,), question, needs_reason=True, also=("prior_on",),
            known=("earlier_number", "earlier_on", *fact),
        )
        for answer, fact, question in (
            ("prior_retrieval", ["earlier_retrieval"], earlier.of_result),
            ("prior_procedure", ["earlier_procedure"], earlier.of_procedure),
            ("prior_on", [], earlier.of_day),
            ("attempt_number", ["earlier_attempts"], earlier.of_attempts),
        )
    ),
]  # fmt: skip
WET_PREP_CHECKS = [
    Check(f"wet_prep.{side}", (f"{side}_sperm_found", f"{side}_wet_prep"), partial(_wet_prep, side))
    for side in Side
]
REPORT_CHECKS = [
    Check(
        "frozen_without_sperm",
        ("vials_n", "disposition", "right_sperm_found", "left_sperm_found"),
        _frozen_without_sperm,
    ),
    *WET_PREP_CHECKS,
]
CHECKS = [*OPERATION_CHECKS, *REPORT_CHECKS]
