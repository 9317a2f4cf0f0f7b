"""A record from a spreadsheet into the clinic's own: whole or not at all, and each part of it once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from caselog.choices import CaseState
from caselog.dictionary import SHARED
from caselog.excel.columns import CASES
from caselog.history import recorded
from caselog.models import Case, Clinic
from caselog.permissions import Permission, permissions_of, require
from caselog.services import cases, doubts, patients
from caselog.services.errors import Doubtful, NeedsReason, Refused
from caselog.services.import_parts import OPERATION, PARTS, About, Answers, Part, known_cases
from caselog.services.import_sheet import Table, raise_errors, read_tables
from caselog.text import clean_text

Key = tuple[str, date | None]  # a man, and the day of his operation


@dataclass
class Imported:
    made: list[Case] = field(default_factory=list)
    already: list[Case] = field(default_factory=list)  # the same man on the same day was here
    added: Counter[str] = field(default_factory=Counter)  # how many of each further part
    withheld: Counter[str] = field(default_factory=Counter)  # rows of parts that the role does not record
    not_read: list[str] = field(default_factory=list)  # headings and sheets


@recorded
def import_cases(
    *, by, clinic: Clinic, path: Path, today: date, reason: str = "", confirm: str = ""
) -> Imported:
    """Save the cases of a file, each part by its own service; `by` signs the signed ones.

    Of a case that is here already, only the parts that it does not have are added; parts that
    `by` may not record are left out and counted, so that a colleague imports them from the same file.

    reason: why, for cases of a locked period.
    confirm: why what is unusual in them is right; without it, it is an error.

    Raises PermissionDenied, reader.Unreadable, or CellErrors with all that is wrong; nothing is
    saved then. A file that was imported before changes nothing.
    """
    held = permissions_of(by, clinic)
    may = {part.name for part in PARTS if part.permission in held}
    may |= {OPERATION} if Permission.LOG_CASES in held else set()
    if not may:
        require(by, Permission.LOG_CASES, clinic)
    patients.hold(clinic, Q())  # row by row it could wait for a case that waits for the import
    tables = read_tables(path, clinic, may)
    if not may & {part for table in tables for part in table.parts}:
        require(by, Permission.LOG_CASES, clinic)
    importing = _Import(clinic, _known(clinic, tables), may, confirm, About(by, today, reason))
    for table in tables:
        importing.take(table)
    raise_errors(tables)
    unread = [name for table in tables for name in table.not_read]
    importing.done.not_read = list(dict.fromkeys([*unread, *tables[0].sheet.other_sheets]))
    return importing.done


def _known(clinic: Clinic, tables: list[Table]) -> list[Case]:
    """The cases of the days that the file is about."""
    days = [answers.get("procedure_date") for table in tables for answers in table.rows.values()]
    if not (told := [day for day in days if day]):
        return []
    return known_cases(Case.objects.filter(clinic=clinic, procedure_date__range=(min(told), max(told))))


class _Import:
    """One file on its way into a clinic."""

    def __init__(self, clinic: Clinic, known: list[Case], may: Set[str], confirm: str, about: About):
        self.clinic, self.may, self.confirm, self.about = clinic, may, confirm, about
        self.cases = {_key(one.patient.code, one.procedure_date): one for one in known}
        self.there = defaultdict(
            Counter[Any], {(one.pk, part.name): part.there(one) for one in known for part in PARTS}
        )
        self.wrong_men: set[str] = set()
        self.done = Imported()

    def take(self, table: Table) -> None:
        """The rows whose cells could be read: a wrong cell would be told twice, once as a missing answer."""
        if not table.is_read:
            for answers in table.rows.values():
                self._withhold(table, answers)
            return
        wrong, seen = table.wrong_rows, dict[Any, int]()
        for row, answers in table.rows.items():
            key = _key(answers.get("patient_code"), answers.get("procedure_date"))
            if row in wrong:
                self.wrong_men.add(key[0])
            elif table.kind == CASES:
                self._take_case(table, row, answers, key, seen)
            else:
                self._take_one_of_several(table, row, answers, key, seen)

    def _take_case(self, table: Table, row: int, answers: Answers, key: Key, seen: dict[Any, int]) -> None:
        if all(key) and (first := seen.setdefault(key, row)) != row:
            rule = _("is the same man on the same day as in row %(row)s") % {"row": first}
            table.tell(row, "patient_code", rule, _("delete one of the two rows"))
            return
        case = self.cases.get(key)
        if case:
            self.done.already.append(case)
            if OPERATION not in self.may:
                table.lose(row, _tissue(case))
        elif case := self._save_operation(table, row, answers):
            self.done.made.append(case)
            self.cases[key] = case
        else:
            self.wrong_men.add(key[0])
            return
        for part in PARTS:
            if part.sheet == CASES:
                self._add(part, table, row, answers, case)

    def _take_one_of_several(
        self, table: Table, row: int, answers: Answers, key: Key, seen: dict[Any, int]
    ) -> None:
        part = _part_of(table)
        case, own = self.cases.get(key), part.key_of(answers)
        if case is None:
            if key[0] not in self.wrong_men:
                rule = _("no operation of this man on this day is in the file or in the record")
                table.tell(row, "patient_code", rule, _("correct the code or the date, or add the operation"))
        elif part.once and all(own) and (first := seen.setdefault((case.pk, own), row)) != row:
            rule = _("is the same follow-up of this operation as in row %(row)s") % {"row": first}
            table.tell(row, part.key[0], rule, _("delete one of the two rows"))
        else:
            self._add(part, table, row, answers, case)

    def _save_operation(self, table: Table, row: int, answers: Answers) -> Case | None:
        if OPERATION not in self.may:
            rule = _("no operation of this man on this day is in the record, and your role does not log any")
            table.tell(row, "patient_code", rule, _("let a surgeon import the file first"))
            return None
        given = _of(OPERATION, table, answers)
        sign = given.pop("state", CaseState.DRAFT) == CaseState.COMPLETE
        about = {"by": self.about.by, "today": self.about.today, "reason": self.about.reason}
        return self._told(
            table,
            row,
            "patient_code",
            lambda confirmed: cases.save_operation(
                clinic=self.clinic, answers=given, sign=sign, confirmed=confirmed, **about
            ),
        )

    def _add(self, part: Part, table: Table, row: int, answers: Answers, case: Case) -> None:
        """Save what this row says of one part of a case, unless the case has it."""
        given, withheld = _of(part.name, table, answers), part.name in table.withheld[row]
        if not given and not withheld:
            return
        if self._is_there(part, case, given):
            return
        if withheld:
            self.done.withheld[part.name] += 1
        elif self._told(table, row, next(iter(given)), lambda said: part.save(case, given, self.about, said)):
            self.done.added[part.name] += 1

    def _withhold(self, table: Table, answers: Answers) -> None:
        """Count a row of a sheet that this person does not record, unless the case has it."""
        part = _part_of(table)
        case = self.cases.get(_key(answers.get("patient_code"), answers.get("procedure_date")))
        if case is None or not self._is_there(part, case, answers):
            self.done.withheld[part.name] += 1

    def _is_there(self, part: Part, case: Case, answers: Answers) -> bool:
        """Two of a case may be alike: each row of the file stands for one."""
        there, key = self.there[case.pk, part.name], part.key_of(answers)
        if not there[key]:
            return False
        there[key] -= 1
        return True

    def _told(self, table: Table, row: int, first: str, save: Callable[[doubts.Confirmations], Any]) -> Any:
        """What `save` returns; what keeps it from saving becomes errors of the row, and None.

        first: the field at which to tell what is about no other.
        """
        try:
            return self._confirmed(save)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                at = first if name == NON_FIELD_ERRORS else name
                for message in messages:
                    table.tell(row, at, message, _("correct the cell"))
        except Doubtful as error:
            remedy = _("correct the cell, or import with a reason why such answers are right")
            for doubt in error.doubts:
                table.tell(row, doubt.fields[0], doubt.message, remedy)
        except NeedsReason as error:
            remedy = _("import with a reason, or leave the row out")
            table.tell(row, "procedure_date", error.message, remedy)
        except Refused as error:
            table.tell(row, first, error.message, _("correct the cell, or leave the row out"))
        return None

    def _confirmed(self, save: Callable[[doubts.Confirmations], Any]) -> Any:
        try:
            return save({})
        except Doubtful as error:
            if not self.confirm:
                raise
            return save(doubts.confirming(error.doubts, reason=self.confirm))


def _key(code: str | None, on: date | None) -> Key:
    return clean_text(code).casefold(), on


def _part_of(table: Table) -> Part:
    [part] = (one for one in PARTS if one.name == table.kind)
    return part


def _tissue(case: Case) -> Answers:
    """It comes in with the operation, although an embryologist answers for it too."""
    testes = {testis.side: testis for testis in case.testes.all()}
    return {entry.name: getattr(testes.get(entry.side), entry.attribute, None) for entry in SHARED}


def _of(part: str, table: Table, answers: Answers) -> Answers:
    return {name: value for name, value in answers.items() if table.part_of.get(name) == part}
