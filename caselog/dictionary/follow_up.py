"""What comes after the operation: visits, complications, ICSI. A case may have several of each."""

from caselog.choices import Analyte, Complications, Pregnancy, Role
from caselog.dictionary.entry import Entry, When
from caselog.dictionary.hormones import hormone

_SURGEON = Role.SURGEON
_SEEN = When("complications", (Complications.NONE_KNOWN, Complications.SOME))
_HORMONES_OF_FOLLOW_UP = (Analyte.LH, Analyte.FSH)

FOLLOW_UP: list[Entry] = [
    Entry("month", "followup", "month", _SURGEON, required=True, used_in=("follow_up",)),
    Entry(
        "complications", "followup", "complications", _SURGEON, required=True,
        used_in=("complications", "follow_up"),
    ),
    Entry("seen_on", "followup", "seen_on", _SURGEON, required=True, condition=_SEEN, used_in=("follow_up",)),
    *hormone(Analyte.TESTOSTERONE, section="", used_in=("follow_up",), required=True, condition=_SEEN),
    Entry(
        "replacement_started", "followup", "replacement_started", _SURGEON, required=True, condition=_SEEN,
        used_in=("follow_up",),
    ),
    *(
        entry
        for analyte in _HORMONES_OF_FOLLOW_UP
        for entry in hormone(analyte, section="more", used_in=("follow_up",), condition=_SEEN)
    ),
    *(
        Entry(
            f"{side}_testis_volume_ml", "followup", f"{side}_testis_volume_ml", _SURGEON, section="more",
            condition=_SEEN, unit="mL", soft=(1, 30), used_in=("follow_up", "safety"),
        )
        for side in ("right", "left")
    ),
    Entry(
        "testis_volume_method", "followup", "testis_volume_method", _SURGEON, section="more",
        condition=_SEEN, used_in=("follow_up",),
    ),
    Entry(
        "ultrasound", "followup", "ultrasound", _SURGEON, section="more", condition=_SEEN,
        used_in=("follow_up",),
    ),
    Entry("follow_up_note", "followup", "follow_up_note", _SURGEON, section="more", used_in=("follow_up",)),
]  # fmt: skip

COMPLICATION: list[Entry] = [
    Entry("kind", "complication", "kind", _SURGEON, required=True, used_in=("complications",)),
    Entry(
        "onset_day", "complication", "onset_day", _SURGEON, required=True, unit="days",
        used_in=("complications",),
    ),
    Entry("grade", "complication", "grade", _SURGEON, required=True, used_in=("complications",)),
    Entry("complication_note", "complication", "complication_note", _SURGEON, used_in=("complications",)),
]  # fmt: skip

_PREGNANT = When("clinical_pregnancy", (Pregnancy.YES,))
_BORN = When("live_birth", (Pregnancy.YES,))
ICSI: list[Entry] = [
    Entry("started_on", "icsicycle", "started_on", _SURGEON, required=True, used_in=("icsi",)),
    Entry("sperm_source", "icsicycle", "sperm_source", _SURGEON, required=True, used_in=("icsi",)),
    Entry("mii_injected_n", "icsicycle", "mii_injected_n", _SURGEON, used_in=("icsi",)),
    Entry("two_pn_n", "icsicycle", "two_pn_n", _SURGEON, used_in=("icsi",)),
    Entry("transferred_n", "icsicycle", "transferred_n", _SURGEON, used_in=("icsi",)),
    Entry("clinical_pregnancy", "icsicycle", "clinical_pregnancy", _SURGEON, used_in=("icsi",)),
    Entry("fetuses_n", "icsicycle", "fetuses_n", _SURGEON, condition=_PREGNANT, used_in=("icsi",)),
    Entry("pregnancy_loss", "icsicycle", "pregnancy_loss", _SURGEON, condition=_PREGNANT, used_in=("icsi",)),
    Entry("live_birth", "icsicycle", "live_birth", _SURGEON, condition=_PREGNANT, used_in=("icsi",)),
    Entry(
        "gestation_weeks", "icsicycle", "gestation_weeks", _SURGEON, condition=_BORN, unit="weeks",
        used_in=("icsi",),
    ),
    Entry(
        "birthweight_g", "icsicycle", "birthweight_g", _SURGEON, condition=_BORN, unit="g", used_in=("icsi",)
    ),
]  # fmt: skip
