"""The operation: what a surgeon answers."""

from functools import partial

from caselog.choices import (
    Aetiology,
    Analyte,
    AzoospermiaType,
    Cryptorchidism,
    GonadotoxicExposure,
    Magnification,
    Medication,
    OperationStatus,
    PriorRetrieval,
    Procedure,
    Role,
    Side,
    Sides,
    VaricoceleGrade,
    Weighing,
    YesNo,
)
from caselog.dictionary.entry import Entry, When
from caselog.dictionary.hormones import hormone

_PERFORMED = When("status", (OperationStatus.PERFORMED,))
_STARTED = When("status", (OperationStatus.PERFORMED, OperationStatus.ABANDONED))
_VARICOCELES = tuple(grade for grade in VaricoceleGrade if grade != VaricoceleGrade.NONE)
_MEDICINES = tuple(medicine for medicine in Medication if medicine != Medication.NONE)
_SURGEON = (Role.SURGEON,)
_SURGEON_OR_EMBRYOLOGIST = (Role.SURGEON, Role.EMBRYOLOGIST)
_SURGEON_OR_ADMINISTRATOR = (Role.SURGEON, Role.ADMINISTRATOR)
_ADMINISTRATOR_OR_SURGEON = (Role.ADMINISTRATOR, Role.SURGEON)


def _of_side(side: Side) -> list[Entry]:
    operated = When("sides", (Sides(side.value), Sides.BOTH))
    weighed = When(f"{side}_weighing", (Weighing.BALANCE, Weighing.ESTIMATED))
    turkish, arabic = {"right": ("sağ", "اليمنى"), "left": ("sol", "اليسرى")}[side]
    return [
        Entry(
            f"{side}_weighing", "testis", "weighing", _SURGEON_OR_EMBRYOLOGIST,
            section="testis", required=_PERFORMED, condition=operated, side=side,
            used_in=("tissue_ratio", "note"),
        ),
        Entry(
            f"{side}_tissue_weight_mg", "testis", "tissue_weight_mg", _SURGEON_OR_EMBRYOLOGIST,
            section="testis", required=True, condition=weighed, side=side, unit="mg", soft=(1, 3000),
            used_in=("tissue_ratio", "note", "safety"),
            synonyms=(
                f"tissue weight {side}", f"{side} tissue", f"وزن النسيج {arabic}", f"{turkish} doku ağırlığı",
            ),
        ),
    ]  # fmt: skip


def _more_of_side(side: Side) -> list[Entry]:
    operated = When("sides", (Sides(side.value), Sides.BOTH))
    ask = partial(Entry, model="testis", owners=_SURGEON, section="procedure", condition=operated, side=side)
    return [
        ask(f"{side}_samples_n", attribute="samples_n", soft=(1, 40), used_in=("note", "safety")),
        ask(f"{side}_tubule_appearance", attribute="tubule_appearance", used_in=("note",)),
        ask(f"{side}_vessels_preserved", attribute="vessels_preserved", used_in=("note",)),
        ask(
            f"{side}_wet_prep",
            attribute="wet_prep",
            owners=_SURGEON_OR_EMBRYOLOGIST,
            used_in=("note", "safety"),
        ),
    ]


OPERATION: list[Entry] = [
    Entry(
        "patient_code", "patient", "code", _SURGEON_OR_ADMINISTRATOR, section="diagnosis",
        required=True, identifier=True, used_in=("men", "note"),
        synonyms=("patient", "code", "رمز المريض", "hasta kodu"),
    ),
    Entry(
        "birth_year", "patient", "birth_year", _SURGEON, section="diagnosis",
        identifier=True, used_in=("safety",),
    ),
    Entry(
        "age_at_procedure", "case", "age_at_procedure", _SURGEON, section="diagnosis",
        required=True, instead="birth_year", unit="years", soft=(18, 60), used_in=("safety",),
        synonyms=("age", "العمر", "yaş"),
    ),
    Entry(
        "azoospermia_type", "case", "azoospermia_type", _SURGEON, section="diagnosis",
        required=True, used_in=("obstructive", "conventional_noa", "micro_noa", "case_mix", "note"),
        synonyms=("type", "azoospermia", "انعدام الحيوانات المنوية", "azospermi tipi"),
    ),
    Entry(
        "primary_aetiology", "case", "primary_aetiology", _SURGEON, section="diagnosis",
        required=True, used_in=("genetic", "klinefelter", "case_mix", "note", "safety"),
        synonyms=("aetiology", "etiology", "السبب", "etiyoloji"),
    ),
    Entry(
        "klinefelter_status", "case", "klinefelter_status", _SURGEON, section="diagnosis",
        required=True, used_in=("klinefelter", "genetic", "case_mix", "note", "safety"),
        synonyms=("klinefelter", "متلازمة كلاينفلتر", "klinefelter sendromu"),
    ),
    Entry(
        "y_microdeletion", "case", "y_microdeletion", _SURGEON, section="diagnosis",
        required=True, condition=When("azoospermia_type", (AzoospermiaType.NON_OBSTRUCTIVE,)),
        used_in=("genetic", "case_mix", "note", "safety"), synonyms=("azf", "y deletion"),
    ),
    Entry(
        "prior_retrieval", "case", "prior_retrieval", _SURGEON, section="diagnosis",
        required=True, used_in=("failed_before", "case_mix", "safety"),
        synonyms=("earlier retrieval", "previous result"),
    ),
    Entry(
        "prior_procedure", "case", "prior_procedure", _SURGEON, section="diagnosis",
        condition=When(
            "prior_retrieval", (PriorRetrieval.NONE_FOUND, PriorRetrieval.FOUND, PriorRetrieval.UNKNOWN)
        ),
        used_in=("note", "safety"),
    ),
    Entry(
        "attempt_number", "case", "attempt_number", _SURGEON, section="diagnosis",
        required=True, used_in=("men", "safety"), synonyms=("attempt", "رقم المحاولة"),
    ),
    Entry(
        "procedure_date", "case", "procedure_date", _SURGEON, section="operation",
        required=True,
        used_in=("men", "note", "safety"), synonyms=("date", "date of operation", "تاريخ العملية", "tarih"),
    ),
    Entry("surgeon", "case", "surgeon", _SURGEON, section="operation", required=True, used_in=("note",)),
    Entry(
        "status", "case", "status", _SURGEON, section="operation", required=True,
        used_in=("exclusions", "note"),
    ),
    Entry(
        "status_reason", "case", "status_reason", _SURGEON, section="operation",
        required=True, condition=When("status", (OperationStatus.ABANDONED, OperationStatus.CANCELLED)),
        used_in=("exclusions", "note"),
    ),
    Entry(
        "procedure", "case", "procedure", _SURGEON, section="operation",
        required=True, condition=_STARTED, used_in=("conventional_noa", "micro_noa", "note", "safety"),
        synonyms=("operation", "procedure performed", "العملية", "işlem"),
    ),
    Entry(
        "sides", "case", "sides", _SURGEON, section="operation",
        required=_PERFORMED, condition=_STARTED, used_in=("tissue_ratio", "note"),
    ),
    Entry(
        "anaesthesia", "case", "anaesthesia", _SURGEON, section="operation",
        required=_PERFORMED, condition=_STARTED, used_in=("note", "safety"),
    ),
    *_of_side(Side.RIGHT),
    *_of_side(Side.LEFT),
    # Optional from here: more of the man and his diagnosis.
    Entry(
        "height_cm", "case", "height_cm", _SURGEON, section="background", unit="cm", soft=(150, 205),
        used_in=("safety",), synonyms=("height",),
    ),
    Entry(
        "weight_kg", "case", "weight_kg", _SURGEON, section="background", unit="kg", soft=(45, 160),
        used_in=("safety",), synonyms=("weight",),
    ),
    Entry(
        "infertility_months", "case", "infertility_months", _SURGEON, section="background",
        unit="months", soft=(0, 240), used_in=("safety",),
    ),
    Entry(
        "partner_birth_year", "patient", "partner_birth_year", _ADMINISTRATOR_OR_SURGEON,
        section="background", identifier=True, used_in=("safety",),
    ),
    Entry(
        "research_consent", "patient", "research_consent", _ADMINISTRATOR_OR_SURGEON,
        section="background", used_in=("export",),
    ),
    Entry(
        "research_consent_on", "patient", "research_consent_on", _ADMINISTRATOR_OR_SURGEON,
        section="background", condition=When("research_consent", ("yes", "no")), used_in=("export",),
    ),
    Entry(
        "semen_analyses_n", "case", "semen_analyses_n", _SURGEON, section="background", soft=(2, 9),
        used_in=("safety",),
    ),
    Entry("pellet_examined", "case", "pellet_examined", _SURGEON, section="background", used_in=("note",)),
    Entry(
        "additional_aetiologies", "case", "additional_aetiologies", _SURGEON, section="background",
        used_in=("note", "safety"),
    ),
    Entry("karyotype", "case", "karyotype", _SURGEON, section="background", used_in=("safety", "note")),
    Entry(
        "cftr", "case", "cftr", _SURGEON, section="background",
        required=True, condition=When("primary_aetiology", (Aetiology.CBAVD,)), used_in=("note",),
    ),
    Entry(
        "cryptorchidism", "case", "cryptorchidism", _SURGEON, section="background",
        used_in=("note",),
    ),
    Entry(
        "orchidopexy_age", "case", "orchidopexy_age", _SURGEON, section="background", unit="years",
        condition=When("cryptorchidism", (Cryptorchidism.UNILATERAL, Cryptorchidism.BILATERAL)),
        used_in=("note",),
    ),
    Entry(
        "gonadotoxic_exposure", "case", "gonadotoxic_exposure", _SURGEON, section="background",
        used_in=("note",),
    ),
    Entry(
        "gonadotoxic_years_since", "case", "gonadotoxic_years_since", _SURGEON, section="background",
        unit="years",
        condition=When(
            "gonadotoxic_exposure",
            (GonadotoxicExposure.CHEMOTHERAPY, GonadotoxicExposure.RADIOTHERAPY, GonadotoxicExposure.BOTH),
        ),
        used_in=("note",),
    ),
    Entry("varicocele", "case", "varicocele", _SURGEON, section="background", used_in=("note",)),
    Entry(
        "varicocele_repaired", "case", "varicocele_repaired", _SURGEON, section="background",
        condition=When("varicocele", _VARICOCELES), used_in=("note",),
    ),
    Entry(
        "varicocele_repaired_on", "case", "varicocele_repaired_on", _SURGEON, section="background",
        condition=When("varicocele_repaired", (YesNo.YES,)), used_in=("note",),
    ),
    Entry("medication", "case", "medication", _SURGEON, section="background", used_in=("note", "safety")),
    Entry(
        "medication_weeks", "case", "medication_weeks", _SURGEON, section="background", unit="weeks",
        condition=When("medication", _MEDICINES), used_in=("note",),
    ),
    Entry(
        "prior_on", "case", "prior_on", _SURGEON, section="background",
        condition=When(
            "prior_retrieval", (PriorRetrieval.NONE_FOUND, PriorRetrieval.FOUND, PriorRetrieval.UNKNOWN)
        ),
        used_in=("note", "safety"),
    ),
    # … his examination and hormones,
    *(
        Entry(
            f"{side}_testis_volume_ml", "case", f"{side}_testis_volume_ml", _SURGEON, section="examination",
            unit="mL", soft=(1, 30), used_in=("safety", "note"),
        )
        for side in Side
    ),
    Entry(
        "testis_volume_method", "case", "testis_volume_method", _SURGEON, section="examination",
        used_in=("note",),
    ),
    *(
        entry
        for analyte in Analyte
        for entry in hormone(analyte, owners=_SURGEON, section="examination", used_in=("note",))
    ),
    # … and the operation.
    Entry(
        "planned_procedure", "case", "planned_procedure", _SURGEON, section="procedure",
        used_in=("safety", "note"),
    ),
    Entry(
        "changed_plan_reason", "case", "changed_plan_reason", _SURGEON, section="procedure",
        condition=When("planned_procedure", tuple(Procedure)), used_in=("note",),
    ),
    Entry(
        "preceding_procedures", "case", "preceding_procedures", _SURGEON, section="procedure",
        condition=_STARTED, used_in=("conventional_noa", "micro_noa", "note"),
    ),
    Entry("timing", "case", "timing", _SURGEON, section="procedure", condition=_STARTED, used_in=("note",)),
    Entry(
        "assistant", "case", "assistant", _SURGEON, section="procedure", condition=_STARTED, used_in=("note",)
    ),
    Entry(
        "trainee_operating", "case", "trainee_operating", _SURGEON, section="procedure", condition=_STARTED,
        used_in=("note",),
    ),
    Entry(
        "magnification", "case", "magnification", _SURGEON, section="procedure",
        required=_PERFORMED,
        condition=When("procedure", (Procedure.MICRO_TESE, Procedure.MESA)), used_in=("note",),
    ),
    Entry(
        "magnification_x", "case", "magnification_x", _SURGEON, section="procedure", soft=(6, 40),
        condition=When("magnification", (Magnification.LOUPES, Magnification.MICROSCOPE)),
        used_in=("note", "safety"),
    ),
    Entry(
        "start_time", "case", "start_time", _SURGEON, section="procedure", condition=_STARTED,
        used_in=("note", "safety"),
    ),
    Entry(
        "end_time", "case", "end_time", _SURGEON, section="procedure", condition=_STARTED,
        used_in=("note", "safety")
    ),
    Entry(
        "operative_minutes", "case", "operative_minutes", _SURGEON, section="procedure", condition=_STARTED,
        unit="min", soft=(15, 300), used_in=("note", "safety"), synonyms=("operative time",),
    ),
    *_more_of_side(Side.RIGHT),
    *_more_of_side(Side.LEFT),
    Entry(
        "stopped_when_found", "case", "stopped_when_found", _SURGEON, section="procedure",
        condition=_STARTED, used_in=("note",),
    ),
    Entry(
        "intraoperative_complication", "case", "intraoperative_complication", _SURGEON, section="procedure",
        condition=_STARTED, used_in=("note",),
    ),
    Entry(
        "intraoperative_complication_text", "case", "intraoperative_complication_text", _SURGEON,
        section="procedure", required=True, condition=When("intraoperative_complication", (YesNo.YES,)),
        used_in=("note",),
    ),
    Entry("operation_note", "case", "operation_note", _SURGEON, section="procedure", used_in=("note",)),
]  # fmt: skip
