"""A request that comes late, twice or malformed is answered in words, never with an error of ours."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case, Complication, Draft, Histology
from caselog.services import ascertainment, cases, follow_up
from caselog.services.ascertainment import NotAList
from caselog.services.errors import Stale

API = "/api/v1/"
HAEMATOMA = {"kind": "haematoma", "onset_day": 3, "grade": "1"}
DEEP = "[" * 200_000


@pytest.fixture
def program(api, surgeon):
    return api(surgeon)


def errors_of(answer, status):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def read(version):
    return {"If-Match": f'"{version}"'}


def hidden(client, url) -> dict:
    """What the form goes along with."""
    opened = client.get(url).context["opened"]
    return {"page": opened.page.token, "version": opened.version or "", "base": opened.base}


# A retry, or "Back", after what it made was deleted


def test_a_retried_request_whose_case_was_deleted_since_is_told(program, clinic):
    body = {"clinic": clinic.pk, "patient_code": "K-1", "procedure_date": "2025-03-04"}
    key = {"Idempotency-Key": "a"}
    made = program.post(f"{API}cases/", body, headers=key).json()
    assert program.delete(f"{API}cases/{made['id']}/", headers=read(1)).status_code == 204
    again = program.post(f"{API}cases/", body, headers=key)
    assert "not there any more" in errors_of(again, 409)["non_field_errors"][0]
    assert not Case.objects.exists()


def test_a_form_that_is_sent_again_after_its_draft_was_deleted_keeps_what_was_typed(as_surgeon):
    url = reverse("case_new")
    typed = hidden(as_surgeon, url) | {
        "patient_code": "K-1",
        "procedure_date_0": "4",
        "procedure_date_1": "3",
        "procedure_date_2": "2025",
        "status": "performed",
        "save": "",
    }
    assert as_surgeon.post(url, typed).status_code == 302
    Case.objects.get().delete()
    again = as_surgeon.post(url, typed)
    assert again.status_code == 422
    assert "This case was deleted" in again.content.decode()
    assert again.context["form"]["patient_code"].value() == "K-1"
    assert not Case.objects.exists()
    renewed = typed | {"page": again.context["opened"].page.token}
    assert as_surgeon.post(url, renewed).status_code == 302


def test_a_complication_that_is_sent_again_after_it_was_removed_is_asked_about(as_surgeon, surgeon, case):
    url = reverse("complication_new", args=[case.pk])
    typed = hidden(as_surgeon, url) | HAEMATOMA
    assert as_surgeon.post(url, typed).status_code == 302
    follow_up.remove(by=surgeon, record=Complication.objects.get())
    again = as_surgeon.post(url, typed)
    assert again.status_code == 422
    assert "This form was saved before" in again.content.decode()
    assert not Complication.objects.exists()


# Histology that is cleared


@pytest.mark.parametrize("method", ["put", "patch"])
def test_histology_that_is_cleared_is_answered_blank(program, case, method):
    made = program.post(f"{API}histology/", {"case": case.pk, "right_pattern": "mixed"})
    url, headers = f"{API}histology/{case.pk}/", {"If-Match": made.headers["ETag"]}
    cleared = getattr(program, method)(url, {"right_pattern": ""}, headers=headers)
    assert cleared.status_code == 200, cleared.content
    assert cleared.json()["right_pattern"] == ""
    assert cleared.headers["ETag"] != made.headers["ETag"]
    assert not Histology.objects.exists()
    assert program.get(url).status_code == 404


# A confirmation in a partial change


def test_a_confirmation_needs_no_reason_in_a_partial_change_either(program, case):
    said = {"age_at_procedure": 35, "confirm": [{"code": "x", "about": "y"}]}
    assert program.patch(f"{API}cases/{case.pk}/", said, headers=read(1)).status_code == 200


@pytest.mark.parametrize("said", [{"about": "y"}, {"code": "x"}])
def test_a_confirmation_is_whole_in_a_partial_change_too(program, case, said):
    answer = program.patch(f"{API}cases/{case.pk}/", {"confirm": [said]}, headers=read(1))
    assert errors_of(answer, 400) == {"confirm": ["This field is required."]}
    assert Case.objects.get().version == 1


# A deletion says what was read


@pytest.fixture
def draft(make_case):
    return make_case(sign=False)


def change(draft, surgeon):
    answers = cases.answers_of(draft) | {"age_at_procedure": 35}
    cases.save_operation(
        by=surgeon, clinic=draft.clinic, case=draft, answers=answers, today=timezone.localdate()
    )


@pytest.mark.promise("CON-1")
def test_a_draft_that_a_colleague_changed_meanwhile_is_not_deleted(as_surgeon, surgeon, draft):
    url = reverse("case_delete", args=[draft.pk])
    assert b'name="version" value="1"' in as_surgeon.get(url).content
    change(draft, surgeon)
    refused = as_surgeon.post(url, {"version": "1"}, follow=True)
    assert "Somebody else saved this case" in refused.content.decode()
    assert Case.objects.exists()
    assert as_surgeon.post(url, {"version": "2"}).status_code == 302
    assert not Case.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_page_that_does_not_say_what_was_read_deletes_nothing(as_surgeon, draft, version):
    as_surgeon.post(reverse("case_delete", args=[draft.pk]), {"version": version})
    assert Case.objects.exists()


def test_the_service_deletes_only_the_version_that_was_read(surgeon, draft):
    with pytest.raises(Stale):
        cases.delete_draft(by=surgeon, case=draft, version=7)
    cases.delete_draft(by=surgeon, case=draft, version=1)
    assert not Case.objects.exists()


@pytest.mark.promise("CON-1")
def test_a_program_deletes_only_the_draft_that_it_read(program, surgeon, draft):
    url = f"{API}cases/{draft.pk}/"
    assert errors_of(program.delete(url), 428)
    change(draft, surgeon)
    late = program.delete(url, headers=read(1))
    assert list(errors_of(late, 412)) == ["version"]
    assert late.json()["version"] == 2
    assert Case.objects.exists()
    assert program.delete(url, headers=read(2)).status_code == 204


@pytest.mark.promise("CON-1")
@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("follow-ups", {"month": "3", "complications": "not_followed"}),
        ("complications", HAEMATOMA),
        ("icsi-cycles", {"started_on": "2025-05-01", "sperm_source": "frozen"}),
    ],
)
def test_a_program_takes_away_only_what_it_read(program, case, address, body):
    made = program.post(f"{API}{address}/", body | {"case": case.pk}).json()
    url = f"{API}{address}/{made['id']}/"
    assert errors_of(program.delete(url), 428)
    assert errors_of(program.delete(url, headers=read(7)), 412)
    assert program.delete(url, headers=read(made["version"])).status_code == 204
    assert program.get(url).status_code == 404


def test_what_a_colleague_removes_during_the_removal_is_told(program, case, monkeypatch):
    made = program.post(f"{API}complications/", HAEMATOMA | {"case": case.pk}).json()
    remove = follow_up.remove

    def removed_first(**asked):
        Complication.objects.all().delete()
        return remove(**asked)

    monkeypatch.setattr(follow_up, "remove", removed_first)
    late = program.delete(f"{API}complications/{made['id']}/", headers=read(1))
    assert list(errors_of(late, 412)) == ["version"]


# Days and nesting that nothing can hold


@pytest.mark.parametrize("on", ["0001-01-01", "1969-12-31", "2201-01-01", "9999-12-31"])
@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("page", ["follow_ups", "case_list"])
def test_a_key_of_an_impossible_day_shows_the_first_page(as_surgeon, case, page, way, on):
    assert as_surgeon.get(reverse(page), {way: f"{on}_1"}).status_code == 200


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_key_of_an_impossible_moment_shows_the_first_page(as_surgeon, case, at):
    answer = as_surgeon.get(reverse("case_list"), {"sort": "entered", "after": f"{at}_1"})
    assert answer.context["page"].rows == [case]


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31"])
def test_a_theatre_list_of_an_impossible_day_is_refused_by_row(db, day):
    with pytest.raises(NotAList) as refused:
        ascertainment.pasted(f"date,code\n2025-03-01,K-1\n{day},K-2", today=date(2025, 6, 30))
    [error] = refused.value.errors
    assert "Row 3" in error
    assert "1970" in error


@pytest.mark.parametrize("version", ["Infinity", "NaN", "9" * 30])
def test_a_draft_with_an_impossible_version_is_refused(as_surgeon, version):
    page = as_surgeon.get(reverse("case_new")).context["opened"].page
    body = f'{{"page": "{page.token}", "typed": {{}}, "focus": "", "version": {version}}}'
    url = reverse("draft", args=[page.key])
    assert as_surgeon.put(url, body, content_type="application/json").status_code in (403, 409)
    assert not Draft.objects.exists()


def test_a_draft_is_kept_without_what_no_database_holds(as_surgeon):
    page = as_surgeon.get(reverse("case_new")).context["opened"].page
    bad = "K\0-\ud8001"
    sent = {"page": page.token, "typed": {"patient_code": [bad]}, "focus": bad, "version": 0}
    url = reverse("draft", args=[page.key])
    assert as_surgeon.put(url, json.dumps(sent), content_type="application/json").status_code == 200
    assert Draft.objects.get().typed == {"patient_code": ["K-1"]}


def test_a_draft_that_is_nested_too_deep_is_refused(as_surgeon):
    answer = as_surgeon.put(reverse("draft", args=[uuid4()]), DEEP, content_type="application/json")
    assert answer.status_code == 403


def test_a_form_whose_base_is_nested_too_deep_counts_as_read_by_nobody(as_surgeon, case):
    url = reverse("case_operation", args=[case.pk])
    assert as_surgeon.post(url, hidden(as_surgeon, url) | {"base": DEEP, "save": ""}).status_code == 422
    assert Case.objects.get().version == 1
