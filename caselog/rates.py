"""Retrieval rates counted in the database: one query, however many cases, clinics and people.

The rules are those by which the audit counts rows (docs/methods/rates-in-sql.md); a test holds the two
to the same figures. Of clinics that a person may not see nothing leaves this module but counts
without a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from caselog.choices import RETRIEVED, CaseState, OperationStatus, ResultStatus, Side, SpermFound
from caselog.selection import EVERY_CASE, Selection

EXAMINED = [*RETRIEVED, SpermFound.NONE]


@dataclass(frozen=True)
class Population:
    """Operations of one type of azoospermia; with a procedure, those that were done by it alone."""

    azoospermia_type: str
    procedure: str | None = None

    @property
    def in_sql(self) -> Q:
        of_type = Q(azoospermia_type=self.azoospermia_type)
        if self.procedure is None:
            return of_type
        alone = Q(preceding_procedures="") | Q(preceding_procedures=F("procedure"))
        return of_type & Q(procedure=self.procedure) & alone


@dataclass(frozen=True)
class Asked:
    """What is counted: men by the first operation of the period, or every operation.

    populations: by a name of the asker's; no operation is in two of them.
    chosen: which of these operations; it makes no later operation a first one.
    """

    populations: Mapping[str, Population]
    since: date | None = None
    until: date | None = None
    chosen: Selection = EVERY_CASE
    men: bool = True


@dataclass(frozen=True)
class Counted:
    """known: with a final result; found: of these, with sperm; pending: awaiting one.

    of: the key of the clinic or surgeon; None where it is not to be known.
    """

    of: int | None
    population: str
    found: int
    known: int
    pending: int


def by_clinic(user, asked: Asked) -> list[Counted]:
    """Of each clinic that `user` may see; one query."""
    from caselog.models import Case

    return _counted(Case.objects.visible_to(user), "clinic", asked)


def by_surgeon(user, clinic, asked: Asked) -> list[Counted]:
    """Of each surgeon of a clinic that `user` may see, by who is recorded as surgeon; one query."""
    from caselog.models import Case

    return _counted(Case.objects.visible_to(user).filter(clinic=clinic), "surgeon", asked)


def cases(user, clinic, asked: Asked) -> int:
    """How many cases of a clinic there are in the period, of all populations and none; one query."""
    from caselog.models import Case

    found = Case.objects.visible_to(user).filter(_of_period(asked), asked.chosen.in_sql, clinic=clinic)
    return found.count()


def of_others(user, asked: Asked, *, from_known: Mapping[int, int]) -> list[Counted]:
    """Of clinics that `user` may not see, without their keys; one query.

    from_known: by the key of a clinic that may be counted, from how many known on. The order is the
        database's own: it is for the caller to lose.
    """
    from caselog.models import Case

    mine = user.memberships.current().values("clinic")
    cases = Case.objects.filter(clinic__in=list(from_known)).exclude(clinic__in=mine)
    found = _counted(cases, "clinic", asked)
    return [
        Counted(None, one.population, one.found, one.known, one.pending)
        for one in found
        if one.of is not None and one.known >= from_known[one.of]
    ]


def _counted(cases: QuerySet, group: str, asked: Asked) -> list[Counted]:
    final = Q(laboratory_report__result_status=ResultStatus.FINAL)
    known = final & _either_side(EXAMINED)
    found = (
        _operations(cases, asked)
        .annotate(**{f"of_{side}": _of_side(side) for side in Side.values}, population=_population(asked))
        .order_by()
        .values_list(group, "population")
        .annotate(
            found=Count("pk", filter=final & _either_side(RETRIEVED)),
            known=Count("pk", filter=known),
            pending=Count("pk") - F("known"),  # not the opposite of `known`: what is not there is no "no"
        )
    )
    return [Counted(*row) for row in found]


def _operations(cases: QuerySet, asked: Asked) -> QuerySet:
    """Those that count: signed, performed, of a population, and of a man his first in the period."""
    carried_out = _of_period(asked) & Q(state=CaseState.COMPLETE, status=OperationStatus.PERFORMED)
    of_any = Q()
    for population in asked.populations.values():
        of_any |= population.in_sql
    found = cases.filter(carried_out, asked.chosen.in_sql, of_any)
    return found.filter(~Exists(_earlier(cases.model, carried_out))) if asked.men else found


def _earlier(model, carried_out: Q) -> QuerySet:
    """By day, then attempt, then entry: as audits put a man's operations in order."""
    same_day = Q(procedure_date=OuterRef("procedure_date"))
    same_attempt = same_day & Q(attempt_number=OuterRef("attempt_number"))
    before = Q(procedure_date__lt=OuterRef("procedure_date"))
    before |= same_day & Q(attempt_number__lt=OuterRef("attempt_number"))
    before |= same_attempt & Q(pk__lt=OuterRef("pk"))
    return model.objects.filter(carried_out, before, patient=OuterRef("patient"))


def _of_period(asked: Asked) -> Q:
    since = Q(procedure_date__gte=asked.since) if asked.since else Q()
    return since & Q(procedure_date__lte=asked.until) if asked.until else since


def _population(asked: Asked) -> Choose:
    whens = [When(one.in_sql, then=Value(name)) for name, one in asked.populations.items()]
    return Choose(*whens, output_field=CharField())


def _of_side(side: str) -> FilteredRelation:
    return FilteredRelation("testes", condition=Q(testes__side=side))


def _either_side(findings: list[SpermFound]) -> Q:
    of_side = [Q(**{f"of_{side}__finding__sperm_found__in": findings}) for side in Side.values]
    return of_side[0] | of_side[1]
