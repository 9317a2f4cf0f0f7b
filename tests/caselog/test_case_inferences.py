"""What follows from an answer on the operation's form: filled in, converted, or cleared."""

import re
from datetime import time
from decimal import Decimal

import pytest
from django.urls import reverse

from caselog.models import Case
from tests.caselog.pages import page_of

NEW = reverse("case_new")


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
