from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from caselog.excel.reader import Unreadable
from caselog.management.people import clinic_named, person_named
from caselog.services import imports
from caselog.services.import_sheet import CellErrors

_WORDS = {
    "laboratory": "laboratory reports",
    "histology": "histologies",
    "follow_up": "follow-ups",
    "complication": "complications",
    "icsi": "ICSI cycles",
}


class Command(BaseCommand):
    help = "Save the cases of a spreadsheet with what hangs on them, all or none, in somebody's name."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="CSV or XLSX, with the columns of the data dictionary")
        parser.add_argument("--clinic", required=True, help="name or number of the clinic")
        parser.add_argument(
            "--as",
            dest="email",
            required=True,
            metavar="EMAIL",
            help="in whose name",
        )
        parser.add_argument("--reason", default="", help="why, for cases of a locked period")
        parser.add_argument("--confirm", default="", metavar="REASON", help="why unusual answers are right")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *, file, clinic, email, reason, confirm, language, **options):
        with translation.override(language):
            try:
                done = imports.import_cases(
                    by=person_named(email),
                    clinic=clinic_named(clinic),
                    path=file,
                    today=timezone.localdate(),
                    reason=reason,
                    confirm=confirm,
                )
            except Unreadable as error:
                raise CommandError(f"{file}: {error.reason}") from error
            except CellErrors as error:
                raise CommandError("\n".join([*map(str, error.errors), "Nothing was saved."])) from error
            except PermissionDenied as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{len(done.made)} cases saved, {len(done.already)} already here.")
        if done.added:
            self.stdout.write(f"With them: {_counted(done.added)}.")
        if done.withheld:
            self.stdout.write(
                f"Not saved, because the role of {email} in {clinic} does not record it: "
                f"{_counted(done.withheld)}. A colleague whose role does imports the same file again."
            )
        if done.not_read:
            self.stdout.write(f"Columns and sheets that were not read: {', '.join(done.not_read)}.")


def _counted(parts: Counter[str]) -> str:
    return ", ".join(f"{count} {_WORDS[part]}" for part, count in parts.items())
