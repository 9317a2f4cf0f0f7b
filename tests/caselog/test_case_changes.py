"""The pages that change a case and delete a draft, as a browser without JavaScript sends them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case, Membership
from caselog.services import cases
from tests.caselog.pages import answers_on, page_of


def test_a_signed_case_is_changed_by_the_same_form(as_surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    page = as_surgeon.get(url)
    data = answers_on(page.context["form"]) | {"anaesthesia": "spinal", "version": case.version, "save": ""}
    response = as_surgeon.post(url, data, follow=True)
    case.refresh_from_db()
    assert case.anaesthesia == "spinal"
    assert not case.is_draft
    assert "Save and sign" not in page_of(page)
    assert f"The changes to case {case.number} are saved" in page_of(response)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_cannot_be_read_overwrites_nothing(as_surgeon, case, version):
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {"anaesthesia": "spinal", "version": version}
    assert as_surgeon.post(url, data).status_code == 422
    assert Case.objects.get().anaesthesia == "general"


def test_a_mistake_does_not_hide_that_somebody_else_saved_meanwhile(as_surgeon, surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {"version": 1}
    cases.save_operation(
        by=surgeon, clinic=case.clinic, case=case, answers=cases.answers_of(case), today=timezone.localdate()
    )
    assert as_surgeon.post(url, data | {"age_at_procedure": "x"}).context["opened"].version == 1


def test_whoever_operated_then_stays_the_surgeon_after_leaving(client, member, make_case, administrator):
    gone = member("surgeon", name="Gone")
    case = make_case(by=gone, surgeon=gone)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now(), ended_by=administrator)
    client.force_login(member("surgeon"))
    url = reverse("case_operation", args=[case.pk])
    data = answers_on(client.get(url).context["form"]) | {"anaesthesia": "spinal", "version": 1}
    assert client.post(url, data).status_code == 302
    assert Case.objects.get().surgeon == gone


def test_a_draft_is_deleted_after_a_question(as_surgeon, make_case):
    draft = make_case(sign=False)
    url = reverse("case_delete", args=[draft.pk])
    assert "Delete the draft" in page_of(as_surgeon.get(url))
    assert Case.objects.filter(pk=draft.pk).exists()
    as_surgeon.post(url, {"version": 1})
    assert not Case.objects.filter(pk=draft.pk).exists()


def test_a_signed_case_is_never_deleted(as_surgeon, case):
    response = as_surgeon.post(reverse("case_delete", args=[case.pk]), follow=True)
    assert "A signed case is never deleted" in page_of(response)
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_signed_case_has_no_page_to_delete_it(as_surgeon, case):
    response = as_surgeon.get(reverse("case_delete", args=[case.pk]), follow=True)
    assert "A signed case is never deleted" in page_of(response)
    assert "Delete the draft" not in page_of(response)


def test_a_case_deleted_during_the_save_is_told_and_what_was_typed_stays(as_surgeon, make_case, monkeypatch):
    draft = make_case(sign=False)
    url = reverse("case_operation", args=[draft.pk])
    data = answers_on(as_surgeon.get(url).context["form"]) | {
        "anaesthesia": "spinal",
        "version": 1,
        "draft": "",
    }
    save = cases.save_operation

    def deleted_first(**asked):
        Case.objects.filter(pk=draft.pk).delete()
        return save(**asked)

    monkeypatch.setattr(cases, "save_operation", deleted_first)
    response = as_surgeon.post(url, data)
    assert response.status_code == 422
    assert "This case was deleted while it was open here" in page_of(response)
    assert response.context["form"]["anaesthesia"].value() == "spinal"
