"""The history of one case as a story for its readers: words instead of codes and keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Value
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog import dictionary
from caselog.choices import Side
from caselog.dictionary import is_blank
from caselog.excel.columns import unit
from caselog.models import Case, Change, Finding, LaboratoryReport, Patient, Testis, User
from caselog.models.change import Action

NOT_ANSWERED = "—"

_MODELS: dict[str, type[models.Model]] = {
    model._meta.db_table: model for model in (Case, Testis, LaboratoryReport, Finding)
}
# Told beside the answers: they decide what a reader may rely on. Keys and counters are not told.
_TOLD_TOO = {Case: ("patient", "state"), LaboratoryReport: ("result_status", "embryologist")}

Names = dict[tuple[str, Any], str]


@dataclass(frozen=True)
class Answer:
    """One answer before and after; None where there was no row, a dash where nobody had answered."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Entry:
    at: datetime
    actor: str | None  # None: outside a service, as in a command
    reason: str
    what: str
    action: Action
    changes: tuple[Answer, ...]


def history_of(user, case: Case) -> list[Entry]:
    """What happened to the case, its testes, its laboratory report and its findings, newest first.

    Three queries, however long the story is. Raises PermissionDenied for a case of other clinics.
    """
    if not Case.objects.visible_to(user).filter(pk=case.pk).exists():
        raise PermissionDenied(_("This case belongs to another clinic."))
    changes = list(Change.objects.filter(case_id=case.pk, table__in=_MODELS).newest_first())
    names = _names(changes)
    sides = {change.row_id: _row(change)["side"] for change in changes if _MODELS[change.table] is Testis}
    story = (
        Entry(
            at=change.at,
            actor=names.get(("user", change.actor_id)) if change.actor_id else None,
            reason=change.reason,
            what=_what(change, sides),
            action=Action(change.action),
            changes=tuple(_answers(change, names)),
        )
        for change in changes
    )
    return [entry for entry in story if entry.changes]


def _row(change: Change) -> dict[str, Any]:
    return change.after or change.before or {}


def _what(change: Change, sides: dict[int, str]) -> str:
    model = _MODELS[change.table]
    if model is Case:
        return _("Operation")
    if model is LaboratoryReport:
        return _("Laboratory report")
    if model is Testis:
        return str(Side(_row(change)["side"]).label)
    side = sides.get(_row(change)["testis_id"])
    return _("%(testis)s: finding") % {"testis": Side(side).label} if side else _("Finding")


def _answers(change: Change, names: Names) -> Iterator[Answer]:
    """The answers that this change made different; of a new or a removed row, those it had."""
    for field, entry in _told(_MODELS[change.table]):
        before, after = (row and row.get(field.column) for row in (change.before, change.after))
        if before == after or (is_blank(before) and is_blank(after)):
            continue
        yield Answer(
            label=str(capfirst(field.verbose_name)),
            before=None if change.before is None else _words(field, entry, before, names),
            after=None if change.after is None else _words(field, entry, after, names),
        )


@cache
def _told(model: type[models.Model]) -> list[tuple[Any, dictionary.Entry | None]]:
    """The fields that a story tells, each with its entry in the dictionary of fields where it has one."""
    answers = dictionary.entries().values()
    told = {entry.attribute: entry for entry in answers if entry.model == model._meta.model_name}
    return [
        *((model._meta.get_field(name), None) for name in _TOLD_TOO.get(model, ())),
        *((entry.model_field, entry) for entry in told.values()),
    ]


def _words(field: Any, entry: dictionary.Entry | None, stored: Any, names: Names) -> str:
    if is_blank(stored):
        return NOT_ANSWERED
    if field.remote_field:
        return names.get((field.related_model._meta.model_name, stored), str(stored))
    try:
        value = field.to_python(str(stored))
    except ValidationError:
        return str(stored)  # what raw SQL wrote is told as it stands
    labels = dict(field.flatchoices)
    if isinstance(value, list):
        return str(pgettext("between items", ",") + " ").join(str(labels.get(code, code)) for code in value)
    if isinstance(value, date):
        return date_format(value, "j M Y")
    text = format(value.normalize(), "f") if isinstance(value, Decimal) else str(labels.get(value, value))
    return f"{text} {unit(entry)}" if entry and entry.unit else text


def _names(changes: Iterable[Change]) -> Names:
    """The names behind the numbers in these changes: one query."""
    wanted: dict[Any, set[int | None]] = {User: set(), Patient: set()}
    for change in changes:
        wanted[User].add(change.actor_id)
        for field, _entry in _told(_MODELS[change.table]):
            if field.remote_field:
                rows = (change.before or {}, change.after or {})
                wanted[field.related_model].update(row.get(field.column) for row in rows)
    people = User.objects.filter(pk__in=_known(wanted[User])).values_list(Value("user"), "pk", "name")
    patients = Patient.objects.filter(pk__in=_known(wanted[Patient]))
    both = people.union(patients.values_list(Value("patient"), "pk", "code"), all=True)
    return {(kind, pk): name for kind, pk, name in both}


def _known(keys: set[int | None]) -> set[int]:
    return {key for key in keys if key is not None}
