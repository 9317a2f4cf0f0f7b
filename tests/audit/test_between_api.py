"""Side by side over REST: the page's figures, for the same people."""

import pytest

from tests.audit.sentences import NOT_YOURS, TAKES_NO_PART

KEYS = {
    "name",
    "own",
    "standing",
    "found",
    "known",
    "pending",
    "rate",
    "interval",
    "q_low",
    "q_high",
    "words",
}


def asked(program, clinic, **more):
    return program.get(f"/api/v1/clinics/{clinic.pk}/audit/between/", {"since": "", "until": "", **more})


def test_the_lead_gets_names_and_the_figures_of_the_page(api, theatre, administrator, clinic):
    said = asked(api(administrator), clinic).json()
    assert [one["name"] for one in said["surgeons"]["points"]] == sorted(theatre)
    here = said["clinics"]["points"][0]
    assert here.keys() == KEYS
    assert (here["name"], here["found"], here["known"], here["rate"]) == (clinic.name, 124, 124, 1.0)
    assert here["standing"] == "above"
    assert said["clinics"]["target"] == {"lower": 0.6, "upper": 0.7}
    assert said["clinics"]["coverage"] == 0.998
    assert said["clinics"]["words"][-1] == TAKES_NO_PART


def test_who_is_not_compared_has_no_figure_there_either(api, theatre, administrator, clinic):
    points = asked(api(administrator), clinic).json()["surgeons"]["points"]
    (elif_,) = (one for one in points if one["name"] == "Elif")
    assert elif_ == dict.fromkeys(KEYS) | {
        "name": "Elif",
        "own": False,
        "standing": "not_compared",
        "pending": 0,
        "words": "Elif: fewer than 20 cases",
    }


def test_a_surgeon_gets_one_name(api, theatre, clinic, surgeon):
    points = asked(api(surgeon), clinic).json()["surgeons"]["points"]
    assert [one["name"] for one in points] == ["Sami Surgeon", "", "", "", ""]


@pytest.mark.parametrize("role", ["embryologist", "reader"])
def test_embryologists_and_readers_get_no_surgeon(api, theatre, member, clinic, role):
    said = asked(api(member(role)), clinic).json()["surgeons"]
    assert (said["points"], said["hidden"], said["words"]) == ([], "not_yours", [NOT_YOURS])


def test_other_clinics_are_nameless_there_too(api, reader, clinic, others, takes_part):
    others()
    takes_part(clinic)
    points = asked(api(reader), clinic).json()["clinics"]["points"]
    assert [one["name"] for one in points] == [clinic.name, "", "", ""]


def test_a_clinic_of_others_is_not_found(api, reader, other_clinic, case):
    assert asked(api(reader), other_clinic).status_code == 404


def test_a_rate_that_is_not_there_is_refused(api, reader, clinic, case):
    response = asked(api(reader), clinic, measure="klinefelter")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["measure"]
