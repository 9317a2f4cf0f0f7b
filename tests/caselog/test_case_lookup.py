"""A code looks up the man's earlier operation, and fills in what is blank, within the clinic."""

import re
from datetime import date

import pytest
from django.urls import reverse

from caselog.models import Case
from tests.caselog.pages import page_of, sent_back

NEW = reverse("case_new")


@pytest.fixture
def earlier(make_case, make_report, answers):
    case = make_case(patient_code="K-0231", procedure_date=date(2024, 3, 3), birth_year=1990)
    make_report(case, right_sperm_found="none", left_sperm_found="none", disposition="discarded")
    return case


def test_looking_up_fills_in_what_is_blank_and_says_so(as_surgeon, earlier):
    response = as_surgeon.post(NEW, {"patient_code": "K-0231", "klinefelter_status": "unknown", "lookup": ""})
    form = response.context["form"]
    assert response.status_code == 200
    assert form["attempt_number"].value() == "2"
    assert form["prior_retrieval"].value() == "none_found"
    assert form["prior_procedure"].value() == "micro_tese"
    assert form["prior_on"].value() == ["3", "Mar", "2024"]
    assert form["birth_year"].value() == "1990"
    assert form["klinefelter_status"].value() == "unknown"
    words = re.sub(r"<[^>]+>|\s+", " ", page_of(response))
    assert re.search(r"1 earlier operation: +micro-TESE , +3 Mar 2024 , +no sperm found", words)
    assert re.search(rf"Filled in from case +{earlier.number}", words)
    assert "error-summary" not in page_of(response)


def test_looking_up_never_contradicts_what_was_typed(as_surgeon, earlier):
    data = {"patient_code": "K-0231", "azoospermia_type": "oa", "prior_retrieval": "no_prior", "lookup": ""}
    form = as_surgeon.post(NEW, data | {"age_at_procedure": "35"}).context["form"]
    assert form["azoospermia_type"].value() == "oa"
    assert not form["primary_aetiology"].value()
    assert not form["y_microdeletion"].value()
    assert not form["birth_year"].value()
    assert form["attempt_number"].value() == "1"


def test_looking_up_keeps_what_could_not_be_read(as_surgeon, earlier):
    data = {"patient_code": "K-0231", "attempt_number": "second", "lookup": ""}
    form = as_surgeon.post(NEW, data).context["form"]
    assert form["attempt_number"].value() == "second"
    assert not form["prior_retrieval"].value()


def test_the_script_gets_the_words_alone(as_surgeon, earlier):
    response = as_surgeon.post(NEW, {"patient_code": "K-0231", "lookup": ""}, headers={"X-Part": "earlier"})
    assert "<html" not in page_of(response)
    assert 'name="filled.attempt_number" value="2" data-filled="attempt_number"' in page_of(response)


def test_what_another_man_had_goes_when_the_code_is_corrected(as_surgeon, make_case, earlier):
    make_case(
        patient_code="K-9999", procedure_date=date(2024, 5, 5), attempt_number=3, prior_retrieval="found"
    )
    wrong = as_surgeon.post(NEW, {"patient_code": "K-9999", "y_microdeletion": "azfc", "lookup": ""})
    assert wrong.context["form"]["attempt_number"].value() == "4"
    right = as_surgeon.post(
        NEW, sent_back(wrong) | {"patient_code": "K-0231", "klinefelter_status": "mosaic", "lookup": ""}
    )
    form = right.context["form"]
    assert form["attempt_number"].value() == "2"
    assert form["prior_retrieval"].value() == "none_found"
    assert form["birth_year"].value() == "1990"
    # What the surgeon typed or changed stays.
    assert form["y_microdeletion"].value() == "azfc"
    assert form["klinefelter_status"].value() == "mosaic"
    nobody = as_surgeon.post(NEW, sent_back(right) | {"patient_code": "K-5", "lookup": ""})
    assert not nobody.context["form"]["attempt_number"].value()
    assert "filled.attempt_number" not in page_of(nobody)


def test_what_another_man_had_is_not_saved_under_the_corrected_code(as_surgeon, earlier):
    page = as_surgeon.post(NEW, {"patient_code": "K-0231", "lookup": ""})
    on = {"procedure_date_0": "4", "procedure_date_1": "Mar", "procedure_date_2": "2025", "draft": ""}
    # A mistake meanwhile does not make the page forget what it filled in.
    page = as_surgeon.post(NEW, sent_back(page) | on | {"age_at_procedure": "x"})
    assert page.status_code == 422
    as_surgeon.post(NEW, sent_back(page) | on | {"patient_code": "K-5", "age_at_procedure": "30"})
    case = Case.objects.get(patient__code="K-5")
    assert (case.attempt_number, case.prior_retrieval, case.patient.birth_year) == (None, "", None)
    assert case.prior_on is None


def test_looking_up_stays_within_the_clinic(client, member, other_clinic, earlier):
    client.force_login(member("surgeon", clinic=other_clinic))
    response = client.post(NEW, {"patient_code": "K-0231", "lookup": ""})
    assert "No earlier operation under this code" in page_of(response)
    assert earlier.number not in page_of(response)


def test_a_later_change_looks_at_operations_before_that_case(as_surgeon, earlier):
    url = reverse("case_operation", args=[earlier.pk])
    response = as_surgeon.post(url, {"patient_code": "K-0231", "lookup": "", "version": "1"})
    assert "No earlier operation" in page_of(response)
