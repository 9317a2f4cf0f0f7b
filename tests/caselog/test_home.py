"""Home: what needs the person signed in."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import (
    Alert,
    Case,
    Confirmation,
    Draft,
    FollowUp,
    Membership,
    Period,
    Testis,
)
from caselog.services import alerts, cases, doubts, queries, work


@pytest.fixture
def home(client):
    def get(person):
        client.force_login(person)
        return client.get(reverse("home"))

    return get


def tasks(page, name):
    return next((one.tasks for one in page.context["lists"] if one.id == name), None)


def numbers(page, name):
    return [task.number for task in tasks(page, name) or ()]


def test_a_surgeon_finds_their_own_drafts_a_click_away(home, member, surgeon, make_case):
    mine = make_case(sign=False)
    signed = make_case()
    someone_elses = make_case(sign=False, by=member("surgeon"))
    page = home(surgeon)
    assert numbers(page, "drafts") == [mine.number]
    assert reverse("case_operation", args=[mine.pk]) in page.content.decode()
    for other in (signed, someone_elses):
        assert reverse("case_operation", args=[other.pk]) not in page.content.decode()


def test_a_surgeon_finds_a_draft_that_a_colleague_began_for_them(home, member, surgeon, make_case):
    began = make_case(sign=False, by=member("surgeon"), surgeon=surgeon)
    assert numbers(home(surgeon), "drafts") == [began.number]


def test_an_embryologist_finds_what_waits_for_a_final_result_the_oldest_first(
    home, embryologist, make_case, make_report
):
    reported, preliminary, waiting = (make_case(procedure_date=date(2025, 3, day)) for day in (1, 2, 3))
    make_report(reported)
    make_report(preliminary, final=False)
    page = home(embryologist)
    assert numbers(page, "waiting") == [preliminary.number, waiting.number]
    assert reverse("laboratory_report", args=[waiting.pk]) in page.content.decode()


def test_the_wait_is_counted_in_days(home, embryologist, make_case):
    today = timezone.localdate()
    make_case(procedure_date=date(2025, 3, 1))
    [task] = tasks(home(embryologist), "waiting")
    assert task.when == f"1 Mar 2025 · {(today - date(2025, 3, 1)).days} days"


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_others_have_no_task_that_is_not_theirs(home, member, make_case, role):
    make_case(sign=False)
    page = home(member(role))
    assert page.context["lists"] == []
    assert reverse("case_new") not in page.content.decode()


def test_everybody_sees_what_is_open_in_the_clinic(home, reader, make_case, make_report):
    make_case(sign=False, procedure_date=date(2025, 3, 2))
    make_report(make_case())
    page = home(reader)
    assert page.context["counts"]["drafts"] == 1
    assert (page.context["counts"]["results"], page.context["counts"]["since"]) == (1, date(2025, 3, 2))
    assert "the oldest since 2 Mar 2025" in page.content.decode()


def test_the_month_is_counted_without_a_rate(home, surgeon, make_case, make_report, monkeypatch):
    today = date(2025, 6, 30)
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: today)
    make_report(make_case(procedure_date=today))
    make_case(procedure_date=date(2025, 6, 1))
    make_case(procedure_date=date(2025, 5, 31))
    make_case(
        procedure_date=today,
        status="abandoned",
        status_reason="anaesthesia",
        right_weighing=None,
        right_tissue_weight_mg=None,
        left_weighing=None,
    )
    page = home(surgeon)
    month = page.context["month"]
    assert (month["operations"], month["final"], month["abandoned"]) == (2, 1, 1)
    assert "%" not in page.content.decode().split('id="month"')[1].split("</section>")[0]


def test_recent_cases_say_what_the_laboratory_found(home, reader, make_case, make_report):
    make_report(make_case(), right_sperm_found="none", left_sperm_found="none", disposition="discarded")
    assert "No sperm found" in home(reader).content.decode()


def test_a_cancelled_case_is_not_asked_for_its_procedure(home, surgeon, make_case):
    make_case(status="cancelled", status_reason="Fever", sign=False)
    assert "Procedure not answered" not in home(surgeon).content.decode()


@pytest.mark.promise("ACC-1")
def test_nothing_of_another_clinic_shows(home, member, other_clinic, make_case, surgeon):
    stranger = member("surgeon", "embryologist", clinic=other_clinic)
    case = make_case(sign=False)
    page = home(stranger)
    assert case.patient.code not in page.content.decode()
    assert page.context["counts"]["results"] == 0


def test_an_empty_clinic_says_what_will_appear(home, surgeon):
    page = home(surgeon).content.decode()
    assert "The clinic's cases will appear here" in page
    assert reverse("case_new") in page


EVERY_ROLE = ["surgeon", "embryologist", "administrator", "reader"]


def test_a_half_typed_form_is_one_click_from_where_it_was_left(home, surgeon, member, clinic, make_case):
    case = make_case(sign=False)
    about_case, new = (
        Draft.objects.create(clinic=clinic, user=surgeon, key=uuid4(), form=form, typed=typed)
        for form, typed in (
            (reverse("case_operation", args=[case.pk]), {}),
            (reverse("case_new"), {"patient_code": ["K-77"]}),
        )
    )
    Draft.objects.create(clinic=clinic, user=member("surgeon"), key=uuid4(), form="/cases/new/", typed={})
    Draft.objects.create(clinic=clinic, user=surgeon, key=uuid4(), form="/long/gone/", typed={})
    found = tasks(home(surgeon), "typed")
    assert [(task.name, task.number, task.detail) for task in found] == [
        ("K-77", "", "New case"),
        (case.patient.code, case.number, "Operation"),
    ]
    assert [task.url for task in found] == [
        f"{reverse('case_new')}?draft={new.key}",
        f"{reverse('case_operation', args=[case.pk])}?draft={about_case.key}",
    ]


def test_questions_reach_who_is_asked_and_answers_who_asked(home, surgeon, embryologist, reader, case):
    query = queries.ask(by=reader, case=case, field="anaesthesia", text="General?")
    assert [(task.number, task.detail) for task in tasks(home(surgeon), "asked")] == [
        (case.number, "Anaesthesia")
    ]
    assert tasks(home(embryologist), "asked") is None
    assert tasks(home(reader), "answered") is None
    queries.answer(by=surgeon, query=query, text="Yes.")
    assert tasks(home(surgeon), "asked") is None
    assert numbers(home(reader), "answered") == [case.number]
    queries.close(by=reader, query=query)
    assert tasks(home(reader), "answered") is None


def test_an_alert_stays_with_the_surgeons_until_it_is_acknowledged(home, surgeon, embryologist, case):
    alert = Alert.objects.create(clinic=case.clinic, case=case, kind="germ_cell_neoplasia")
    assert [task.detail for task in tasks(home(surgeon), "alerts")] == ["Germ cell neoplasia in situ"]
    assert tasks(home(embryologist), "alerts") is None
    alerts.acknowledge(by=surgeon, alert=alert, action="He was told.")
    assert tasks(home(surgeon), "alerts") is None


def test_follow_ups_due_lead_to_their_form(home, surgeon, embryologist, make_case, monkeypatch):
    case = make_case(procedure_date=date(2025, 3, 4))
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: date(2025, 6, 4))
    [task] = tasks(home(surgeon), "follow-ups")
    assert (task.number, task.detail) == (case.number, "3 months")
    assert task.url == reverse("follow_up_visit", args=[case.pk, "3"])
    assert tasks(home(embryologist), "follow-ups") is None
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: date(2025, 7, 18))
    assert tasks(home(surgeon), "follow-ups") is None


def test_follow_ups_overdue_lead_to_their_form_the_longest_first(
    home, client, surgeon, embryologist, make_case, monkeypatch
):
    latest = make_case(procedure_date=date(2025, 2, 4))
    made = [make_case(procedure_date=date(2025, 1, 1 + day)) for day in range(5)]
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: date(2025, 11, 18))
    page = home(surgeon)
    found = tasks(page, "overdue")
    assert [(task.number, task.detail) for task in found] == [(case.number, "3 months") for case in made]
    assert found[0].url == reverse("follow_up_visit", args=[made[0].pk, "3"])
    assert found[0].when == "since 14 May 2025"
    assert page.context["counts"]["overdue"] == 12  # of 3 and of 6 months
    monkeypatch.setattr("caselog.web.follow_up.timezone.localdate", lambda: date(2025, 11, 18))
    [url] = [one.more_url for one in page.context["lists"] if one.id == "overdue"]
    whole = [due.case.number for due in client.get(url).context["page"].rows]
    assert (whole[: work.OVERDUE], whole[5]) == ([case.number for case in made], latest.number)
    assert tasks(home(embryologist), "overdue") is None


def test_the_overdue_of_several_months_are_put_in_order_together(home, surgeon, make_case, monkeypatch):
    old = make_case(procedure_date=date(2024, 1, 1))
    for month in ("3", "6", "12"):
        FollowUp.objects.create(clinic=old.clinic, case=old, month=month, complications="not_followed")
    new = make_case(procedure_date=date(2025, 3, 4))
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: date(2025, 12, 31))
    assert [(task.number, task.detail) for task in tasks(home(surgeon), "overdue")] == [
        (new.number, "3 months"),  # due in June
        (old.number, "18 months"),  # due in July, though operated on a year before
        (new.number, "6 months"),
    ]


@pytest.fixture
def contradicting(make_case):
    """A signed case in which somebody should look at an answer, since before the question was asked."""

    def make(**changes):
        case = make_case(**{"prior_retrieval": "none_found", "attempt_number": 1} | changes)
        case.confirmations.all().delete()
        return case

    return make


def followed(client, page, name):
    """The numbers of the cases behind the list's link, in one click."""
    [url] = [one.more_url for one in page.context["lists"] if one.id == name]
    return [case.number for case in client.get(url).context["page"].rows]


def test_a_surgeon_finds_the_contradictions_of_the_cases_they_signed(
    home, client, member, surgeon, contradicting, make_case
):
    mine = contradicting()
    contradicting(by=member("surgeon"))
    make_case(anaesthesia="local_block")  # confirmed when it was signed
    make_case(sign=False, anaesthesia="local_block")  # not asked yet
    make_case()
    page = home(surgeon)
    [task] = tasks(page, "contradictions")
    assert (task.number, task.detail, task.when) == (mine.number, "Attempt number", "4 Mar 2025")
    assert task.url == reverse("case_detail", args=[mine.pk])
    assert "1 case with a contradiction" in page.content.decode()
    assert followed(client, page, "contradictions") == [mine.number]


def test_an_administrator_finds_the_contradictions_of_the_clinic(
    home, client, member, administrator, contradicting, other_clinic
):
    made = [contradicting(procedure_date=date(2025, 3, 1 + day), by=member("surgeon")) for day in range(10)]
    contradicting(by=member("surgeon", clinic=other_clinic), clinic=other_clinic)
    oldest_first = [case.number for case in made]
    page = home(administrator)
    assert numbers(page, "contradictions") == oldest_first[:8]
    assert "All 10 cases with contradictions" in page.content.decode()
    assert followed(client, page, "contradictions") == oldest_first[::-1]


@pytest.mark.parametrize("role", ["embryologist", "reader"])
def test_contradictions_of_others_are_no_task_of_theirs(home, member, contradicting, role):
    contradicting()
    assert tasks(home(member(role)), "contradictions") is None


def test_a_confirmed_contradiction_is_settled(home, surgeon, contradicting):
    case = contradicting()
    answers = cases.answers_of(case)
    cases.save_operation(
        by=surgeon, clinic=case.clinic, case=case, answers=answers, today=date(2025, 6, 30),
        confirmed=doubts.confirming(doubts.doubts_of(answers)),
    )  # fmt: skip
    assert tasks(home(surgeon), "contradictions") is None


def test_a_contradiction_between_theatre_and_laboratory_is_found(home, surgeon, make_case, make_report):
    case = make_case()
    make_report(case)
    Testis.objects.filter(case=case, side="left").update(wet_prep="motile")  # by no form, which would ask
    [task] = tasks(home(surgeon), "contradictions")
    assert (task.number, task.detail) == (case.number, "Left testis: Sperm found")


def test_a_period_that_ends_is_named_while_it_holds_drafts(home, surgeon, reader, clinic, make_case):
    today = timezone.localdate()
    make_case(sign=False, procedure_date=date(2025, 3, 4))
    make_case(procedure_date=date(2025, 3, 5))
    old = Period.objects.create(clinic=clinic, since=date(2025, 3, 1), until=date(2025, 3, 31))
    Period.objects.create(clinic=clinic, since=date(2025, 4, 1), until=date(2025, 4, 30))
    Period.objects.create(clinic=clinic, since=today, until=today + timedelta(days=90))
    page = home(surgeon)
    assert [(period, period.drafts) for period in page.context["periods"]] == [(old, 1)]
    assert "since=2025-03-01&amp;until=2025-03-31" in page.content.decode()
    assert not home(reader).context["periods"]


def test_days_to_entry_and_to_the_result_are_told_of_five_cases_at_least(
    home, reader, make_case, make_report
):
    for back in range(5):
        case = make_case(procedure_date=date(2025, 3, 1 + back))
        if back:
            make_report(case)
    page = home(reader)
    delays = page.context["delays"]
    assert (delays.entry.cases, delays.final.cases, delays.final.days) == (5, 4, None)
    assert delays.entry.days == (timezone.localdate() - date(2025, 3, 3)).days
    assert "4 cases, too few for a median" in page.content.decode()


@pytest.fixture
def busy(clinic, surgeon, reader, many, make_case, make_report, monkeypatch, request):
    """Something in every list, for somebody with every role, beside many cases; returns them."""
    many(request.param)
    for role in EVERY_ROLE[1:]:
        Membership.objects.create(clinic=clinic, user=surgeon, role=role)
    for back in range(10):
        case = make_case(sign=back % 2 == 0, procedure_date=date(2025, 3, 20) - timedelta(days=back))
        if back % 3 == 0:
            make_report(case, final=back % 2 == 0)
        queries.ask(by=reader, case=case, field="anaesthesia", text="General?")
        query = queries.ask(by=surgeon, case=case, field="", text="Twice?")
        queries.answer(by=surgeon, query=query, text="I mean the date.")
        Alert.objects.create(clinic=clinic, case=case, kind="germ_cell_neoplasia")
        form = reverse("case_operation", args=[case.pk])
        Draft.objects.create(clinic=clinic, user=surgeon, key=uuid4(), form=form, typed={})
    make_case(procedure_date=date(2024, 12, 20))
    for _time in range(2):
        make_case(anaesthesia="local_block", procedure_date=date(2025, 3, 20))
    Confirmation.objects.filter(case=Case.objects.last()).delete()
    Period.objects.create(clinic=clinic, since=date(2025, 3, 1), until=date(2025, 3, 31))
    monkeypatch.setattr("caselog.web.home.timezone.localdate", lambda: date(2025, 6, 20))
    return surgeon


@pytest.mark.parametrize("busy", [0, pytest.param(990, marks=pytest.mark.slow)], indirect=True)
def test_home_costs_ten_queries_whatever_the_roles_and_the_number_of_cases(
    client, busy, django_assert_max_num_queries
):
    client.force_login(busy)
    with django_assert_max_num_queries(10):
        page = client.get(reverse("home"))
    assert [one.id for one in page.context["lists"]] == [
        "alerts", "typed", "drafts", "waiting", "asked", "contradictions", "overdue", "follow-ups",
    ]  # fmt: skip
    assert len(page.context["periods"]) == 1
    assert len(page.content) < 100_000
