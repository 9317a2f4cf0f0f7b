"""Anything that a field of the dictionary may hold, for tests of properties."""

from datetime import date, time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from hypothesis import strategies as st

from caselog.excel import values


def _words(most):
    # What a form takes; a control character turns into its visible picture (test_excel.py).
    letters = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"])
    texts = st.text(letters, min_size=1, max_size=min(most, 40)).map(str.strip)
    return texts.filter(lambda text: text and not values.is_not_recorded(text))


def answers_to(entry):
    """Anything that this field may hold."""
    column = entry.model_field
    codes = [code for code, _label in entry.choices]
    limits = {type(v): v.limit_value for v in column.validators if hasattr(v, "limit_value")}
    low, high = limits.get(MinValueValidator, 0), limits.get(MaxValueValidator, 9999)
    if entry.several:
        return st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)
    if codes:
        return st.sampled_from(codes)
    if isinstance(column, models.DateField):
        return st.dates(date(1950, 1, 1), date(2100, 1, 1))
    if isinstance(column, models.TimeField):
        return st.builds(time, st.integers(0, 23), st.integers(0, 59))
    if isinstance(column, models.DecimalField):
        return st.decimals(low, high, places=column.decimal_places)
    if isinstance(column, models.IntegerField):
        return st.integers(low, high)
    if entry.attribute == "karyotype":
        return st.sampled_from(["47,XXY", "46,XY", "46,XY/47,XXY", "46,X,del(Y)(q11)"])
    return _words(column.max_length or 40)
