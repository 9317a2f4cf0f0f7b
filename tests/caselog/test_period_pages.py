"""The administrator's pages of periods, as a browser without JavaScript uses them."""

from datetime import date

import pytest
from django.urls import reverse

from caselog.choices import PeriodState
from caselog.models import Period, Query
from caselog.services import periods
from tests.caselog.pages import page_of

pytestmark = pytest.mark.django_db
LIST = reverse("clinic_periods")


@pytest.fixture
def spring(clinic, administrator):
    days = {"since": date(2025, 3, 1), "until": date(2025, 5, 31)}
    return periods.open_period(by=administrator, clinic=clinic, **days)


def address(period) -> str:
    return reverse("clinic_period", args=[period.pk])


def days(first, last):
    names = [f"{name}_{part}" for name in ("since", "until") for part in range(3)]
    return dict(zip(names, [*first.split(), *last.split()], strict=True))


def test_a_period_is_added_and_listed_with_its_state(as_administrator, clinic):
    assert "No period yet" in page_of(as_administrator.get(LIST))
    added = as_administrator.post(LIST, days("1 Jan 2024", "٣١ 3 2024"), follow=True)
    assert "The period 1 Jan 2024 – 31 Mar 2024 is open" in page_of(added)
    assert Period.objects.get().clinic == clinic
    assert '<span class="status status-open">Open</span>' in page_of(added)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("1 Jan 2024", "31 Dec 2023"), "ends before it begins"),
        (("1 May 2025", "31 Jul 2025"), "already in the period 1 Mar 2025 – 31 May 2025"),
        (("1 Smarch 2025", "31 Jul 2025"), "is not a month"),
    ],
)
def test_what_is_wrong_with_the_days_is_said_and_they_stay_typed(as_administrator, spring, typed, said):
    refused = as_administrator.post(LIST, days(*typed))
    assert refused.status_code == 422
    assert said in page_of(refused)
    assert f'value="{typed[0].split()[1]}"' in page_of(refused)
    assert Period.objects.get() == spring


def test_a_period_says_what_is_missing_with_links_before_it_is_closed(
    as_administrator, spring, make_case, reader
):
    draft, waiting = make_case(sign=False), make_case()
    Query.objects.create(clinic=waiting.clinic, case=waiting, owner="surgeon", asked_by=reader)
    page = page_of(as_administrator.get(address(spring)))
    for heading in ("Drafts that nobody signed", "Results that are not final", "Open questions"):
        assert heading in page
    for case in (draft, waiting):
        assert reverse("case_detail", args=[case.pk]) in page
    refused = as_administrator.post(address(spring), {"close": "", "reason": " "})
    assert refused.status_code == 422
    assert "Something is missing in this period" in page_of(refused)
    as_administrator.post(address(spring), {"close": "", "reason": "the sample was lost"})
    assert Period.objects.get().state == PeriodState.CLOSED


def test_a_whole_period_is_closed_locked_unlocked_and_opened_again(as_administrator, spring):
    page = page_of(as_administrator.get(address(spring)))
    assert "Nothing is missing" in page
    for step, more, state in [
        ("close", {}, PeriodState.CLOSED),
        ("lock", {}, PeriodState.LOCKED),
        ("unlock", {"reason": "a late result"}, PeriodState.CLOSED),
        ("reopen", {}, PeriodState.OPEN),
    ]:
        assert f'name="{step}"' in page_of(as_administrator.get(address(spring)))
        assert as_administrator.post(address(spring), {step: "", **more})["Location"] == LIST
        assert Period.objects.get().state == state
    page = page_of(as_administrator.get(address(spring)))
    assert "a late result" in page  # the period's own history
    as_administrator.post(address(spring), {"remove": ""})
    assert not Period.objects.exists()


def test_unlocking_without_a_reason_is_refused(as_administrator, spring, administrator):
    periods.close_period(by=administrator, period=spring, today=date(2025, 6, 30))
    periods.lock_period(by=administrator, period=spring)
    refused = as_administrator.post(address(spring), {"unlock": ""})
    assert refused.status_code == 422
    assert "only with a reason" in page_of(refused)
    assert Period.objects.locked().exists()


def test_a_step_that_a_colleague_took_before_is_told(as_administrator, spring, administrator):
    periods.close_period(by=administrator, period=spring, today=date(2025, 6, 30))
    told = page_of(as_administrator.post(address(spring), {"close": ""}, follow=True))
    assert "has another state meanwhile: Closed" in told


def test_a_period_of_another_clinic_is_not_there(as_administrator, other_clinic):
    theirs = Period.objects.create(clinic=other_clinic, since=date(2025, 1, 1), until=date(2025, 1, 31))
    assert as_administrator.get(address(theirs)).status_code == 404
    assert as_administrator.post(address(theirs), {"remove": ""}).status_code == 404


@pytest.mark.parametrize("cases", [1, 4])
def test_a_period_costs_the_same_however_much_is_missing(
    as_administrator, spring, make_case, cases, django_assert_max_num_queries
):
    for _ in range(cases):
        make_case(sign=False)
    with django_assert_max_num_queries(10):
        as_administrator.get(address(spring))


@pytest.mark.slow
@pytest.mark.parametrize("amendments", [1, 5])
def test_a_case_costs_the_same_however_often_it_was_amended(
    case, surgeon, clinic, client, make_report, amendments, django_assert_max_num_queries
):
    from caselog.services import cases

    make_report(case)
    for age in range(amendments):
        cases.save_operation(
            by=surgeon, clinic=clinic, case=case, reason=f"reason {age}", today=date(2025, 6, 30),
            answers=cases.answers_of(case) | {"age_at_procedure": 40 + age},
        )  # fmt: skip
    client.force_login(surgeon)
    with django_assert_max_num_queries(15):
        client.get(reverse("case_detail", args=[case.pk]))
