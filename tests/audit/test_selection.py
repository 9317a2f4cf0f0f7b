"""Which cases a filter chooses, and that choosing makes no repeat a first procedure."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from audit import counting, quality, words
from audit.measures import BY_ID
from audit.results import Filters, Part, Unit
from caselog import dataset
from caselog.choices import Procedure
from caselog.models import Case
from caselog.selection import Selection
from tests.audit.rows import audited, row, where

LATER, FIRST = Selection(attempt="later"), Selection(attempt="first")
CONVENTIONAL, MICRO = Selection(procedure="conventional_tese"), Selection(procedure="micro_tese")


def numbers(rows):
    return [one.case_number for one in rows]


def came_back(**changes):
    """A man's first operation, without sperm, and his second one, with."""
    return [
        row("A", 1, sperm_found="none"),
        row("A", 2, attempt_number=2, prior_retrieval="none_found", **changes),
    ]


# What is chosen -------------------------------------------------------------------------------


@pytest.fixture
def of_every_kind(make_case, member):
    second = member("surgeon", name="Second Surgeon")
    made = {
        "usual": make_case(),
        "second": make_case(by=second),
        "conventional": make_case(procedure="conventional_tese"),
        "combined": make_case(preceding_procedures=["conventional_tese"]),
        "obstructive": make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa"),
        "later": make_case(attempt_number=2, prior_retrieval="none_found"),
        "draft": make_case(
            sign=False, attempt_number=None, azoospermia_type=None, primary_aetiology=None, procedure=None
        ),
    }
    return made, second


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, {"usual", "second", "conventional", "combined", "obstructive", "later", "draft"}),
        ({"procedure": "conventional_tese"}, {"conventional", "combined"}),
        ({"procedure": "micro_tese"}, {"usual", "second", "combined", "later"}),
        ({"azoospermia_type": "oa"}, {"obstructive"}),
        ({"primary_aetiology": "idiopathic"}, {"usual", "second", "conventional", "combined", "later"}),
        ({"attempt": "first"}, {"usual", "second", "conventional", "combined", "obstructive"}),
        ({"attempt": "later"}, {"later"}),
        ({"attempt": "later", "procedure": "tesa"}, set()),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_the_database_and_the_spreadsheet_choose_the_same_cases(of_every_kind, reader, clinic, chosen, names):
    made, _second = of_every_kind
    selection = Selection(**chosen)
    wanted = [made[name].number for name in made if name in names]
    assert sorted(numbers(dataset.cases_of(reader, clinic, chosen=selection))) == sorted(wanted)
    whole = dataset.cases_of(reader, clinic)
    assert sorted(numbers(dataset.select(whole, selection))) == sorted(wanted)


def test_a_surgeons_cases_are_those_that_name_the_surgeon(of_every_kind, reader, clinic):
    made, second = of_every_kind
    chosen = Selection(surgeon=second.pk)
    assert numbers(dataset.cases_of(reader, clinic, chosen=chosen)) == [made["second"].number]


@pytest.mark.parametrize("code", Procedure)
def test_a_procedure_is_found_by_its_whole_code(clinic, case, reader, code):
    """The codes of several procedures stand in one column of text."""
    others = [other.value for other in Procedure if other != code and other != "micro_tese"]
    Case.objects.filter(pk=case.pk).update(preceding_procedures=others)
    found = dataset.cases_of(reader, clinic, chosen=Selection(procedure=code))
    assert len(found) == (code == "micro_tese")


def test_a_row_names_no_surgeon(clinic, case, reader):
    (found,) = dataset.cases_of(reader, clinic, chosen=Selection(surgeon=case.surgeon_id))
    assert case.surgeon.name not in str(found)
    assert "surgeon" not in dataset.COLUMNS


@pytest.mark.parametrize("n", [1, 5])
def test_choosing_takes_as_many_queries_as_not_choosing(
    make_case, make_report, reader, clinic, n, django_assert_num_queries
):
    for _man in range(n):
        first = make_case()
        make_report(first)
        again = {"attempt_number": 2, "prior_retrieval": "found", "procedure_date": date(2025, 4, 1)}
        make_case(patient_code=first.patient.code, **again)
    with django_assert_num_queries(5):
        rows = dataset.cases_of(reader, clinic, chosen=LATER)
    assert [len(one.earlier) for one in rows] == [1] * n


def test_each_filter_alone_is_counted_in_one_query(of_every_kind, reader, clinic, django_assert_num_queries):
    chosen = Selection(procedure="tesa", attempt="later")
    with django_assert_num_queries(1):
        left = dataset.left_by_each(reader, clinic, chosen=chosen)
    assert left == {"procedure": 1, "attempt": 1}
    outside = dataset.left_by_each(reader, clinic, since=date(2025, 3, 5), chosen=chosen)
    assert outside == {"procedure": 0, "attempt": 0}


# Who is counted -------------------------------------------------------------------------------


def test_a_later_attempt_does_not_become_a_first_one():
    chosen = dataset.select(came_back(), LATER)
    assert numbers(chosen) == ["A2"]
    assert where(chosen) == {"first_left_out": ["A2"]}
    assert where(chosen, unit=Unit.ATTEMPT) == {"found": ["A2"]}
    assert counting.first_attempts(chosen) == []
    assert quality.case_mix(chosen) == ()


def test_a_later_attempt_counts_when_the_first_one_is_before_the_period():
    assert where(dataset.select(came_back()[1:], LATER)) == {"found": ["A2"]}


def test_a_filter_never_moves_a_man_to_another_operation():
    """Whatever is chosen, a man who is counted is counted by the operation of the whole audit."""
    rows = [
        *came_back(procedure="conventional_tese"),
        *[replace(one, patient_code="B", case_number=f"B{one.case_number}") for one in came_back()],
        row("C", 3, klinefelter_status="non_mosaic", primary_aetiology="klinefelter"),
        row("C", 4, klinefelter_status="non_mosaic", attempt_number=2, procedure="conventional_tese"),
        row("D", 5, state="draft"),
        row("D", 6, attempt_number=2, prior_retrieval="none_found"),
    ]
    chosen_by = [LATER, FIRST, MICRO, CONVENTIONAL, Selection(primary_aetiology="idiopathic")]
    for measure in BY_ID:
        whole = where(rows, measure)
        for chosen in chosen_by:
            some = where(dataset.select(rows, chosen), measure)
            for part in ("found", "not_found", "pending"):
                assert set(some.get(part, [])) <= set(whole.get(part, [])), (measure, chosen)


def test_of_the_filters_of_attempts_each_man_is_in_one():
    rows = [*came_back(), row("B", 3), row("C", 4, attempt_number=2)]
    counted = [where(dataset.select(rows, chosen)) for chosen in (FIRST, LATER)]
    assert [one.get("found", []) + one.get("not_found", []) for one in counted] == [["B3", "A1"], ["C4"]]


def test_a_group_takes_its_first_one_of_the_whole_period():
    """He failed, came to one surgeon, and then to another: the group counts him where he came first."""
    second, third = row("A", 2, prior_retrieval="none_found"), row("A", 3, prior_retrieval="none_found")
    rows = [row("A", 1, sperm_found="none"), second, third]
    assert where(rows, "failed_before") == {"found": ["A2"], "repeat": ["A3"]}
    assert where([replace(third, earlier=(rows[0], second))], "failed_before") == {"first_left_out": ["A3"]}
    assert where([replace(third, earlier=(rows[0],))], "failed_before") == {"found": ["A3"]}


def test_an_operation_that_was_not_carried_out_uses_up_nothing():
    abandoned = row("A", 1, status="abandoned", sperm_found="", procedure="conventional_tese")
    assert where(dataset.select([abandoned, row("A", 2)], MICRO)) == {"found": ["A2"]}


def test_on_one_day_the_attempt_number_says_which_was_first():
    second, first = row("A", 1, attempt_number=2), row("A", 1, procedure="conventional_tese")
    assert where(dataset.select([second, first], MICRO)) == {"first_left_out": ["A1"]}


def test_a_man_with_one_chosen_attempt_and_one_left_out_between_is_a_repeat_after_it():
    rows = [row("A", 1), row("A", 2, procedure="conventional_tese"), row("A", 3)]
    assert where(dataset.select(rows, MICRO)) == {"found": ["A1"], "repeat": ["A3"]}


def test_the_arms_of_the_difference_hold_other_men_under_a_filter_too():
    audit = audited(dataset.select(came_back(procedure="conventional_tese"), LATER), attempt="later")
    assert audit.difference.difference is None


def test_the_reason_says_that_the_filter_left_the_first_one_out():
    audit = audited(dataset.select(came_back(), LATER), attempt="later")
    micro = next(one for one in audit.comparisons if one.measure == "micro_noa")
    assert micro.count(Part.FIRST_LEFT_OUT) == 1
    assert words.exclusions(micro) == (
        "not counted: 1 later attempt of a man whose first one is outside the filters"
    )


def test_by_group_a_first_one_that_was_left_out_counts_in_its_own_group_only():
    """A filter leaves each group the man that it has in the whole audit, or none."""

    def known(rows, by):
        lines = [one for one in audited(rows).strata if (one.by, one.measure) == (by, "non_obstructive")]
        return {one.group: one.known for one in lines}

    rows = came_back(procedure="conventional_tese")
    chosen = dataset.select(rows, CONVENTIONAL)
    assert known(rows, "procedure") == {"conventional_tese": 1, "micro_tese": 1}
    assert known(chosen, "procedure") == {"conventional_tese": 1}
    assert known(rows, "azoospermia_type") == {"noa": 1}
    assert known(chosen, "azoospermia_type") == {}


# The fingerprint ------------------------------------------------------------------------------


def test_what_a_filter_left_out_is_part_of_the_data():
    rows = came_back()
    chosen = dataset.select(rows, LATER)
    assert dataset.fingerprint(chosen) != dataset.fingerprint(rows[1:])
    unsigned = dataset.select([replace(rows[0], state="draft"), rows[1]], LATER)
    assert dataset.fingerprint(unsigned) != dataset.fingerprint(chosen)


def test_without_a_filter_the_data_has_the_fingerprint_it_always_had():
    """Runs that were kept before there were filters are compared with it."""
    rows = came_back()
    assert dataset.fingerprint(dataset.select(rows, Filters())) == dataset.fingerprint(rows)
    values = [getattr(rows[0], name) for name in dataset.COLUMNS]
    line = json.dumps(values, default=str, ensure_ascii=False) + "\n"
    assert dataset.fingerprint(rows[:1]) == hashlib.sha256(line.encode()).hexdigest()
