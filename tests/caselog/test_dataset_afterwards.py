"""What a row of the dataset gathers from follow-ups, histology and the days on which things happened."""

from datetime import date
from decimal import Decimal

import pytest

from caselog import dataset
from caselog.models import Case, Complication, FollowUp, Histology, LaboratoryReport, Measurement


@pytest.fixture
def row_of(surgeon, clinic):
    def fetch():
        (row,) = dataset.cases_of(surgeon, clinic)
        return row

    return fetch


@pytest.fixture
def visit(case):
    def make(month, complications="none_known", **answers):
        seen = None if complications == "not_followed" else date(2025, 6, 2)
        return FollowUp.objects.create(
            clinic=case.clinic, case=case, month=month, seen_on=seen, complications=complications, **answers
        )

    return make


@pytest.fixture
def measure(case):
    def make(value, follow_up=None, unit="nmol_l", canonical=None, analyte="testosterone"):
        result = "not_done" if value is None else "measured"
        return Measurement.objects.create(
            clinic=case.clinic, case=case, follow_up=follow_up, analyte=analyte, result=result, value=value,
            unit="" if value is None else unit, canonical=canonical or value,
        )  # fmt: skip

    return make


def test_without_a_follow_up_nothing_is_known_afterwards(case, row_of):
    row = row_of()
    assert (row.complications, row.complication_grades, row.ultrasound) == ("", [], "")
    assert (row.replacement_started, row.replacement_month) == ("", None)
    assert (row.testosterone_before, row.testosterone_18) == (None, None)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (["not_followed"], "not_followed"),
        (["not_followed", "none_known"], "none_known"),
        (["some", "none_known"], "some"),
    ],
    ids=str,
)
def test_of_several_follow_ups_the_one_that_knows_most_counts(visit, row_of, said, known):
    for month, complications in zip(("3", "6"), said, strict=False):
        visit(month, complications)
    assert row_of().complications == known


def test_a_complication_without_a_visit_is_one_and_its_missing_grade_stays_missing(case, row_of):
    for grade in ("3a", ""):
        Complication.objects.create(clinic=case.clinic, case=case, kind="haematoma", grade=grade)
    row = row_of()
    assert (row.complications, row.complication_grades) == ("some", ["", "3a"])


def test_the_worst_ultrasound_and_the_first_month_of_replacement_count(visit, row_of):
    visit("12", ultrasound="normal", replacement_started="yes")
    visit("6", ultrasound="lesion", replacement_started="yes")
    visit("3", ultrasound="not_done", replacement_started="no")
    row = row_of()
    assert (row.ultrasound, row.replacement_started, row.replacement_month) == ("lesion", "yes", 6)


def test_testosterone_stands_in_its_month_in_one_unit_and_what_was_not_done_is_none(visit, measure, row_of):
    measure(Decimal(450), unit="ng_dl", canonical=Decimal("15.6"))
    measure(Decimal(12), visit("3"))
    measure(None, visit("6"))
    measure(Decimal(5), unit="iu_l", analyte="fsh")
    row = row_of()
    assert (row.testosterone_before, row.testosterone_3, row.testosterone_6) == (
        Decimal("15.6"), Decimal(12), None,
    )  # fmt: skip


def test_an_exact_count_says_its_category(case, make_report, row_of):
    make_report(case, right_count_exact=40)
    row = row_of()
    assert (row.right_count_category, row.left_count_category) == ("11_100", "")


def test_histology_and_vessels_stand_by_side(case, row_of):
    right, left = case.testes.order_by("-side")
    Histology.objects.create(clinic=case.clinic, testis=right, pattern="normal")
    left.vessels_preserved = "no"
    left.save()
    row = row_of()
    assert (row.right_pattern, row.left_pattern) == ("normal", "")
    assert (row.right_vessels_preserved, row.left_vessels_preserved) == ("", "no")


def test_days_are_whole_days_and_none_before_the_final_report(case, make_report, row_of, unguarded):
    make_report(case, final=False)
    Case.objects.filter(pk=case.pk).update(created_at="2025-03-05T12:00:00Z")
    assert (row_of().days_to_entry, row_of().days_to_final) == (1, None)
    make_report(case)
    with unguarded():
        LaboratoryReport.objects.update(finalised_at="2025-03-14T12:00:00Z")
    assert row_of().days_to_final == 10
