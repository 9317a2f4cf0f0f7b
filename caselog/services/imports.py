"""Operations from a spreadsheet into the record: whole or not at all, and each of them once."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from caselog.choices import CaseState
from caselog.history import recorded
from caselog.models import Case, Clinic
from caselog.permissions import Permission, require
from caselog.services import cases, doubts, patients
from caselog.services.errors import Doubtful, NeedsReason
from caselog.services.import_sheet import CellErrors, Operations, read_operations
from caselog.text import clean_text

Key = tuple[str, date | None]  # a man, and the day of his operation


@dataclass
class Imported:
    made: list[Case] = field(default_factory=list)
    already: list[Case] = field(default_factory=list)  # the same man on the same day was here
    not_read: list[str] = field(default_factory=list)  # headings


@recorded
def import_cases(
    *, by, clinic: Clinic, path: Path, today: date, reason: str = "", confirm: str = ""
) -> Imported:
    """Save the operations of the file's first sheet as a surgeon logs them; `by` signs the signed ones.

    reason: why, for cases of a locked period.
    confirm: why what is unusual in them is right; without it, it is an error.

    Raises PermissionDenied, reader.Unreadable, or CellErrors with all that is wrong; nothing is
    saved then. A file that was imported before changes nothing.
    """
    require(by, Permission.LOG_CASES, clinic)
    patients.hold(clinic, Q())  # row by row it could wait for a case that waits for the import
    found = read_operations(path, clinic)
    known = _known(clinic)
    about = {"by": by, "clinic": clinic, "today": today, "reason": reason, "confirm": confirm}
    imported, in_file = Imported(not_read=found.not_read), dict[Key, int]()
    for row, answers in found.rows.items():
        if any(error.row == row for error in found.errors):
            continue  # a wrong cell would be told twice, once as a missing answer
        key = (clean_text(answers.get("patient_code")).casefold(), answers.get("procedure_date"))
        if all(key) and (first := in_file.setdefault(key, row)) != row:
            found.errors.append(_twice(found, row, first))
        elif key in known:
            imported.already.append(known[key])
        else:
            _save(found, row, answers, imported, **about)
    if found.errors:
        raise CellErrors(found.errors)
    return imported


def _known(clinic: Clinic) -> dict[Key, Case]:
    found = Case.objects.filter(clinic=clinic).select_related("patient")
    return {(case.patient.code.casefold(), case.procedure_date): case for case in found}


def _save(
    found: Operations, row: int, answers: dict[str, Any], imported: Imported, *, confirm: str, **about
) -> None:
    """One row; what keeps it from being saved is added to the errors."""
    sign = answers.pop("state", CaseState.DRAFT) == CaseState.COMPLETE
    try:
        imported.made.append(_saved(answers, sign=sign, confirm=confirm, **about))
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            name = "patient_code" if name == NON_FIELD_ERRORS else name
            for message in messages:
                found.errors.append(_wrong(found, row, name, str(message), _("correct the cell")))
    except Doubtful as error:
        remedy = _("correct the cell, or import with a reason why such answers are right")
        for doubt in error.doubts:
            found.errors.append(_wrong(found, row, doubt.fields[0], doubt.message, remedy))
    except NeedsReason as error:
        remedy = _("import with a reason, or leave the row out")
        found.errors.append(_wrong(found, row, "procedure_date", error.message, remedy))


def _saved(answers: dict[str, Any], *, confirm: str, **about) -> Case:
    try:
        return cases.save_operation(answers=answers, **about)
    except Doubtful as error:
        if not confirm:
            raise
        confirmed = doubts.confirming(error.doubts, reason=confirm)
        return cases.save_operation(answers=answers, confirmed=confirmed, **about)


def _wrong(found: Operations, row: int, name: str, rule: str, remedy: str):
    return found.error(row, name, rule, remedy, found.cell(row, name))


def _twice(found: Operations, row: int, first: int):
    rule = _("is the same man on the same day as in row %(row)s") % {"row": first}
    return _wrong(found, row, "patient_code", rule, _("delete one of the two rows"))
