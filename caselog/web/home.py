"""The work list of the person signed in."""

from django.db.models import Count, Min, Prefetch, Q
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caselog.choices import CaseState, OperationStatus, ResultStatus
from caselog.models import Case, Testis
from caselog.permissions import Permission
from caselog.web.access import clinic_required, permissions_here
from caselog.web.summary import laboratory_result

TASKS = 8
RECENT = 5


@require_safe
@clinic_required
def home(request):
    today = timezone.localdate()
    may = permissions_here(request)
    cases = Case.objects.visible_to(request.user).filter(clinic=request.clinic)
    context = {
        "today": today,
        "recent": _recent(cases),
        "counts": _counts(cases, today),
        "awaiting": cases.awaiting_laboratory()
        .order_by()
        .aggregate(results=Count("pk"), since=Min("procedure_date")),
    }
    if Permission.LOG_CASES in may:
        context["drafts"] = _drafts_of(request.user, cases)
    if Permission.REPORT_LABORATORY in may:
        context["waiting"] = _waiting(cases, today)
    return render(request, "caselog/home.html", context)


def _drafts_of(user, cases):
    """The newest drafts that the person began or operated on."""
    mine = cases.drafts().filter(Q(created_by=user) | Q(surgeon=user))
    return mine.select_related("patient").newest_first()[:TASKS]


def _waiting(cases, today):
    """The oldest cases without a final result, and how many days each has waited."""
    found = cases.awaiting_laboratory().select_related("patient", "laboratory_report")
    return [(case, (today - case.procedure_date).days) for case in found[:TASKS]]


def _recent(cases):
    """The newest cases with their results."""
    found = cases.select_related("patient", "laboratory_report").prefetch_related(
        Prefetch("testes", Testis.objects.select_related("finding"))
    )
    return [(case, laboratory_result(case)) for case in found.newest_first()[:RECENT]]


def _counts(cases, today):
    """The clinic's drafts, and its operations of this calendar month: too few for a rate."""
    this_month = Q(procedure_date__range=(today.replace(day=1), today))
    performed = this_month & Q(status=OperationStatus.PERFORMED)
    return cases.aggregate(
        drafts=Count("pk", filter=Q(state=CaseState.DRAFT)),
        operations=Count("pk", filter=performed),
        final=Count("pk", filter=performed & Q(laboratory_report__result_status=ResultStatus.FINAL)),
        abandoned=Count("pk", filter=this_month & Q(status=OperationStatus.ABANDONED)),
    )
