"""A half-filled form whose record is gone is shown to whoever typed it, and to nobody else."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from caselog.models import Draft, IcsiCycle, Membership
from caselog.services import cases, follow_up

GONE = "This form has no place any more"


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def half_filled(clinic, surgeon):
    def make(form, **typed):
        typed = {name: [str(value)] for name, value in typed.items()}
        return Draft.objects.create(clinic=clinic, user=surgeon, key=uuid4(), form=form, typed=typed)

    return make


@pytest.fixture
def of_deleted(make_case, surgeon, half_filled):
    """A form of a draft case that a colleague deleted meanwhile."""
    case = make_case(sign=False, patient_code="K-0231")
    kept = half_filled(
        reverse("case_operation", args=[case.pk]),
        patient_code="K-0231",
        surgeon=surgeon.pk,
        procedure_date_0=31,
        procedure_date_1="Febr",
        procedure_date_2=2025,
        anaesthesia="general",
        right_tissue_weight_mg_0=120,
        right_tissue_weight_mg_1="mg",
        operation_note="<b>Long</b> search",
    )
    cases.delete_draft(by=surgeon, case=case)
    return kept


def task_of(client):
    [found] = [one for one in client.get(reverse("home")).context["lists"] if one.id == "typed"]
    [task] = found.tasks
    return task


def test_home_leads_to_what_was_typed_of_a_deleted_case(as_surgeon, of_deleted):
    task = task_of(as_surgeon)
    assert (task.name, task.detail) == ("K-0231", "Operation, of a case that was deleted")
    page = as_surgeon.get(task.url)
    assert page.status_code == 200
    for told in (
        GONE,
        "Surgeon Sami Surgeon",
        "Date of operation 31 Febr 2025",  # as it was typed: there is no such day
        "Anaesthesia General",
        "Right testis: Tissue weight 120 mg",
        "&lt;b&gt;Long&lt;/b&gt; search",
    ):
        assert told in words(page), told


def test_it_is_discarded_from_there_and_home_is_rid_of_it(as_surgeon, of_deleted):
    page = as_surgeon.get(task_of(as_surgeon).url).content.decode()
    discard = reverse("draft_discard", args=[of_deleted.key])
    assert f'action="{discard}"' in page
    after = as_surgeon.post(discard, {"gone": ""}, follow=True)
    assert after.redirect_chain == [(reverse("home"), 302)]
    assert not Draft.objects.exists()
    assert not [one for one in after.context["lists"] if one.id == "typed"]


@pytest.mark.promise("ACC-5")
def test_nobody_else_sees_it(client, member, other_clinic, of_deleted):
    for person in (member("surgeon"), member("surgeon", clinic=other_clinic)):
        client.force_login(person)
        assert client.get(f"{of_deleted.form}?draft={of_deleted.key}").status_code == 404
    client.logout()
    assert client.get(f"{of_deleted.form}?draft={of_deleted.key}").status_code == 302


def test_without_something_typed_a_deleted_case_is_not_found(as_surgeon, of_deleted):
    assert as_surgeon.get(of_deleted.form).status_code == 404
    assert as_surgeon.get(f"{of_deleted.form}?draft={uuid4()}").status_code == 404
    assert as_surgeon.post(of_deleted.form, {"anaesthesia": "general"}).status_code == 404


def test_a_form_sent_after_its_case_was_deleted_is_kept_and_shown(as_surgeon, surgeon, make_case):
    case = make_case(sign=False)
    url = reverse("case_operation", args=[case.pk])
    sent = {"page": as_surgeon.get(url).context["opened"].page.token, "anaesthesia": "spinal"}
    cases.delete_draft(by=surgeon, case=case)
    page = as_surgeon.post(url, sent, follow=True)
    assert [status for _url, status in page.redirect_chain] == [302]
    assert GONE in words(page)
    assert "Anaesthesia Spinal" in words(page)
    assert Draft.objects.get().typed == {"anaesthesia": ["spinal"]}


def test_a_removed_cycle_and_a_visit_of_an_unsigned_case_are_told_alike(
    as_surgeon, surgeon, clinic, make_case, half_filled
):
    case = make_case()
    cycle = IcsiCycle.objects.create(clinic=clinic, case=case, started_on=case.procedure_date)
    kept = half_filled(reverse("cycle_change", args=[cycle.pk]), mii_injected_n=7)
    follow_up.remove(by=surgeon, record=cycle)
    page = as_surgeon.get(f"{kept.form}?draft={kept.key}")
    assert GONE in words(page)
    assert "7" in [one.shown for one in page.context["left_over"]]
    unsigned = make_case(sign=False)
    visit = half_filled(reverse("follow_up_visit", args=[unsigned.pk, 3]), follow_up_note="Well")
    told = words(as_surgeon.get(f"{visit.form}?draft={visit.key}"))
    assert GONE in told
    assert "Well" in told


def test_the_reasons_that_were_typed_are_shown_too(as_surgeon, make_case, surgeon, half_filled):
    case = make_case(sign=False)
    reasons = {
        "reason": "Found in the\r\ntheatre book",
        "confirm.earlier.prior_retrieval": "was asked about",
        "reason.earlier.prior_retrieval": "Operated on <elsewhere>",
        "reason.complete_deletion": "He insists",  # typed, and not ticked yet
        "reason.of_an_older_version": "Seen twice",
        "reason.earlier.prior_on": " ",
    }
    kept = half_filled(reverse("case_operation", args=[case.pk]), **reasons)
    cases.delete_draft(by=surgeon, case=case)
    page = as_surgeon.get(f"{kept.form}?draft={kept.key}")
    for told in (
        "Reason for the amendment Found in the theatre book",
        "Reason: Earlier sperm retrieval Operated on &lt;elsewhere&gt;",
        "Reason: Y microdeletion He insists",
        "Reason Seen twice",
    ):
        assert told in words(page), told
    assert len(page.context["reasons"]) == 4
    assert "Nothing was answered in it" not in words(page)


def test_a_form_of_another_of_ones_clinics_waits_there(
    as_surgeon, surgeon, clinic, other_clinic, case, half_filled
):
    Membership.objects.create(clinic=other_clinic, user=surgeon, role="surgeon")
    kept = half_filled(reverse("case_operation", args=[case.pk]), operation_note="Long search")
    address = f"{kept.form}?draft={kept.key}"
    as_surgeon.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    told = as_surgeon.get(address)
    assert f"You opened it in {clinic}" in words(told)
    assert "Long search" not in words(told)
    assert f'name="clinic" value="{clinic.pk}"' in told.content.decode()
    form = as_surgeon.post(
        reverse("clinic_switch"), {"clinic": clinic.pk, "next": told.context["address"]}, follow=True
    )
    assert form.context["form"]["operation_note"].value() == "Long search"
