from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from caselog.choices import Role
from caselog.management.commands import add_clinic
from caselog.models import Clinic, Membership, User


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
