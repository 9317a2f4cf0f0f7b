"""The surgeon's pages over HTTP, as a browser without JavaScript sends its forms."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.dictionary import OPERATION
from caselog.forms.operation import SECTIONS
from caselog.models import Case, Membership
from caselog.services import cases
from tests.caselog.pages import answers_on, page_of, sent_back

NEW = reverse("case_new")


@pytest.fixture
def typed(surgeon):
    """What a browser sends for a usual micro-TESE on the right; None leaves a question out."""

    def make(**changes):
        data = {
            "patient_code": "K-0231",
            "age_at_procedure": "34",
            "azoospermia_type": "noa",
            "primary_aetiology": "idiopathic",
            "klinefelter_status": "not_klinefelter",
            "y_microdeletion": "none",
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
            "right_weighing": "balance",
            "right_tissue_weight_mg_0": "120",
            "right_tissue_weight_mg_1": "mg",
        } | changes
        return {name: value for name, value in data.items() if value is not None}

    return make


def test_a_usual_operation_is_signed_and_the_page_says_what_comes_next(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(sign=""), follow=True)
    case = Case.objects.get()
    assert not case.is_draft
    assert case.testes.get().tissue_weight_mg == 120
    assert f"Case {case.number} is signed. It now waits for the laboratory." in page_of(response)


@pytest.mark.promise("UX-1")
def test_two_answers_save_a_draft_that_says_how_much_is_missing(as_surgeon):
    today = timezone.localdate()
    data = {"patient_code": "K-1", "procedure_date_0": today.day, "procedure_date_1": today.month}
    response = as_surgeon.post(NEW, data | {"procedure_date_2": today.year, "draft": ""}, follow=True)
    case = Case.objects.get()
    assert case.is_draft
    assert re.search(rf"Draft {case.number} is saved\. \d+ more answers are needed", page_of(response))


def test_every_question_of_the_dictionary_stands_in_one_section():
    placed = [entry.name for entries in SECTIONS.values() for entry in entries]
    assert sorted(placed) == sorted(entry.name for entry in OPERATION)


def test_a_new_case_starts_today_with_the_person_who_logs_it(as_surgeon, surgeon):
    form = as_surgeon.get(NEW).context["form"]
    assert form["procedure_date"].value() == timezone.localdate()
    assert form["surgeon"].value() == surgeon.pk
    assert form["status"].value() == "performed"


def test_every_question_has_a_label_its_hint_and_a_stylesheet_for_its_condition(as_surgeon):
    page = page_of(as_surgeon.get(NEW))
    assert 'aria-describedby="id_patient_code_helptext"' in page
    assert re.search(r'<legend class="field-label">\s*Side', page)
    assert "(optional)" in page
    stylesheet = re.search(r'href="(/conditions-\w+\.css)"', page).group(1)
    served = as_surgeon.get(stylesheet)
    assert served["Content-Type"].startswith("text/css")
    assert "immutable" in served["Cache-Control"]
    assert as_surgeon.get("/conditions-0123.css").status_code == 404


def test_causes_are_grouped_by_type_and_a_mismatch_is_refused(as_surgeon, typed):
    page = page_of(as_surgeon.get(NEW))
    assert re.findall(r'<optgroup label="([^"]+)"', page) == ["Non-obstructive", "Obstructive", "Either type"]
    refused = as_surgeon.post(NEW, typed(primary_aetiology="vasectomy", sign=""))
    assert refused.status_code == 422
    assert "This cause does not go with this type" in page_of(refused)
    assert not Case.objects.exists()


def test_what_is_missing_is_listed_with_links_and_nothing_typed_is_lost(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(procedure=None, age_at_procedure="thirty", sign=""))
    page = page_of(response)
    assert response.status_code == 422
    assert "<title>Error: New case" in page
    assert 'href="#id_age_at_procedure"' in page
    assert "“thirty” is not a number" in page
    assert 'value="thirty"' in page
    response = as_surgeon.post(NEW, typed(procedure=None, right_tissue_weight_mg_0="0,12", sign=""))
    page = page_of(response)
    assert 'href="#id_procedure_0"' in page
    assert 'value="0,12"' in page
    assert 'value="K-0231"' in page


def test_what_cannot_be_read_and_what_is_missing_are_said_together(as_surgeon, typed):
    page = as_surgeon.post(NEW, typed(age_at_procedure="about 30", anaesthesia=None, sign=""))
    wrong = page.context["form"].errors
    assert set(wrong) == {"age_at_procedure", "anaesthesia"}
    assert len(wrong["age_at_procedure"]) == 1  # not also "answer this"


def test_a_mistake_in_the_folded_part_unfolds_it(as_surgeon, typed):
    assert not re.search(
        r'id="section-procedure"[^>]* open>', page_of(as_surgeon.post(NEW, typed(procedure="x")))
    )
    page = page_of(as_surgeon.post(NEW, typed(right_samples_n="six")))
    assert re.search(r'id="section-procedure"[^>]* open>', page)


def test_a_folded_section_says_how_many_answers_are_inside(as_surgeon, typed):
    more = {"fsh_value": "12", "fsh_unit": "iu_l", "lh_result": "not_done", "right_testis_volume_ml": "8"}
    form = as_surgeon.post(NEW, typed(anaesthesia=None, height_cm="180", sign="", **more)).context["form"]
    inside = {section.name: section.answered for section in form.sections if section.folded}
    # A hormone with its unit is one answer; the microscope goes with the micro-TESE.
    assert inside == {"background": 1, "examination": 3, "procedure": 1}
    page = page_of(as_surgeon.get(NEW))
    assert len(re.findall(r"data-count-inside hidden>", page)) == 3


def test_a_folded_section_says_optional_once(as_surgeon):
    page = page_of(as_surgeon.get(NEW))
    folded = page[page.index('id="section-background"') : page.index('class="save-bar"')]
    assert folded.count("(optional)") == 3


# What follows from an answer


def test_a_hormones_value_says_that_it_was_measured_and_two_units_of_one_number_are_filled_in(
    as_surgeon, typed
):
    values = {
        "fsh_value": "12.5",
        "lh_value": "٤٫٥",
        "testosterone_value": "320",
        "testosterone_unit": "ng_dl",
    }
    as_surgeon.post(NEW, typed(draft="", **values))
    rows = {row.analyte: row for row in Case.objects.get().measurements.all()}
    assert {row.result for row in rows.values()} == {"measured"}
    assert (rows["fsh"].value, rows["fsh"].unit, rows["lh"].unit) == (Decimal("12.5"), "iu_l", "iu_l")
    assert round(rows["testosterone"].canonical, 2) == Decimal("11.09")


@pytest.mark.parametrize("analyte", ["testosterone", "inhibin_b", "amh", "estradiol", "prolactin"])
def test_no_other_unit_is_guessed(as_surgeon, typed, analyte):
    page = as_surgeon.post(NEW, typed(draft="", **{f"{analyte}_value": "3.2"}))
    assert page.status_code == 422
    assert f"{analyte}_unit" in page.context["form"].errors
    assert re.search(r'id="section-examination"[^>]* open>', page_of(page))
    assert not Case.objects.exists()


def test_what_followed_is_said_to_be_filled_in(as_surgeon, typed):
    page = page_of(as_surgeon.post(NEW, typed(fsh_value="12.5", anaesthesia=None, sign="")))
    for name in ("fsh_result", "fsh_unit", "magnification"):
        assert re.search(rf'data-question="{name}"[^>]* data-filled-in', page), name
    assert not re.search(r'data-question="fsh_value"[^>]* data-filled-in', page)


def test_microsurgery_was_done_under_the_microscope_unless_somebody_says_otherwise(as_surgeon, typed):
    as_surgeon.post(NEW, typed(draft=""))
    as_surgeon.post(NEW, typed(draft="", magnification="loupes"))
    as_surgeon.post(NEW, typed(draft="", procedure="mesa"))
    as_surgeon.post(NEW, typed(draft="", procedure="tesa"))
    found = Case.objects.order_by("pk").values_list("magnification", flat=True)
    assert list(found) == ["microscope", "loupes", "microscope", ""]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [("09:10", "12:45", 215), ("٠٩١٠", "1145", 155), ("23:30", "00:45", 75), ("09:10", "", None)],
)
def test_start_and_end_make_the_operating_time(as_surgeon, typed, start, end, minutes):
    as_surgeon.post(NEW, typed(draft="", start_time=start, end_time=end))
    assert Case.objects.get().operative_minutes == minutes


def test_an_operating_time_that_was_typed_stays(as_surgeon, typed):
    as_surgeon.post(NEW, typed(draft="", start_time="09:00", end_time="12:00", operative_minutes="150"))
    assert Case.objects.get().operative_minutes == 150


@pytest.mark.parametrize(("stored", "sent", "minutes"), [(120, 120, 60), (100, 100, 100), (120, 90, 90)])
def test_a_corrected_end_corrects_the_operating_time_that_followed_it(
    as_surgeon, make_case, typed, stored, sent, minutes
):
    case = make_case(sign=False, start_time=time(9, 0), end_time=time(11, 0), operative_minutes=stored)
    times = {"start_time": "09:00", "end_time": "10:00", "operative_minutes": str(sent)}
    corrected = typed(draft="", version="1", **times)
    as_surgeon.post(reverse("case_operation", args=[case.pk]), corrected)
    case.refresh_from_db()
    assert (case.end_time, case.operative_minutes) == (time(10, 0), minutes)


# What is doubted


def test_a_doubt_is_asked_at_its_question_and_the_case_is_signed_once_it_is_confirmed(as_surgeon, typed):
    unusual = typed(anaesthesia="local_block", sign="")
    asked = as_surgeon.post(NEW, unusual)
    text = page_of(asked)
    assert asked.status_code == 422
    assert not Case.objects.exists()
    assert 'href="#id_confirm.local_micro_tese"' in text
    box = re.search(r'<input[^>]*name="confirm.local_micro_tese" value="([^"]*)"', text)
    assert "checked" not in box.group(0)
    question = text[text.index('data-question="anaesthesia"') : text.index('id="section-testis"')]
    assert "Check this:" in question
    as_surgeon.post(NEW, unusual | {"confirm.local_micro_tese": box.group(1)})
    assert Case.objects.get().confirmations.get().code == "local_micro_tese"


def test_a_doubt_inside_a_folded_section_opens_it(as_surgeon, typed):
    overnight = typed(start_time="23:30", end_time="00:45", sign="")
    text = page_of(as_surgeon.post(NEW, overnight))
    assert re.search(r'id="section-procedure"[^>]* open>', text)
    assert "From 23:30 to 00:45 goes past midnight. Check both times." in text


def test_what_was_confirmed_goes_along_while_something_else_is_put_right(as_surgeon, typed):
    unusual = typed(anaesthesia="local_block", age_at_procedure="x", sign="")
    text = page_of(as_surgeon.post(NEW, unusual | {"confirm.local_micro_tese": "so and so"}))
    assert '<input type="hidden" name="confirm.local_micro_tese" value="so and so">' in text


def test_an_error_of_a_testis_names_its_side_where_no_heading_does(as_surgeon, typed):
    page = page_of(
        as_surgeon.post(NEW, typed(right_weighing="estimated", right_tissue_weight_mg_0="", draft=""))
    )
    assert re.search(r'<a href="#id_right_tissue_weight_mg_0">Right testis: Tissue weight: ', page)


def test_grams_are_converted_and_a_weight_without_weighing_was_weighed_on_a_balance(as_surgeon, typed):
    grams = typed(right_tissue_weight_mg_0="٠٫١٢", right_tissue_weight_mg_1="g", right_weighing=None, sign="")
    as_surgeon.post(NEW, grams)
    testis = Case.objects.get().testes.get()
    assert testis.tissue_weight_mg == Decimal(120)
    assert testis.weighing == "balance"


def test_what_was_inferred_is_shown_as_filled_in(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(right_weighing=None, attempt_number="", procedure=None, sign=""))
    form = response.context["form"]
    assert form["right_weighing"].value() == "balance"
    assert form["attempt_number"].value() == "1"
    assert "checked" in str(form["right_weighing"])


def test_a_zero_weight_is_a_weight(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(right_tissue_weight_mg_0="0", draft=""), follow=True)
    assert "0 mg" in page_of(response)


def test_answers_to_questions_that_went_away_are_cleared(as_surgeon, typed):
    as_surgeon.post(NEW, typed(status="cancelled", status_reason="Fever", sign=""))
    case = Case.objects.get()
    assert (case.status, case.status_reason, case.procedure, case.sides) == ("cancelled", "Fever", "", "")
    assert not case.testes.exists()


def test_an_abandoned_operation_needs_its_reason(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(status="abandoned", sign=""))
    assert "status_reason" in response.context["form"].errors
    as_surgeon.post(NEW, typed(status="abandoned", status_reason="Bleeding", sign=""))
    assert Case.objects.get().status_reason == "Bleeding"


# Another clinic, chosen in another tab


@pytest.fixture
def of_both_clinics(surgeon, other_clinic):
    Membership.objects.create(clinic=other_clinic, user=surgeon, role="surgeon")
    return surgeon


def test_a_form_is_not_saved_in_a_clinic_chosen_since(
    as_surgeon, of_both_clinics, clinic, other_clinic, typed
):
    page = page_of(as_surgeon.get(NEW))
    assert f'name="clinic" value="{clinic.pk}"' in page
    as_surgeon.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    refused = as_surgeon.post(NEW, typed(clinic=clinic.pk, sign=""))
    assert refused.status_code == 422
    assert f"This form was opened in another clinic; you now work in {other_clinic.name}" in page_of(refused)
    assert 'value="K-0231"' in page_of(refused)
    assert f'name="clinic" value="{clinic.pk}"' in page_of(refused)
    assert not Case.objects.exists()
    as_surgeon.post(reverse("clinic_switch"), {"clinic": clinic.pk})
    assert as_surgeon.post(NEW, typed(clinic=clinic.pk, sign="")).status_code == 302
    assert Case.objects.get().clinic == clinic


def test_a_form_from_another_clinic_looks_nobody_up_here(
    as_surgeon, of_both_clinics, clinic, other_clinic, make_case
):
    make_case(patient_code="K-0231")
    as_surgeon.post(reverse("clinic_switch"), {"clinic": clinic.pk})
    response = as_surgeon.post(NEW, {"patient_code": "K-0231", "clinic": other_clinic.pk, "lookup": ""})
    assert response.status_code == 422
    assert response.context["form"]["attempt_number"].value() is None


# The man's earlier operation


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


# Changing and deleting


def test_a_signed_case_is_changed_by_the_same_form(as_surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    page = as_surgeon.get(url)
    data = answers_on(page.context["form"]) | {"anaesthesia": "spinal", "version": case.version, "save": ""}
    response = as_surgeon.post(url, data, follow=True)
    case.refresh_from_db()
    assert case.anaesthesia == "spinal"
    assert not case.is_draft
    assert "Save and sign" not in page_of(page)
    assert f"The changes to case {case.number} are saved" in page_of(response)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_cannot_be_read_overwrites_nothing(as_surgeon, case, version):
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {"anaesthesia": "spinal", "version": version}
    assert as_surgeon.post(url, data).status_code == 422
    assert Case.objects.get().anaesthesia == "general"


def test_a_mistake_does_not_hide_that_somebody_else_saved_meanwhile(as_surgeon, surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {"version": 1}
    cases.save_operation(
        by=surgeon, clinic=case.clinic, case=case, answers=cases.answers_of(case), today=timezone.localdate()
    )
    assert as_surgeon.post(url, data | {"age_at_procedure": "x"}).context["opened"].version == 1


def test_whoever_operated_then_stays_the_surgeon_after_leaving(client, member, make_case, administrator):
    gone = member("surgeon", name="Gone")
    case = make_case(by=gone, surgeon=gone)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now(), ended_by=administrator)
    client.force_login(member("surgeon"))
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(client.get(url).context["form"]) | {"anaesthesia": "spinal", "version": 1}
    assert client.post(url, data).status_code == 302
    assert Case.objects.get().surgeon == gone


def test_a_draft_is_deleted_after_a_question(as_surgeon, make_case):
    draft = make_case(sign=False)
    url = reverse("case_delete", args=[draft.pk])
    assert "Delete the draft" in page_of(as_surgeon.get(url))
    assert Case.objects.filter(pk=draft.pk).exists()
    as_surgeon.post(url, {"version": 1})
    assert not Case.objects.filter(pk=draft.pk).exists()


def test_a_signed_case_is_never_deleted(as_surgeon, case):
    response = as_surgeon.post(reverse("case_delete", args=[case.pk]), follow=True)
    assert "A signed case is never deleted" in page_of(response)
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_signed_case_has_no_page_to_delete_it(as_surgeon, case):
    response = as_surgeon.get(reverse("case_delete", args=[case.pk]), follow=True)
    assert "A signed case is never deleted" in page_of(response)
    assert "Delete the draft" not in page_of(response)


def test_a_case_deleted_during_the_save_is_told_and_what_was_typed_stays(as_surgeon, make_case, monkeypatch):
    draft = make_case(sign=False)
    url = reverse("case_operation", args=[draft.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {
        "anaesthesia": "spinal",
        "version": 1,
        "draft": "",
    }
    save = cases.save_operation

    def deleted_first(**asked):
        Case.objects.filter(pk=draft.pk).delete()
        return save(**asked)

    monkeypatch.setattr(cases, "save_operation", deleted_first)
    response = as_surgeon.post(url, data)
    assert response.status_code == 422
    assert "This case was deleted while it was open here" in page_of(response)
    assert response.context["form"]["anaesthesia"].value() == "spinal"


def test_a_draft_with_every_answer_says_that_nothing_is_missing(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(draft=""), follow=True)
    assert "Nothing is missing to sign it." in page_of(response)


# Who may


@pytest.mark.parametrize("role", ["embryologist", "administrator", "reader"])
def test_only_surgeons_log_and_change_cases(client, member, case, typed, role):
    client.force_login(member(role))
    urls = [NEW, *(reverse(name, args=[case.pk]) for name in ("case_operation", "case_delete"))]
    for url in urls:
        assert client.post(url, typed(sign="")).status_code == 403
        assert client.get(url).status_code == 403
    page = page_of(client.get(reverse("case_detail", args=[case.pk])))
    assert not any(url in page for url in urls)


def test_a_case_of_another_clinic_is_not_there(client, member, other_clinic, case):
    client.force_login(member("surgeon", clinic=other_clinic))
    for name in ("case_detail", "case_operation", "case_delete"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 404


@pytest.mark.promise("ACC-2")
def test_nobody_sets_what_no_question_asks(as_surgeon, typed, other_clinic, clinic, embryologist):
    extra = {"clinic_id": other_clinic.pk, "state": "complete", "number": "X", "created_by": embryologist.pk}
    as_surgeon.post(NEW, typed(draft="") | extra | {"signed_by": embryologist.pk})
    case = Case.objects.get()
    assert (case.clinic, case.state, case.signed_by) == (clinic, "draft", None)
    assert case.created_by != embryologist
    assert case.number != "X"


# Reading


def test_a_case_reads_like_a_note(client, reader, make_case, make_report):
    case = make_case(left_weighing=None, y_microdeletion="not_tested", sign=False)
    make_report(case)
    client.force_login(reader)
    page = re.sub(r"<[^>]+>|\s+", " ", page_of(client.get(reverse("case_detail", args=[case.pk]))))
    page = re.sub(r" +", " ", page)
    assert "Tissue weight 120 mg" in page
    assert "Y microdeletion Not tested" in page
    assert "Weighing not answered" in page
    assert "Last earlier procedure" not in page  # does not apply
    assert "Right testis Sperm found Motile" in page
    assert "90 min" in page
    assert "4 Mar 2025" in page


def test_a_cancelled_case_shows_no_question_that_does_not_apply(client, reader, make_case):
    client.force_login(reader)
    case = make_case(status="cancelled", status_reason="Fever")
    page = page_of(client.get(reverse("case_detail", args=[case.pk])))
    assert "Anaesthesia" not in page
    assert "No tissue was taken" in page


def test_the_case_tells_its_history(as_surgeon, case):
    page = page_of(as_surgeon.get(reverse("case_detail", args=[case.pk])))
    assert 'id="history"' in page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_form_opens_in_both_languages(as_surgeon, case, language):
    url = reverse("case_operation", args=[case.pk])
    assert as_surgeon.get(url, headers={"Accept-Language": language}).status_code == 200


def test_an_operation_of_tomorrow_is_refused(as_surgeon, typed):
    on = timezone.localdate() + timedelta(days=1)
    parts = {"procedure_date_0": on.day, "procedure_date_1": on.month, "procedure_date_2": on.year}
    assert "procedure_date" in as_surgeon.post(NEW, typed(sign="", **parts)).context["form"].errors
