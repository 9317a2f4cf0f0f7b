"""Whom and what a command names."""

from django.core.management.base import CommandError

from caselog.models import Clinic, User


def clinic_named(name: str) -> Clinic:
    found = Clinic.objects.filter(name__iexact=name).first()
    if found is None and name.isdecimal():
        found = Clinic.objects.filter(pk=int(name)).first()
    if found is None:
        raise CommandError(f"There is no clinic “{name}”.")
    return found


def person_named(email: str) -> User:
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise CommandError(f"Nobody active has the e-mail address “{email}”.")
    return found
