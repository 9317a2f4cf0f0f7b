"""A question about an answer that two professions own: it goes to both, and either answers."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from caselog.models import Membership
from caselog.services import queries

OWNED = [
    ("right_tissue_weight_mg", "surgeon", "case_operation"),
    ("right_tissue_weight_mg", "embryologist", "laboratory_report"),
    ("left_wet_prep", "embryologist", "laboratory_report"),
    ("research_consent", "surgeon", "case_operation"),
    ("research_consent", "administrator", "case_patient"),
    ("partner_birth_year", "administrator", "case_patient"),
    ("patient_code", "surgeon", "case_operation"),
    ("patient_code", "administrator", "case_patient"),
    ("right_pattern", "embryologist", "case_histology"),
    ("follow_up.seen_on", "administrator", "case_detail"),
]
NOT_OWNED = [
    ("right_tissue_weight_mg", "administrator"),
    ("right_tissue_weight_mg", "reader"),
    ("right_samples_n", "embryologist"),
    ("research_consent", "embryologist"),
    ("search_minutes", "surgeon"),
    ("follow_up.seen_on", "embryologist"),
    ("", "administrator"),
]


@pytest.fixture
def ask(case, reader):
    return lambda field: queries.ask(by=reader, case=case, field=field, text="Is this right?")


@pytest.fixture
def asked_of(client):
    """The cases that home lists as asked of this person."""

    def read(person):
        client.force_login(person)
        lists = client.get(reverse("home")).context["lists"]
        return [task.number for one in lists if one.id == "asked" for task in one.tasks]

    return read


@pytest.mark.parametrize(("field", "role", "page"), OWNED)
def test_each_owner_is_told_and_answers(ask, case, member, client, asked_of, field, role, page):
    query, owner = ask(field), member(role)
    assert asked_of(owner) == [case.number]
    url = reverse("case_queries", args=[case.pk])
    [thread] = client.get(url).context["threads"]
    assert thread.change_url.partition("#")[0] == reverse(page, args=[case.pk])
    assert client.post(reverse("query_answer", args=[query.pk]), {"text": "It is."}).status_code == 302
    assert query.messages.last().said_by == owner
    assert asked_of(owner) == []


@pytest.mark.parametrize(("field", "role"), NOT_OWNED)
def test_nobody_else_is_told_or_answers(ask, member, client, asked_of, field, role):
    query, other = ask(field), member(role)
    assert asked_of(other) == []
    assert client.post(reverse("query_answer", args=[query.pk]), {"text": "It is."}).status_code == 403
    with pytest.raises(PermissionDenied):
        queries.answer(by=other, query=query, text="It is.")
    assert query.messages.count() == 1


@pytest.mark.parametrize(("field", "role"), [owned[:2] for owned in OWNED])
def test_a_program_of_each_owner_answers(ask, member, api, field, role):
    query, owner = ask(field), member(role)
    answered = api(owner).patch(f"/api/v1/queries/{query.pk}/", {"text": "It is."})
    assert answered.status_code == 200
    assert answered.json()["messages"][-1]["said_by"] == owner.pk


@pytest.mark.parametrize(("field", "role"), NOT_OWNED)
def test_a_program_of_nobody_else_answers(ask, member, api, field, role):
    query = ask(field)
    refused = api(member(role)).patch(f"/api/v1/queries/{query.pk}/", {"text": "It is."})
    assert refused.status_code == 403
    assert query.messages.count() == 1


def test_the_page_names_everybody_who_was_asked(ask, case, client, reader):
    ask("right_tissue_weight_mg")
    client.force_login(reader)
    page = client.get(reverse("case_queries", args=[case.pk])).content.decode()
    assert "asked of: Surgeon or Embryologist" in page


def test_a_question_is_not_asked_of_the_owner_who_asked_it(case, member, administrator, asked_of):
    other = member("administrator")
    query = queries.ask(by=administrator, case=case, field="research_consent", text="Did he sign?")
    assert asked_of(administrator) == []
    assert asked_of(other) == [case.number]
    queries.answer(by=other, query=query, text="He did.")
    assert query.messages.count() == 2


def test_who_was_an_owner_and_left_is_told_nothing(ask, member, asked_of, other_clinic):
    ask("right_tissue_weight_mg")
    elsewhere = member("embryologist", clinic=other_clinic)
    Membership.objects.create(clinic=other_clinic, user=elsewhere, role="surgeon")
    assert asked_of(elsewhere) == []
