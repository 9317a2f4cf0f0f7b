"""What a form shows and a person types again is stored the same: each field, two languages, three scripts."""

import re
from datetime import date, time
from decimal import Decimal
from html import unescape

import pytest
from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caselog.dictionary import PARTS
from caselog.forms.fields import field_for
from caselog.forms.reading import plain, read_date
from caselog.forms.typed import as_typed
from caselog.text import clean_text
from tests.caselog.any_answers import answers_to

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


def written(part, answers):
    """The same without a page: what the tests of each kind of answer begin with."""
    found = {}
    for entry in TYPED[part]:
        found |= as_typed(field_for(entry, {}), entry.name, answers.get(entry.name))
    return found


def answered(controls):
    return {name: values for name, values in controls.items() if any(values)}


def usual(entry, answer):
    """As a form gives it back: several codes in the order of the page, one code for a man however typed."""
    if entry.several:
        return [code for code, _label in entry.choices if code in answer]
    return clean_text(answer) or "K-1" if entry.name == "patient_code" else answer


# Each kind of answer, without a page: a page of a hundred controls takes a third of a second.


def several(*kinds):
    return [entry for entries in TYPED.values() for entry in entries if isinstance(entry.model_field, kinds)]


def of_other_kinds():
    numbers = several(*NUMBERS)
    return [entry for entries in TYPED.values() for entry in entries if entry not in numbers]


@st.composite
def a_number(draw, text):
    """As people write it: either decimal sign, thousands set apart as Arabic does, stray spaces."""
    whole, _point, decimals = text.partition(".")
    written = [text]
    if decimals:
        written.append(f"{whole}٫{decimals}")
        if len(decimals) != 3 or len(whole) > 3 or whole == "0":  # 1,234 may be read either way
            written.append(f"{whole},{decimals}")
    if len(whole) > 3:
        written.append(f"{int(whole):,}".replace(",", "٬") + (f"٫{decimals}" if decimals else ""))
    digits = str.maketrans(ASCII, draw(DIGITS))
    around = draw(st.sampled_from(["", " ", "\u200f"]))
    return around + draw(st.sampled_from(written)).translate(digits) + around


@st.composite
def a_weight(draw, shown):
    """In milligrams as it is shown, or in grams."""
    number, _mg = shown
    unit = draw(st.sampled_from(["mg", "g"]))
    in_unit = number if unit == "mg" else plain(Decimal(number) / 1000)
    return [draw(a_number(in_unit)), unit]


@st.composite
def a_date(draw, shown):
    """The month as it is shown, by its number, or by a name of it in either language."""
    day, month, year = shown
    number = read_date(day, month, year).month
    names = [month, str(number), f"{number:02}"]
    for language in ("en", "ar"):
        with override(language):
            names += [str(MONTHS[number]), str(MONTHS_3[number]), str(MONTHS[number]).upper()]
    digits = str.maketrans(ASCII, draw(DIGITS))
    return [part.translate(digits) for part in (day, draw(st.sampled_from(names)), year)]


@st.composite
def a_time(draw, shown):
    [text] = shown
    hours, _colon, minutes = text.partition(":")
    written = [text, f"{int(hours)}:{minutes}", hours + minutes, f"{hours}.{minutes}", f"{hours}h{minutes}"]
    return [draw(st.sampled_from(written)).translate(str.maketrans(ASCII, draw(DIGITS)))]


@st.composite
def a_plain_number(draw, shown):
    return [draw(a_number(*shown))]


def as_shown(shown):
    return st.just(shown)


WEIGHTS = [entry for entry in several(models.DecimalField) if entry.unit == "mg"]
KINDS = {
    "dates": (several(models.DateField), a_date),
    "times": (several(models.TimeField), a_time),
    "weights": (WEIGHTS, a_weight),
    "decimals": ([one for one in several(models.DecimalField) if one not in WEIGHTS], a_plain_number),
    "whole numbers": (several(models.IntegerField), a_plain_number),
    "texts and choices": (of_other_kinds(), as_shown),
}


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(data=st.data(), shown_in=LANGUAGES, retyped_in=LANGUAGES)
def test_each_kind_of_answer_is_stored_as_it_was_shown_however_it_is_typed(kind, data, shown_in, retyped_in):
    entries, writing = KINDS[kind]
    entry = data.draw(st.sampled_from(entries))
    answer = usual(entry, data.draw(answers_to(entry)))
    with override(shown_in):
        controls = as_typed(field_for(entry, {}), entry.name, answer)
    [*names], [*values] = controls, [value for found in controls.values() for value in found]
    query = QueryDict(mutable=True)
    typed = data.draw(writing(values))
    if len(names) == 1:
        query.setlist(names[0], typed)
    else:
        query.update(dict(zip(names, typed, strict=True)))
    with override(retyped_in):
        field = field_for(entry, {})
        assert field.clean(field.widget.value_from_datadict(query, {}, entry.name)) == answer


# Whole pages, few of them.


@pytest.mark.promise("L10N-2")
@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=5, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), shown_in=LANGUAGES, retyped_in=LANGUAGES, digits=DIGITS)
def test_every_field_of_every_part_is_stored_as_it_was_shown(part, data, shown_in, retyped_in, digits):
    fields = {entry.name: st.none() | answers_to(entry) for entry in TYPED[part]}
    drawn = data.draw(st.fixed_dictionaries(fields))
    answers = {
        entry.name: usual(entry, drawn[entry.name]) for entry in TYPED[part] if drawn[entry.name] is not None
    }
    with override(shown_in):
        controls = shown(part, answers)
        assert answered(controls) == answered(written(part, answers))
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
