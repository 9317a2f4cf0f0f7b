"""A side is taken out of the case while its findings are typed: nothing typed goes without a word."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from caselog.models import Case, Draft, Finding, Histology, LaboratoryReport
from caselog.services import cases, histology
from tests.caselog.pages import hidden_of, page_of

TOLD = "You typed this for a side that is no longer in the case"
ASKED = "Some of what you typed has no place in this case any more"


def words_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(response)))


@pytest.fixture
def change(surgeon, answers):
    """change(case, sides="right") is what the surgeon saves meanwhile."""

    def make(case, **changes):
        usual = answers(surgeon=surgeon, patient_code=case.patient.code, left_weighing=None)
        return cases.save_operation(
            by=surgeon, clinic=case.clinic, case=case, answers=usual | changes, today=date(2025, 6, 30)
        )

    return make


@pytest.fixture
def url(case):
    return reverse("laboratory_report", args=[case.pk])


@pytest.fixture
def typed(findings, witness):
    found = findings(left_sperm_found="immotile", witness=witness.pk, search_minutes="90")
    # As the form shows it, and a browser sends it back.
    tissue = {
        "right_weighing": "balance",
        "right_tissue_weight_mg_0": "120",
        "right_tissue_weight_mg_1": "mg",
        "left_weighing": "not_weighed",
    }
    return found | tissue


@pytest.fixture
def told(as_embryologist, case, url, change, typed):
    """The answer to a final report that was typed for both sides, of which the surgeon took one away."""
    form = hidden_of(as_embryologist.get(url))
    change(case, sides="right")
    return as_embryologist.post(url, form | typed | {"left_count_category": "11_100", "final": ""})


def test_the_answers_of_a_side_that_is_gone_are_shown_and_nothing_is_saved(told):
    words = words_of(told)
    assert told.status_code == 422
    assert ASKED in words
    assert TOLD in words
    assert "Left testis: Sperm found: Immotile only" in words
    assert "Left testis: How many: 11–100" in words
    assert told.context["form"]["search_minutes"].value() == "90"
    assert not LaboratoryReport.objects.exists()
    assert not Finding.objects.exists()


def test_the_rest_is_saved_once_the_person_says_so(as_embryologist, url, told, typed):
    again = hidden_of(told) | typed | {"final": ""}
    assert again["left_count_category"] == ["11_100"]  # it goes along with the form
    assert as_embryologist.post(url, again).status_code == 422
    agreed = re.search(r'name="leave_out" value="([^"]+)"', page_of(told))[1]
    assert as_embryologist.post(url, again | {"leave_out": "right_sperm_found"}).status_code == 422
    assert not LaboratoryReport.objects.exists()
    assert as_embryologist.post(url, again | {"leave_out": agreed}).status_code == 302
    assert LaboratoryReport.objects.get().is_final
    assert [finding.testis.side for finding in Finding.objects.all()] == ["right"]


def test_what_was_typed_is_back_in_its_place_when_the_side_is(
    as_embryologist, case, url, told, typed, change
):
    change(case, sides="both", left_weighing="not_weighed")
    again = hidden_of(told) | typed | {"final": ""}
    assert as_embryologist.post(url, again).status_code == 302
    left = Finding.objects.get(testis__side="left")
    assert (left.sperm_found, left.count_category) == ("immotile", "11_100")


def test_another_mistake_is_said_first_and_the_typed_answers_stay_in_sight(as_embryologist, url, told, typed):
    again = hidden_of(told) | typed | {"search_minutes": "an hour", "final": ""}
    words = words_of(as_embryologist.post(url, again))
    assert ASKED not in words
    assert TOLD in words
    assert "Left testis: Sperm found: Immotile only" in words


def test_an_answer_that_cannot_be_read_is_shown_as_it_was_typed(as_embryologist, case, url, change, typed):
    form = hidden_of(as_embryologist.get(url))
    change(case, sides="right")
    page = as_embryologist.post(url, form | typed | {"left_count_exact": "<b>many</b>", "preliminary": ""})
    assert "&lt;b&gt;many&lt;/b&gt;" in page_of(page)


def test_what_was_only_read_is_not_said_to_be_typed(as_embryologist, case, make_report, url, change, typed):
    """A colleague's finding: they clear it, and the surgeon takes the side away."""
    make_report(case, final=False)
    form = hidden_of(as_embryologist.get(url))
    LaboratoryReport.objects.all().delete()
    Finding.objects.all().delete()
    change(case, sides="right")
    page = words_of(as_embryologist.post(url, form | typed | {"left_sperm_found": "none", "preliminary": ""}))
    assert TOLD not in page


def test_both_sides_are_gone_with_the_operation(as_embryologist, case, url, change, typed):
    form = hidden_of(as_embryologist.get(url))
    change(
        case, status="cancelled", status_reason="Fever", sides=None, procedure=None, anaesthesia=None,
        right_weighing=None, right_tissue_weight_mg=None, right_samples_n=None,
    )  # fmt: skip
    refused = as_embryologist.post(url, form | typed | {"final": ""})
    words = words_of(refused)
    assert refused.status_code == 422
    assert "No tissue was taken in this case" in words
    assert "Right testis: Sperm found: Motile" in words
    assert "Left testis: Sperm found: Immotile only" in words


@pytest.fixture
def draft_of(clinic):
    """draft_of(person, form, **typed) is what they typed there and did not save."""

    def make(person, form, **typed):
        kept = Draft.objects.create(
            user=person, clinic=clinic, key=uuid4(), form=form, version=1,
            typed={name: [str(value)] for name, value in typed.items()},
        )  # fmt: skip
        return f"{form}?draft={kept.key}"

    return make


@pytest.mark.parametrize("sides", ["right", None])
def test_a_draft_is_gone_on_with_and_shows_what_has_no_place(
    as_embryologist, case, url, change, draft_of, embryologist, sides
):
    address = draft_of(embryologist, url, left_sperm_found="immotile", search_minutes="75")
    if sides is None:
        change(case, status="cancelled", status_reason="Fever", sides=None, procedure=None, anaesthesia=None)
    else:
        change(case, sides=sides)
    page = as_embryologist.get(address)
    assert TOLD in words_of(page)
    assert "Left testis: Sperm found: Immotile only" in words_of(page)
    assert hidden_of(page)["left_sperm_found"] == ["immotile"]
    assert page.context["form"]["search_minutes"].value() == "75"


def test_a_draft_is_offered_where_nothing_can_be_reported_any_more(
    as_embryologist, case, url, change, make_report, draft_of, embryologist
):
    address = draft_of(embryologist, url, left_sperm_found="immotile")
    make_report(case)
    page = page_of(as_embryologist.get(url))
    assert 'name="final"' not in page
    assert f'href="{address}"' in page


# Histology


@pytest.fixture
def pathology(case):
    return reverse("case_histology", args=[case.pk])


@pytest.fixture
def theatre(client, surgeon):
    client.force_login(surgeon)
    return client


WRITTEN = {"right_pattern": "mixed", "left_pattern": "hypospermatogenesis", "left_johnsen_mean": "6.5"}


def test_histology_of_a_side_that_is_gone_is_shown_and_left_out_knowingly(theatre, case, pathology, change):
    form = hidden_of(theatre.get(pathology))
    change(case, sides="right")
    told = theatre.post(pathology, form | WRITTEN)
    assert told.status_code == 422
    assert "Left testis: Mean Johnsen score: 6.5" in words_of(told)
    assert not Histology.objects.exists()
    agreed = {"leave_out": "left_pattern left_johnsen_mean"}
    assert theatre.post(pathology, hidden_of(told) | WRITTEN | agreed).status_code == 302
    assert [row.testis.side for row in Histology.objects.all()] == ["right"]


def test_histology_of_an_operation_that_was_cancelled_meanwhile_is_not_lost(
    theatre, case, pathology, change, draft_of, surgeon
):
    form = hidden_of(theatre.get(pathology))
    address = draft_of(surgeon, pathology, **WRITTEN)
    change(case, status="cancelled", status_reason="Fever", sides=None, procedure=None, anaesthesia=None)
    assert f'href="{address}"' in page_of(theatre.get(pathology))
    for page in (theatre.post(pathology, form | WRITTEN), theatre.get(address)):
        assert "Left testis: Mean Johnsen score: 6.5" in words_of(page)
    assert not any(histology.answers_of(Case.objects.get()).values())


def test_a_form_with_nothing_left_over_asks_nothing(as_embryologist, url, typed):
    form = hidden_of(as_embryologist.get(url))
    assert as_embryologist.post(url, form | typed | {"final": ""}).status_code == 302
