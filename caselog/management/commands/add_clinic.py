from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from caselog.models import User
from caselog.services import clinics


class Command(BaseCommand):
    help = "Make a clinic with its first administrator, who adds everybody else in the product."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the clinic's name")
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--administrator-name", default="", metavar="NAME")

    def handle(self, *, name, administrator, administrator_name, **options):
        try:
            with transaction.atomic():
                user = User.objects.filter(email__iexact=administrator).first()
                user = user or self._new(administrator, administrator_name)
                clinics.create_clinic(by=None, name=name, administrator=user)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"{name} is ready. {user.email} signs in and adds the others under “Clinic”.")

    def _new(self, email: str, name: str) -> User:
        user = User(email=User.objects.normalize_email(email), name=name or email)
        password = getpass(f"Password for {email}: ")
        validate_password(password, user)
        if password != getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was made.")
        user.set_password(password)
        user.full_clean()
        user.save()
        return user
