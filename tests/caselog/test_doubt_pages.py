"""Doubts on the pages and over the API: asked, kept, confirmed."""

import re

from django.urls import reverse

from caselog.models import Case, Confirmation, LaboratoryReport
from tests.caselog.doubted import DELETED
from tests.caselog.pages import page_of

NEW = reverse("case_new")


# The operation


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


def test_a_changed_plan_is_asked_about_in_one_sentence(as_surgeon, typed):
    page = as_surgeon.post(NEW, typed(sign="", planned_procedure="tesa"))
    assert page.status_code == 422
    form = page.context["form"]
    assert set(form.errors) == {"changed_plan_reason"}
    assert not form.checks
    why = {"planned_procedure": "tesa", "changed_plan_reason": "No sperm was aspirated"}
    assert as_surgeon.post(NEW, typed(sign="", **why)).status_code == 302


def test_the_page_asks_keeps_what_was_typed_and_signs_what_is_confirmed(as_surgeon, typed):
    unusual = typed(**DELETED, sign="")
    page = as_surgeon.post(NEW, unusual)
    assert page.status_code == 422
    (check,) = page.context["form"].checks
    assert f'name="confirm.{check.doubt.code}"' in page_of(page)
    assert 'value="K-0231"' in page_of(page)
    assert not Case.objects.exists()

    ticked = unusual | {"confirm.complete_deletion": check.doubt.about}
    assert as_surgeon.post(NEW, ticked).status_code == 422
    reason = {"reason.complete_deletion": "Their wish, after advice"}
    assert "is signed" in page_of(as_surgeon.post(NEW, ticked | reason, follow=True))
    assert Confirmation.objects.get().reason == "Their wish, after advice"


def test_a_reason_that_is_too_long_stays_typed(as_surgeon, typed):
    unusual = typed(**DELETED, sign="")
    about = as_surgeon.post(NEW, unusual).context["form"].checks[0].doubt.about
    long = {"confirm.complete_deletion": about, "reason.complete_deletion": "y" * 201}
    page = as_surgeon.post(NEW, unusual | long)
    assert page.status_code == 422
    assert "The reason has 201 characters. Shorten it to 200." in page_of(page)
    assert f'value="{"y" * 201}"' in page_of(page)
    assert not Case.objects.exists()


# Elsewhere


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
