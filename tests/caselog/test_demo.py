"""The demo clinics. Making them takes long, so the tests of one day read the same ones."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from audit import reference
from audit.comparison import audit
from audit.results import Filters, Level
from audit.statistics import Verdict
from caselog import dataset, demo, demo_dates
from caselog.models import (
    Case,
    Change,
    Clinic,
    Complication,
    FollowUp,
    IcsiCycle,
    LaboratoryReport,
    Measurement,
    Membership,
    User,
)
from caselog.services import timeliness
from tests.audit.test_registry import UNITS, by_database, by_rows

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

DAY = date(2024, 2, 29)


@pytest.fixture(scope="module")
def demo_clinics(django_db_setup, django_db_blocker):
    """Both demo clinics, made once, for they take long, on a day that most years lack."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.make(today=DAY)
        yield list(Clinic.objects.order_by("pk"))
        transaction.set_rollback(True)


def test_the_demo_is_two_synthetic_clinics_with_some_150_cases(demo_clinics):
    first, second = demo_clinics
    assert first.synthetic
    assert second.synthetic
    assert 140 <= first.cases.count() <= 160
    assert 10 <= second.cases.count() <= 20
    dates = first.cases.values_list("procedure_date", flat=True)
    assert (max(dates) - min(dates)).days > 3 * 360


def test_the_demo_shows_every_verdict_every_exclusion_and_overlaps(demo_clinics):
    clinic, _second = demo_clinics
    person = User.objects.get(email="reader@demo.example")
    rows = dataset.cases_of(person, clinic)
    audits = [
        audit(
            rows,
            filters=Filters(reference_set=name),
            references=reference.named(name),
            level=Level.CLOSED,
            clinic=clinic.name,
            synthetic=True,
            source="clinic",
            made_by="",
            made_at=None,
        )
        for name in ("document", "literature")
    ]
    assert {c.verdict for a in audits for c in a.comparisons} == {*Verdict, None}
    quality = audits[0].quality
    assert {"pending", "draft", "cancelled", "abandoned", "uncertain_type", "combined"} <= set(quality.parts)
    assert (audits[0].difference.combined, audits[0].tissue.combined) == (1, 1)
    assert any({"failed_before", "klinefelter"} <= set(overlap.groups) for overlap in audits[0].overlaps)
    assert audits[0].tissue.ratio is not None
    assert any(comparison.count("repeat") for comparison in audits[0].comparisons)


def test_the_demo_has_every_kind_of_report(demo_clinics):
    assert LaboratoryReport.objects.filter(result_status="preliminary").exists()
    assert Case.objects.awaiting_laboratory().filter(laboratory_report__isnull=True).exists()


def test_the_demo_has_what_followed_the_operations(demo_clinics):
    first, _second = demo_clinics
    told = {visit.complications for visit in FollowUp.objects.filter(case__clinic=first)}
    assert told == {"none_known", "some", "not_followed"}
    assert Complication.objects.exists()
    assert IcsiCycle.objects.filter(live_birth="yes").exists()
    assert Measurement.objects.filter(follow_up=None).exists()
    assert first.alerts.open().count() == 1
    assert min(first.cases.follow_up_counts(DAY).values()) > 0


def test_the_demo_enters_and_reports_its_cases_some_days_after_the_operation(demo_clinics):
    for clinic in demo_clinics:
        since = DAY - timedelta(days=4 * 365)
        found = timeliness.moments(clinic.cases.all(), since=since, until=DAY)
        assert len(found) == clinic.cases.count()
        entered = [(timezone.localtime(one.entered).date() - one.operated).days for one in found]
        assert min(entered) == 0
        assert max(entered) > 14  # some are slow
        assert all(one.final is None or one.final >= one.entered for one in found)
        delays = timeliness.delays(found, since=since, until=DAY)
        assert 1 <= delays.entry.days <= 4
        assert delays.entry.days <= delays.final.days <= 10
    recent = timeliness.delays(found, since=DAY - timeliness.LAST_DAYS, until=DAY)
    assert recent.entry.cases < len(found)


@pytest.mark.promise("HIS-1")
def test_the_history_of_the_demo_keeps_the_true_moment_and_says_that_the_dates_are_made_up(demo_clinics):
    case = Case.objects.filter(state="complete").order_by("pk").first()
    made, dated, *_later = Change.objects.filter(table=Case._meta.db_table, row_id=case.pk).order_by("pk")
    assert timezone.now() - made.at < timedelta(hours=1)
    assert datetime.fromisoformat(made.after["created_at"]) >= made.at - timedelta(hours=1)
    assert (dated.action, dated.reason) == ("update", demo_dates.REASON)
    assert {name for name, value in dated.after.items() if value != dated.before[name]} == {
        "created_at", "signed_at",
    }  # fmt: skip
    assert Change.objects.filter(reason=demo_dates.REASON).count() >= Case.objects.count()


def test_the_demo_is_made_once_and_tells_its_sign_ins(demo_clinics):
    count = Case.objects.count()
    out = StringIO()
    call_command("demo_clinic", stdout=out)
    assert "nothing was made" in out.getvalue()
    assert Case.objects.count() == count
    call_command("demo_clinic", show_sign_ins=True, stdout=(shown := StringIO()))
    assert "surgeon@demo.example" in shown.getvalue()
    assert demo.PASSWORD in shown.getvalue()


def test_the_database_counts_the_demo_as_the_audit_does_row_by_row(demo_clinics):
    user = Membership.objects.filter(role="administrator", clinic=demo_clinics[0]).earliest("pk").user
    for clinic in demo_clinics:
        Membership.objects.get_or_create(clinic=clinic, user=user, role="reader")
    for unit in UNITS:
        filters = Filters(unit=unit, since=date(2023, 1, 1), until=date(2023, 12, 31))
        assert by_database(user, filters) == by_rows(user, demo_clinics, filters) != {}
