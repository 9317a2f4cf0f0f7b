"""What comes after the operation: visits, complications, ICSI. A case may have several of each."""

from caselog.choices import Analyte, Complications, Pregnancy, Role
from caselog.dictionary.entry import Entry, When
from caselog.dictionary.hormones import hormone

# Whoever sees the man afterwards.
_EITHER = (Role.SURGEON, Role.ADMINISTRATOR)
_SEEN = When("complications", (Complications.NONE_KNOWN, Complications.SOME))
_HORMONES_OF_FOLLOW_UP = (Analyte.LH, Analyte.FSH)

FOLLOW_UP: list[Entry] = [
    Entry("month", "followup", "month", _EITHER, required=True, used_in=("follow_up",)),
    Entry(
        "complications", "followup", "complications", _EITHER, required=True,
        used_in=("complications", "follow_up"),
    ),
    Entry("seen_on", "followup", "seen_on", _EITHER, required=True, condition=_SEEN, used_in=("follow_up",)),
    *hormone(
        Analyte.TESTOSTERONE, owners=_EITHER, section="", used_in=("follow_up",), required=True,
        condition=_SEEN,
    ),
    Entry(
        "replacement_started", "followup", "replacement_started", _EITHER, required=True, condition=_SEEN,
        used_in=("follow_up",),
    ),
    *(
        entry
        for analyte in _HORMONES_OF_FOLLOW_UP
        for entry in hormone(
            analyte, owners=_EITHER, section="more", used_in=("follow_up",), condition=_SEEN
        )
    ),
    *(
        Entry(
            f"{side}_testis_volume_ml", "followup", f"{side}_testis_volume_ml", _EITHER, section="more",
            condition=_SEEN, unit="mL", soft=(1, 30), used_in=("follow_up", "safety"),
        )
        for side in ("right", "left")
    ),
    Entry(
        "testis_volume_method", "followup", "testis_volume_method", _EITHER, section="more",
        condition=_SEEN, used_in=("follow_up",),
    ),
    Entry(
        "ultrasound", "followup", "ultrasound", _EITHER, section="more", condition=_SEEN,
        used_in=("follow_up",),
    ),
    Entry("follow_up_note", "followup", "follow_up_note", _EITHER, section="more", used_in=("follow_up",)),
]  # fmt: skip

COMPLICATION: list[Entry] = [
    Entry("kind", "complication", "kind", _EITHER, required=True, used_in=("complications",)),
    Entry(
        "onset_day", "complication", "onset_day", _EITHER, required=True, unit="days",
        used_in=("complications",),
    ),
    Entry("grade", "complication", "grade", _EITHER, required=True, used_in=("complications",)),
    Entry("complication_note", "complication", "complication_note", _EITHER, used_in=("complications",)),
]  # fmt: skip

_PREGNANT = When("clinical_pregnancy", (Pregnancy.YES,))
_BORN = When("live_birth", (Pregnancy.YES,))
ICSI: list[Entry] = [
    Entry("started_on", "icsicycle", "started_on", _EITHER, required=True, used_in=("icsi",)),
    Entry("sperm_source", "icsicycle", "sperm_source", _EITHER, required=True, used_in=("icsi",)),
    Entry("mii_injected_n", "icsicycle", "mii_injected_n", _EITHER, used_in=("icsi",)),
    Entry("two_pn_n", "icsicycle", "two_pn_n", _EITHER, used_in=("icsi",)),
    Entry("transferred_n", "icsicycle", "transferred_n", _EITHER, used_in=("icsi",)),
    Entry("clinical_pregnancy", "icsicycle", "clinical_pregnancy", _EITHER, used_in=("icsi",)),
    Entry("fetuses_n", "icsicycle", "fetuses_n", _EITHER, condition=_PREGNANT, used_in=("icsi",)),
    Entry("pregnancy_loss", "icsicycle", "pregnancy_loss", _EITHER, condition=_PREGNANT, used_in=("icsi",)),
    Entry("live_birth", "icsicycle", "live_birth", _EITHER, condition=_PREGNANT, used_in=("icsi",)),
    Entry(
        "gestation_weeks", "icsicycle", "gestation_weeks", _EITHER, condition=_BORN, unit="weeks",
        used_in=("icsi",),
    ),
    Entry(
        "birthweight_g", "icsicycle", "birthweight_g", _EITHER, condition=_BORN, unit="g", used_in=("icsi",)
    ),
]  # fmt: skip
