"""How many slips of the decimal point and of the unit are questioned, and how many plausible values.

The men are generated from published series; docs/plausibility.md names them and says which
assumptions carry the figures. Run with -s to see the table.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import exp, log, sqrt
from random import Random

import pytest

from caselog import panel
from caselog.services import checks
from caselog.units import SCALES

SEED, OTHER_SEED, MEN, FEWER = 20_240_304, 202, 2_000, 500
FIELDS = {
    "FSH": "fsh_value",
    "LH": "lh_value",
    "testosterone": "testosterone_value",
    "right testis": "right_testis_volume_ml",
    "left testis": "left_testis_volume_ml",
}


def of_mean(mean, deviation):
    """The logarithm's mean and deviation of a quantity that is published as mean ± SD."""
    variance = log(1 + (deviation / mean) ** 2)
    return log(mean) - variance / 2, sqrt(variance)


def of_median(median, lower, upper):
    """… and of one that is published as median (interquartile range)."""
    return log(median), log(upper / lower) / 1.349


@dataclass(frozen=True)
class Group:
    """Men of one kind; testosterone in nmol/L, the volume of one testis in mL."""

    share: float
    answers: dict
    fsh: tuple
    lh: tuple
    testosterone: tuple
    volume: tuple


NOA = {"azoospermia_type": "noa", "klinefelter_status": "not_klinefelter"}
OBSTRUCTED = {
    "fsh": of_mean(8.53, 8.43),
    "lh": of_mean(5.3, 2.65),
    "testosterone": of_mean(14.06, 6.45),
    "volume": of_mean(17.6, 4.1),
}
GROUPS = [
    Group(0.28, {"azoospermia_type": "oa", "klinefelter_status": "not_klinefelter"}, **OBSTRUCTED),
    Group(
        0.47,
        NOA,
        fsh=of_mean(20.12, 11.89),
        lh=of_mean(11, 5.5),
        testosterone=of_mean(10.36, 5.6),
        volume=of_mean(13.2, 5.2),
    ),
    # Maturation arrest: the hormones and volumes of men whose testes work.
    Group(0.13, NOA, **OBSTRUCTED | {"fsh": of_mean(6.5, 3.5)}),
    Group(
        0.12,
        {"azoospermia_type": "noa", "klinefelter_status": "non_mosaic"},
        fsh=of_median(31.2, 21.5, 41.8),
        lh=of_mean(18.6, 12.2),
        testosterone=of_median(12.48, 9.36, 17.68),
        volume=of_median(3.8, 3, 5),
    ),
]
SMALL_TESTIS = 0.04  # of men, one testis shrunken to 20–60 %


def men(count, *, fsh_with_lh=0.41, heavy_tails=False, seed=SEED):
    """Answers of men, with all five values recorded as a clinic would write them."""
    random = Random(seed)
    for _ in range(count):
        group = random.choices(GROUPS, [group.share for group in GROUPS])[0]
        # A t distribution with 6 degrees of freedom, of the same variance.
        tail = sqrt(4 / random.gammavariate(3, 2)) if heavy_tails else 1
        draws = [draw * tail for draw in correlated(random, fsh_with_lh)]
        measures = (group.fsh, group.lh, group.testosterone, group.volume, group.volume)
        values = [exp(m + s * z) for (m, s), z in zip(measures, draws, strict=True)]
        if random.random() < SMALL_TESTIS:
            values[random.choice((3, 4))] *= random.uniform(0.2, 0.6)
        yield group.answers | recorded(values)


def correlated(random, fsh_with_lh):
    """Standard normal draws: FSH, LH, testosterone, right and left volume, within a group."""
    damage, both, z = random.gauss(0, 1), random.gauss(0, 1), [random.gauss(0, 1) for _ in range(5)]
    shared = sqrt(fsh_with_lh)  # both gonadotropins rise with the damage, and volumes fall
    gonadotropins = [shared * damage + sqrt(1 - shared**2) * noise for noise in z[:2]]
    volume = -0.5 * damage + sqrt(1 - 0.25) * both
    volumes = [sqrt(0.9) * volume + sqrt(0.1) * noise for noise in z[3:]]
    return [*gonadotropins, z[2], *volumes]


def recorded(values):
    fsh, lh, testosterone, right, left = values
    return {
        "fsh_value": tenths(fsh),
        "fsh_unit": "iu_l",
        "lh_value": tenths(lh),
        "lh_unit": "iu_l",
        "testosterone_value": tenths(testosterone),
        "testosterone_unit": "nmol_l",
        "right_testis_volume_ml": Decimal(max(1, round(right))),
        "left_testis_volume_ml": Decimal(max(1, round(left))),
    }


def tenths(value):
    return Decimal(max(1, round(value * 10))) / 10


def everything(answers, field):
    return answers


def hormones(answers, field):
    """The volumes were not recorded."""
    return {name: value for name, value in answers.items() if not name.endswith("_volume_ml")}


def alone(answers, field):
    """Only this value was recorded."""
    return {
        name: value
        for name, value in answers.items()
        if not name.endswith(("_value", "_volume_ml")) or name == field
    }


def is_questioned(answers, field):
    return any(field in doubt.fields for doubt in checks.of_operation(answers))


def is_refused(answers, field):
    hormone = field.removesuffix("_value")
    high = SCALES[hormone].hard[1] if field.endswith("_value") else 60
    return answers[field] > high


def share(cohort, field, factor, *, keep=everything):
    """Of the values wrong by this factor, those that are questioned or refused."""
    found = 0
    for answers in cohort:
        given = keep(answers, field)
        wrong = given | {field: given[field] * factor}
        found += is_refused(wrong, field) or is_questioned(wrong, field)
    return found / len(cohort)


TEN, TENTH = Decimal(10), Decimal("0.1")


def figures(cohort, *, keep=everything, fields=FIELDS):
    return {
        name: tuple(share(cohort, field, factor, keep=keep) for factor in (TEN, TENTH, Decimal(1)))
        for name, field in fields.items()
    }


def show(title, found):
    print(f"\n{title}\n{'':14}   × 10   ÷ 10   plausible values questioned")
    for name, shares in found.items():
        print(f"{name:14}" + "".join(f"{share:7.1%}" for share in shares))
    print(
        f"{'all values':14}"
        + "".join(f"{sum(each) / len(each):7.1%}" for each in zip(*found.values(), strict=True))
    )


@pytest.fixture(scope="module")
def cohort():
    return list(men(MEN))


@pytest.fixture(scope="module")
def others():
    """Men by whom nothing was chosen."""
    return list(men(MEN, seed=OTHER_SEED))


@pytest.mark.slow
@pytest.mark.promise("SAF-1")
def test_slips_of_the_decimal_point_are_questioned_and_plausible_values_are_not(cohort):
    found = figures(cohort)
    show("All five values recorded", found)
    for name, (ten, tenth, _plausible) in found.items():
        assert ten >= 0.95, name
        assert tenth >= 0.95, name
    assert sum(plausible for *_errors, plausible in found.values()) / len(found) <= 0.02


@pytest.mark.slow
def test_men_of_another_seed_give_the_same_figures(others):
    found = figures(others)
    show("All five values recorded, another seed", found)
    ten, tenth, plausible = (sum(each) / len(each) for each in zip(*found.values(), strict=True))
    assert min(ten, tenth) >= 0.95
    assert plausible <= 0.02
    assert all(min(ten, tenth) >= 0.94 for ten, tenth, _plausible in found.values())


@pytest.mark.slow
def test_most_correct_values_of_FSH_that_are_questioned_are_of_obstructed_men(others):
    print()
    questioned = {}
    for kind, group in {
        "obstructive": GROUPS[0],
        "non-obstructive": GROUPS[1],
        "Klinefelter": GROUPS[3],
    }.items():
        of_kind = [one for one in others if one.items() >= group.answers.items()]
        questioned[kind] = share(of_kind, "fsh_value", Decimal(1))
        print(f"FSH, {kind:16} {questioned[kind]:7.1%}")
    assert questioned["obstructive"] > 2 * max(questioned["non-obstructive"], questioned["Klinefelter"])


@pytest.mark.slow
def test_no_threshold_for_FSH_reaches_both_aims(others, monkeypatch):
    print()
    for deviations in (2.2, 2.4, 2.6, 2.8):
        monkeypatch.setattr(panel, "_DEVIATIONS", deviations)
        shares = [share(others, "fsh_value", factor) for factor in (TEN, TENTH, Decimal(1))]
        print(f"FSH, {deviations} deviations " + "".join(f"{share:7.1%}" for share in shares))
        assert min(shares[:2]) < 0.95 or shares[2] > 0.02


@pytest.mark.slow
@pytest.mark.parametrize(
    "assumption", [{"fsh_with_lh": 0.2}, {"fsh_with_lh": 0.7}, {"heavy_tails": True}], ids=str
)
def test_other_assumptions_change_the_figures_by_little(assumption):
    found = figures(list(men(FEWER, **assumption)))
    show(str(assumption), found)
    for ten, tenth, plausible in found.values():
        assert min(ten, tenth) >= 0.92
        assert plausible <= 0.06


@pytest.mark.slow
def test_without_volumes_the_slips_are_seen_less_well(cohort):
    of_blood = {name: field for name, field in FIELDS.items() if field.endswith("_value")}
    found = figures(cohort, keep=hormones, fields=of_blood)
    show("Hormones without volumes", found)
    assert min(found["testosterone"][:2]) >= 0.95
    assert min(found["FSH"][:2]) >= 0.85


@pytest.mark.slow
def test_one_value_alone_is_seen_less_well(cohort):
    found = figures(cohort, keep=alone)
    show("Only this value recorded", found)
    assert min(found["testosterone"][:2]) >= 0.95
    assert all(plausible <= 0.02 for *_errors, plausible in found.values())


# The number is right, the unit beside it is the wrong one: what it does to the value.
UNITS = {
    "ng/dL as nmol/L": Decimal("28.842"),
    "nmol/L as ng/dL": 1 / Decimal("28.842"),
    "ng/dL as ng/mL": Decimal(100),
    "ng/mL as ng/dL": 1 / Decimal(100),
    "nmol/L as ng/mL": Decimal("3.467"),
    "ng/mL as nmol/L": 1 / Decimal("3.467"),
}


@pytest.mark.slow
def test_a_testosterone_in_the_wrong_unit_is_questioned(cohort):
    found = {name: share(cohort, "testosterone_value", factor) for name, factor in UNITS.items()}
    print()
    for name, caught in found.items():
        print(f"testosterone, {name:16} {caught:7.1%}")
    assert all(caught >= 0.99 for name, caught in list(found.items())[:4])
    # The two that differ by a factor of 3.5 are within the spread of healthy men.
    assert all(caught >= 0.25 for caught in list(found.values())[4:])
