import re
from datetime import date, time
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from caselog.forms.fields import CodeField, DateField, WeightField, WholeNumberField
from caselog.forms.reading import read_date, read_number, read_time, read_whole_number
from caselog.web.conditions import stylesheet

LANGUAGES = st.sampled_from(["en", "ar"])
DIGITS = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])


class Answers(forms.Form):
    on = DateField(required=False)
    weight = WeightField(required=False)
    count = WholeNumberField(required=False)


def shown(answers: dict) -> dict[str, str]:
    """What stands in the inputs of a page that shows these answers."""
    html = str(Answers(initial=answers))
    typed = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', html))
    units = re.findall(r'<select[^>]*name="(\w+)".*?<option value="(\w+)" selected', html, re.S)
    return typed | dict(units)


def retyped(texts: dict[str, str], digits: str) -> dict:
    form = Answers(
        {name: text.translate(str.maketrans("0123456789", digits)) for name, text in texts.items()}
    )
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.promise("L10N-2")
@settings(deadline=None)  # the first example loads the templates
@given(
    on=st.dates(date(1000, 1, 1)),
    weight=st.decimals(0, 20_000, places=2),
    count=st.integers(0, 3000),
    shown_in=LANGUAGES,
    retyped_in=LANGUAGES,
    digits=DIGITS,
)
def test_what_is_shown_and_typed_again_is_stored_the_same(on, weight, count, shown_in, retyped_in, digits):
    answers = {"on": on, "weight": weight, "count": count}
    with override(shown_in):
        texts = shown(answers)
    assert all(text.isascii() for name, text in texts.items() if name != "on_1")
    with override(retyped_in):
        assert retyped(texts, digits) == answers


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("٣٫٥", "3.5"),
        ("۱۲۰", "120"),
        ("4,5", "4.5"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("١٬٢٣٤٫٥", "1234.5"),
        (" \u200f12.50 ", "12.50"),
        (".5", "0.5"),
        ("0", "0"),
        ("-3", "-3"),
    ],
)
def test_numbers_are_read_in_three_scripts(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["1,234", "٤،٥٦٧", "12 mg", "abc", "1.2.3", "1e5", "NaN", "1" * 40, "1/2", "<0.1"]
)
def test_a_number_that_may_be_misread_is_refused_and_quoted(typed):
    with pytest.raises(ValidationError) as refused:
        read_number(typed)
    assert typed in str(refused.value.message % refused.value.params)


def test_a_fraction_is_no_whole_number():
    assert read_whole_number("12.0") == 12
    with pytest.raises(ValidationError, match="whole"):
        read_whole_number("12.5")


@pytest.mark.parametrize(
    "month", ["3", "03", "٣", "Mar", "march", "MAR.", "مارس", "آذار", "اذار"], ids=lambda month: ascii(month)
)
def test_a_month_is_a_number_or_a_name_in_either_language(month):
    assert read_date("٤", month, "2024") == date(2024, 3, 4)


@pytest.mark.parametrize(
    "parts",
    [
        ("31", "2", "2024"),
        ("4", "13", "2024"),
        ("4", "Mrz", "2024"),
        ("4", "3", "24"),
        ("", "3", "2024"),
        ("x", "3", "2024"),
    ],
)
def test_a_date_that_is_none_is_refused(parts):
    with pytest.raises(ValidationError):
        read_date(*parts)


@pytest.mark.parametrize("typed", ["09:05", "9:05", "0905", "9.05", "٠٩:٠٥", "9h05"])
def test_a_time_is_read_as_people_write_it(typed):
    assert read_time(typed) == time(9, 5)


@pytest.mark.parametrize("typed", ["25:00", "9", "half past nine", "9:65", "09:05 pm"])
def test_a_time_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError, match="hours and minutes"):
        read_time(typed)


def test_nothing_typed_is_nothing_answered():
    assert read_time(" ") is None
    assert read_number(" ") is None
    assert read_date("", "", " ") is None


@pytest.mark.parametrize(
    ("typed", "unit", "mg"),
    [("0.12", "g", "120"), ("120", "mg", "120"), ("٠٫٠٠٥", "g", "5"), ("0", "g", "0")],
)
def test_grams_become_milligrams_exactly(typed, unit, mg):
    assert WeightField().clean([typed, unit]) == Decimal(mg)


def test_a_weight_needs_a_unit_that_is_known():
    with pytest.raises(ValidationError, match="mg or in g"):
        WeightField().clean(["12", "kg"])


def test_one_man_has_one_code_whichever_digits_are_typed():
    assert CodeField().clean(" K-٠٢٣١\u200f ") == "K-0231"


def hiding_rules(question: str) -> list[str]:
    return [line for line in stylesheet().splitlines() if f'[data-question="{question}"]' in line]


@pytest.mark.parametrize(
    ("question", "parents"),
    [
        ("y_microdeletion", [("azoospermia_type", ["noa"])]),
        ("prior_procedure", [("prior_retrieval", ["none_found", "found", "unknown"])]),
        ("status_reason", [("status", ["abandoned", "cancelled"])]),
        ("procedure", [("status", ["performed", "abandoned"])]),
        ("right_samples_n", [("sides", ["right", "both"]), ("status", ["performed", "abandoned"])]),
        ("left_weighing", [("sides", ["left", "both"]), ("status", ["performed", "abandoned"])]),
    ],
)
def test_a_question_is_hidden_unless_every_condition_on_the_way_up_holds(question, parents):
    rules = hiding_rules(question)
    assert len(rules) == len(parents)
    for rule, (parent, values) in zip(rules, parents, strict=True):
        assert rule.startswith("form:not([data-part]):not(:has(")
        assert rule.endswith("{ display: none }")
        assert re.findall(rf'\[name="{parent}"\]\[value="(\w+)"\]:checked', rule) == values
        assert re.findall(rf'\[name="{parent}"\] option\[value="(\w+)"\]:checked', rule) == values


def test_a_weight_is_asked_for_until_somebody_says_that_there_is_none():
    own, *_chain = hiding_rules("right_tissue_weight_mg")
    assert '):has([name="right_weighing"]:not([value=""]):checked' in own


def test_a_question_without_a_condition_is_never_hidden():
    assert hiding_rules("patient_code") == []
