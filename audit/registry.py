"""The rates of many clinics and surgeons, counted by the database and not row by row.

Only rates that a man enters by his first operation of the period: docs/methods/rates-in-sql.md.
Who sees whom: docs/methods/between.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from audit import between, settings
from audit.between import Entry, Funnel, Hidden, Side
from audit.limits import USUAL, Limits
from audit.measures import MEASURES
from audit.models import AuditSettings
from audit.reference import ReferenceSet
from audit.results import Filters, Unit
from audit.statistics.verdict import ALARM
from caselog import dataset, rates
from caselog.permissions import Permission, require
from caselog.rates import Asked, Counted, Population
from caselog.selection import RULES, Selection

RATES = tuple(measure.id for measure in MEASURES if not measure.first_in_population)
USUAL_RATE = "micro_noa"  # of them, where none is asked for
POPULATIONS = {
    measure.id: Population(measure.azoospermia, measure.procedure)
    for measure in MEASURES
    if measure.id in RATES
}
# Of fewer others a reader could tell who is who.
FEWEST_OTHERS = 3
NOBODY = Counted(None, "", 0, 0, 0)


def asked(filters: Filters, *measures: str) -> Asked:
    """What the filters choose, for the database; all rates without a name.

    A filter on one surgeon is left out: here all are compared, and beside clinics in which the reader may
    not see each surgeon's figures. Raises ValueError for testes, which are not counted here.
    """
    if filters.unit is Unit.TESTIS:
        raise ValueError("testes are not counted in the database")
    chosen = {name: getattr(filters, name) for name in RULES if name != "surgeon"}
    return Asked(
        {name: POPULATIONS[name] for name in measures or RATES},
        since=filters.since,
        until=filters.until,
        chosen=Selection(**chosen),
        men=filters.unit is Unit.MAN,
    )


def whole(
    *, user, names: Mapping[int, str], question: Asked, references: ReferenceSet, coverage: float = ALARM
) -> list[Funnel]:
    """Every rate of every clinic that `user` may see, judged: one query for all of them.

    names: of the clinics, by key.
    """
    counted = rates.by_clinic(user, question)
    return [
        between.funnel(
            measure,
            Side.CLINICS,
            [_entry(one, USUAL, names.get(one.of or 0, "")) for one in counted if one.population == measure],
            references.figure_for(measure),
            coverage=coverage,
        )
        for measure in question.populations
    ]


def side_by_side(
    *, user, clinic, mine: Iterable, measure: str, filters: Filters, references: Sequence[ReferenceSet]
) -> tuple[Funnel, Funnel]:
    """Clinics, and the surgeons of one, as far as `user` may see them; six queries.

    mine: the clinics of `user`. Men are counted, whatever the unit of the filters.
    Raises PermissionDenied.
    """
    held = require(user, Permission.VIEW_AUDIT, clinic)
    question = asked(replace(filters, unit=Unit.MAN), measure)
    newest, figure = _newest_settings(), references[0].figure_for(measure)
    names, hidden = _clinics(user, clinic, mine, question, newest)
    of_clinics = between.funnel(measure, Side.CLINICS, names, figure, hidden=hidden)
    by_name = Permission.VIEW_SURGEONS in held
    people, hidden = _surgeons(user, clinic, question, _limits(newest, clinic), by_name=by_name)
    return of_clinics, between.funnel(measure, Side.SURGEONS, people, figure, hidden=hidden)


def cases(*, user, clinic, filters: Filters) -> int:
    """How many cases the filters choose; one query."""
    return rates.cases(user, clinic, asked(replace(filters, unit=Unit.MAN)))


def _clinics(user, clinic, mine: Iterable, question: Asked, newest) -> tuple[list[Entry], Hidden]:
    """Those of `user` by name, and others without one where all of them take part."""
    counted = {one.of: one for one in rates.by_clinic(user, question)}
    entries = [
        _entry(counted.get(one.pk, NOBODY), _limits(newest, one), name=one.name, own=one == clinic)
        for one in mine
        if one == clinic or one.pk in counted
    ]
    others, hidden = _other_clinics(user, clinic, question, newest)
    return [*entries, *others], hidden


def _surgeons(user, clinic, question: Asked, limits: Limits, *, by_name: bool) -> tuple[list[Entry], Hidden]:
    """By name; or the own one, and others without a name; or nobody, for whoever never operated here."""
    names = dataset.surgeons_of(user, clinic)
    if not by_name and user.pk not in names:
        return [], Hidden.NOT_YOURS
    counted = {one.of or 0: one for one in rates.by_surgeon(user, clinic, question)}
    if not by_name:
        counted.setdefault(user.pk, NOBODY)
    if len(counted) < 2:
        return [], Hidden.ALONE
    entries = {pk: _of_surgeon(one, limits, names.get(pk, ""), pk == user.pk) for pk, one in counted.items()}
    if by_name:
        return [*entries.values()], Hidden.NOTHING
    own = entries.pop(user.pk)
    others, hidden = _without_names([*entries.values()], question)
    return [own, *others], hidden


def _newest_settings() -> dict[int, AuditSettings]:
    """Of each clinic that ever changed them; one query."""
    versions = AuditSettings.objects.select_related("clinic").order_by("version")
    return {one.clinic_id: one for one in versions}


def _limits(newest: Mapping[int, AuditSettings], clinic) -> Limits:
    return settings.said_by(newest[clinic.pk]).limits if clinic.pk in newest else USUAL


def _other_clinics(user, clinic, question: Asked, newest) -> tuple[list[Entry], Hidden]:
    """Those that take part, if this one does; data that was invented stays among its like."""
    if clinic.pk not in newest or not newest[clinic.pk].takes_part:
        return [], Hidden.TAKES_NO_PART
    limits = _limits(newest, clinic)
    from_known = {
        pk: max(one.rate_in_funnel_from, limits.rate_in_funnel_from)
        for pk, one in newest.items()
        if one.takes_part and one.clinic.synthetic == clinic.synthetic
    }
    found = rates.of_others(user, question, from_known=from_known)
    return _without_names([_entry(one, limits) for one in found], question)


def _without_names(others: Sequence[Entry], question: Asked) -> tuple[list[Entry], Hidden]:
    """Others of whom nobody can tell who is who; of their awaited results nothing is said."""
    # Filters or days could be chosen so that two answers differ by one man.
    if question.chosen.narrowed_by or not _of_whole_months(question):
        return [], Hidden.NARROWED
    if sum(one.known >= one.compared_from for one in others) < FEWEST_OTHERS:
        return [], Hidden.FEW_OTHERS
    return [replace(one, name="", pending=0) for one in others], Hidden.NOTHING


def _of_whole_months(question: Asked) -> bool:
    first, last = question.since, question.until
    begins = first is None or first.day == 1
    return begins and (last is None or last == date.max or (last + timedelta(days=1)).day == 1)


def _entry(one: Counted, limits: Limits, name: str = "", own: bool = False) -> Entry:
    return Entry(
        name=name,
        own=own,
        found=one.found,
        known=one.known,
        pending=one.pending,
        rate_from=limits.rate_in_funnel_from,
    )


def _of_surgeon(one: Counted, limits: Limits, name: str, own: bool) -> Entry:
    return replace(_entry(one, limits, name, own), compared_from=limits.compared_from)
