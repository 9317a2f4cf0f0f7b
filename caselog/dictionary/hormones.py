"""A hormone: whether it was measured, its value as the laboratory printed it, unit and date."""

from caselog.choices import Analyte, Measured, Role
from caselog.dictionary.entry import Entry, When
from caselog.units import SCALES

_SYNONYMS = {
    Analyte.TESTOSTERONE: ("testosterone", "التستوستيرون", "testosteron"),
    Analyte.ESTRADIOL: ("oestradiol", "e2"),
}


def hormone(
    analyte: Analyte,
    *,
    section: str,
    used_in: tuple[str, ...],
    required: bool = False,
    condition: When | None = None,
) -> list[Entry]:
    """The four questions about one hormone. Soft limits are in its canonical unit."""
    scale = SCALES[analyte]
    measured = When(f"{analyte}_result", (Measured.MEASURED,))
    common = {"section": section, "analyte": analyte, "used_in": used_in}
    return [
        Entry(
            f"{analyte}_result", "measurement", "result", Role.SURGEON, required=required, condition=condition, **common
        ),
        Entry(
            f"{analyte}_value", "measurement", "value", Role.SURGEON,
            required=True, condition=measured, soft=scale.soft, synonyms=_SYNONYMS.get(analyte, ()), **common,
        ),
        Entry(
            f"{analyte}_unit", "measurement", "unit", Role.SURGEON,
            required=True, condition=measured, only=tuple(scale.factors), **common,
        ),
        Entry(f"{analyte}_taken_on", "measurement", "taken_on", Role.SURGEON, condition=measured, **common),
    ]  # fmt: skip
