"""The surgeon's pages over HTTP, as a browser without JavaScript sends its forms."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.dictionary import OPERATION
from caselog.forms.operation import SECTIONS
from caselog.models import Case, Membership
from tests.caselog.pages import page_of

NEW = reverse("case_new")


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


def test_an_error_of_a_testis_names_its_side_where_no_heading_does(as_surgeon, typed):
    page = page_of(
        as_surgeon.post(NEW, typed(right_weighing="estimated", right_tissue_weight_mg_0="", draft=""))
    )
    assert re.search(r'<a href="#id_right_tissue_weight_mg_0">Right testis: Tissue weight: ', page)


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


def test_a_draft_with_every_answer_says_that_nothing_is_missing(as_surgeon, typed):
    response = as_surgeon.post(NEW, typed(draft=""), follow=True)
    assert "Nothing is missing to sign it." in page_of(response)


def test_a_form_from_another_clinic_looks_nobody_up_here(
    as_surgeon, of_both_clinics, clinic, other_clinic, make_case
):
    make_case(patient_code="K-0231")
    as_surgeon.post(reverse("clinic_switch"), {"clinic": clinic.pk})
    response = as_surgeon.post(NEW, {"patient_code": "K-0231", "clinic": other_clinic.pk, "lookup": ""})
    assert response.status_code == 422
    assert response.context["form"]["attempt_number"].value() is None


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
