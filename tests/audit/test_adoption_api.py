"""What a clinic's audits are compared with, over the API."""

import pytest

from audit.models import Adoption, OwnFigure
from tests.audit.adopting import our_years

ADOPTIONS, FIGURES = "/api/v1/reference-adoptions/", "/api/v1/own-figures/"
OURS = our_years(next_review="2100-01-01")


@pytest.fixture
def program(administrator, api):
    return api(administrator)


@pytest.fixture
def post(program, clinic):
    def send(address, status=201, **body):
        answer = program.post(address, {"clinic": clinic.pk} | body)
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


def test_each_change_is_a_version_that_can_be_read_again(post, program):
    own = post(FIGURES, **OURS)
    post(ADOPTIONS, reference_set="literature")
    taken = post(ADOPTIONS, figure="corona-2019-micro", tolerance=0.15, reason="Few cases")
    post(ADOPTIONS, withdraws=own["id"], reason="Counted wrongly")
    assert taken["tolerances"] == [{"figure": "corona-2019-micro", "tolerance": 0.15, "reason": "Few cases"}]
    assert taken["own_figures"] == [own["id"]]
    assert (taken["version"], taken["reference_set"]) == (3, "literature")
    versions = program.get(ADOPTIONS).json()["results"]
    assert sorted(one["version"] for one in versions) == [1, 2, 3, 4]
    first = program.get(f"{ADOPTIONS}{own['adoption']}/").json()
    assert (first["adds"], first["tolerances"], first["reference_set"]) == (own["id"], [], "document")
    gone = program.get(f"{FIGURES}{own['id']}/").json()
    assert gone["withdrawn_in"] == Adoption.objects.get(version=4).pk
    assert (gone["found"], gone["known"], gone["lower"], gone["tolerance"]) == (60, 100, None, 0.1)


def test_a_figure_goes_back_to_its_own_tolerance(post):
    post(ADOPTIONS, figure="c17-micro", tolerance=0.15, reason="Few cases")
    assert post(ADOPTIONS, figure="c17-micro", reason="Enough now")["tolerances"] == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, None),
        ({"reference_set": "literature", "figure": "c17-micro"}, None),
        ({"reference_set": "rumour"}, {"reference_set"}),
        ({"reference_set": "literature", "tolerance": 0.2}, {"figure"}),
        ({"figure": "c17-micro", "tolerance": 0.2}, {"reason"}),
        ({"figure": "c17-micro", "tolerance": 1, "reason": "x"}, {"tolerance"}),
        ({"figure": "c17-micro", "tolerance": "NaN", "reason": "x"}, {"tolerance"}),
        ({"withdraws": 999, "reason": "x"}, {"withdraws"}),
        ({"reference_set": "literature", "version": 9}, {"version"}),
    ],
)
def test_a_wrong_change_is_refused_by_field(post, body, fields):
    errors = post(ADOPTIONS, status=400, **body)["errors"]
    assert fields is None or set(errors) == fields
    assert not Adoption.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"found": 101}, "found"),
        ({"lower": 0.5}, "upper"),
        ({"upper": "Infinity"}, "upper"),
        ({"measure": "luck"}, "measure"),
        ({"next_review": "2020-01-01"}, "next_review"),
        ({"entered_on": "2020-01-01"}, "entered_on"),
    ],
)
def test_a_wrong_figure_is_refused_by_field(post, changes, field):
    assert field in post(FIGURES, status=400, **OURS | changes)["errors"]
    assert not OwnFigure.objects.exists()


def test_a_figure_of_another_clinic_cannot_be_withdrawn(post, api, member, other_clinic):
    theirs = api(member("administrator", clinic=other_clinic)).post(
        FIGURES, OURS | {"clinic": other_clinic.pk}
    )
    assert "withdraws" in post(ADOPTIONS, status=400, withdraws=theirs.json()["id"], reason="x")["errors"]


def test_the_same_request_sent_again_makes_one_version(program, clinic):
    body, key = {"clinic": clinic.pk, "reference_set": "literature"}, {"Idempotency-Key": "once"}
    first, second = (program.post(ADOPTIONS, body, headers=key) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert Adoption.objects.count() == 1


def test_the_audit_takes_the_clinics_set_once_there_is_one(post, program, clinic, make_case, make_report):
    make_report(make_case())
    address = f"/api/v1/clinics/{clinic.pk}/audit/"
    assert program.get(address, {"reference_set": "clinic"}).status_code == 400
    post(ADOPTIONS, figure="c17-micro", tolerance=0.15, reason="Few cases")
    shown = program.get(address).json()
    assert shown["filters"]["reference_set"] == "clinic"
    micro = next(one for one in shown["comparisons"] if one["measure"] == "micro_noa")
    assert (micro["reference"]["tolerance"], micro["reference"]["usual_tolerance"]) == (0.15, 0.1)
    both = program.get(address, {"reference_set": "both"}).json()
    assert [one["id"] for one in both["references"]] == ["document", "literature"]
    assert all(len(one["also"]) == 1 for one in both["comparisons"])
