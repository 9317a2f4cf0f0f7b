"""Home: what needs the person signed in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Membership


@pytest.fixture
def home(client):
    def get(person):
        client.force_login(person)
        return client.get(reverse("home"))

    return get


def test_a_surgeon_finds_their_own_drafts_a_click_away(home, member, surgeon, make_case):
    mine = make_case(sign=False)
    signed = make_case()
    someone_elses = make_case(sign=False, by=member("surgeon"))
    page = home(surgeon)
    assert list(page.context["drafts"]) == [mine]
    assert reverse("case_operation", args=[mine.pk]) in page.content.decode()
    for other in (signed, someone_elses):
        assert reverse("case_operation", args=[other.pk]) not in page.content.decode()


def test_a_surgeon_finds_a_draft_that_a_colleague_began_for_them(home, member, surgeon, make_case):
    began = make_case(sign=False, by=member("surgeon"), surgeon=surgeon)
    assert list(home(surgeon).context["drafts"]) == [began]


def test_an_embryologist_finds_what_waits_for_a_final_result_the_oldest_first(
    home, embryologist, make_case, make_report
):
    reported, preliminary, waiting = (make_case(procedure_date=date(2025, 3, day)) for day in (1, 2, 3))
    make_report(reported)
    make_report(preliminary, final=False)
    page = home(embryologist)
    assert [case for case, _days in page.context["waiting"]] == [preliminary, waiting]
    assert reverse("laboratory_report", args=[waiting.pk]) in page.content.decode()


def test_the_wait_is_counted_in_days(home, embryologist, make_case):
    today = timezone.localdate()
    case = make_case(procedure_date=date(2025, 3, 1))
    assert home(embryologist).context["waiting"] == [(case, (today - date(2025, 3, 1)).days)]


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_others_have_no_task_that_is_not_theirs(home, member, make_case, role):
    make_case(sign=False)
    page = home(member(role))
    assert "drafts" not in page.context
    assert "waiting" not in page.context
    assert reverse("case_new") not in page.content.decode()


def test_everybody_sees_what_is_open_in_the_clinic(home, reader, make_case, make_report):
    make_case(sign=False, procedure_date=date(2025, 3, 2))
    make_report(make_case())
    page = home(reader)
    assert page.context["counts"]["drafts"] == 1
    assert page.context["awaiting"] == {"results": 1, "since": date(2025, 3, 2)}
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
    month = page.context["counts"]
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
    assert page.context["awaiting"]["results"] == 0


def test_an_empty_clinic_says_what_will_appear(home, surgeon):
    page = home(surgeon).content.decode()
    assert "The clinic's cases will appear here" in page
    assert reverse("case_new") in page


def test_home_costs_ten_queries_whatever_the_number_of_cases(
    client, surgeon, clinic, make_case, make_report, django_assert_max_num_queries
):
    Membership.objects.create(clinic=clinic, user=surgeon, role="embryologist")
    for back in range(12):
        case = make_case(sign=back % 2 == 0, procedure_date=date(2025, 3, 20) - timedelta(days=back))
        if back % 3 == 0:
            make_report(case, final=back % 2 == 0)
    client.force_login(surgeon)
    with django_assert_max_num_queries(10):
        assert client.get(reverse("home")).status_code == 200
