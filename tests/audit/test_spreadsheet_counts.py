"""What a spreadsheet says of vessels, magnification, histology and the number of sperm."""

import pytest

from tests.audit.sheets import errors_of

SIDES = "right_sperm_found,right_count_category"


def test_the_columns_of_one_answer_a_case_are_read(cases):
    more = f"{SIDES},magnification,right_vessels_preserved,right_pattern,intraoperative_complication"
    read = cases("A,NOA,micro-TESE,motile,motile,11–100,Operating microscope,yes,Normal,no", more=more)
    (row,) = read.rows
    assert (row.right_count_category, row.magnification) == ("11_100", "microscope")
    assert (row.right_vessels_preserved, row.right_pattern) == ("yes", "normal")
    assert row.intraoperative_complication == "no"


def test_what_several_follow_ups_say_is_not_read(cases):
    read = cases("A,NOA,micro-TESE,motile,none_known", more="complications")
    assert read.ignored == ("complications",)
    assert read.rows[0].complications == ""


@pytest.mark.parametrize(("found", "count"), [("none", "11–100"), ("motile", "0")])
def test_a_count_that_contradicts_the_finding_is_refused(cases, found, count):
    (error,) = errors_of(cases, f"A,NOA,micro-TESE,{found},{found},{count}", more=SIDES)
    assert "disagrees with what was found on this side; correct one of them" in error
