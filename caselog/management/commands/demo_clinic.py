from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from caselog import demo
from caselog.models import Clinic


class Command(BaseCommand):
    help = "Make two synthetic clinics to try the product with; does nothing where a clinic exists already."

    def add_arguments(self, parser):
        parser.add_argument("--show-sign-ins", action="store_true", help="only print the demo's sign-ins")

    def handle(self, *, show_sign_ins, **options):
        if show_sign_ins:
            return self._show()
        if Clinic.objects.exists():
            return self.stdout.write("There is a clinic already; nothing was made.")
        with transaction.atomic():
            demo.make(today=timezone.localdate())
        return None

    def _show(self):
        if not Clinic.objects.filter(name=demo.CLINICS[0], synthetic=True).exists():
            return
        self.stdout.write(f"Demo sign-ins, all with the password “{demo.PASSWORD}”:")
        for email, name, *roles in demo.PEOPLE:
            held = " · ".join(
                f"{', '.join(role.value for role in here)} in {clinic}"
                for clinic, here in zip(demo.CLINICS, roles, strict=True)
                if here
            )
            self.stdout.write(f"  {email:30} {name}: {held}")
