import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from caselog.models import Case, Finding, LaboratoryReport
from caselog.services import cases, laboratory
from tests.caselog.pages import page_of

WORKLIST = reverse("worklist")


def report_url(case) -> str:
    return reverse("laboratory_report", args=[case.pk])


@pytest.fixture
def typed(witness):
    def make(**changes):
        data = {
            "right_sperm_found": "motile",
            "left_sperm_found": "none",
            "processing_methods": ["mincing"],
            "search_minutes": "٩٠",
            "disposition": "frozen",
            "vials_n": "2",
            "witness": witness.pk,
            "version": 0,
        } | changes
        return {name: value for name, value in data.items() if value is not None}

    return make


def test_a_final_report_is_saved_and_the_next_case_offered(as_embryologist, case, typed):
    response = as_embryologist.post(report_url(case), typed(final=""), follow=True)
    report = LaboratoryReport.objects.get()
    assert report.is_final
    assert report.search_minutes == 90
    assert response.redirect_chain[-1][0] == WORKLIST
    assert f"The final report of case {case.number} is saved" in page_of(response)


def test_what_cannot_be_read_and_what_is_missing_are_said_together(as_embryologist, case, typed):
    page = as_embryologist.post(
        report_url(case), typed(search_minutes="an hour", disposition=None, vials_n=None, final="")
    )
    assert set(page.context["form"].errors) == {"search_minutes", "disposition"}


def test_a_preliminary_report_may_hold_little_and_is_completed_later(as_embryologist, case, typed):
    as_embryologist.post(report_url(case), {"right_sperm_found": "motile", "version": 0, "preliminary": ""})
    assert not LaboratoryReport.objects.get().is_final
    form = as_embryologist.get(report_url(case)).context["form"]
    assert form["right_sperm_found"].value() == "motile"
    as_embryologist.post(report_url(case), typed(version=1, final=""))
    assert LaboratoryReport.objects.get().is_final


def test_the_first_button_is_never_the_final_one(as_embryologist, case):
    page = page_of(as_embryologist.get(report_url(case)))
    buttons = re.findall(r'<button class="btn[^>]*name="(\w+)"', page)
    assert buttons == ["preliminary", "final"]


def test_a_card_for_each_operated_side_with_what_a_microscope_can_show(as_embryologist, make_case):
    case = make_case(sides="left", right_weighing=None, right_tissue_weight_mg=None, right_samples_n=None)
    page = page_of(as_embryologist.get(report_url(case)))
    assert "Left testis" in page
    assert "Right testis" not in page
    assert re.findall(r'name="left_sperm_found" value="(\w+)"', page) == [
        "none",
        "immotile",
        "motile",
        "not_sampled",
    ]


def test_what_a_final_report_needs_is_listed_and_nothing_typed_is_lost(as_embryologist, case, typed):
    response = as_embryologist.post(
        report_url(case), typed(final="", disposition=None, search_minutes="half an hour")
    )
    page = page_of(response)
    assert response.status_code == 422
    assert "<title>Error: Laboratory report" in page
    assert 'value="half an hour"' in page
    response = as_embryologist.post(
        report_url(case), typed(final="", disposition=None, left_sperm_found=None)
    )
    page = page_of(response)
    assert '<a href="#id_left_sperm_found_0">Left testis: Sperm found: ' in page
    assert '<a href="#id_disposition_0">' in page
    assert not LaboratoryReport.objects.exists()


def test_the_witness_is_somebody_else_of_this_clinic(
    as_embryologist, case, typed, embryologist, member, other_clinic
):
    stranger = member("embryologist", clinic=other_clinic)
    offered = as_embryologist.get(report_url(case)).context["form"].fields["witness"].queryset
    assert embryologist not in offered
    assert stranger not in offered
    for person in (embryologist, stranger):
        response = as_embryologist.post(report_url(case), typed(witness=person.pk, final=""))
        assert "witness" in response.context["form"].errors


def test_a_final_report_is_read_and_changes_only_with_a_reason(as_embryologist, case, make_report, typed):
    make_report(case)
    page = page_of(as_embryologist.get(report_url(case)))
    assert '<form class="answers"' not in page
    assert "Amend the report" in page
    response = as_embryologist.post(
        report_url(case), typed(right_sperm_found="none", final="", version=1), follow=True
    )
    assert "This report is final" in page_of(response)
    assert Finding.objects.get(testis__side="right").sperm_found == "motile"


def test_a_report_finalised_meanwhile_does_not_throw_away_what_was_typed(
    as_embryologist, case, make_report, typed
):
    make_report(case)
    response = as_embryologist.post(report_url(case), typed(search_minutes="75", preliminary=""))
    assert response.status_code == 422
    assert 'value="75"' in page_of(response)
    assert LaboratoryReport.objects.get().search_minutes == 90


def test_a_case_deleted_during_the_save_is_told(as_embryologist, make_case, typed, monkeypatch):
    draft = make_case(sign=False)
    report = laboratory.report

    def deleted_first(**asked):
        Case.objects.filter(pk=draft.pk).delete()
        return report(**asked)

    monkeypatch.setattr(laboratory, "report", deleted_first)
    response = as_embryologist.post(report_url(draft), typed(search_minutes="75", preliminary=""))
    assert response.status_code == 422
    assert "This case was deleted while it was open here" in page_of(response)
    assert 'value="75"' in page_of(response)


def test_the_result_names_who_made_it_final_and_when(as_embryologist, case, make_report, embryologist):
    make_report(case, final=False)
    page = re.sub(r"<[^>]+>|\s+", " ", page_of(as_embryologist.get(reverse("case_detail", args=[case.pk]))))
    assert re.search(rf"Preliminary +by +{embryologist} +Right", page)
    make_report(case)
    report = LaboratoryReport.objects.get()
    page = re.sub(r"<[^>]+>|\s+", " ", page_of(as_embryologist.get(reverse("case_detail", args=[case.pk]))))
    assert re.search(rf"Final +by +{embryologist} *, +{date_format(report.finalised_at, 'j M Y')}", page)


def test_an_abandoned_operation_offers_no_report(as_embryologist, make_case):
    case = make_case(status="abandoned", status_reason="Bleeding")
    page = page_of(as_embryologist.get(reverse("case_detail", args=[case.pk])))
    assert report_url(case) not in page
    assert "The operation was abandoned, so there is nothing to report." in page


@pytest.mark.parametrize("role", ["surgeon", "administrator", "reader"])
def test_others_read_the_report_and_cannot_write_it(client, member, case, make_report, typed, role):
    make_report(case, final=False)
    client.force_login(member(role))
    page = page_of(client.get(report_url(case)))
    assert "Motile" in page
    assert 'name="final"' not in page
    assert client.post(report_url(case), typed(version=1, final="")).status_code == 403
    assert not LaboratoryReport.objects.get().is_final


def test_a_report_of_another_clinic_is_not_there(client, member, other_clinic, case, typed):
    client.force_login(member("embryologist", clinic=other_clinic))
    assert client.get(report_url(case)).status_code == 404
    assert client.post(report_url(case), typed(final="")).status_code == 404


def test_a_cancelled_operation_has_nothing_to_report(as_embryologist, make_case, typed):
    case = make_case(status="cancelled", status_reason="Fever")
    assert "nothing to report" in page_of(as_embryologist.get(report_url(case)))
    response = as_embryologist.post(report_url(case), typed(final=""), follow=True)
    assert "No tissue was taken in this case" in page_of(response)


# The worklist


def test_the_oldest_case_is_on_top_with_its_age_in_days(as_embryologist, make_case, make_report):
    today = timezone.localdate()
    make_case(patient_code="NEW", procedure_date=today - timedelta(days=600))
    make_case(patient_code="OLD", procedure_date=today - timedelta(days=900))
    make_report(make_case(patient_code="DONE"))
    make_report(make_case(patient_code="HALF", procedure_date=today - timedelta(days=700)), final=False)
    make_case(patient_code="OFF", status="cancelled", status_reason="Fever")
    rows = as_embryologist.get(WORKLIST).context["rows"]
    told = [(case.patient.code, days, result.word) for case, days, result in rows]
    assert told == [
        ("OLD", 900, "Awaiting the laboratory"),
        ("HALF", 700, "Preliminary"),
        ("NEW", 600, "Awaiting the laboratory"),
    ]


def test_an_operation_of_today_waits_for_0_days(as_embryologist, surgeon, clinic, answers):
    today = timezone.localdate()
    cases.save_operation(
        by=surgeon, clinic=clinic, answers=answers(procedure_date=today, surgeon=surgeon), today=today
    )
    assert "0 days" in page_of(as_embryologist.get(WORKLIST))


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_worklist_costs_the_same_however_long(
    as_embryologist, many, count, django_assert_max_num_queries
):
    many(count)
    with django_assert_max_num_queries(10):
        response = as_embryologist.get(WORKLIST)
    assert len(response.context["rows"]) == min(count, 50)
    assert bool(response.context["page"].next) is (count > 50)
    assert len(response.content) < 100_000


def test_htmx_gets_the_rows_of_the_worklist_alone(as_embryologist, case):
    response = as_embryologist.get(WORKLIST, headers={"HX-Request": "true"})
    assert "<html" not in page_of(response)
    assert case.patient.code in page_of(response)


@pytest.mark.parametrize(
    ("role", "reports"),
    [("embryologist", True), ("surgeon", False), ("administrator", False), ("reader", False)],
)
def test_everybody_reads_the_worklist_and_embryologists_report_from_it(client, member, case, role, reports):
    client.force_login(member(role))
    page = page_of(client.get(WORKLIST))
    assert case.patient.code in page
    assert (report_url(case) in page) is reports


def test_an_empty_worklist_says_so(as_embryologist):
    assert "No operation waits for the laboratory" in page_of(as_embryologist.get(WORKLIST))
