"""The history of one case or period as a story for its readers: words instead of codes and keys."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from caselog import dictionary, questions
from caselog.choices import AlertKind, Analyte, FollowUpMonth, Side
from caselog.dictionary import HISTOLOGY, LABORATORY, OPERATION, PARTS, is_blank
from caselog.excel.columns import unit
from caselog.lists import listed
from caselog.models import (
    Alert,
    Case,
    Change,
    Complication,
    Confirmation,
    Finding,
    FollowUp,
    Histology,
    IcsiCycle,
    LaboratoryReport,
    Measurement,
    Patient,
    Period,
    Query,
    QueryMessage,
    Testis,
    User,
)
from caselog.models.change import Action, ChangeQuerySet

NOT_ANSWERED = "—"

# What a change is about; of one that is about a side or a month see `_what`.
_TITLES: dict[type[models.Model], Any] = {
    Case: pgettext_lazy("section", "Operation"),
    Patient: gettext_lazy("The patient"),
    Testis: "",
    Measurement: "",
    LaboratoryReport: gettext_lazy("Laboratory report"),
    Finding: gettext_lazy("Finding"),
    Histology: gettext_lazy("Histology"),
    FollowUp: gettext_lazy("Follow-up"),
    Complication: gettext_lazy("Complication"),
    IcsiCycle: gettext_lazy("ICSI cycle"),
    Query: gettext_lazy("Query"),
    QueryMessage: gettext_lazy("Query"),
    Confirmation: gettext_lazy("Confirmed answer"),
    Alert: gettext_lazy("Alert"),
    Period: gettext_lazy("Period"),
}
_MODELS = {model._meta.db_table: model for model in _TITLES}
# Told beside the answers: they decide what a reader may rely on. Keys and counters are not told.
_TOLD_TOO: dict[type[models.Model], tuple[str, ...]] = {
    Case: ("patient", "state"),
    LaboratoryReport: ("result_status", "embryologist"),
    Query: ("field", "owner", "closed_at"),
    QueryMessage: ("text",),
    Confirmation: ("about", "reason"),
    Alert: ("kind", "acknowledged_at", "action"),
    Period: ("since", "until", "state"),
}
_LABELS = {
    "closed_at": gettext_lazy("closed"),
    "acknowledged_at": gettext_lazy("acknowledged"),
    "about": gettext_lazy("about"),
}

_NAME = re.compile(r"(?:^|; )([\w.]+)")
Names = dict[tuple[str, Any], str]
Rows = dict[tuple[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """One answer before and after; None where there was no row, a dash where nobody had answered."""

    label: str
    before: str | None
    after: str | None
    name: str = ""  # in the dictionary, of an answer that a case has one of


@dataclass(frozen=True)
class Entry:
    at: datetime
    actor: str | None  # None: outside a service, as in a command
    reason: str
    what: str
    action: Action
    changes: tuple[Answer, ...]


@dataclass(frozen=True)
class Amended:
    """What an answer was before somebody changed it for a reason."""

    before: str
    at: datetime
    actor: str | None
    reason: str


def history_of(user, case: Case) -> list[Entry]:
    """What happened to the case and to all that hangs on it, newest first.

    Two queries, however long the story is. Of a case of other clinics there is no story.
    """
    # He is part of all his cases; how he came in tells nothing about this one.
    of_him = Q(table=Patient._meta.db_table, row_id=case.patient_id, action=Action.UPDATE)
    changes = Change.objects.visible_to(user)
    return _story(changes.filter(Q(case_id=case.pk, table__in=_MODELS) | of_him))


def history_of_period(user, period: Period) -> list[Entry]:
    """Who opened, closed, locked and unlocked it, and why; two queries."""
    changes = Change.objects.visible_to(user).filter(table=Period._meta.db_table, row_id=period.pk)
    return _story(changes)


def amended(story: Iterable[Entry]) -> dict[str, list[Amended]]:
    """By name in the dictionary: what was changed for a reason, the newest first."""
    found: dict[str, list[Amended]] = {}
    for entry in story:
        for answer in entry.changes if entry.reason else ():
            if answer.name and answer.before is not None:
                told = Amended(answer.before, entry.at, entry.actor, entry.reason)
                found.setdefault(answer.name, []).append(told)
    return found


def _story(found: ChangeQuerySet) -> list[Entry]:
    changes = list(found.newest_first())
    names = _names(changes)
    rows = {(change.table, change.row_id): _row(change) for change in changes}
    story = (
        Entry(
            at=change.at,
            actor=names.get(("user", change.actor_id)) if change.actor_id else None,
            reason=change.reason,
            what=_what(change, rows),
            action=Action(change.action),
            changes=tuple(_answers(change, names, rows)),
        )
        for change in changes
    )
    return [entry for entry in story if entry.changes]


def _row(change: Change) -> dict[str, Any]:
    return change.after or change.before or {}


def _what(change: Change, rows: Rows) -> str:
    """A finding names its testis, a hormone itself, and both what they hang on."""
    model = _MODELS[change.table]
    of_row = _words_of_row(change, rows)
    title = str(_TITLES[model])
    month = _month(change, rows)
    if model in (FollowUp, Measurement) and month:
        title = str(FollowUpMonth(month).label) if month in FollowUpMonth else month
        title = _("Follow-up, %(month)s") % {"month": title}
    if not (title and of_row):
        return title or of_row
    return _("%(row)s: %(part)s") % {"row": of_row, "part": title.lower()}


def _row_of(change: Change, rows: Rows) -> str:
    """The side or the hormone that the change is about, as the dictionary has it."""
    row = _row(change)
    testis = rows.get((Testis._meta.db_table, row.get("testis_id")), row)
    return str(testis.get("side") or row.get("analyte") or "")


def _words_of_row(change: Change, rows: Rows) -> str:
    code = _row_of(change, rows)
    labels = dict([*Side.choices, *Analyte.choices])
    return str(labels.get(code, code))


def _month(change: Change, rows: Rows) -> str:
    row = _row(change)
    follow_up = rows.get((FollowUp._meta.db_table, row.get("follow_up_id")), row)
    return str(follow_up.get("month") or "")


def _answers(change: Change, names: Names, rows: Rows) -> Iterator[Answer]:
    """The answers that this change made different; of a new or a removed row, those it had."""
    model, of_row = _MODELS[change.table], _row_of(change, rows)
    for field, entry in _told(model):
        before, after = (row and row.get(field.column) for row in (change.before, change.after))
        if before == after or (is_blank(before) and is_blank(after)):
            continue
        one = None if _month(change, rows) else _one_of_a_case().get((_table(model), field.name, of_row))
        yield Answer(
            label=str(capfirst(_LABELS.get(field.name, field.verbose_name))),
            before=None if change.before is None else _words(field, entry, before, names),
            after=None if change.after is None else _words(field, entry, after, names),
            name=one or "",
        )


def _table(model: type[models.Model]) -> str:
    return str(model._meta.model_name)


@cache
def _one_of_a_case() -> dict[tuple[str, str, str], str]:
    """The names of the answers that a case has one of; follow-ups come in numbers."""
    return {
        (entry.model, entry.attribute, entry.row): entry.name
        for entry in (*OPERATION, *LABORATORY, *HISTOLOGY)
    }


@cache
def _told(model: type[models.Model]) -> list[tuple[Any, dictionary.Entry | None]]:
    """The fields that a story tells, each with its entry in the dictionary of fields where it has one."""
    answers = (entry for part in PARTS.values() for entry in part)
    told = {entry.attribute: entry for entry in answers if entry.model == _table(model)}
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
    if (field.model, field.name) in ((Query, "field"), (Confirmation, "about")):
        return _questions(value)
    labels = dict(AlertKind.choices if field.model is Alert else field.flatchoices)
    if isinstance(value, list):
        return listed(labels.get(code, code) for code in value)
    if isinstance(value, date):
        return date_format(value, "j M Y")
    text = format(value.normalize(), "f") if isinstance(value, Decimal) else str(labels.get(value, value))
    return f"{text} {unit(entry)}" if entry and entry.unit else text


def _questions(names: str) -> str:
    """The labels of the answers that are named, alone or with their values: `sides`, `sides=both; …`."""
    labels = [questions.label_of(name) for name in _NAME.findall(names) if name in questions.entries()]
    return listed(labels) or NOT_ANSWERED


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
