"""What theatre saw, changed after a final report of no sperm: asked when the operation is saved."""

from datetime import date

import pytest
from django.urls import reverse

from caselog.models import Confirmation
from caselog.services import cases, doubts, unsettled
from caselog.services.errors import Doubtful

TODAY = date(2025, 6, 30)
WHY = "written on the theatre sheet"


@pytest.fixture
def change(surgeon):
    def make(case, *, found=(), **changes):
        return cases.save_operation(
            by=surgeon,
            clinic=case.clinic,
            case=case,
            answers=cases.answers_of(case) | changes,
            today=TODAY,
            reason=WHY,
            confirmed=doubts.confirming(found),
        )

    return make


def asked(change, case, **changes):
    with pytest.raises(Doubtful) as refused:
        change(case, **changes)
    return refused.value.doubts


@pytest.mark.parametrize("seen", ["motile", "immotile"])
def test_sperm_in_theatre_beside_a_final_report_of_none_is_asked_about(case, make_report, change, seen):
    make_report(case)  # motile in the right one, none in the left one
    (found,) = asked(change, case, left_wet_prep=seen)
    assert found.fields == ("left_wet_prep", "left_sperm_found")
    assert found.message == "Left testis: sperm was seen in theatre, and the laboratory found none."
    assert case.testes.get(side="left").wet_prep == ""


@pytest.mark.parametrize(
    "changes",
    [{"left_wet_prep": "none"}, {"left_wet_prep": "not_done"}, {"right_wet_prep": "motile"}],
    ids=str,
)
def test_what_agrees_with_the_report_is_not_asked_about(case, make_report, change, changes):
    make_report(case)
    assert change(case, **changes).version == 2


@pytest.mark.parametrize("reported", [False, True])
def test_before_the_report_is_final_the_laboratory_will_be_asked(case, make_report, change, reported):
    if reported:
        make_report(case, final=False)
    assert change(case, left_wet_prep="motile").version == 2


def test_it_is_asked_once_and_remembered(case, make_report, change, surgeon):
    make_report(case)
    change(case, left_wet_prep="motile", found=asked(change, case, left_wet_prep="motile"))
    kept = Confirmation.objects.get(case=case)
    assert (kept.code, kept.confirmed_by) == ("wet_prep.left", surgeon)
    case.refresh_from_db()
    assert change(case, age_at_procedure=35).version == 3
    assert unsettled.contradictions(type(case).objects.all()) == []


def test_what_the_laboratory_confirmed_is_not_asked_again(make_case, make_report, change):
    case = make_case(left_wet_prep="motile")
    make_report(case)  # which confirms it
    assert change(case, age_at_procedure=35).version == 2


def test_the_form_asks_where_theatre_answered(case, make_report, client, surgeon):
    make_report(case)
    client.force_login(surgeon)
    url = reverse("case_operation", args=[case.pk])
    opened = client.get(url).context["opened"]
    usual = opened.form.initial.items()
    typed = {name: str(value) for name, value in usual if isinstance(value, str | int)}
    typed |= {"page": opened.page.token, "version": opened.version, "base": opened.base}
    typed |= {"procedure_date_0": "4", "procedure_date_1": "Mar", "procedure_date_2": "2025"}
    typed |= {"right_tissue_weight_mg_0": "120", "right_tissue_weight_mg_1": "mg"}
    typed |= {"surgeon": str(surgeon.pk), "left_wet_prep": "motile"}
    page = client.post(url, typed)
    assert page.status_code == 422
    assert page.context["amendment"].errors
    typed |= {"reason": WHY}
    page = client.post(url, typed)
    assert page.status_code == 422
    (check,) = page.context["form"].checks
    assert check.name == "left_wet_prep"
    assert client.post(url, typed | {f"confirm.{check.doubt.code}": check.doubt.about}).status_code == 302


def test_the_api_names_the_surgeons_answer(case, make_report, api, surgeon):
    make_report(case)
    program, url = api(surgeon), f"/api/v1/cases/{case.pk}/"
    changes = {"left_wet_prep": "motile", "reason": WHY}
    refused = program.patch(url, changes, headers={"If-Match": '"1"'})
    assert refused.status_code == 409
    assert list(refused.json()["errors"]) == ["left_wet_prep"]


@pytest.mark.promise("HIS-3")
def test_the_api_asks_for_a_reason_beside_a_final_report(case, make_report, api, surgeon):
    report = make_report(case)
    program, url = api(surgeon), f"/api/v1/cases/{case.pk}/"
    for reason in ({}, {"reason": " "}):
        refused = program.patch(url, {"left_wet_prep": "none", "version": 1} | reason)
        assert refused.status_code == 409
        assert "laboratory's report is final" in refused.json()["errors"]["non_field_errors"][0]
    assert case.testes.get(side="left").wet_prep == ""
    changed = program.patch(url, {"left_wet_prep": "none", "version": 1, "reason": WHY})
    assert (changed.status_code, changed.json()["left_wet_prep"]) == (200, "none")
    report.refresh_from_db()
    assert report.version == 2
