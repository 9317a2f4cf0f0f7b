"""Who gave the answer that is stored, and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Q

from caselog.dictionary import SHARED, Answers, Entry, is_blank
from caselog.models import Case, Change, Patient, User


class Author(NamedTuple):
    name: str
    at: datetime


def last_authors(case: Case, entries: Iterable[Entry]) -> dict[str, Author]:
    """By the field's name, who changed each of these answers last; three queries."""
    of_patient = Q(table=Patient._meta.db_table, row_id=case.patient_id)
    changes = list(Change.objects.filter(Q(case_id=case.pk) | of_patient).newest_first()[:500])
    sides = {testis.pk: testis.side for testis in case.testes.all()}
    people = User.objects.in_bulk({change.actor_id for change in changes if change.actor_id})
    found: dict[str, Author] = {}
    for entry in entries:
        change = next((one for one in changes if _changes(one, entry, sides)), None)
        if change is not None:
            found[entry.name] = Author(str(people.get(change.actor_id, "")), change.at)
    return found


def of_shared(case: Case, answers: Answers) -> dict[str, Author]:
    """Who gave the answers that are both professions' to give."""
    given = [entry for entry in SHARED if not is_blank(answers.get(entry.name))]
    return last_authors(case, given) if given else {}


def _changes(change: Change, entry: Entry, sides: dict[int, str]) -> bool:
    if change.table != apps.get_model("caselog", entry.model)._meta.db_table:
        return False
    column = entry.model_field.column
    before, after = change.before or {}, change.after or {}
    return _row(after or before, sides) == entry.row and before.get(column) != after.get(column)


def _row(row: dict[str, Any], sides: dict[int, str]) -> str:
    return row.get("side") or sides.get(row.get("testis_id", 0)) or row.get("analyte") or ""
