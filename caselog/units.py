"""Hormones in the unit that a laboratory printed, and in the one that figures are compared in.

Factors: one unit of the key is `factor` canonical units. Mass to amount uses the molar mass:
testosterone 288.42 g/mol, estradiol 272.38 g/mol (PubChem CID 6013 and 5757); AMH 1 ng/mL is
7.14 pmol/L (140 kDa dimer: Nelson SM, La Marca A, Reprod Biomed Online 2011;23:411-424);
prolactin 1 µg/L is 21.2 mIU/L (WHO 3rd International Standard 84/500).
"""

from dataclasses import dataclass
from decimal import Decimal

from caselog.choices import Analyte, Unit

_TESTOSTERONE_G_PER_MOL = Decimal("288.42")
_ESTRADIOL_G_PER_MOL = Decimal("272.38")


@dataclass(frozen=True)
class Scale:
    canonical: Unit
    factors: dict[Unit, Decimal]
    soft: tuple[float, float]
    hard: tuple[float, float]


SCALES = {
    Analyte.FSH: Scale(Unit.IU_L, {Unit.IU_L: Decimal(1), Unit.MIU_ML: Decimal(1)}, (0.5, 80), (0, 250)),
    Analyte.LH: Scale(Unit.IU_L, {Unit.IU_L: Decimal(1), Unit.MIU_ML: Decimal(1)}, (0.5, 50), (0, 150)),
    Analyte.TESTOSTERONE: Scale(
        Unit.NMOL_L,
        {
            Unit.NMOL_L: Decimal(1),
            Unit.NG_DL: 10 / _TESTOSTERONE_G_PER_MOL,
            Unit.NG_ML: 1000 / _TESTOSTERONE_G_PER_MOL,
            Unit.UG_L: 1000 / _TESTOSTERONE_G_PER_MOL,
        },
        (1, 40),
        (0, 120),
    ),
    Analyte.INHIBIN_B: Scale(Unit.PG_ML, {Unit.PG_ML: Decimal(1)}, (0, 400), (0, 2000)),
    Analyte.AMH: Scale(
        Unit.NG_ML, {Unit.NG_ML: Decimal(1), Unit.PMOL_L: 1 / Decimal("7.14")}, (0, 30), (0, 500)
    ),
    Analyte.ESTRADIOL: Scale(
        Unit.PG_ML, {Unit.PG_ML: Decimal(1), Unit.PMOL_L: _ESTRADIOL_G_PER_MOL / 1000}, (5, 80), (0, 1000)
    ),
    Analyte.PROLACTIN: Scale(
        Unit.UG_L, {Unit.UG_L: Decimal(1), Unit.MIU_L: 1 / Decimal("21.2")}, (0, 50), (0, 5000)
    ),
}


def canonical(analyte: str, value: Decimal, unit: str) -> Decimal:
    """The value in the analyte's canonical unit, four decimals. KeyError for a unit that is not its own."""
    factor = SCALES[Analyte(analyte)].factors[Unit(unit)]
    return (value * factor).quantize(Decimal("0.0001"))
