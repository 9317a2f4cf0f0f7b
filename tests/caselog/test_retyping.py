"""What a form shows and a person types again is stored the same: each field, two languages, three scripts."""

import re
import runpy
from datetime import date, time
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caselog.dictionary import PARTS
from caselog.forms.fields import field_for
from caselog.text import clean_text

answers_to = runpy.run_path(str(Path(__file__).with_name("any_answers.py")))["answers_to"]
LANGUAGES = st.sampled_from(["en", "ar"])
DIGITS = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])
ASCII = "0123456789"
NUMBERS = (models.DateField, models.TimeField, models.DecimalField, models.IntegerField)
# People are chosen from a list that the database gives.
TYPED = {
    part: [entry for entry in entries if not isinstance(entry.model_field, models.ForeignKey)]
    for part, entries in PARTS.items()
}
_INPUT = re.compile(r"<input[^>]*>")
_SELECT = re.compile(r'<select[^>]*name="([^"]+)".*?</select>', re.S)
_AREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.S)


def form_of(part, data=None, **kwargs):
    made = forms.Form(data, **kwargs)
    made.fields = {entry.name: field_for(entry, {}) for entry in TYPED[part]}
    return made


def shown(part, answers):
    """The controls of a page that shows these answers, each with its values."""
    html = "".join(str(field) for field in form_of(part, initial=answers))
    found = {}
    for tag in _INPUT.findall(html):
        of_tag = {name: unescape(value) for name, value in re.findall(r'(?<![\w-])(\w+)="([^"]*)"', tag)}
        if of_tag.get("type") not in ("radio", "checkbox") or re.search(r"\schecked\b", tag):
            found.setdefault(of_tag["name"], []).append(of_tag.get("value", ""))
    for select in _SELECT.finditer(html):
        found[select[1]] = re.findall(r'<option value="([^"]*)" selected', select[0])
    for area in _AREA.finditer(html):
        found[area[1]] = [unescape(area[2])]
    return found


def retyped(part, controls, digits):
    """What is read when each control is filled in again; numbers and dates in these digits."""
    query = QueryDict(mutable=True)
    for name, values in controls.items():
        numbers = isinstance(_entry_of(part, name).model_field, NUMBERS)
        script = str.maketrans(ASCII, digits if numbers else ASCII)
        query.setlist(name, [value.translate(script) for value in values])
    form = form_of(part, query)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def _entry_of(part, control):
    """A date and a weight have several controls: procedure_date_0, procedure_date_1 …"""
    known = {entry.name: entry for entry in TYPED[part]}
    return known.get(control) or known[control.rpartition("_")[0]]


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=3, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), shown_in=LANGUAGES, retyped_in=LANGUAGES, digits=DIGITS)
def test_every_field_of_every_part_is_stored_as_it_was_shown(part, data, shown_in, retyped_in, digits):
    fields = {entry.name: st.none() | answers_to(entry) for entry in TYPED[part]}
    drawn = data.draw(st.fixed_dictionaries(fields))
    answers = {name: value for name, value in drawn.items() if value is not None}
    for entry in TYPED[part]:
        if entry.several and entry.name in answers:  # in the order of the page
            answers[entry.name] = [code for code, _label in entry.choices if code in answers[entry.name]]
    if "patient_code" in answers:  # one man has one code, however it is typed
        answers["patient_code"] = clean_text(answers["patient_code"]) or "K-1"
    with override(shown_in):
        controls = shown(part, answers)
    with override(retyped_in):
        again = retyped(part, controls, digits)
    assert {name: value for name, value in again.items() if value not in (None, "", [])} == answers


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_numbers_are_shown_in_western_digits_and_dates_by_the_months_name(language):
    answers = {
        "procedure_date": date(2024, 3, 4),
        "start_time": time(9, 5),
        "testosterone_value": Decimal("3.2500"),
        "right_testis_volume_ml": Decimal("9.5"),
        "right_tissue_weight_mg": Decimal("1250.00"),
    }
    with override(language):
        controls = shown("operation", answers)
    month = {"en": "Mar", "ar": "مارس"}[language]
    assert [controls[f"procedure_date_{place}"] for place in range(3)] == [["4"], [month], ["2024"]]
    assert controls["start_time"] == ["09:05"]
    assert controls["testosterone_value"] == ["3.25"]
    assert controls["right_testis_volume_ml"] == ["9.5"]
    assert controls["right_tissue_weight_mg_0"] == ["1250"]
