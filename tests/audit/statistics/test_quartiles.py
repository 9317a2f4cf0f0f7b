"""Median and quartiles."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.statistics import Quartiles, quartiles

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([60, 80, 120, 200, 450], Quartiles(80, 120, 200)),
        ([450, 60, 90, 80, 120, 200], Quartiles(82.5, 105, 180)),
        ([7], Quartiles(7, 7, 7)),
    ],
    ids=str,
)
def test_the_examples_worked_by_hand(values, expected):
    assert quartiles(values) == expected


@given(VALUES)
def test_they_agree_with_numpy(values):
    import numpy as np

    found = quartiles(values)
    expected = np.percentile(values, [25, 50, 75])
    assert np.allclose([found.lower, found.median, found.upper], expected, rtol=1e-12, atol=1e-6)


@given(VALUES)
def test_they_stand_in_order_within_the_values(values):
    found = quartiles(values)
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= found.lower <= found.median + slack <= found.upper + 2 * slack
    assert found.upper <= max(values) + slack


@pytest.mark.parametrize("values", [[], [math.nan], [1.0, math.inf]])
def test_nothing_and_what_is_no_number_are_refused(values):
    with pytest.raises(ValueError, match="at least one value"):
        quartiles(values)
