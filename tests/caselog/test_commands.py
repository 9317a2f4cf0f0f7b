from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.comparison import audit
from audit.results import Filters
from audit.statistics import Verdict
from caselog import dataset, demo
from caselog.choices import Role
from caselog.management.commands import add_clinic
from caselog.models import (
    Case,
    Clinic,
    Complication,
    FollowUp,
    IcsiCycle,
    LaboratoryReport,
    Measurement,
    Membership,
    User,
)


@pytest.fixture
def demo_clinics(db):
    demo.make(today=date(2025, 6, 30))
    return list(Clinic.objects.order_by("pk"))


@pytest.mark.slow
def test_the_demo_is_two_synthetic_clinics_with_some_150_cases(demo_clinics):
    first, second = demo_clinics
    assert first.synthetic
    assert second.synthetic
    assert 140 <= first.cases.count() <= 160
    assert 10 <= second.cases.count() <= 20
    dates = first.cases.values_list("procedure_date", flat=True)
    assert (max(dates) - min(dates)).days > 3 * 360


@pytest.mark.slow
@pytest.mark.parametrize(
    "today",
    [
        date(2025, 6, 30),
        date(2024, 2, 29),
        date(2026, 12, 31),
    ],
    ids=str,
)
def test_the_demo_shows_every_verdict_every_exclusion_and_overlaps(db, today):
    demo.make(today=today)
    clinic, _second = Clinic.objects.order_by("pk")
    person = User.objects.get(email="reader@demo.example")
    rows = dataset.cases_of(person, clinic)
    audits = [
        audit(
            rows,
            filters=Filters(reference_set=name),
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
    assert {"pending", "draft", "cancelled", "abandoned", "uncertain_type"} <= set(quality.parts)
    assert any({"failed_before", "klinefelter"} <= set(overlap.groups) for overlap in audits[0].overlaps)
    assert audits[0].tissue.ratio is not None
    assert any(comparison.count("repeat") for comparison in audits[0].comparisons)


@pytest.mark.slow
def test_the_demo_has_every_kind_of_report(demo_clinics):
    assert LaboratoryReport.objects.filter(result_status="preliminary").exists()
    assert Case.objects.awaiting_laboratory().filter(laboratory_report__isnull=True).exists()


@pytest.mark.slow
def test_the_demo_has_what_followed_the_operations(demo_clinics):
    first, _second = demo_clinics
    told = {visit.complications for visit in FollowUp.objects.filter(case__clinic=first)}
    assert told == {"none_known", "some", "not_followed"}
    assert Complication.objects.exists()
    assert IcsiCycle.objects.filter(live_birth="yes").exists()
    assert Measurement.objects.filter(follow_up=None).exists()
    assert first.alerts.open().count() == 1
    assert min(first.cases.follow_up_counts(date(2025, 6, 30)).values()) > 0


@pytest.mark.slow
def test_the_demo_is_made_once_and_tells_its_sign_ins(db):
    call_command("demo_clinic", stdout=StringIO())
    count = Case.objects.count()
    out = StringIO()
    call_command("demo_clinic", stdout=out)
    assert "nothing was made" in out.getvalue()
    assert Case.objects.count() == count
    call_command("demo_clinic", show_sign_ins=True, stdout=(shown := StringIO()))
    assert "surgeon@demo.example" in shown.getvalue()
    assert demo.PASSWORD in shown.getvalue()


def test_a_real_clinic_gets_no_demo_and_shows_no_sign_ins(clinic):
    call_command("demo_clinic", stdout=(out := StringIO()))
    assert Clinic.objects.count() == 1
    call_command("demo_clinic", show_sign_ins=True, stdout=(out := StringIO()))
    assert out.getvalue() == ""


def test_a_clinic_is_added_with_its_first_administrator(db, monkeypatch):
    monkeypatch.setattr(add_clinic, "getpass", lambda _prompt: "a long enough secret")
    out = StringIO()
    call_command(
        "add_clinic", "North", administrator="head@north.example", administrator_name="H", stdout=out
    )
    membership = Membership.objects.get()
    assert (membership.clinic.name, membership.role) == ("North", Role.ADMINISTRATOR)
    assert membership.user.check_password("a long enough secret")
    assert not membership.user.is_superuser
    call_command("add_clinic", "South", administrator="HEAD@north.example", stdout=out)
    assert User.objects.count() == 1


def test_somebody_known_administers_a_new_clinic_and_nothing_more(surgeon):
    call_command("add_clinic", "North", administrator=surgeon.email, stdout=StringIO())
    assert surgeon.memberships.get(role=Role.ADMINISTRATOR).clinic.name == "North"
    surgeon.refresh_from_db()
    assert not surgeon.is_superuser


def test_a_suspended_person_gets_no_clinic(surgeon):
    User.objects.filter(pk=surgeon.pk).update(is_active=False)
    with pytest.raises(CommandError, match="suspended"):
        call_command("add_clinic", "North", administrator=surgeon.email)
    assert not Clinic.objects.filter(name="North").exists()


@pytest.mark.parametrize(
    ("passwords", "address", "complaint"),
    [
        (["short", "short"], "head@north.example", "too short"),
        (["a long enough secret", "another long secret"], "head@north.example", "differ"),
        (["a long enough secret"] * 2, "nobody", "valid email"),
    ],
)
def test_a_clinic_is_not_added_half(db, monkeypatch, passwords, address, complaint):
    given = iter(passwords)
    monkeypatch.setattr(add_clinic, "getpass", lambda _prompt: next(given))
    with pytest.raises(CommandError, match=complaint):
        call_command("add_clinic", "North", administrator=address)
    assert not Clinic.objects.exists()
    assert not User.objects.exists()
