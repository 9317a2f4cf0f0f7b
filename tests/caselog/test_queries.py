"""Questions about an answer: who asks, who answers, who closes."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from caselog.history.reading import history_of
from caselog.models import Change, Membership, Query, QueryMessage
from caselog.services import cases, clinics, queries
from caselog.services.errors import Refused


@pytest.fixture
def query(case, reader):
    return queries.ask(by=reader, case=case, field="right_tissue_weight_mg", text="120 mg: is it grams?")


@pytest.fixture
def as_person(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.mark.parametrize("role", ["reader", "administrator"])
def test_readers_and_administrators_ask(case, member, role):
    asked = queries.ask(by=member(role), case=case, field="", text="Why twice?")
    assert (asked.owner, asked.messages.get().text) == ("surgeon", "Why twice?")


@pytest.mark.parametrize("role", ["surgeon", "embryologist"])
def test_who_writes_the_record_does_not_ask_about_it(case, member, role):
    with pytest.raises(PermissionDenied):
        queries.ask(by=member(role), case=case, field="", text="Why twice?")
    assert not Query.objects.exists()


def test_nobody_asks_in_another_clinic(case, member, other_clinic):
    with pytest.raises(PermissionDenied):
        queries.ask(by=member("reader", clinic=other_clinic), case=case, field="", text="Why?")


def test_the_profession_that_owns_the_answer_is_asked(case, reader):
    about_laboratory = queries.ask(by=reader, case=case, field="search_minutes", text="So short?")
    about_operation = queries.ask(by=reader, case=case, field="anaesthesia", text="Local?")
    assert (about_laboratory.owner, about_operation.owner) == ("embryologist", "surgeon")


@pytest.mark.parametrize(
    ("field", "about"),
    [
        ("follow_up.seen_on", "Follow-up: Seen on"),
        ("follow_up.fsh_value", "Follow-up: FSH: Value"),
        ("complication.grade", "Complication: "),
        ("icsi.two_pn_n", "ICSI cycle: "),
    ],
)
def test_what_came_after_the_operation_is_asked_about_by_its_part(
    case, reader, surgeon, as_person, field, about
):
    url = reverse("case_queries", args=[case.pk])
    assert as_person(reader).post(url, {"field": field, "text": "Sure?"}).status_code == 302
    query = Query.objects.get()
    assert (query.field, query.owner) == (field, "surgeon")
    page = as_person(surgeon).get(url)
    assert page.context["threads"][0].about.startswith(about)
    assert page.context["threads"][0].change_url == reverse("case_detail", args=[case.pk]) + "#follow-up"
    told = [answer.after for entry in history_of(reader, case) for answer in entry.changes]
    assert [words for words in told if words and words.startswith(about)]


@pytest.mark.parametrize("field", ["seen_on", "operation.anaesthesia", "follow_up.anaesthesia"])
def test_a_part_has_only_its_own_answers(case, reader, field):
    with pytest.raises(ValidationError):
        queries.ask(by=reader, case=case, field=field, text="Sure?")


def test_nothing_came_after_an_operation_that_was_cancelled(make_case, reader, as_person):
    cancelled = make_case(status="cancelled", status_reason="Fever")
    page = as_person(reader).get(reverse("case_queries", args=[cancelled.pk])).content.decode()
    assert 'value="follow_up.seen_on"' not in page


@pytest.mark.parametrize(
    ("field", "text", "blamed"),
    [("no_such_field", "Why?", "field"), ("", "   ", "text"), ("", "x" * 1001, "text")],
)
def test_a_question_without_sense_is_refused_whole(case, reader, field, text, blamed):
    with pytest.raises(ValidationError) as refused:
        queries.ask(by=reader, case=case, field=field, text=text)
    assert list(refused.value.message_dict) == [blamed]
    assert not Query.objects.exists()


def test_the_owner_answers_and_the_asker_asks_on(query, surgeon, reader):
    queries.answer(by=surgeon, query=query, text="Milligrams.")
    queries.answer(by=reader, query=query, text="Of both sides?")
    assert [turn.text for turn in query.messages.all()][1:] == ["Milligrams.", "Of both sides?"]


@pytest.mark.parametrize("role", ["embryologist", "administrator", "reader"])
def test_nobody_else_answers(case, reader, member, role):
    query = queries.ask(by=reader, case=case, field="anaesthesia", text="General?")
    with pytest.raises(PermissionDenied):
        queries.answer(by=member(role), query=query, text="I think so.")
    assert query.messages.count() == 1


def test_only_the_asker_closes(query, surgeon, administrator, member, reader):
    for other in (surgeon, administrator, member("reader")):
        with pytest.raises(PermissionDenied):
            queries.close(by=other, query=query)
    closed = queries.close(by=reader, query=query)
    assert (closed.closed_by, Query.objects.open().count()) == (reader, 0)


def test_an_administrator_closes_for_an_asker_who_left(query, reader, administrator, surgeon):
    clinics.end_membership(by=administrator, membership=reader.memberships.get())
    with pytest.raises(PermissionDenied):
        queries.close(by=reader, query=query)
    with pytest.raises(PermissionDenied):
        queries.close(by=surgeon, query=query)
    assert queries.close(by=administrator, query=query).closed_by == administrator


@pytest.mark.parametrize("asks_still", [True, False])
def test_an_administrator_closes_for_an_asker_who_no_longer_asks(
    query, reader, administrator, clinic, asks_still
):
    role = "administrator" if asks_still else "surgeon"
    clinics.end_membership(by=administrator, membership=reader.memberships.get())
    Membership.objects.create(clinic=clinic, user=reader, role=role)
    asker, other = (reader, administrator) if asks_still else (administrator, reader)
    assert queries.of_case(query.case)[0].asker_left is not asks_still
    with pytest.raises(PermissionDenied):
        queries.close(by=other, query=query)
    assert queries.close(by=asker, query=query).closed_by == asker


def test_a_closed_question_takes_no_more_turns(query, reader, surgeon):
    queries.close(by=reader, query=query)
    with pytest.raises(Refused):
        queries.answer(by=surgeon, query=query, text="Milligrams.")
    with pytest.raises(Refused):
        queries.close(by=reader, query=query)


def test_every_turn_is_in_the_history(query, surgeon, reader):
    queries.answer(by=surgeon, query=query, text="Milligrams.")
    queries.close(by=reader, query=query)
    written = Change.objects.filter(table__in=["caselog_query", "caselog_querymessage"])
    assert sorted(written.values_list("table", "actor_id")) == sorted(
        [
            ("caselog_query", reader.pk),
            ("caselog_querymessage", reader.pk),
            ("caselog_querymessage", surgeon.pk),
            ("caselog_query", reader.pk),
        ]
    )


def test_a_draft_that_was_asked_about_is_not_deleted(make_case, surgeon, reader):
    draft = make_case(sign=False)
    queries.ask(by=reader, case=draft, field="", text="Twice?")
    with pytest.raises(Refused):
        cases.delete_draft(by=surgeon, case=draft)


def test_a_question_goes_from_the_case_to_the_owner_and_back(case, reader, surgeon, as_person):
    url = reverse("case_queries", args=[case.pk])
    asked = as_person(reader).post(url, {"field": "anaesthesia", "text": "General?"}, follow=True)
    assert "General?" in asked.content.decode()
    assert (
        "1 open question" in as_person(surgeon).get(reverse("case_detail", args=[case.pk])).content.decode()
    )
    page = as_person(surgeon).get(url).content.decode()
    query = Query.objects.get()
    assert reverse("query_answer", args=[query.pk]) in page
    assert reverse("query_close", args=[query.pk]) not in page
    assert reverse("case_operation", args=[case.pk]) in page
    as_person(surgeon).post(reverse("query_answer", args=[query.pk]), {"text": "Yes, general."})
    as_person(reader).post(reverse("query_close", args=[query.pk]))
    assert not Query.objects.open().exists()
    page = as_person(surgeon).get(url).content.decode()
    assert reverse("query_answer", args=[query.pk]) not in page


def test_no_message_about_a_question_names_the_patient(case, reader, as_person):
    url = reverse("case_queries", args=[case.pk])
    answer = as_person(reader).post(url, {"field": "case", "text": "Why?"}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said
    assert not [one for one in said if case.patient.code in one]


def test_what_was_typed_stays_when_it_is_refused(query, reader, surgeon, case, as_person):
    queries.close(by=reader, query=query)
    url = reverse("query_answer", args=[query.pk])
    late = as_person(surgeon).post(url, {"text": "Milligrams, as always."})
    assert late.status_code == 422
    assert "Milligrams, as always." in late.content.decode()
    url = reverse("case_queries", args=[case.pk])
    too_long = as_person(reader).post(url, {"field": "case", "text": "y" * 1001})
    assert too_long.status_code == 422
    assert "y" * 1001 in too_long.content.decode()
    assert QueryMessage.objects.count() == 1


def test_the_form_asks_only_about_what_applies_to_this_case(make_case, reader, as_person):
    one_sided = make_case(sides="right", left_weighing=None)
    page = as_person(reader).get(reverse("case_queries", args=[one_sided.pk])).content.decode()
    assert 'value="right_samples_n"' in page
    assert 'value="left_samples_n"' not in page


@pytest.mark.parametrize("role", ["surgeon", "administrator"])
def test_the_page_costs_the_same_however_many_questions(
    case, reader, member, as_person, role, django_assert_max_num_queries
):
    for number in range(6):
        queries.ask(by=reader, case=case, field="", text=f"Question {number}")
    client = as_person(member(role))
    with django_assert_max_num_queries(10):
        page = client.get(reverse("case_queries", args=[case.pk]))
    assert len(page.context["threads"]) == 6


def test_a_question_of_another_clinic_is_not_there(query, member, other_clinic, as_person):
    client = as_person(member("surgeon", "reader", "administrator", clinic=other_clinic))
    assert client.get(reverse("case_queries", args=[query.case_id])).status_code == 404
    for name in ("query_answer", "query_close"):
        assert client.post(reverse(name, args=[query.pk]), {"text": "Mine."}).status_code == 404
