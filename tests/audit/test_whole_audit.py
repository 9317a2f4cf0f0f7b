"""The whole audit of a clinic costs as many queries of a thousand cases as of ten."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import depth, over_time, services
from audit.disclosure import disclose
from audit.measures import BY_ID
from audit.results import Filters
from caselog.models import Complication, FollowUp, IcsiCycle
from tests.conftest import TODAY

MOST = 15


def everything(reader, clinic):
    """Every measure, its groups, its course over time, and what may leave the clinic."""
    audit, rows = services.run(user=reader, clinic=clinic, filters=Filters(), now=timezone.now())
    tested = [depth.groups_tested(audit, measure) for measure in BY_ID]
    held = over_time.held(audit, rows, list(BY_ID))
    return held, tested, disclose(audit)


def beside(case):
    FollowUp.objects.create(clinic=case.clinic, case=case, month="6", complications="not_followed")
    Complication.objects.create(clinic=case.clinic, case=case, kind="wound", onset_day=3, grade="1")
    IcsiCycle.objects.create(clinic=case.clinic, case=case, started_on=TODAY)


@pytest.mark.parametrize("count", [10, pytest.param(1_000, marks=pytest.mark.slow)])
def test_all_of_a_clinics_audit_takes_at_most_15_queries(reader, clinic, case, many_cases, count):
    many_cases(count)
    beside(case)
    with CaptureQueriesContext(connection) as asked:
        audit, tested, shared = everything(reader, clinic)
    assert audit.quality.cases == count
    assert {one.measure for one in audit.comparisons} == {*BY_ID} == {one.measure for one in audit.over_time}
    assert len(tested) == len(BY_ID)
    assert shared.cases
    assert len(asked) <= MOST
