"""What waits for a person in a clinic: lists of cases, read together so that a page of them is cheap."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Value

from caselog.choices import CaseState, FollowUpMonth, PeriodState, Side
from caselog.models import Alert, Case, Finding, Period, Query
from caselog.models.case import AWAITING_LABORATORY, FOLLOWED_UP, CaseQuerySet, follow_up_overdue
from caselog.permissions import Permission
from caselog.services import unsettled
from caselog.services.queries import waiting_for
from caselog.services.unsettled import Unsettled

TASKS = 8
OVERDUE = 5  # a backlog of years must not push down what can still be done in time
RECENT = 5
AHEAD = timedelta(days=30)


def lists(cases: CaseQuerySet, *, user, may: Collection[Permission], today: date) -> dict[str, QuerySet]:
    """The lists of cases that this person's page shows, each in its order and no longer than that."""
    found = {"recent": cases.newest_first()[:RECENT]}
    if Permission.ACKNOWLEDGE_ALERTS in may:
        found["alerts"] = cases.filter(pk__in=Alert.objects.open().values("case")).newest_first()[:TASKS]
    if Permission.LOG_CASES in may:
        mine = cases.drafts().filter(Q(created_by=user) | Q(surgeon=user))
        found["drafts"] = mine.newest_first()[:TASKS]
    if Permission.REPORT_LABORATORY in may:
        found["waiting"] = cases.awaiting_laboratory()[:TASKS]
    if Permission.ANSWER_QUERIES in may:
        asked = waiting_for(user, may).values("case")
        found["asked"] = cases.filter(pk__in=asked).order_by("procedure_date", "pk")[:TASKS]
    if Permission.ASK_QUERIES in may:
        answered = _answered_for(user).values("case")
        found["answered"] = cases.filter(pk__in=answered).order_by("procedure_date", "pk")[:TASKS]
    if Permission.FOLLOW_UP in may:
        for month in FollowUpMonth:
            due, overdue = cases.follow_up_due(month, today), cases.follow_up_overdue(month, today)
            found[f"due_{month}"] = due.order_by("procedure_date", "pk")[:TASKS]
            found[f"overdue_{month}"] = overdue.order_by("procedure_date", "pk")[:OVERDUE]
    return found


def contradictions(cases: CaseQuerySet, *, user, may: Collection[Permission]) -> list[Unsettled]:
    """What is open of the cases that this person signed; for an administrator, of the whole clinic."""
    if Permission.MANAGE_CLINIC in may:
        return unsettled.contradictions(cases)
    return unsettled.contradictions(cases.filter(signed_by=user)) if Permission.LOG_CASES in may else []


def read(cases: CaseQuerySet, wanted: Mapping[str, QuerySet], *, user, may) -> dict[str, list[Case]]:
    """The cases of each list, with what their lines say of them; two queries for all lists together."""
    listed = _listed(wanted)
    found = (
        cases.filter(pk__in={pk for _name, pk in listed})
        .select_related("patient", "laboratory_report")
        .annotate(**_details(wanted, user=user, may=may))
        .order_by("procedure_date", "pk")
    )
    oldest_first = list(found)
    return {
        name: _in_order([case for case in oldest_first if (name, case.pk) in listed], one)
        for name, one in wanted.items()
    }


def counts(cases: CaseQuerySet, *, today: date) -> dict[str, Any]:
    """What is open in the clinic; one query."""
    overdue = {
        f"overdue_{month}": Count("pk", filter=FOLLOWED_UP & follow_up_overdue(month, today))
        for month in FollowUpMonth
    }
    found = cases.aggregate(
        drafts=Count("pk", filter=Q(state=CaseState.DRAFT)),
        results=Count("pk", filter=AWAITING_LABORATORY),
        since=Min("procedure_date", filter=AWAITING_LABORATORY),
        queries=Count("pk", filter=Q(pk__in=Query.objects.open().values("case"))),
        **overdue,
    )
    return found | {"overdue": sum(found.pop(name) for name in overdue)}


def periods_ahead(user, clinic, *, today: date) -> QuerySet[Period]:
    """Periods that are closed or soon over and hold drafts, each with how many."""
    drafts = (
        Case.objects.drafts()
        .filter(clinic=clinic, procedure_date__range=(OuterRef("since"), OuterRef("until")))
        .order_by()
        .values("clinic")
        .annotate(n=Count("pk"))
    )
    soon = Q(state=PeriodState.CLOSED) | Q(state=PeriodState.OPEN, until__lte=today + AHEAD)
    found = Period.objects.visible_to(user).filter(soon, clinic=clinic)
    return found.annotate(drafts=Subquery(drafts.values("n"))).filter(drafts__gt=0).order_by("until")


def _answered_for(user):
    return Query.objects.waiting_for_the_asker().filter(asked_by=user)


def _listed(wanted: Mapping[str, QuerySet]) -> set[tuple[str, int]]:
    """Which case stands in which list. By key, because SQLite limits no part of a union."""
    first, *others = (
        Case.objects.filter(pk__in=one.values("pk")).values_list(Value(name), "pk")
        for name, one in wanted.items()
    )
    return set(first.union(*others, all=True))


def _details(wanted: Iterable[str], *, user, may) -> dict[str, Any]:
    details: dict[str, Any] = {f"{side}_found": _finding(side) for side in Side.values}
    if "alerts" in wanted:
        alerts = Alert.objects.open().filter(case=OuterRef("pk")).order_by("pk")
        details["alert_kind"] = Subquery(alerts.values("kind")[:1])
    for name, queries in (("asked", waiting_for(user, may)), ("answered", _answered_for(user))):
        if name in wanted:
            first = queries.filter(case=OuterRef("pk")).order_by("pk")
            details[f"{name}_at"] = Subquery(first.values("asked_at")[:1])
            details[f"{name}_about"] = Subquery(first.values("field")[:1])
    return details


def _finding(side: str) -> Subquery:
    of_side = Finding.objects.filter(testis__case=OuterRef("pk"), testis__side=side)
    return Subquery(of_side.values("sperm_found")[:1])


def _in_order(oldest_first: list[Case], wanted: QuerySet) -> list[Case]:
    newest_first = wanted.query.order_by[:1] == ("-procedure_date",)
    return oldest_first[::-1] if newest_first else oldest_first
