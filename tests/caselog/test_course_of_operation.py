"""The days, the times and the plan of an operation, as they are refused."""

from datetime import date, time

import pytest

from caselog.services import cases

TODAY = date(2025, 6, 30)
OPERATED = date(2025, 3, 4)
BEFORE = {
    "prior_on": {"prior_retrieval": "none_found", "attempt_number": 2},
    "varicocele_repaired_on": {"varicocele": "grade_1", "varicocele_repaired": "yes"},
    "fsh_taken_on": {"fsh_result": "measured", "fsh_value": 12, "fsh_unit": "iu_l"},
}


@pytest.fixture
def wrong(clinic, surgeon, answers):
    """The fields that are wrong in a usual case with these changes."""

    def make(*, sign=True, **changes):
        given = answers(surgeon=surgeon, procedure_date=OPERATED) | changes
        return set(cases.problems(clinic=clinic, answers=given, today=TODAY, sign=sign))

    return make


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize(
    ("day", "refused"), [(date(2025, 3, 4), False), (date(2025, 3, 5), True), (date(2026, 1, 1), True)]
)
def test_what_came_before_the_operation_is_not_dated_after_it(wrong, name, day, refused):
    assert wrong(**BEFORE[name], **{name: day}) == ({name} if refused else set())


def test_consent_may_follow_the_operation_but_is_not_of_tomorrow(wrong):
    assert wrong(research_consent="yes", research_consent_on=date(2025, 5, 1)) == set()
    assert wrong(research_consent="yes", research_consent_on=date(2025, 7, 1)) == {"research_consent_on"}


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (time(9, 0), time(12, 0), False),
        (time(23, 0), time(1, 0), False),  # asked about instead
        (time(9, 0), time(21, 0), False),
        (time(9, 30), time(9, 0), True),
        (time(9, 0), None, False),
    ],
)
def test_an_operation_of_more_than_half_a_day_is_a_slip_of_the_times(wrong, start, end, refused):
    assert wrong(start_time=start, end_time=end) == ({"end_time"} if refused else set())


@pytest.mark.parametrize(
    ("planned", "reason", "refused"),
    [
        (None, None, False),
        ("micro_tese", None, False),
        ("conventional_tese", "Nothing found at first", False),
        ("conventional_tese", "  ", True),
        ("conventional_tese", None, True),
    ],
)
def test_another_procedure_than_planned_is_signed_with_its_reason(wrong, planned, reason, refused):
    changes = {"planned_procedure": planned, "changed_plan_reason": reason}
    assert wrong(**changes) == ({"changed_plan_reason"} if refused else set())
    assert wrong(sign=False, **changes) == set()
