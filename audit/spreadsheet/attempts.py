"""What is wrong with the rows of a spreadsheet that are right one by one."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from audit.spreadsheet.rules import Problem, Read
from caselog.excel import values

# A spreadsheet program makes 7 of 007.
_LEADING_ZEROS = re.compile(r"(?<!\d)[0٠۰]+(?=\d)")


def problems_between(read: Iterable[Read]) -> Iterator[tuple[int, Problem]]:
    """What is wrong with rows that are right one by one: the attempts of one man."""
    attempts: dict[str, list[Read]] = {}
    spelling: dict[str, str] = {}
    for one in read:
        code = one.answers.get("patient_code")
        if code is None:
            continue
        key = values.normalised(_LEADING_ZEROS.sub("", code))
        first = spelling.setdefault(key or code, code)
        if first != code:
            yield one.row, Problem(
                "patient_code", code,
                _("may be the man of “%(other)s”") % {"other": first},
                _("write a man's code in one way only"),
            )  # fmt: skip
        attempts.setdefault(code, []).append(one)
    for of_one_man in attempts.values():
        if not any(one.problems for one in of_one_man):  # the wrong cell may be the one that orders them
            yield from _unordered(of_one_man)


def _unordered(attempts: list[Read]) -> Iterator[tuple[int, Problem]]:
    """His first attempt is the one that counts, so the rows must say which it is."""
    if len(attempts) < 2:
        return
    by_date = any("procedure_date" in one.answers for one in attempts)
    name = "procedure_date" if by_date else "attempt_number"
    if without := [one for one in attempts if name not in one.answers]:
        for one in without:
            yield one.row, Problem(
                "patient_code", one.answers["patient_code"],
                _("stands in several rows, and nothing orders them"),
                _("fill in procedure_date or attempt_number in each of them"),
            )  # fmt: skip
        return
    for earlier, later in pairwise(sorted(attempts, key=_place)):
        first, second = (one.answers.get("attempt_number") for one in (earlier, later))
        if _place(earlier) == _place(later):
            yield later.row, Problem(
                name, str(later.answers[name]),
                _("is also in row %(row)s, for the same man") % {"row": earlier.row},
                _("delete the row if it is the same operation, or correct it"),
            )  # fmt: skip
        elif first and second and first >= second:
            yield later.row, Problem(
                "attempt_number", str(second), _("does not follow the order of the dates"),
                _("correct the attempt numbers or the dates"),
            )  # fmt: skip


def _place(one: Read) -> tuple[date, int]:
    return one.answers.get("procedure_date", date.max), one.answers.get("attempt_number", 0)
