"""A hormone: whether it was measured, its value as the laboratory printed it, unit and date."""

from functools import partial

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
    owners: tuple[Role, ...],
    section: str,
    used_in: tuple[str, ...],
    required: bool = False,
    condition: When | None = None,
) -> list[Entry]:
    """The four questions about one hormone. Soft limits are in its canonical unit.

    Whatever uses the hormone, an unusual value is asked about, in its unit.
    """
    scale = SCALES[analyte]
    measured = When(f"{analyte}_result", (Measured.MEASURED,))
    ask = partial(
        Entry, model="measurement", owners=owners, section=section, analyte=analyte, used_in=used_in
    )
    return [
        ask(f"{analyte}_result", attribute="result", required=required, condition=condition),
        ask(
            f"{analyte}_value",
            attribute="value",
            required=True,
            condition=measured,
            soft=scale.soft,
            used_in=(*used_in, "safety"),
            synonyms=_SYNONYMS.get(analyte, ()),
        ),
        ask(
            f"{analyte}_unit",
            attribute="unit",
            required=True,
            condition=measured,
            only=tuple(scale.factors),
            used_in=(*used_in, "safety"),
        ),
        ask(f"{analyte}_taken_on", attribute="taken_on", condition=measured),
    ]
