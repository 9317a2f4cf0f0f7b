"""The pages on which a clinic says what its audits are compared with."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import adoptions
from audit.models import Adoption, OwnFigure
from tests.audit.adopting import our_years
from tests.audit.pages import text_of

HOME, NEW = reverse("references"), reverse("own_figure_new")
C17 = reverse("reference_tolerance", args=["c17-micro"])
TYPED = our_years(found="٦٠", known="100", tolerance="12,5", next_review="2100-01-01", reason="Agreed in May")
KEEP = reverse("audit_keep")


@pytest.fixture
def program(client, administrator):
    client.force_login(administrator)
    return client


def test_before_anything_is_adopted_the_page_says_so(program):
    said = text_of(program.get(HOME))
    assert "Nothing is adopted yet" in said
    assert "The versions of what this clinic adopts will appear here." in said


def test_an_administrator_adopts_a_set(program, clinic):
    response = program.post(
        HOME, {"reference_set": "literature", "reason": "It cites its figures"}, follow=True
    )
    said = text_of(response)
    assert "Version 1. Where the clinic has no figure of its own: Published literature." in said
    assert "Set adopted: Published literature It cites its figures" in said
    assert adoptions.adopted(clinic).base == "literature"


def test_an_administrator_takes_another_tolerance_and_goes_back_to_the_usual_one(program, clinic):
    said = text_of(program.post(C17, {"tolerance": "15", "reason": "Few cases"}, follow=True))
    assert "tolerance ±15 points, instead of ±10: Few cases" in said
    assert "micro-TESE, C17: tolerance ±15 points" in said
    said = text_of(
        program.post(C17, {"tolerance": "15", "reason": "Enough now", "own_again": "1"}, follow=True)
    )
    assert "micro-TESE, C17: its own tolerance again" in said
    assert not adoptions.adopted(clinic).tolerances


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"tolerance": "15", "reason": ""}, "Another tolerance changes verdicts. Say why."),
        ({"tolerance": "", "reason": "Few"}, "Write the points, such as 15."),
        ({"tolerance": "150", "reason": "Few"}, "less than or equal to 99"),
        ({"tolerance": "some", "reason": "Few"}, "Enter a number."),
    ],
)
def test_a_wrong_tolerance_stays_typed_with_what_is_wrong(program, clinic, typed, message):
    response = program.post(C17, typed)
    assert response.status_code == 422
    assert message in text_of(response)
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in response.content.decode()
    assert not adoptions.has_adopted(clinic)


def test_a_figure_that_no_verdict_rests_on_has_no_tolerance_page(program):
    assert program.get(reverse("reference_tolerance", args=["c23-union"])).status_code == 404


def test_an_administrator_adds_a_figure_in_any_digits_and_withdraws_it(program):
    said = text_of(program.post(NEW, TYPED, follow=True))
    own = OwnFigure.objects.get()
    assert (own.found, own.known, float(own.tolerance)) == (60, 100, 0.125)
    assert "Figure added: Our years 2022–2024 Agreed in May" in said
    assert "60 of 100, 60 % (50–70 %) tolerance ±12.5 points" in said
    leave = reverse("own_figure_withdraw", args=[own.pk])
    refused = program.post(leave, {"reason": ""})
    assert refused.status_code == 422
    said = text_of(program.post(leave, {"reason": "Counted wrongly"}, follow=True))
    assert "Figure withdrawn: Our years 2022–2024 Counted wrongly" in said
    assert "This figure was withdrawn already" in text_of(program.post(leave, {"reason": "Again"}))


def test_a_wrong_figure_stays_typed_with_all_that_is_wrong_at_its_field(program, clinic):
    wrong = TYPED | {"label": "", "found": "101", "lower": "60", "upper": "50", "next_review": "2020-01-01"}
    response = program.post(NEW, wrong)
    assert response.status_code == 422
    assert "Short name: This field is required." in text_of(
        response
    )  # the service is asked once all is typed
    response = program.post(NEW, wrong | {"label": "Ours"})
    assert response.status_code == 422
    said, html = text_of(response), response.content.decode()
    assert "Sperm found: More were found than there were." in said
    assert "The interval ends before it begins." in said
    assert "To be reviewed: Give a day after today." in said
    for value in ("101", "60", "50", "2020-01-01", "12,5", "Our own register, counted on 1 June 2025"):
        assert f'value="{value}"' in html
    assert not adoptions.has_adopted(clinic)


def test_a_past_version_is_read_as_it_stood_and_offers_no_change(program, clinic):
    program.post(NEW, TYPED)
    program.post(C17, {"tolerance": "15", "reason": "Few cases"})
    first = program.get(reverse("references_version", args=[1]))
    assert "Our years 2022–2024" in text_of(first)
    assert "±15" not in text_of(first)
    assert C17 not in first.content.decode()
    assert "±15" in text_of(program.get(reverse("references_version", args=[2])))
    assert program.get(reverse("references_version", args=[3])).status_code == 404


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_others_read_what_is_adopted_and_change_nothing(client, member, clinic, administrator, role):
    own = adoptions.add_figure(
        by=administrator,
        clinic=clinic,
        today=timezone.localdate(),
        answers=our_years(next_review=date(2100, 1, 1)),
    )
    leave = reverse("own_figure_withdraw", args=[own.pk])
    client.force_login(member(role))
    page = client.get(HOME)
    assert page.status_code == 200
    for address in (C17, NEW, leave):
        assert address not in page.content.decode()
        assert client.get(address).status_code == 403
        assert client.post(address, TYPED | {"reason": "Mine"}).status_code == 403
    assert client.post(HOME, {"reference_set": "literature"}).status_code == 403
    assert Adoption.objects.of(clinic).count() == 1


def test_a_figure_of_another_clinic_is_not_there(program, member, other_clinic):
    theirs = adoptions.add_figure(
        by=member("administrator", clinic=other_clinic),
        clinic=other_clinic,
        today=timezone.localdate(),
        answers=our_years(next_review=date(2100, 1, 1)),
    )
    assert program.post(reverse("own_figure_withdraw", args=[theirs.pk]), {"reason": "x"}).status_code == 404
    assert program.get(reverse("references_version", args=[1])).status_code == 404


# The audit --------------------------------------------------------------------


@pytest.fixture
def reported(make_case, make_report):
    make_report(make_case())


def audit_page(program, **asked):
    return text_of(program.get(reverse("audit"), {"since": "", "until": ""} | asked))


def test_once_adopted_the_clinics_set_is_the_usual_one(program, reported):
    page = program.get(reverse("audit")).content.decode()
    assert 'value="clinic"' not in page
    program.post(C17, {"tolerance": "15", "reason": "Few cases"})
    said = audit_page(program)
    assert "Compare with This clinic's figures" in said
    assert "the document's 60–70 % (C17), tolerance ±15 points, set by this clinic" in said
    assert "This clinic's own tolerance, instead of ±10: Few cases" in said
    assert "version 1, document " in said


def test_the_clinics_set_is_no_choice_before_there_is_one(program, reported):
    response = program.get(reverse("audit"), {"reference_set": "clinic"})
    assert response.status_code == 422


def test_both_sets_stand_side_by_side_on_the_page_and_in_a_kept_run(program, reported):
    said = audit_page(program, reference_set="both")
    assert "the document's 60–70 % (C17)" in said
    assert "Corona 2019: 42–49 %" in said
    assert "the same men, beside another reference" in said
    kept = program.post(
        KEEP, {"since": "", "until": "", "unit": "man", "reference_set": "both", "title": "Both"}, follow=True
    )
    assert "Corona 2019: 42–49 %" in text_of(kept)
    assert "Both, side by side" in text_of(program.get(reverse("audit_runs")))


def test_a_figure_past_its_review_is_said_to_be_so(program, reported, monkeypatch):
    late = timezone.now().replace(year=2031)
    monkeypatch.setattr("audit.web.asked.timezone", SimpleNamespace(now=lambda: late, localdate=late.date))
    said = audit_page(program)
    assert "These reference figures were due for review:" in said
    assert "Review overdue: its source was to be read again by 22 Nov 2027." in said


def test_before_the_review_is_due_nothing_is_said(program, reported):
    assert "due for review" not in audit_page(program)
