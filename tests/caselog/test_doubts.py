"""Unusual and contradictory answers: which are asked about, and in which words."""

from datetime import time
from decimal import Decimal

import pytest

from caselog.dictionary import OPERATION, PARTS
from caselog.models.fields import limits_of
from caselog.services import checks, doubts
from caselog.units import SCALES
from tests.caselog.doubted import DELETED, codes

XXY = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}


def hormone(analyte, value, unit):
    return {f"{analyte}_result": "measured", f"{analyte}_value": Decimal(value), f"{analyte}_unit": unit}


def test_usual_answers_are_not_asked_about(answers, findings):
    assert doubts.doubts_of(answers() | findings()) == []


@pytest.mark.parametrize(
    ("code", "changes", "fields"),
    [
        ("unusual.age_at_procedure", {"age_at_procedure": 71}, {"age_at_procedure"}),
        ("age", {"age_at_procedure": None, "birth_year": 1950}, {"birth_year"}),
        ("partner_age", {"partner_birth_year": 1970}, {"partner_birth_year"}),
        ("partner_age", {"partner_birth_year": 2008}, {"partner_birth_year"}),
        ("bmi", {"height_cm": 200, "weight_kg": Decimal(50)}, {"height_cm", "weight_kg"}),
        ("unusual.semen_analyses_n", {"semen_analyses_n": 1}, {"semen_analyses_n"}),
        ("unusual.infertility_months", {"infertility_months": 300}, {"infertility_months"}),
        ("unusual.right_tissue_weight_mg", {"right_tissue_weight_mg": 0}, {"right_tissue_weight_mg"}),
        ("unusual.right_tissue_weight_mg", {"right_tissue_weight_mg": 1501}, {"right_tissue_weight_mg"}),
        (
            "unusual.right_tissue_weight_mg",
            {"right_tissue_weight_mg": 19, "procedure": "conventional_tese"},
            {"right_tissue_weight_mg"},
        ),
        ("unusual.right_testis_volume_ml", {"right_testis_volume_ml": 45}, {"right_testis_volume_ml"}),
        ("unusual.fsh_value", hormone("fsh", "120", "miu_ml"), {"fsh_value"}),
        ("unusual.testosterone_value", hormone("testosterone", "41", "nmol_l"), {"testosterone_value"}),
        ("unusual.testosterone_value", hormone("testosterone", "0.5", "ng_ml"), {"testosterone_value"}),
        ("karyotype", {"karyotype": "47,XXY"}, {"karyotype", "klinefelter_status"}),
        ("karyotype", XXY | {"karyotype": "46,XY"}, {"karyotype", "klinefelter_status"}),
        ("karyotype", XXY | {"karyotype": "46,XY/47,XXY"}, {"karyotype", "klinefelter_status"}),
        ("klinefelter_cause", {"primary_aetiology": "klinefelter"}, {"klinefelter_status"}),
        ("klinefelter_cause", {"klinefelter_status": "mosaic"}, {"klinefelter_status", "primary_aetiology"}),
        (
            "untested_idiopathic",
            {"klinefelter_status": "not_tested", "y_microdeletion": "not_tested"},
            {"primary_aetiology"},
        ),
        ("complete_deletion", DELETED, {"y_microdeletion", "procedure"}),
        ("complete_deletion", DELETED | {"y_microdeletion": "azfa"}, {"y_microdeletion"}),
        ("complete_deletion", DELETED | {"y_microdeletion": "azfabc"}, {"y_microdeletion"}),
        (
            "complete_deletion",
            DELETED | {"planned_procedure": "micro_tese", "procedure": "tesa", "changed_plan_reason": "Pain"},
            {"y_microdeletion", "planned_procedure"},
        ),
        ("medication", {"medication": ["none", "hcg"]}, {"medication"}),
        (
            "operating_time",
            {"start_time": time(9, 0), "end_time": time(10, 0), "operative_minutes": 120},
            {"operative_minutes", "start_time", "end_time"},
        ),
        ("local_micro_tese", {"anaesthesia": "local_block"}, {"anaesthesia", "procedure"}),
        ("local_micro_tese", {"anaesthesia": "local_sedation"}, {"anaesthesia", "procedure"}),
        *(
            (
                "first_after_another",
                {"prior_retrieval": earlier, "attempt_number": 1},
                {"attempt_number", "prior_retrieval"},
            )
            for earlier in ("none_found", "found", "unknown")
        ),
    ],
)
def test_it_asks_about_the_operation(answers, code, changes, fields):
    (found,) = checks.of_operation(answers(**changes))
    assert found.code == code
    assert fields <= set(found.fields)


@pytest.mark.parametrize(
    "changes",
    [
        {"right_tissue_weight_mg": 19},
        {"right_tissue_weight_mg": 2500, "procedure": "conventional_tese"},
        hormone("testosterone", "320", "ng_dl"),
        hormone("testosterone", "3.2", "ng_ml"),
        {"karyotype": "46,XY"},
        XXY | {"karyotype": "47,XXY"},
        XXY | {"klinefelter_status": "mosaic", "karyotype": "46,XY[12]/47,XXY[18]"},
        XXY | {"klinefelter_status": "variant", "karyotype": "48,XXYY"},
        {
            "klinefelter_status": "mosaic",
            "primary_aetiology": "chemotherapy",
            "additional_aetiologies": ["klinefelter"],
        },
        {"klinefelter_status": "not_tested"},
        {"primary_aetiology": "azf_deletion", "y_microdeletion": "azfc"},
        DELETED | {"procedure": "tesa"},
        {"anaesthesia": "local_block", "procedure": "tesa"},
        {"planned_procedure": "tesa", "changed_plan_reason": "No sperm was aspirated"},
        {"planned_procedure": "tesa"},  # the rules ask for its reason
        {"prior_retrieval": "none_found", "attempt_number": 2},
        {"medication": ["none"]},
        {"medication": ["fsh", "hcg"], "medication_weeks": 12},
        {"start_time": time(9, 0), "end_time": time(10, 0), "operative_minutes": 60},
        {"start_time": time(9, 0), "operative_minutes": 60},
    ],
)
def test_it_does_not_ask_without_cause(answers, changes):
    assert checks.of_operation(answers(**changes)) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("unusual.search_minutes", {"search_minutes": 4}),
        ("unusual.vials_n", {"vials_n": 24}),
        (
            "frozen_without_sperm",
            {"right_sperm_found": "none", "disposition": "tissue_frozen", "vials_n": 2},
        ),
        ("wet_prep.left", {"left_wet_prep": "motile"}),
    ],
)
def test_it_asks_about_the_report(findings, code, changes):
    assert codes(checks.of_report(findings(**changes))) == [code]


def test_a_theatre_that_saw_nothing_is_not_contradicted_by_a_longer_search(findings):
    assert checks.of_report(findings(right_wet_prep="none")) == []


def test_the_question_is_in_the_unit_that_was_typed(answers):
    (found,) = checks.of_operation(answers(**hormone("testosterone", "1200", "ng_dl")))
    assert found.message == (
        "Total testosterone: 1,200 ng/dL is unusual, 86.5 to 1,150 ng/dL is usual. "
        "Check the number and its unit."
    )


def test_the_question_names_the_side(answers):
    (found,) = checks.of_operation(answers(right_tissue_weight_mg=1800))
    assert found.message == (
        "Right testis, tissue weight: 1,800 mg is unusual, 1 to 1,500 mg is usual. Check the number."
    )


PANEL = (
    hormone("fsh", "18", "iu_l")
    | hormone("lh", "9", "iu_l")
    | hormone("testosterone", "11", "nmol_l")
    | {"right_testis_volume_ml": Decimal(12), "left_testis_volume_ml": Decimal(11)}
)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("fsh_value", "1.8"),
        ("lh_value", "0.9"),
        ("right_testis_volume_ml", "1.2"),
        ("left_testis_volume_ml", 2),
    ],
)
def test_a_value_that_does_not_go_with_the_others_is_questioned(answers, field, wrong):
    assert checks.of_operation(answers(**PANEL)) == []
    (found,) = checks.of_operation(answers(**PANEL | {field: Decimal(wrong)}))
    assert (found.code, found.fields[0]) == ("unusual_together", field)
    assert "does not go with his other values" in found.message


def test_a_value_already_in_doubt_does_not_hide_another_one(answers):
    found = checks.of_operation(
        answers(**PANEL | {"testosterone_value": Decimal("1.1"), "fsh_value": Decimal("1.8")})
    )
    assert [(doubt.code, doubt.fields[0]) for doubt in found] == [
        ("unusual.testosterone_value", "testosterone_value"),
        ("unusual_together", "fsh_value"),
    ]


def test_low_gonadotropins_are_what_hypogonadotropic_hypogonadism_is(answers):
    low = PANEL | {"fsh_value": Decimal("0.6"), "lh_value": Decimal("0.6"), "testosterone_value": Decimal(3)}
    assert checks.of_operation(answers(**low))
    assert checks.of_operation(answers(**low, primary_aetiology="hypogonadotropic")) == []


def test_every_soft_limit_lies_within_the_hard_ones():
    for entry in (entry for part in PARTS.values() for entry in part if entry.soft):
        hard = SCALES[entry.analyte].hard if entry.analyte else limits_of(entry.model_field)
        assert hard[0] <= entry.soft[0] < entry.soft[1] <= hard[1], entry.name


def test_every_soft_limit_of_an_operation_is_asked_about(answers):
    for entry in (entry for entry in OPERATION if entry.soft):
        below = Decimal(str(entry.soft[0])) - Decimal("0.1")
        unit = {f"{entry.analyte}_unit": SCALES[entry.analyte].canonical} if entry.analyte else {}
        found = checks.of_operation(answers() | unit | {entry.name: below})
        assert any(entry.name in doubt.fields for doubt in found), entry.name


# For completeness


def test_an_answer_in_doubt_counts_as_none_until_somebody_confirms_it(answers):
    given = answers(anaesthesia="local_block")
    (found,) = doubts.doubts_of(given)
    assert doubts.doubtful_fields(given, []) == {"anaesthesia", "procedure"}
    assert doubts.doubtful_fields(given, [(found.code, found.about)]) == set()
    assert doubts.doubtful_fields(given, [(found.code, "another answer")]) == {"anaesthesia", "procedure"}
