"""Hormones in the unit that a laboratory printed, and in the one that figures are compared in.

One unit of the key is `factor` canonical units; docs/plausibility.md has each with its
source and published pairs, which the tests convert:

- testosterone, C19H28O2, 288.42 g/mol (PubChem CID 6013): 1 ng/dL is 0.0347 nmol/L, as Endotext
  (Laboratory assessment of testicular function, figure 3) multiplies.
- estradiol, C18H24O2, 272.38 g/mol (PubChem CID 5757): 1 pg/mL is 3.671 pmol/L.
- AMH, a dimer of 140 kDa (Su HI et al., PMC4334563): 1 ng/mL is 1000/140 = 7.14 pmol/L, which is
  the factor in use.
- prolactin is counted by its activity, so its factor belongs to a standard: laboratories print
  21.2 mIU/L, or its inverse 0.047, for 1 µg/L of the WHO 3rd International Standard 84/500, in
  whose units the 4th, 83/573, was calibrated (WHO/BS/2016.2292).
- IU/L and mIU/mL, and ng/mL and µg/L, are the same figure.
"""

from dataclasses import dataclass
from decimal import Decimal

from caselog.choices import Analyte, Unit

_TESTOSTERONE_G_PER_MOL = Decimal("288.42")
_ESTRADIOL_G_PER_MOL = Decimal("272.38")


@dataclass(frozen=True)
class Scale:
    """The limits are in the canonical unit: outside `soft` a person is asked, outside `hard` refused."""

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
        (3, 40),  # narrow enough to see a slip of the decimal point (docs/plausibility.md)
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


def converted(analyte: str, value: Decimal, unit: str) -> Decimal:
    """The value in the analyte's canonical unit, unrounded. KeyError for a unit that is not its own."""
    return value * SCALES[Analyte(analyte)].factors[Unit(unit)]


def canonical(analyte: str, value: Decimal, unit: str) -> Decimal:
    """The same with four decimals, as it is stored; for a value that passed the hard limits."""
    return converted(analyte, value, unit).quantize(Decimal("0.0001"))
