"""Closed audits: months that are over, judged once at 95 %, kept for good."""

import json
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from audit import adoptions, again, closing, services, storage, words
from audit.models import AuditRun
from audit.results import Filters, Level
from caselog.models import Membership, Period
from tests.audit.saving import save

NOW, LATER = datetime(2026, 2, 1, 12, tzinfo=UTC), datetime(2031, 2, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
YEAR = {"since": FIRST, "until": LAST, "reference_set": "document"}
ASKED = {"since": "2025-01-01", "until": "2025-12-31", "reference_set": "document"}
URL, RUNS = reverse("audit_close"), reverse("audit_runs")
KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"
NBSP = "\u00a0"

pytestmark = pytest.mark.slow  # keeps whole audits


@pytest.fixture
def waiting(make_case):
    return make_case()


@pytest.fixture
def cases(make_case, make_report, waiting):
    """Every special case: three attempts, two sides, staged, both types, combined, abandoned,
    spermatids only, a draft, and one result to come; nobody by conventional TESE.
    """
    found = make_case()
    make_report(found)
    again = {"patient_code": found.patient.code, "prior_retrieval": "found"}
    make_report(make_case(**again, procedure_date=date(2025, 4, 1), attempt_number=2))
    make_report(make_case(**again, procedure_date=date(2025, 5, 1), attempt_number=3))
    make_report(make_case(sides="right", left_weighing=None))
    none = {"right_sperm_found": "none", "disposition": "discarded"}
    make_report(make_case(klinefelter_status="non_mosaic", primary_aetiology="klinefelter"), **none)
    make_report(make_case(), **none, spermatids="round")
    make_report(make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa"))
    make_case(procedure="conventional_tese", then_procedures=["micro_tese"])
    make_case(status="abandoned", status_reason="Anaesthetic problem")
    make_case(sign=False)


@pytest.fixture
def close(administrator, clinic):
    def make(*, by=administrator, clinic=clinic, title="The year 2025", now=NOW, **months):
        return closing.close_period(by=by, clinic=clinic, title=title, now=now, **YEAR | months)

    return make


def stored(clinic, administrator, **changes):
    """A run written past the service."""
    values = {
        "clinic": clinic, "kept_by": administrator, "title": "Raw", "closed_on": date(2026, 2, 1),
        "since": FIRST, "until": LAST, "unit": "man", "reference_set": "document", "result": {},
    }  # fmt: skip
    return AuditRun.objects.create(**values | changes)


# What the database refuses -----------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": date(2025, 1, 2)},
        {"until": date(2025, 12, 30)},
        {"until": date(2025, 2, 27)},
        {"since": date(2025, 6, 1), "until": date(2025, 5, 31)},
        {"since": None},
        {"until": None},
        {"closed_on": LAST},
        {"unit": "attempt"},
        {"procedure": "micro_tese"},
        {"azoospermia_type": "noa"},
        {"primary_aetiology": "idiopathic"},
        {"attempt": "first"},
    ],
    ids=str,
)
def test_the_database_takes_as_closed_only_whole_months_of_the_whole_clinic_by_men(
    clinic, administrator, wrong
):
    with pytest.raises(IntegrityError), transaction.atomic():
        stored(clinic, administrator, **wrong)
    kept = {"closed_on": None} if "closed_on" not in wrong else {"closed_on": date(2026, 1, 1)}
    assert stored(clinic, administrator, **wrong | kept).pk


def test_the_database_takes_none_of_one_surgeon_as_closed(clinic, administrator, surgeon):
    with pytest.raises(IntegrityError), transaction.atomic():
        stored(clinic, administrator, surgeon=surgeon)


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2024, 2, 1), date(2024, 2, 29)), (date(2025, 4, 1), date(2025, 4, 30)), (FIRST, LAST)],
)
def test_the_database_knows_the_last_day_of_each_month(clinic, administrator, since, until):
    assert stored(clinic, administrator, since=since, until=until).closed


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        (FIRST, LAST, False),
        (date(2025, 3, 1), date(2025, 3, 31), False),
        (date(2024, 1, 1), date(2025, 1, 31), False),
        (date(2024, 1, 1), date(2024, 12, 31), True),
        (date(2026, 1, 1), date(2026, 1, 31), True),
    ],
)
def test_the_database_takes_each_month_of_a_clinic_once(
    clinic, other_clinic, administrator, since, until, taken
):
    stored(clinic, administrator)
    months = {"since": since, "until": until}
    with nullcontext() if taken else pytest.raises(IntegrityError), transaction.atomic():
        stored(clinic, administrator, **months)
    assert stored(other_clinic, administrator, **months).pk
    assert stored(clinic, administrator, closed_on=None, **months).pk


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditrun SET title = 'Better' WHERE id = %s",
        "UPDATE audit_auditrun SET closed_on = NULL WHERE id = %s",
        "DELETE FROM audit_auditrun WHERE id = %s",
    ],
)
def test_a_closed_audit_is_neither_changed_nor_removed_by_sql(cases, close, sql):
    run = close()
    before = AuditRun.objects.filter(pk=run.pk).values().get()
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as at,
    ):
        at.execute(sql, [run.pk])
    assert AuditRun.objects.filter(pk=run.pk).values().get() == before


# The service -------------------------------------------------------------------


def test_a_closed_audit_is_judged_at_95_per_cent_and_a_kept_one_at_99_8(cases, close, clinic, administrator):
    run = close()
    closed = storage.from_json(run.result)
    filters = Filters(**YEAR)
    kept = services.keep_run(by=administrator, clinic=clinic, filters=filters, title="Live", now=NOW)
    live = storage.from_json(kept.result)
    assert (run.closed, run.closed_on, kept.closed) == (True, date(2026, 2, 1), False)
    assert (closed.level, live.level) == (Level.CLOSED, Level.LIVE)
    assert {one.level for one in closed.comparisons} == {Level.CLOSED}
    assert closed.fingerprint == live.fingerprint
    assert [one.wide for one in closed.comparisons] == [one.wide for one in live.comparisons]
    micro = {name: audit.comparisons[2] for name, audit in {"closed": closed, "live": live}.items()}
    assert micro["closed"].judged_by == micro["live"].interval
    assert micro["live"].judged_by == micro["live"].wide
    assert closed.expected_false_below >= live.expected_false_below


@pytest.mark.parametrize(
    ("months", "field", "said"),
    [
        ({"since": date(2025, 1, 2)}, "since", "2 Jan 2025 is not the first day of a month"),
        ({"until": date(2025, 12, 30)}, "until", "end on 31 Dec 2025"),
        ({"until": date(2024, 12, 31)}, "until", "31 Dec 2024 is before the first day, 1 Jan 2025"),
        ({"until": date(2026, 2, 28)}, "until", "28 Feb 2026 is not over"),
        ({"since": date(2019, 1, 1), "until": date(2019, 12, 31)}, "since", "No operation lies in these"),
    ],
)
def test_what_cannot_be_closed_is_refused_with_the_way_out(cases, close, months, field, said):
    with pytest.raises(ValidationError) as refused:
        close(**months)
    assert said in refused.value.message_dict[field][0]
    assert not AuditRun.objects.exists()


def test_a_month_is_over_on_the_day_after_its_last(cases, close):
    with pytest.raises(ValidationError, match="is not over"):
        close(now=datetime(2025, 12, 31, 12, tzinfo=UTC))
    assert close(now=datetime(2026, 1, 1, 12, tzinfo=UTC)).closed


def test_the_same_months_are_not_closed_again_nor_within_longer_ones(cases, close, other_clinic):
    close(title="Our year")
    for months in ({}, {"since": date(2025, 3, 1), "until": date(2025, 3, 31)}, {"since": date(2024, 1, 1)}):
        with pytest.raises(ValidationError, match="closed already: 1 Jan 2025 – 31 Dec 2025, “Our year”"):
            close(**months)
    with pytest.raises(ValidationError, match="closed already"):
        close(reference_set="literature")


@pytest.mark.skipif("connection.vendor != 'postgresql'")  # SQLite has one writer at a time
@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_the_same_month_at_once_one_is_told_that_it_is_closed(make_case, make_report, close):
    make_report(make_case())
    gate, told = Barrier(2), []

    def closing_until(last):
        gate.wait()
        try:
            told.append(close(until=last).title)
        except ValidationError as error:
            told.append(error.messages[0])
        finally:
            connection.close()

    threads = [Thread(target=closing_until, args=[last]) for last in (LAST, date(2025, 6, 30))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditRun.objects.count() == 1
    assert sorted(told)[1] == "The year 2025"
    assert sorted(told)[0].startswith("Some of these months are closed already")


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader", "administrator"])
def test_only_administrators_close_an_audit(cases, close, client, member, other_clinic, role):
    allowed, user = role == "administrator", member(role)
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        close(by=user, until=date(2025, 3, 31))
    with pytest.raises(PermissionDenied):
        close(by=member(role, clinic=other_clinic), until=date(2025, 3, 31))
    client.force_login(user)
    april = {"since": "2025-04-01", "until": "2025-04-30", "reference_set": "document", "title": "April"}
    assert client.post(URL, april).status_code == (302 if allowed else 403)
    assert AuditRun.objects.count() == (2 if allowed else 0)


# The same answer as long as the data is the same --------------------------------


@pytest.mark.parametrize("reference_set", ["document", "both"])
@pytest.mark.parametrize("level", Level)
def test_made_again_it_gives_the_same_answer(
    cases, close, clinic, administrator, reader, level, reference_set
):
    if level is Level.CLOSED:
        run = close(reference_set=reference_set)
    else:
        filters = Filters(**YEAR | {"reference_set": reference_set})
        run = services.keep_run(by=administrator, clinic=clinic, filters=filters, title="Live", now=NOW)
    kept = AuditRun.objects.get(pk=run.pk)
    found = services.again(user=reader, kept=kept, now=LATER)
    assert (found.same_data, found.same_figures) == (True, True)
    assert replace(found.now, made_at=NOW, made_by=found.then.made_by) == storage.from_json(kept.result)
    assert found.now.level is level


def test_what_changes_afterwards_is_said_and_changes_nothing_in_it(
    cases, close, waiting, make_report, client, reader
):
    run = close()
    before = AuditRun.objects.filter(pk=run.pk).values().get()
    client.force_login(reader)
    address = reverse("audit_run", args=[run.pk])
    assert "The data is unchanged since." in client.get(address).content.decode()
    make_report(waiting)
    save(waiting, reason="Said wrongly", anaesthesia="spinal")
    page = client.get(address).content.decode()
    assert "1 case of its period was changed since. Of these, 1 by a late laboratory result." in page
    assert "The figures below are those of that day." in page
    made = client.get(reverse("audit_run_again", args=[run.pk])).content.decode()
    assert "other figures" in made
    assert AuditRun.objects.filter(pk=run.pk).values().get() == before


def test_an_audit_kept_before_there_were_levels_keeps_its_words_and_lacks_nothing():
    then = storage.from_json(json.loads(KEPT.read_text(encoding="utf-8")))
    assert (then.level, {one.wide for one in then.comparisons}) == (Level.CLOSED, {None})
    said = [words.verdict(one) for one in then.comparisons]
    assert not any("judged at" in sentence for sentence in said)
    assert words.level(then).startswith("Judged at 95")
    wider = tuple(replace(one, wide=one.interval) for one in then.comparisons)
    assert again.compared(then, replace(then, comparisons=wider)).same_figures


# The pages ----------------------------------------------------------------------


@pytest.fixture
def page(client, administrator):
    def fetch(method="get", *, status=200, **asked):
        client.force_login(administrator)
        response = getattr(client, method)(URL, ASKED | asked)
        assert response.status_code == status
        return response.content.decode().replace(NBSP, " ")

    return fetch


def test_the_page_names_what_is_not_final_and_shows_no_verdict_before(cases, page, waiting):
    shown = page()
    assert "2 results are pending." in shown  # one of them of a combined operation
    assert f"<bdi>{waiting.number}</bdi>" in shown
    assert "1 operation is a draft." in shown
    assert "The record has no period in these months" in shown
    assert "Close it for good" in shown
    assert 'value="1 Jan 2025 – 31 Dec 2025"' in shown
    assert 'class="verdict"' not in shown
    assert "<svg" not in shown


def test_the_page_says_in_which_state_the_record_of_these_months_is(cases, page, clinic):
    Period.objects.create(clinic=clinic, since=FIRST, until=date(2025, 3, 31))
    shown = page()
    assert "<bdi>1 Jan 2025 – 31 Mar 2025</bdi> (Open)" in shown


def test_the_page_proposes_a_year_and_then_the_months_after_the_last_ones(
    cases, close, client, administrator
):
    proposed = closing.usual(administrator.memberships.get().clinic, today=date(2026, 2, 1))
    assert (proposed.since, proposed.until) == (FIRST, LAST)
    close()
    after = closing.usual(administrator.memberships.get().clinic, today=date(2026, 4, 15))
    assert (after.since, after.until) == (date(2026, 1, 1), date(2026, 3, 31))
    client.force_login(administrator)
    assert client.get(URL).status_code == 200


def seen_on(client, **asked):
    return re.search(r'name="seen" value="([^"]+)"', client.get(URL, ASKED | asked).content.decode())[1]


def test_reference_figures_that_changed_since_the_look_are_looked_at_again(
    cases, client, clinic, administrator
):
    adoptions.adopt_set(by=administrator, clinic=clinic, reference_set="document")
    client.force_login(administrator)
    asked = {"reference_set": "clinic"}
    seen = seen_on(client, **asked)
    adoptions.set_tolerance(
        by=administrator, clinic=clinic, figure="c17-micro", tolerance=Decimal("0.2"), reason="Wider"
    )
    post = ASKED | asked | {"title": "Ours"}
    refused = client.post(URL, post | {"seen": seen})
    assert refused.status_code == 422
    assert "changed while you looked" in refused.content.decode()
    assert not AuditRun.objects.exists()
    assert client.post(URL, post | {"seen": seen_on(client, **asked)}).status_code == 302


def test_closing_by_the_page_leads_to_the_closed_audit(cases, client, administrator):
    client.force_login(administrator)
    response = client.post(URL, ASKED | {"title": "Ours", "seen": seen_on(client)}, follow=True)
    run = AuditRun.objects.get()
    assert response.redirect_chain == [(reverse("audit_run", args=[run.pk]), 302)]
    shown = response.content.decode().replace(NBSP, " ")
    assert re.search("<strong>Closed .* by", shown)
    assert "Judged at 95 %, the level of closed audits" in shown
    assert "judged at 99.8 %" not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"until": "2025-12-30"}, "end on 31 Dec 2025"),
        ({"until": "soon"}, "“soon” is not a date"),
        ({"until": ""}, "Give the last day."),
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 121}, "121"),
        ({"seen": "another"}, "changed while you looked"),
    ],
)
def test_a_refusal_closes_nothing_and_keeps_what_was_typed(cases, page, wrong, said):
    asked = {"title": "Ours"} | wrong
    shown = page("post", status=422, **asked)
    assert said in shown
    assert f'value="{asked["title"]}"' in shown or not asked["title"]
    assert f'value="{wrong.get("until", "2025-12-31")}"' in shown or wrong.get("until") == ""
    assert not AuditRun.objects.exists()


def test_an_audit_is_not_closed_in_a_clinic_chosen_since(cases, client, clinic, other_clinic, administrator):
    Membership.objects.create(clinic=other_clinic, user=administrator, role="administrator")
    client.force_login(administrator)
    client.post(reverse("clinic_switch"), {"clinic": other_clinic.pk})
    assert client.post(URL, ASKED | {"title": "Ours", "clinic": clinic.pk}).status_code == 422
    assert not AuditRun.objects.exists()


def test_the_list_marks_closed_ones_and_can_show_only_them(cases, close, clinic, administrator, client):
    close(title="Closed one")
    services.keep_run(by=administrator, clinic=clinic, filters=Filters(), title="Kept one", now=NOW)
    client.force_login(administrator)
    every, closed = (client.get(RUNS, asked).content.decode() for asked in ({}, {"closed": ""}))
    assert every.count('class="status status-locked"') == 1
    assert "Kept one" in every
    assert "Kept one" not in closed
    assert "Closed one" in closed


def test_a_live_audit_of_closed_months_leads_to_the_closed_one(cases, close, client, reader):
    client.force_login(reader)
    assert "closed audit of" not in client.get(reverse("audit"), ASKED).content.decode()
    run = close()
    shown = client.get(reverse("audit"), ASKED).content.decode()
    assert "closed audit of 1 Jan 2025 – 31 Dec 2025" in shown
    assert reverse("audit_run", args=[run.pk]) in shown


# The API ------------------------------------------------------------------------


def test_the_api_closes_once_however_often_it_is_asked(cases, api, clinic, administrator):
    body = ASKED | {"clinic": clinic.pk, "title": "Ours"}
    path, program = "/api/v1/audit-runs/close/", api(administrator)
    first = program.post(path, body, headers={"Idempotency-Key": "one"})
    again = program.post(path, body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["audit"]["level"], bool(first.json()["closed_on"])) == ("closed", True)
    refused = program.post(path, body)
    assert refused.status_code == 400
    assert "closed already" in refused.json()["errors"]["until"][0]
    services.keep_run(by=administrator, clinic=clinic, filters=Filters(), title="Kept", now=NOW)
    listed = program.get("/api/v1/audit-runs/", {"closed": "true"}).json()
    assert [one["title"] for one in listed["results"]] == ["Ours"]


def test_the_api_refuses_what_it_does_not_know(cases, api, clinic, administrator):
    body = ASKED | {"clinic": clinic.pk, "title": "Ours", "unit": "attempt"}
    refused = api(administrator).post("/api/v1/audit-runs/close/", body)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["unit"]
    assert not AuditRun.objects.exists()
