"""Unusual and contradictory answers: asked about once, at signing, and remembered with who and why."""

from datetime import date, time
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from caselog.dictionary import OPERATION, PARTS
from caselog.models import Case, Confirmation, LaboratoryReport
from caselog.models.fields import limits_of
from caselog.services import cases, checks, completeness, doubts, laboratory, unsettled
from caselog.services.contradictions import CHECKS
from caselog.services.doubts import Confirmed
from caselog.services.errors import Doubtful
from caselog.units import SCALES

DELETED = {"primary_aetiology": "azf_deletion", "y_microdeletion": "azfb"}
OTHERWISE = {"none_found": "found", "found": "unknown", "unknown": "none_found"}
XXY = {"klinefelter_status": "non_mosaic", "primary_aetiology": "klinefelter"}


def hormone(analyte, value, unit):
    return {f"{analyte}_result": "measured", f"{analyte}_value": Decimal(value), f"{analyte}_unit": unit}


def codes(found):
    return [doubt.code for doubt in found]


# What is asked


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


# Asked once, at signing


@pytest.fixture
def save(clinic, surgeon, answers):
    def make(*, sign=True, confirmed=None, case=None, **changes):
        return cases.save_operation(
            by=surgeon,
            clinic=clinic,
            answers=answers(surgeon=surgeon, patient_code="K-1", **changes),
            today=date(2025, 6, 30),
            sign=sign,
            case=case,
            confirmed=confirmed,
        )

    return make


def asked(save, **changes):
    with pytest.raises(Doubtful) as refused:
        save(**changes)
    return refused.value.doubts


def test_a_draft_is_never_asked(save):
    assert save(sign=False, anaesthesia="local_block").is_draft
    assert not Confirmation.objects.exists()


def test_signing_asks_and_saves_nothing(save):
    assert codes(asked(save, anaesthesia="local_block")) == ["local_micro_tese"]
    assert not Case.objects.exists()


def test_a_confirmed_case_is_signed_and_remembers_who_confirmed_what(save, surgeon):
    found = asked(save, anaesthesia="local_block")
    case = save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    kept = Confirmation.objects.get()
    assert (kept.case, kept.code, kept.about) == (case, "local_micro_tese", found[0].about)
    assert (kept.confirmed_by, kept.clinic, kept.reason) == (surgeon, case.clinic, "")


def test_the_same_answers_are_not_asked_again(save):
    found = asked(save, anaesthesia="local_block")
    case = save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    save(case=case, anaesthesia="local_block", right_tissue_weight_mg=90)
    assert Confirmation.objects.count() == 1


def test_a_changed_answer_is_asked_anew_whatever_was_ticked_before(save):
    weight = "right_tissue_weight_mg"
    found = asked(save, right_tissue_weight_mg=2000)
    case = save(right_tissue_weight_mg=2000, confirmed=doubts.confirming(found))
    again = asked(save, case=case, right_tissue_weight_mg=3000, confirmed=doubts.confirming(found))
    assert codes(again) == [f"unusual.{weight}"]
    assert again[0].about != found[0].about


def test_a_weight_read_back_with_its_decimals_is_the_same_answer(save):
    case = save(
        right_tissue_weight_mg=2000,
        confirmed=doubts.confirming(asked(save, right_tissue_weight_mg=2000)),
    )
    read = cases.answers_of(Case.objects.get(pk=case.pk))
    assert read["right_tissue_weight_mg"] == Decimal("2000.00")
    assert doubts.settle(checks.of_operation(read), case=case, confirmed={}) == []


@pytest.mark.parametrize(
    ("reason", "allowed"), [("", False), ("  ", False), ("Their wish, after advice", True)]
)
def test_a_complete_deletion_needs_a_reason_and_is_never_blocked(save, reason, allowed):
    (found,) = asked(save, **DELETED)
    assert found.needs_reason
    said = {found.code: Confirmed(found.about, reason)}
    if not allowed:
        assert codes(asked(save, **DELETED, confirmed=said)) == ["complete_deletion"]
        return
    case = save(**DELETED, confirmed=said)
    assert not case.is_draft
    assert case.confirmations.get().reason == reason


def test_a_reason_that_is_too_long_is_refused_and_not_cut(save):
    (found,) = asked(save, **DELETED)
    most = "x" * 200
    (again,) = asked(save, **DELETED, confirmed={found.code: Confirmed(found.about, most + "y")})
    assert again.message == f"{found.message} The reason has 201 characters. Shorten it to 200."
    assert (again.code, again.about) == (found.code, found.about)
    case = save(**DELETED, confirmed={found.code: Confirmed(found.about, f" {most} ")})
    assert case.confirmations.get().reason == most


@pytest.mark.parametrize("earlier", ["none_found", "found", "unknown"])
def test_an_earlier_retrieval_without_an_earlier_attempt_is_asked_once(save, surgeon, earlier):
    given = {"prior_retrieval": earlier, "attempt_number": 1}
    found = asked(save, **given)
    assert codes(found) == ["first_after_another"]
    case = save(**given, confirmed=doubts.confirming(found))
    kept = case.confirmations.get()
    assert (kept.code, kept.confirmed_by) == ("first_after_another", surgeon)
    save(case=case, **given, right_tissue_weight_mg=90)  # not asked again
    assert codes(asked(save, case=case, **given | {"prior_retrieval": OTHERWISE[earlier]})) == codes(found)


def test_a_later_attempt_without_an_earlier_retrieval_is_refused(save):
    with pytest.raises(ValidationError) as refused:
        save(prior_retrieval="no_prior", attempt_number=2)
    assert list(refused.value.message_dict) == ["attempt_number"]


def test_attempt_1_after_another_makes_the_case_incomplete_until_it_is_confirmed(save):
    given = {"prior_retrieval": "none_found", "attempt_number": 1}
    case = save(**given, confirmed=doubts.confirming(asked(save, **given)))

    def completed():
        [read] = completeness.readable(Case.objects.filter(pk=case.pk))
        return completeness.of_case(read, completeness.answers_of(read))

    assert completed().doubtful == ()
    case.confirmations.all().delete()
    assert [entry.name for entry in completed().doubtful] == ["prior_retrieval", "attempt_number"]
    assert not completed().is_complete


def test_every_question_says_which_answers_it_reads(answers, findings):
    """The pages that look for contradictions read those alone."""

    class Read(dict):
        def get(self, name, default=None):
            read.add(name)
            return super().get(name, default)

    for check in CHECKS:
        read = set()
        for given in (*CONTRADICTING, {}):
            check.question(Read(answers(**given) | findings(**given)))
        assert {*check.fields} <= read <= {*check.fields, *check.also, *check.known}, check.code


CONTRADICTING = [
    {"age_at_procedure": None, "birth_year": 1950, "partner_birth_year": 1950},
    {"height_cm": 200, "weight_kg": Decimal(50)},
    {"karyotype": "47,XXY"},
    {"primary_aetiology": "klinefelter"},
    {"klinefelter_status": "not_tested", "y_microdeletion": "not_tested"},
    {"prior_retrieval": "found"},
    {"planned_procedure": "micro_tese"} | DELETED,
    {"anaesthesia": "local_block"},
    {"start_time": time(23, 0), "end_time": time(1, 0)},
    {"start_time": time(9, 0), "end_time": time(10, 0), "operative_minutes": 120},
    {"medication": ["none", "hcg"]},
    {"left_wet_prep": "motile"},
    {"right_wet_prep": "motile", "right_sperm_found": "none", "disposition": "tissue_frozen", "vials_n": 2},
]


@pytest.mark.parametrize("given", CONTRADICTING, ids=str)
def test_what_a_page_finds_is_what_the_case_itself_says(make_case, make_report, given):
    of_operation = {entry.name for entry in OPERATION}
    case = make_case(**{name: value for name, value in given.items() if name in of_operation})
    make_report(case, **{name: value for name, value in given.items() if name not in of_operation})
    assert unsettled.contradictions(Case.objects.all()) == []
    [read] = completeness.readable(Case.objects.all())
    said = {doubt.code: doubt for doubt in doubts.doubts_of(completeness.answers_of(read))}
    assert said
    for check in CHECKS:
        case.confirmations.all().delete()
        for doubt in said.values():
            Confirmation.objects.create(
                clinic=case.clinic, case=case, confirmed_by=case.signed_by, code=doubt.code,
                about="something else" if doubt.code == check.code else doubt.about,
            )  # fmt: skip
        found = [(one.case, one.field) for one in unsettled.contradictions(Case.objects.all())]
        assert found == ([(case.pk, check.fields[0])] if check.code in said else [])


def test_a_changed_plan_is_asked_about_in_one_sentence(client, surgeon, typed):
    client.force_login(surgeon)
    changed = typed | {"y_microdeletion": "none", "primary_aetiology": "idiopathic"}
    page = client.post(reverse("case_new"), changed | {"planned_procedure": "tesa"})
    assert page.status_code == 422
    form = page.context["form"]
    assert set(form.errors) == {"changed_plan_reason"}
    assert not form.checks
    why = {"planned_procedure": "tesa", "changed_plan_reason": "No sperm was aspirated"}
    assert client.post(reverse("case_new"), changed | why).status_code == 302


def test_nothing_is_remembered_when_the_case_cannot_be_saved(save, monkeypatch):
    found = asked(save, anaesthesia="local_block")
    monkeypatch.setattr(cases, "save_measurements", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    assert not Confirmation.objects.exists()


def test_a_final_report_asks_and_a_preliminary_one_does_not(case, embryologist, witness, findings):
    given = findings(witness=witness, search_minutes=3)
    laboratory.report(by=embryologist, case=case, answers=given, final=False)
    with pytest.raises(Doubtful) as refused:
        laboratory.report(by=embryologist, case=case, answers=given, final=True)
    assert not LaboratoryReport.objects.get().is_final
    report = laboratory.report(
        by=embryologist,
        case=case,
        answers=given,
        final=True,
        confirmed=doubts.confirming(refused.value.doubts),
    )
    assert report.is_final
    assert case.confirmations.get().confirmed_by == embryologist


def test_the_theatre_and_the_laboratory_are_compared(make_case, embryologist, witness, findings):
    case = make_case(left_wet_prep="motile")
    with pytest.raises(Doubtful) as refused:
        laboratory.report(by=embryologist, case=case, answers=findings(witness=witness), final=True)
    assert codes(refused.value.doubts) == ["wet_prep.left"]


def test_an_amendment_asks_too(case, make_report, embryologist, witness, findings):
    make_report(case)
    with pytest.raises(Doubtful):
        laboratory.report(
            by=embryologist,
            case=case,
            answers=findings(witness=witness, search_minutes=1500),
            final=True,
            reason="The clock was read wrongly",
        )


# For completeness


def test_an_answer_in_doubt_counts_as_none_until_somebody_confirms_it(answers):
    given = answers(anaesthesia="local_block")
    (found,) = doubts.doubts_of(given)
    assert doubts.doubtful_fields(given, []) == {"anaesthesia", "procedure"}
    assert doubts.doubtful_fields(given, [(found.code, found.about)]) == set()
    assert doubts.doubtful_fields(given, [(found.code, "another answer")]) == {"anaesthesia", "procedure"}


# On the pages


@pytest.fixture
def typed(surgeon):
    return {
        "patient_code": "K-0231",
        "age_at_procedure": "34",
        "azoospermia_type": "noa",
        "primary_aetiology": "azf_deletion",
        "klinefelter_status": "not_klinefelter",
        "y_microdeletion": "azfb",
        "prior_retrieval": "no_prior",
        "attempt_number": "1",
        "procedure_date_0": "4",
        "procedure_date_1": "Mar",
        "procedure_date_2": "2025",
        "surgeon": str(surgeon.pk),
        "status": "performed",
        "procedure": "micro_tese",
        "sides": "right",
        "anaesthesia": "general",
        "right_weighing": "not_weighed",
        "sign": "",
    }


def test_the_page_asks_keeps_what_was_typed_and_signs_what_is_confirmed(client, surgeon, typed):
    client.force_login(surgeon)
    new = reverse("case_new")
    page = client.post(new, typed)
    assert page.status_code == 422
    (check,) = page.context["form"].checks
    assert f'name="confirm.{check.doubt.code}"' in page.content.decode()
    assert 'value="K-0231"' in page.content.decode()
    assert not Case.objects.exists()

    ticked = typed | {"confirm.complete_deletion": check.doubt.about}
    assert client.post(new, ticked).status_code == 422
    reason = {"reason.complete_deletion": "Their wish, after advice"}
    page = client.post(new, ticked | reason, follow=True).content.decode()
    assert "is signed" in page
    assert Confirmation.objects.get().reason == "Their wish, after advice"


def test_a_reason_that_is_too_long_stays_typed(client, surgeon, typed):
    client.force_login(surgeon)
    about = client.post(reverse("case_new"), typed).context["form"].checks[0].doubt.about
    long = {"confirm.complete_deletion": about, "reason.complete_deletion": "y" * 201}
    page = client.post(reverse("case_new"), typed | long)
    assert page.status_code == 422
    assert "The reason has 201 characters. Shorten it to 200." in page.content.decode()
    assert f'value="{"y" * 201}"' in page.content.decode()
    assert not Case.objects.exists()


def test_the_laboratory_page_asks_before_a_report_is_final(client, case, embryologist, witness):
    client.force_login(embryologist)
    page = reverse("laboratory_report", args=[case.pk])
    typed = {
        "right_sperm_found": "motile",
        "left_sperm_found": "none",
        "processing_methods": ["mincing"],
        "search_minutes": "900",
        "disposition": "fresh",
        "witness": str(witness.pk),
        "version": "0",
        "final": "",
    }
    asked = client.post(page, typed)
    assert asked.status_code == 422
    (check,) = asked.context["form"].checks
    assert not LaboratoryReport.objects.filter(result_status="final").exists()
    ticked = typed | {f"confirm.{check.doubt.code}": check.doubt.about}
    assert client.post(page, ticked).status_code == 302
    assert LaboratoryReport.objects.get().is_final
    assert case.confirmations.get().confirmed_by == embryologist


def test_the_case_page_says_who_checked_an_answer(client, surgeon, make_case):
    case = make_case(anaesthesia="local_block")
    client.force_login(surgeon)
    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()
    assert "Checked by <bdi>Sami Surgeon</bdi>" in page


def test_a_case_without_doubts_says_nothing_of_them(client, surgeon, case):
    client.force_login(surgeon)
    assert "Checked by" not in client.get(reverse("case_detail", args=[case.pk])).content.decode()


# Over the API


def test_the_api_tells_the_doubts_and_takes_them_back(api, clinic, surgeon, answers):
    program, url = api(surgeon), "/api/v1/cases/"
    body = answers(surgeon=surgeon.pk, procedure_date="2025-03-04", clinic=clinic.pk, sign=True, **DELETED)
    refused = program.post(url, body)
    assert refused.status_code == 409
    assert list(refused.json()["errors"]) == ["y_microdeletion"]
    (doubt,) = refused.json()["doubts"]
    assert doubt["needs_reason"] is True
    said = {"code": doubt["code"], "about": doubt["about"]}
    assert program.post(url, body | {"confirm": [said]}).status_code == 409
    made = program.post(url, body | {"confirm": [said | {"reason": "Their wish"}]})
    assert made.status_code == 201
    assert Case.objects.get().confirmations.get().reason == "Their wish"


def test_the_api_refuses_a_confirmation_it_cannot_read(api, clinic, surgeon, answers):
    body = answers(surgeon=surgeon.pk, procedure_date="2025-03-04", clinic=clinic.pk)
    wrong = api(surgeon).post("/api/v1/cases/", body | {"confirm": ["complete_deletion"]})
    assert wrong.status_code == 400


def test_the_api_asks_about_a_final_report(api, case, embryologist, witness, findings):
    program = api(embryologist)
    body = findings(case=case.pk, witness=witness.pk, search_minutes=2, final=True)
    refused = program.post("/api/v1/laboratory-reports/", body)
    assert refused.status_code == 409
    said = [{name: doubt[name] for name in ("code", "about")} for doubt in refused.json()["doubts"]]
    made = program.post("/api/v1/laboratory-reports/", body | {"confirm": said})
    assert made.status_code == 201
