"""What is not the caller's to say is refused by its name, wherever something is made."""

import pytest

from audit.models import Adoption, AuditRun, AuditSettings, OwnFigure

CLOSED = {"title": "Spring", "since": "2025-01-01", "until": "2025-03-31"}
LIMITS = {"counts_only_below": 8, "compared_from": 20, "rate_in_funnel_from": 5, "takes_part": False}
FIGURE = {
    "measure": "micro_noa", "label": "Our years", "citation": "Our register", "population": "Men",
    "counted_in": "man", "found": 6, "known": 10, "next_review": "2100-01-01",
}  # fmt: skip
OF_ALL = ["id", "pk", "version", "share"]
BODIES = {
    "audit-runs/close/": (CLOSED, ["closed_on", "kept_by", "kept_at", "result", "level", "surgeon", "unit"]),
    "audit-settings/": (LIMITS | {"reason": "Agreed"}, ["changed_by", "changed_at"]),
    "own-figures/": (FIGURE, ["adoption", "entered_on", "withdrawal"]),
    "reference-adoptions/": ({"reference_set": "literature"}, ["adopted_by", "adopted_at", "adds"]),
}


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize("path", BODIES)
def test_an_extra_field_makes_nothing(path, make_case, make_report, api, administrator, clinic):
    make_report(make_case())
    body, extra = BODIES[path]
    program = api(administrator)
    for field in [*OF_ALL, *extra]:
        answer = program.post(f"/api/v1/{path}", body | {"clinic": clinic.pk, field: 1})
        assert answer.status_code == 400, field
        assert list(answer.json()["errors"]) == [field]
    made = (AuditRun, AuditSettings, OwnFigure, Adoption)
    assert [model.objects.count() for model in made] == [0, 0, 0, 0]
    assert program.post(f"/api/v1/{path}", body | {"clinic": clinic.pk}).status_code == 201


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize("path", BODIES)
def test_nothing_is_made_in_a_clinic_that_is_not_the_callers(path, api, administrator, other_clinic):
    answer = api(administrator).post(f"/api/v1/{path}", BODIES[path][0] | {"clinic": other_clinic.pk})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["clinic"])
