"""A draft of a locked period is deleted with a reason, asked for on its page."""

import pytest
from django.urls import reverse

from caselog.models import Case, Change


@pytest.fixture
def draft(make_case):
    return make_case(sign=False)


@pytest.fixture
def page(client, surgeon, draft):
    client.force_login(surgeon)
    return reverse("case_delete", args=[draft.pk])


@pytest.fixture
def locked(draft, lock):
    return lock()


def test_no_reason_is_asked_in_an_open_period(client, page):
    assert b'name="reason"' not in client.get(page).content
    assert client.post(page, {"version": 1}).status_code == 302
    assert not Case.objects.exists()


def test_the_page_of_a_locked_period_asks_for_the_reason(client, page, locked):
    assert b'name="reason"' in client.get(page).content


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_it_stays_and_the_page_says_why(client, page, locked, reason):
    refused = client.post(page, {"version": 1, "reason": reason})
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "<title>Error: Delete draft" in told
    assert "in the locked period 1 Mar 2025 – 31 May 2025" in told
    assert b'name="reason"' in refused.content
    assert Case.objects.exists()


def test_with_a_reason_it_is_deleted_and_the_reason_is_in_the_history(client, page, locked):
    assert client.post(page, {"version": 1, "reason": "logged twice"}).status_code == 302
    assert not Case.objects.exists()
    deleted = Change.objects.get(table=Case._meta.db_table, action="delete")
    assert deleted.reason == "logged twice"


def test_nobody_else_deletes_it_with_a_reason(client, page, locked, reader):
    client.force_login(reader)
    assert client.post(page, {"version": 1, "reason": "logged twice"}).status_code == 403
    assert Case.objects.exists()
