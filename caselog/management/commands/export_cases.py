from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from caselog.excel.columns import CASES
from caselog.management.people import clinic_named, person_named
from caselog.services import exports


class Command(BaseCommand):
    help = "Write the whole record of a clinic into a workbook, as far as a person may take it out."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the .xlsx file to write; it must not exist")
        parser.add_argument("--clinic", required=True, help="name or number of the clinic")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who exports")
        parser.add_argument("--consented", action="store_true", help="only men who agreed")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *, file, clinic, email, consented, language, **options):
        with translation.override(language):
            clinic = clinic_named(clinic)
            try:
                record = exports.record_of(by=person_named(email), clinic=clinic, consented=consented)
                with file.open("xb") as to:
                    exports.write(record, clinic=clinic, language=language, now=timezone.now(), to=to)
            except PermissionDenied as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}") from error
        left_out = record.refused + (record.not_asked if consented else 0)
        self.stdout.write(f"{len(record.rows[CASES])} cases in {file}; {left_out} men left out.")
