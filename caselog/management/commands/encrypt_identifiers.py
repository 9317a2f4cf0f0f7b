from django.core.management.base import BaseCommand, CommandError

from caselog.models.encrypted import Unreadable
from caselog.services import identifiers


class Command(BaseCommand):
    help = "Encrypt names and hospital numbers anew with the first of CASELOG_IDENTIFIER_KEYS."

    def handle(self, **options):
        try:
            men = identifiers.encrypt_anew(by=None)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{men} encrypted with the first key. The others can be taken away.")
