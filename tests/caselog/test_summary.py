"""A record in words."""

import pytest

from caselog.models import Case
from caselog.web.summary import Result, laboratory_result


@pytest.mark.parametrize(
    ("right", "left", "result"),
    [
        ("none", "not_sampled", Result("No sperm found", "done")),
        ("not_sampled", "not_sampled", Result("Result not recorded", "open")),
        (None, None, Result("Result not recorded", "open")),
        ("none", "found_unspecified", Result("Sperm found", "done")),
    ],
)
def test_a_final_report_without_a_finding_is_not_no_sperm(make_case, make_report, right, left, result):
    make_report(make_case(sides="both"))
    case = Case.objects.prefetch_related("testes__finding").get()
    found = {"right": right, "left": left}
    for testis in case.testes.all():  # in memory: the database refuses some of these
        if found[testis.side] is None:
            testis._state.fields_cache["finding"] = None
        else:
            testis.finding.sperm_found = found[testis.side]
    assert laboratory_result(case) == result
