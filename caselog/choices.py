"""The vocabularies, one class each. The stored codes are a contract: they stand in exports and files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    SURGEON = "surgeon", _("Surgeon")
    EMBRYOLOGIST = "embryologist", _("Embryologist")
    ADMINISTRATOR = "administrator", _("Administrator")
    READER = "reader", _("Reader")


class YesNo(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")


class YesNoUnknown(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    UNKNOWN = "unknown", pgettext_lazy("answer", "Unknown")


class YesNoNotNoted(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    NOT_NOTED = "not_noted", pgettext_lazy("answer", "Not noted")


class Consent(TextChoices):
    YES = "yes", pgettext_lazy("consent", "Given")
    NO = "no", pgettext_lazy("consent", "Refused")
    NOT_ASKED = "not_asked", pgettext_lazy("consent", "Not asked")


class CaseState(TextChoices):
    DRAFT = "draft", _("Draft")
    COMPLETE = "complete", _("Signed")


class AzoospermiaType(TextChoices):
    OBSTRUCTIVE = "oa", _("Obstructive")
    NON_OBSTRUCTIVE = "noa", _("Non-obstructive")
    UNCERTAIN = "uncertain", _("Uncertain")
    NOT_AZOOSPERMIC = "not_azoospermic", _("Not azoospermic")


class Aetiology(TextChoices):
    IDIOPATHIC = "idiopathic", _("Idiopathic")
    KLINEFELTER = "klinefelter", _("Klinefelter syndrome")
    AZF_DELETION = "azf_deletion", _("AZF deletion")
    OTHER_GENETIC = "other_genetic", _("Other genetic cause")
    CRYPTORCHIDISM = "cryptorchidism", _("Undescended testis")
    CHEMOTHERAPY = "chemotherapy", _("After chemotherapy")
    RADIOTHERAPY = "radiotherapy", _("After radiotherapy")
    ORCHITIS = "orchitis", _("Mumps or other orchitis")
    TORSION_TRAUMA_TUMOUR = "torsion_trauma_tumour", _("Torsion, trauma or tumour surgery")
    VARICOCELE = "varicocele", _("Associated with varicocele")
    HYPOGONADOTROPIC = "hypogonadotropic", _("Hypogonadotropic hypogonadism")
    VASECTOMY = "vasectomy", _("Vasectomy")
    FAILED_REVERSAL = "failed_reversal", _("Failed vasectomy reversal")
    CBAVD = "cbavd", _("CBAVD or CFTR")
    POST_INFECTIVE = "post_infective", _("After infection")
    EJACULATORY_DUCT = "ejaculatory_duct", _("Ejaculatory duct obstruction")
    IATROGENIC = "iatrogenic", _("Iatrogenic")
    OTHER = "other", pgettext_lazy("cause", "Other")
    UNKNOWN = "unknown", pgettext_lazy("cause", "Unknown")


# Which causes go with which type; with an uncertain type or none, any of them may.
_BOTH = [Aetiology.OTHER, Aetiology.UNKNOWN]
AETIOLOGIES = {
    AzoospermiaType.NON_OBSTRUCTIVE: [
        Aetiology.IDIOPATHIC,
        Aetiology.KLINEFELTER,
        Aetiology.AZF_DELETION,
        Aetiology.OTHER_GENETIC,
        Aetiology.CRYPTORCHIDISM,
        Aetiology.CHEMOTHERAPY,
        Aetiology.RADIOTHERAPY,
        Aetiology.ORCHITIS,
        Aetiology.TORSION_TRAUMA_TUMOUR,
        Aetiology.VARICOCELE,
        Aetiology.HYPOGONADOTROPIC,
        *_BOTH,
    ],
    AzoospermiaType.OBSTRUCTIVE: [
        Aetiology.VASECTOMY,
        Aetiology.FAILED_REVERSAL,
        Aetiology.CBAVD,
        Aetiology.POST_INFECTIVE,
        Aetiology.EJACULATORY_DUCT,
        Aetiology.IATROGENIC,
        *_BOTH,
    ],
}


class KlinefelterStatus(TextChoices):
    NOT_KLINEFELTER = "not_klinefelter", _("Not Klinefelter")
    NON_MOSAIC = "non_mosaic", _("Non-mosaic 47,XXY")
    MOSAIC = "mosaic", _("Mosaic 46,XY/47,XXY")
    VARIANT = "variant", _("Variant")
    NOT_TESTED = "not_tested", pgettext_lazy("test", "Not tested")
    UNKNOWN = "unknown", pgettext_lazy("test", "Unknown")


KLINEFELTER = [KlinefelterStatus.NON_MOSAIC, KlinefelterStatus.MOSAIC, KlinefelterStatus.VARIANT]


class YMicrodeletion(TextChoices):
    NONE = "none", pgettext_lazy("microdeletion", "None found")
    AZFA = "azfa", "AZFa"
    AZFB = "azfb", "AZFb"
    AZFC = "azfc", "AZFc"
    AZFBC = "azfbc", "AZFb+c"
    AZFABC = "azfabc", "AZFa+b+c"
    PARTIAL = "partial", pgettext_lazy("microdeletion", "Partial")
    OTHER = "other", pgettext_lazy("microdeletion", "Other")
    NOT_TESTED = "not_tested", pgettext_lazy("test", "Not tested")


Y_MICRODELETIONS = [
    YMicrodeletion.AZFA,
    YMicrodeletion.AZFB,
    YMicrodeletion.AZFC,
    YMicrodeletion.AZFBC,
    YMicrodeletion.AZFABC,
    YMicrodeletion.PARTIAL,
    YMicrodeletion.OTHER,
]


class Cftr(TextChoices):
    NOT_TESTED = "not_tested", pgettext_lazy("test", "Not tested")
    NEGATIVE = "negative", _("No variant found")
    CARRIER = "carrier", _("One variant")
    TWO_VARIANTS = "two_variants", _("Two variants")


class Cryptorchidism(TextChoices):
    NO = "no", pgettext_lazy("answer", "No")
    UNILATERAL = "unilateral", _("One side")
    BILATERAL = "bilateral", _("Both sides")


class GonadotoxicExposure(TextChoices):
    NONE = "none", pgettext_lazy("exposure", "None")
    CHEMOTHERAPY = "chemotherapy", _("Chemotherapy")
    RADIOTHERAPY = "radiotherapy", _("Radiotherapy")
    BOTH = "both", _("Both")


class VaricoceleGrade(TextChoices):
    NONE = "none", pgettext_lazy("varicocele", "None")
    SUBCLINICAL = "subclinical", _("Subclinical")
    GRADE_1 = "grade_1", _("Grade I")
    GRADE_2 = "grade_2", _("Grade II")
    GRADE_3 = "grade_3", _("Grade III")


class Medication(TextChoices):
    NONE = "none", pgettext_lazy("medication", "None")
    CLOMIPHENE = "clomiphene", _("Clomiphene")
    AROMATASE_INHIBITOR = "aromatase_inhibitor", _("Aromatase inhibitor")
    HCG = "hcg", "hCG"
    FSH = "fsh", "FSH"
    TESTOSTERONE_STOPPED = "testosterone_stopped", _("Testosterone stopped")


class VolumeMethod(TextChoices):
    ORCHIDOMETER = "orchidometer", _("Orchidometer")
    ULTRASOUND = "ultrasound", _("Ultrasound")


class Analyte(TextChoices):
    FSH = "fsh", "FSH"
    LH = "lh", "LH"
    TESTOSTERONE = "testosterone", _("Total testosterone")
    INHIBIN_B = "inhibin_b", _("Inhibin B")
    AMH = "amh", "AMH"
    ESTRADIOL = "estradiol", _("Estradiol")
    PROLACTIN = "prolactin", _("Prolactin")


class Measured(TextChoices):
    MEASURED = "measured", _("Measured")
    NOT_DONE = "not_done", _("Not done")


class Unit(TextChoices):
    """What laboratories print beside a hormone's value (caselog.units has the factors)."""

    IU_L = "iu_l", "IU/L"
    MIU_ML = "miu_ml", "mIU/mL"
    NMOL_L = "nmol_l", "nmol/L"
    PMOL_L = "pmol_l", "pmol/L"
    NG_DL = "ng_dl", "ng/dL"
    NG_ML = "ng_ml", "ng/mL"
    UG_L = "ug_l", "µg/L"
    PG_ML = "pg_ml", "pg/mL"
    MIU_L = "miu_l", "mIU/L"


class PriorRetrieval(TextChoices):
    """The result of the man's last earlier attempt. "Repeat" is not "failed before"."""

    NO_PRIOR = "no_prior", _("No earlier attempt")
    NONE_FOUND = "none_found", _("Yes, no sperm found")
    FOUND = "found", _("Yes, sperm found")
    UNKNOWN = "unknown", _("Yes, result unknown")


class Procedure(TextChoices):
    MICRO_TESE = "micro_tese", _("micro-TESE")
    CONVENTIONAL_TESE = "conventional_tese", _("Conventional TESE")
    TESA = "tesa", "TESA"
    TEFNA = "tefna", _("TEFNA mapping")
    PESA = "pesa", "PESA"
    MESA = "mesa", "MESA"
    OTHER = "other", pgettext_lazy("procedure", "Other")


class OperationStatus(TextChoices):
    PERFORMED = "performed", _("Performed")
    ABANDONED = "abandoned", _("Abandoned")
    CANCELLED = "cancelled", _("Cancelled")


class Sides(TextChoices):
    RIGHT = "right", _("Right")
    LEFT = "left", _("Left")
    BOTH = "both", _("Both")


class Side(TextChoices):
    RIGHT = "right", _("Right testis")
    LEFT = "left", _("Left testis")


class Anaesthesia(TextChoices):
    GENERAL = "general", pgettext_lazy("anaesthesia", "General")
    SPINAL = "spinal", pgettext_lazy("anaesthesia", "Spinal")
    LOCAL_SEDATION = "local_sedation", _("Local with sedation")
    LOCAL_BLOCK = "local_block", _("Local block")


class Timing(TextChoices):
    WITH_PICK_UP = "with_pick_up", _("With oocyte pick-up")
    ELECTIVE_FREEZING = "elective_freezing", _("Elective, for freezing")
    DIAGNOSTIC = "diagnostic", _("Diagnostic")


class Magnification(TextChoices):
    NONE = "none", pgettext_lazy("magnification", "None")
    LOUPES = "loupes", _("Loupes")
    MICROSCOPE = "microscope", _("Operating microscope")


class TubuleAppearance(TextChoices):
    UNIFORM_THICK = "uniform_thick", _("Uniform, thick")
    HETEROGENEOUS = "heterogeneous", _("Heterogeneous")
    UNIFORM_THIN = "uniform_thin", _("Uniform, thin")
    FIBROTIC = "fibrotic", _("Fibrotic or none")
    NOT_NOTED = "not_noted", pgettext_lazy("answer", "Not noted")


class WetPrep(TextChoices):
    """What the theatre's own look at the tissue showed. Never the result of the case."""

    NOT_DONE = "not_done", _("Not done")
    NONE = "none", pgettext_lazy("sperm", "None")
    IMMOTILE = "immotile", _("Immotile only")
    MOTILE = "motile", _("Motile")


class Weighing(TextChoices):
    BALANCE = "balance", _("Weighed on a balance")
    ESTIMATED = "estimated", _("Estimated")
    NOT_WEIGHED = "not_weighed", _("Not weighed")


class SpermFound(TextChoices):
    NONE = "none", pgettext_lazy("sperm", "None")
    IMMOTILE = "immotile", _("Immotile only")
    MOTILE = "motile", _("Motile")
    NOT_SAMPLED = "not_sampled", _("Not sampled")
    # Spreadsheets that say only yes or no.
    UNSPECIFIED = "found_unspecified", _("Found, motility not recorded")


RETRIEVED = [SpermFound.IMMOTILE, SpermFound.MOTILE, SpermFound.UNSPECIFIED]


class CountCategory(TextChoices):
    ZERO = "0", "0"
    UP_TO_10 = "1_10", "1–10"
    UP_TO_100 = "11_100", "11–100"
    UP_TO_1000 = "101_1000", "101–1,000"
    OVER_1000 = "over_1000", "> 1,000"

    @classmethod
    def of(cls, count: int) -> "CountCategory":
        """The category that holds an exact count."""
        highest = {0: cls.ZERO, 10: cls.UP_TO_10, 100: cls.UP_TO_100, 1000: cls.UP_TO_1000}
        return next((category for top, category in highest.items() if count <= top), cls.OVER_1000)


class FoundWhen(TextChoices):
    THEATRE = "theatre", _("In theatre")
    FIRST_SEARCH = "first_search", _("First search")
    EXTENDED_SEARCH = "extended_search", _("Extended search")
    NEXT_DAY = "next_day", _("Next day")


class Spermatids(TextChoices):
    """Seen beside the spermatozoa or instead of them; never a success by themselves."""

    NONE = "none", pgettext_lazy("spermatids", "None")
    ROUND = "round", pgettext_lazy("spermatids", "Round")
    ELONGATED = "elongated", pgettext_lazy("spermatids", "Elongated")


class ProcessingMethod(TextChoices):
    MINCING = "mincing", _("Mincing")
    ENZYMATIC = "enzymatic", _("Enzymatic digestion")
    ERYTHROCYTE_LYSIS = "erythrocyte_lysis", _("Erythrocyte lysis")
    DENSITY_GRADIENT = "density_gradient", _("Density gradient")
    WASH = "wash", _("Wash")
    MICROFLUIDIC = "microfluidic", _("Microfluidic sorting")
    OTHER = "other", pgettext_lazy("processing", "Other")


class Disposition(TextChoices):
    FRESH = "fresh", _("Fresh ICSI")
    FROZEN = "frozen", _("Sperm frozen")
    BOTH = "both", _("Fresh ICSI and frozen")
    TISSUE_FROZEN = "tissue_frozen", _("Tissue frozen")
    DISCARDED = "discarded", _("Discarded")


# Sperm that was not found cannot have been injected or frozen.
SPERM_DISPOSITIONS = [Disposition.FRESH, Disposition.FROZEN, Disposition.BOTH]


class ResultStatus(TextChoices):
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")


FROZEN = [Disposition.FROZEN, Disposition.BOTH, Disposition.TISSUE_FROZEN]


class HistologyPattern(TextChoices):
    NORMAL = "normal", pgettext_lazy("histology", "Normal")
    HYPOSPERMATOGENESIS = "hypospermatogenesis", _("Hypospermatogenesis")
    EARLY_ARREST = "early_arrest", _("Maturation arrest, early")
    LATE_ARREST = "late_arrest", _("Maturation arrest, late")
    SERTOLI_CELL_ONLY = "sertoli_cell_only", _("Sertoli cell only")
    HYALINISATION = "hyalinisation", _("Tubular hyalinisation")
    MIXED = "mixed", pgettext_lazy("histology", "Mixed")
    GERM_CELL_NEOPLASIA = "germ_cell_neoplasia", _("Germ cell neoplasia in situ")
    INSUFFICIENT = "insufficient", _("Insufficient tissue")
    NOT_DONE = "not_done", _("Not done")


class AlertKind(TextChoices):
    GERM_CELL_NEOPLASIA = "germ_cell_neoplasia", _("Germ cell neoplasia in situ")


class ComplicationKind(TextChoices):
    HAEMATOMA = "haematoma", _("Haematoma")
    INFECTION = "infection", _("Infection")
    WOUND = "wound", _("Wound problem")
    PAIN = "pain", _("Pain beyond 3 months")
    HYDROCELE = "hydrocele", _("Hydrocele")
    ATROPHY = "atrophy", _("Atrophy")
    LESION = "lesion", _("Lasting lesion on ultrasound")
    HYPOGONADISM = "hypogonadism", _("Hypogonadism")
    ANAESTHETIC = "anaesthetic", _("Anaesthetic complication")
    OTHER = "other", pgettext_lazy("complication", "Other")


class ClavienDindo(TextChoices):
    I = "1", "I"  # noqa: E741  the grade's own name
    II = "2", "II"
    IIIA = "3a", "IIIa"
    IIIB = "3b", "IIIb"
    IVA = "4a", "IVa"
    IVB = "4b", "IVb"
    V = "5", "V"


class FollowUpMonth(TextChoices):
    M3 = "3", _("3 months")
    M6 = "6", _("6 months")
    M12 = "12", _("12 months")
    M18 = "18", _("18 months")


class Complications(TextChoices):
    """Nobody asked is not the same as none."""

    NONE_KNOWN = "none_known", _("None known")
    SOME = "some", _("Yes, recorded below")
    NOT_FOLLOWED = "not_followed", _("Not followed up")


class Ultrasound(TextChoices):
    NOT_DONE = "not_done", _("Not done")
    NORMAL = "normal", pgettext_lazy("ultrasound", "Normal")
    LESION = "lesion", pgettext_lazy("ultrasound", "Lesion")
    ATROPHY = "atrophy", pgettext_lazy("ultrasound", "Atrophy")


class SpermSource(TextChoices):
    FRESH = "fresh", pgettext_lazy("sperm used", "Fresh")
    FROZEN = "frozen", pgettext_lazy("sperm used", "Frozen and thawed")


class Pregnancy(TextChoices):
    """A pregnancy that goes on has no outcome yet; that is not "no"."""

    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    PENDING = "pending", _("Not known yet")


class PeriodState(TextChoices):
    OPEN = "open", pgettext_lazy("period", "Open")
    CLOSED = "closed", pgettext_lazy("period", "Closed")
    LOCKED = "locked", pgettext_lazy("period", "Locked")
