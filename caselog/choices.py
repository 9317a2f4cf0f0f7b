"""The vocabularies, one class each. The stored codes are a contract: they stand in exports and files."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    SURGEON = "surgeon", _("Surgeon")
    EMBRYOLOGIST = "embryologist", _("Embryologist")
    ADMINISTRATOR = "administrator", _("Administrator")
    READER = "reader", _("Reader")


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
