"""Hormones: published conversion pairs, and a value never without its unit."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from caselog.choices import Analyte, Unit
from caselog.models import Measurement
from caselog.services import cases
from caselog.units import SCALES, canonical, converted

# Pairs as their source prints them (docs/plausibility.md), each to its own rounding.
PUBLISHED = [
    ("testosterone", "100", "ng_dl", "3.47", "0.005"),  # Endotext: multiply by 0.0347
    ("testosterone", "346", "ng_dl", "12", "0.05"),
    ("testosterone", "231", "ng_dl", "8", "0.05"),
    ("testosterone", "50", "ng_dl", "1.73", "0.005"),
    ("testosterone", "3.46", "ng_ml", "12", "0.05"),
    ("testosterone", "2.31", "ug_l", "8", "0.05"),
    ("estradiol", "3.671", "pmol_l", "1", "0.0005"),
    ("amh", "7.14", "pmol_l", "1", "0.0005"),
    ("amh", "100", "pmol_l", "14", "0.5"),  # pacificfertility.ca: multiply by 0.14
    ("prolactin", "318", "miu_l", "15", "0.05"),
    ("prolactin", "195", "miu_l", "9.2", "0.05"),
    ("prolactin", "1039", "miu_l", "49", "0.05"),
    ("prolactin", "1000", "miu_l", "47", "0.5"),  # Region Halland: multiply by 0.047
    ("fsh", "12.4", "miu_ml", "12.4", "0"),
    ("lh", "6.1", "miu_ml", "6.1", "0"),
]


@pytest.mark.parametrize(("analyte", "value", "unit", "expected", "rounding"), PUBLISHED)
def test_a_published_pair_converts(analyte, value, unit, expected, rounding):
    found = canonical(analyte, Decimal(value), unit)
    assert abs(found - Decimal(expected)) <= Decimal(rounding)


@pytest.mark.parametrize(
    ("analyte", "unit", "one", "carbons", "hydrogens"),
    [("testosterone", "ng_dl", "10", 19, 28), ("estradiol", "pmol_l", "1000", 18, 24)],
)
def test_a_molar_factor_follows_from_the_formula(analyte, unit, one, carbons, hydrogens):
    grams_per_mol = carbons * Decimal("12.0107") + hydrogens * Decimal("1.00794") + 2 * Decimal("15.9994")
    factor = SCALES[analyte].factors[unit]
    expected = Decimal(one) / grams_per_mol if unit == "ng_dl" else grams_per_mol / Decimal(one)
    assert abs(factor / expected - 1) < Decimal("0.0001")


def test_every_unit_that_is_not_canonical_has_a_published_pair():
    shown = {(analyte, unit) for analyte, _value, unit, *_rest in PUBLISHED}
    assert shown >= {
        (analyte, unit)
        for analyte, scale in SCALES.items()
        for unit in scale.factors
        if unit != scale.canonical
    }


@pytest.mark.parametrize("analyte", Analyte)
def test_the_canonical_unit_converts_to_itself(analyte):
    assert canonical(analyte, Decimal("3.2"), SCALES[analyte].canonical) == Decimal("3.2")


def test_a_unit_of_another_hormone_is_no_unit_of_this_one():
    with pytest.raises(KeyError):
        canonical(Analyte.FSH, Decimal(3), Unit.NMOL_L)


def refused(clinic, answers, **hormones):
    with pytest.raises(ValidationError) as error:
        cases.save_operation(
            by=answers["surgeon"], clinic=clinic, answers=answers | hormones, today=answers["procedure_date"]
        )
    return error.value.message_dict


def measured(value, unit, analyte="testosterone"):
    return {f"{analyte}_result": "measured", f"{analyte}_value": value, f"{analyte}_unit": unit}


@pytest.fixture
def operation(answers, surgeon):
    return answers(surgeon=surgeon)


def test_a_value_without_its_unit_is_refused_at_the_unit_in_a_draft_too(clinic, operation):
    problems = refused(clinic, operation, testosterone_result="measured", testosterone_value=Decimal("3.2"))
    assert problems == {
        "testosterone_unit": [
            "A value means nothing without its unit. Choose nmol/L or ng/dL or ng/mL or µg/L."
        ]
    }


def test_a_measured_hormone_without_its_value_is_refused(clinic, operation):
    problems = refused(clinic, operation, fsh_result="measured", fsh_unit="iu_l")
    assert problems == {"fsh_value": ["Give the value, or say that it was not done."]}


def test_a_value_of_which_nobody_said_that_it_was_measured_is_not_lost(clinic, operation):
    problems = refused(clinic, operation, fsh_value=Decimal(12), fsh_unit="iu_l")
    assert problems == {"fsh_result": ["Say that it was measured, or leave out the value."]}


def test_a_unit_of_another_hormone_is_refused(clinic, operation):
    problems = refused(clinic, operation, **measured(Decimal(12), "nmol_l", "fsh"))
    assert problems == {"fsh_unit": ["FSH is given in IU/L or mIU/mL."]}


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (
            "320",
            "ng_ml",
            "320 ng/mL is 1,110 nmol/L: outside 0 to 120 nmol/L. Check the number and its unit.",
        ),
        ("320", "nmol_l", "320 nmol/L is outside 0 to 120 nmol/L. Check the number and its unit."),
        (
            "-1",
            "ng_dl",
            "-1 ng/dL is -0.0347 nmol/L: outside 0 to 120 nmol/L. Check the number and its unit.",
        ),
        (
            "999999.9999",
            "ng_ml",
            "999,999.9999 ng/mL is 3,470,000 nmol/L: outside 0 to 120 nmol/L. Check the number and its unit.",
        ),
    ],
)
def test_a_hard_limit_holds_in_the_canonical_unit_and_speaks_in_the_one_typed(
    clinic, operation, value, unit, message
):
    assert refused(clinic, operation, **measured(Decimal(value), unit)) == {"testosterone_value": [message]}


@pytest.mark.parametrize("value", ["9999999999", "1E+30", "1e400"])
def test_a_number_too_long_to_store_is_refused_like_any_other(clinic, operation, value):
    assert set(refused(clinic, operation, **measured(Decimal(value), "ng_dl"))) == {"testosterone_value"}


def test_a_value_is_kept_as_printed_beside_its_canonical_one(make_case):
    case = make_case(**measured(Decimal("320"), "ng_dl"), testosterone_taken_on=None)
    kept = Measurement.objects.get(case=case)
    assert (kept.value, kept.unit, kept.canonical) == (Decimal(320), "ng_dl", Decimal("11.0949"))


def test_not_done_is_an_answer_of_its_own(make_case):
    case = make_case(fsh_result="not_done")
    kept = Measurement.objects.get(case=case)
    assert (kept.result, kept.value, kept.unit, kept.canonical) == ("not_done", None, "", None)


def test_two_units_of_the_same_value_agree():
    assert converted("testosterone", Decimal(320), "ng_dl") == converted(
        "testosterone", Decimal("3.2"), "ng_ml"
    )


@pytest.mark.parametrize("value", ["9999999999", "1E+30", "NaN"])
def test_a_number_too_long_to_store_is_no_server_error_over_the_api(api, clinic, surgeon, answers, value):
    body = answers(surgeon=surgeon.pk, procedure_date="2025-03-04", clinic=clinic.pk)
    refused = api(surgeon).post("/api/v1/cases/", body | measured(value, "ng_dl"))
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["testosterone_value"]


def test_the_page_says_the_same_at_its_field(client, surgeon):
    client.force_login(surgeon)
    typed = {"patient_code": "K-1", "procedure_date_0": "4", "procedure_date_1": "Mar"}
    typed |= {"procedure_date_2": "2025", "status": "performed", "draft": ""}
    typed |= measured("320", "ng_ml")
    page = client.post(reverse("case_new"), typed)
    assert page.status_code == 422
    assert "320 ng/mL is 1,110 nmol/L: outside 0 to 120 nmol/L." in page.content.decode()
