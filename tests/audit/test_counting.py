"""Who counts where. Rows are made by hand: no database."""

from functools import partial

import pytest

from audit import counting
from audit.measures import BY_ID
from audit.results import Unit
from tests.audit import rows as made
from tests.audit.rows import where

MICRO = BY_ID["micro_noa"]
row = partial(made.row, sides="both", right_sperm_found="motile", left_sperm_found="none")
NONE = {"sperm_found": "none", "right_sperm_found": "none"}


@pytest.mark.parametrize("found", ["motile", "immotile", "found_unspecified"])
def test_sperm_counts_whether_it_moves_or_not(found):
    assert where([row(sperm_found=found)]) == {"found": ["A1"]}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (NONE, "not_found"),
        ({"result_status": "preliminary"}, "pending"),
        ({"result_status": "", "sperm_found": ""}, "pending"),
        ({"sperm_found": ""}, "pending"),
        ({"state": "draft"}, "draft"),
        ({"status": "abandoned"}, "abandoned"),
        ({"status": "cancelled"}, "cancelled"),
        ({"azoospermia_type": "uncertain"}, "uncertain_type"),
        ({"azoospermia_type": ""}, "not_recorded"),
        ({"procedure": ""}, "not_recorded"),
    ],
    ids=str,
)
def test_each_case_goes_to_one_place(changes, part):
    assert where([row(**changes)]) == {part: ["A1"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"azoospermia_type": "oa"},
        {"azoospermia_type": "not_azoospermic"},
        {"procedure": "conventional_tese"},
        {"procedure": "", "status": "cancelled"},
    ],
    ids=str,
)
def test_a_case_of_another_population_is_nowhere(changes):
    assert where([row(**changes)]) == {}


def test_a_missing_result_is_never_no_sperm():
    tally = counting.tally(MICRO, [row(sperm_found="", result_status="")], Unit.MAN)
    assert (tally.found, tally.known, tally.pending) == (0, 0, 1)


def test_a_man_with_three_attempts_counts_by_his_first():
    rows = [row(on=1, **NONE), row(on=2, **NONE, attempt_number=2), row(on=3, attempt_number=3)]
    assert where(rows) == {"not_found": ["A1"], "repeat": ["A2", "A3"]}


def test_each_attempt_counts_when_attempts_are_the_unit():
    rows = [row(on=1, **NONE), row(on=2)]
    tally = counting.tally(MICRO, rows, Unit.ATTEMPT)
    assert (tally.found, tally.known) == (1, 2)


def test_the_order_of_operation_decides_and_not_the_order_of_the_rows():
    rows = counting.in_order([row(on=9), row(on=2, **NONE)])
    assert where(rows) == {"not_found": ["A2"], "repeat": ["A9"]}


def test_rows_without_a_date_keep_the_order_of_their_file():
    rows = counting.in_order([row(on=1, procedure_date=None), row(on=2, procedure_date=None, **NONE)])
    assert where(rows) == {"found": ["A1"], "repeat": ["A2"]}


def test_a_man_operated_on_conventionally_first_is_not_a_new_man_for_micro():
    rows = [row(on=1, procedure="conventional_tese", **NONE), row(on=2, prior_retrieval="none_found")]
    assert where(rows) == {"repeat": ["A2"]}


def test_a_man_who_failed_before_counts_by_his_first_attempt_after_it():
    rows = [
        row(on=1, procedure="conventional_tese", **NONE),
        row(on=2, prior_retrieval="none_found", attempt_number=2, **NONE),
        row(on=3, prior_retrieval="none_found", attempt_number=3),
    ]
    assert where(rows, "failed_before") == {"not_found": ["A2"], "repeat": ["A3"]}


def test_a_man_who_failed_elsewhere_counts_the_same_however_his_attempts_are_numbered():
    """Who failed before is read from the earlier retrieval, who is new from the dates."""
    for number in (1, 2):
        came = row(on=1, prior_retrieval="none_found", attempt_number=number)
        again = row(on=2, prior_retrieval="found", attempt_number=number + 1)
        assert where([came, again]) == {"found": ["A1"], "repeat": ["A2"]}
        assert where([came, again], "failed_before") == {"found": ["A1"]}
        assert where([came], "c23_union") == {"found": ["A1"]}


def test_an_abandoned_operation_does_not_use_up_the_first_attempt():
    rows = [row(on=1, status="abandoned"), row(on=2)]
    assert where(rows) == {"abandoned": ["A1"], "found": ["A2"]}


def test_a_first_attempt_that_is_awaited_is_not_replaced_by_a_later_one():
    rows = [row(on=1, result_status="preliminary"), row(on=2)]
    assert where(rows) == {"pending": ["A1"], "repeat": ["A2"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"klinefelter_status": "non_mosaic"}, {"found": ["A1"]}),
        ({"klinefelter_status": "mosaic"}, {"found": ["A1"]}),
        ({"klinefelter_status": "not_klinefelter"}, {}),
        ({"klinefelter_status": "not_tested"}, {"not_tested": ["A1"]}),
        ({"klinefelter_status": "unknown"}, {"not_tested": ["A1"]}),
        ({"klinefelter_status": ""}, {"not_recorded": ["A1"]}),
        ({"klinefelter_status": "", "primary_aetiology": "klinefelter"}, {"found": ["A1"]}),
    ],
    ids=str,
)
def test_not_tested_is_not_the_same_as_not_klinefelter(changes, expected):
    assert where([row(**changes)], "klinefelter") == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"y_microdeletion": "azfc"}, {"found": ["A1"]}),
        ({"primary_aetiology": "other_genetic", "y_microdeletion": "not_tested"}, {"found": ["A1"]}),
        ({"klinefelter_status": "mosaic", "y_microdeletion": "not_tested"}, {"found": ["A1"]}),
        ({"y_microdeletion": "not_tested"}, {"not_tested": ["A1"]}),
        ({}, {}),
    ],
    ids=str,
)
def test_a_genetic_cause_is_any_of_three(changes, expected):
    assert where([row(**changes)], "genetic") == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"prior_retrieval": "none_found"}, {"found": ["A1"]}),
        ({"prior_retrieval": "found"}, {}),
        ({"prior_retrieval": "unknown"}, {"not_tested": ["A1"]}),
        ({"prior_retrieval": "", "attempt_number": None}, {"not_recorded": ["A1"]}),
        ({"prior_retrieval": "", "attempt_number": 1}, {}),
    ],
    ids=str,
)
def test_a_repeat_is_not_a_failure(changes, expected):
    assert where([row(**changes)], "failed_before") == expected


def test_the_union_has_each_man_once():
    rows = [
        row("A", klinefelter_status="mosaic", prior_retrieval="none_found"),
        row("B", klinefelter_status="mosaic"),
        row("C"),
        row("D", klinefelter_status="not_tested", prior_retrieval="none_found"),
    ]
    assert where(rows, "c23_union") == {"found": ["A1", "B1", "D1"]}


def test_testes_are_counted_by_side_and_a_side_that_was_not_sampled_is_not():
    rows = [row("A"), row("B", left_sperm_found="not_sampled"), row("C", sides="left", result_status="")]
    tally = counting.tally(MICRO, rows, Unit.TESTIS)
    assert (tally.found, tally.known, tally.pending) == (2, 3, 1)


def test_obstructive_men_count_whatever_the_procedure():
    rows = [
        row("A", azoospermia_type="oa", procedure="pesa"),
        row("B", azoospermia_type="oa", procedure="tesa"),
    ]
    assert where(rows, "obstructive") == {"found": ["A1", "B1"]}
    assert where(rows) == {}
