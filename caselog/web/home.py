"""The work list of the person signed in: what needs them, each one click from its task."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from caselog.choices import AlertKind, FollowUpMonth, OperationStatus, Side
from caselog.forms.queries import name_of
from caselog.models import Case
from caselog.permissions import Permission
from caselog.services import timeliness, work
from caselog.services.attention import Attention
from caselog.services.timeliness import Moments
from caselog.services.unsettled import Unsettled
from caselog.templatetags.caselog import moment
from caselog.web.access import clinic_required, permissions_here, visible_here
from caselog.web.due import Due
from caselog.web.summary import Result, laboratory_result
from caselog.web.typed import HalfFilled, half_filled


@dataclass(frozen=True)
class Task:
    url: str
    name: str  # the patient's code where the task is about a case
    number: str  # of the case
    detail: str
    when: str


@dataclass(frozen=True)
class TaskList:
    id: str
    title: str
    tasks: list[Task]
    empty: str = ""  # what to say without a task; without this the list is then left out
    more_url: str = ""
    more_label: str = ""


@require_safe
@clinic_required
def home(request):
    today = timezone.localdate()
    may = permissions_here(request)
    cases = visible_here(request, Case)
    wanted = work.lists(cases, user=request.user, may=may, today=today)
    typed = half_filled(request)
    wanted["typed"] = cases.filter(pk__in=[one.case for one in typed if one.case])
    unsettled = work.contradictions(cases, user=request.user, may=may)
    contradicting = cases.filter(pk__in=[one.case for one in unsettled])
    wanted["contradictions"] = contradicting.order_by("procedure_date", "pk")[: work.TASKS]
    found = work.read(cases, wanted, user=request.user, may=may)
    lists = [
        *_alerts(found),
        *_typed(typed, found),
        *_drafts(found),
        *_waiting(found, today),
        *_asked(found),
        _contradictions(found, unsettled, request.user if Permission.MANAGE_CLINIC not in may else None),
        _overdue(found),
        _due(found),
    ]
    since = today - timeliness.LAST_DAYS
    moments = timeliness.moments(cases, since=since, until=today)
    context = {
        "today": today,
        "lists": [one for one in lists if one.tasks or one.empty],
        "recent": [(case, _result(case)) for case in found["recent"]],
        "counts": work.counts(cases, today=today),
        "month": _month(moments, today),
        "delays": timeliness.delays(moments, since=since, until=today),
        "periods": _periods(request, may, today),
    }
    return render(request, "caselog/home.html", context)


def _task(case: Case, url: str, detail: str, when: str) -> Task:
    return Task(url, case.patient.code, case.number, detail, when)


def _result(case: Case) -> Result:
    return laboratory_result(case, [getattr(case, f"{side}_found") for side in Side.values])


def _about(case: Case) -> str:
    if case.status == OperationStatus.CANCELLED:
        return case.get_status_display()
    return case.get_procedure_display() or _("Procedure not answered")


def _alerts(found) -> list[TaskList]:
    tasks = [
        _task(case, reverse("case_detail", args=[case.pk]), _kind(case.alert_kind), _day(case.procedure_date))
        for case in found.get("alerts", ())
    ]
    return [TaskList("alerts", _("Alerts to act on"), tasks)]


def _kind(kind: str) -> str:
    return str(dict(AlertKind.choices).get(kind, kind))


def _typed(forms: list[HalfFilled], found) -> list[TaskList]:
    cases = {case.pk: case for case in found["typed"]}
    tasks = []
    for one in forms:
        case = cases.get(one.case)
        name, number = (case.patient.code, case.number) if case else (one.code or one.form, "")
        deleted = _("%(form)s, of a case that was deleted") % {"form": one.form}
        detail = deleted if one.case and not case else one.form
        tasks.append(Task(one.url, name, number, detail, moment(one.draft.saved_at)))
    return [TaskList("typed", _("Forms you began to fill in"), tasks)]


def _drafts(found) -> list[TaskList]:
    if "drafts" not in found:
        return []
    tasks = [
        _task(case, reverse("case_operation", args=[case.pk]), _about(case), _day(case.procedure_date))
        for case in found["drafts"]
    ]
    empty = _("No draft of yours is waiting to be signed.")
    return [TaskList("drafts", _("Your drafts to finish"), tasks, empty)]


def _waiting(found, today: date) -> list[TaskList]:
    if "waiting" not in found:
        return []
    tasks = [
        _task(
            case,
            reverse("laboratory_report", args=[case.pk]),
            _result(case).word,
            f"{_day(case.procedure_date)} · {_days(today, case.procedure_date)}",
        )
        for case in found["waiting"]
    ]
    return [
        TaskList(
            "waiting",
            _("Waiting for the laboratory, oldest first"),
            tasks,
            _("Every operation has its final result."),
            reverse("worklist"),
            _("The whole worklist"),
        )
    ]


def _asked(found) -> list[TaskList]:
    titles = {"asked": _("Questions asked of you"), "answered": _("Your questions, answered")}
    return [
        TaskList(
            name,
            title,
            [
                _task(
                    case,
                    reverse("case_queries", args=[case.pk]),
                    name_of(getattr(case, f"{name}_about")),
                    _day(timezone.localtime(getattr(case, f"{name}_at"))),
                )
                for case in found.get(name, ())
            ],
            more_url=reverse("case_list") + "?attention=query",
            more_label=_("All cases with open questions"),
        )
        for name, title in titles.items()
    ]


def _contradictions(found, unsettled: list[Unsettled], signed_by) -> TaskList:
    """signed_by: whose cases alone these are."""
    field = {one.case: one.field for one in unsettled}
    tasks = [
        _task(
            case, reverse("case_detail", args=[case.pk]), name_of(field[case.pk]), _day(case.procedure_date)
        )
        for case in found["contradictions"]
    ]
    asked = {"attention": Attention.CONTRADICTION} | ({"signed_by": signed_by.pk} if signed_by else {})
    label = ngettext(
        "%(cases)s case with a contradiction", "All %(cases)s cases with contradictions", len(unsettled)
    )
    return TaskList(
        "contradictions",
        _("Contradictions to settle"),
        tasks,
        more_url=f"{reverse('case_list')}?{urlencode(asked)}",
        more_label=label % {"cases": len(unsettled)},
    )


def _overdue(found) -> TaskList:
    tasks = [
        _visit(one, _("since %(day)s") % {"day": _day(one.until)}) for one in _follow_ups(found, "overdue")
    ]
    return TaskList(
        "overdue",
        _("Follow-ups overdue"),
        tasks[: work.OVERDUE],
        more_url=reverse("follow_ups") + "?list=overdue",
        more_label=_("All follow-ups overdue"),
    )


def _due(found) -> TaskList:
    tasks = [_visit(one, _("until %(day)s") % {"day": _day(one.until)}) for one in _follow_ups(found, "due")]
    return TaskList(
        "follow-ups",
        _("Follow-ups due"),
        tasks[: work.TASKS],
        more_url=reverse("follow_ups"),
        more_label=_("All follow-ups due and overdue"),
    )


def _follow_ups(found, kind: str) -> list[Due]:
    """The longest due first, as in the whole list."""
    listed = [Due(case, month) for month in FollowUpMonth for case in found.get(f"{kind}_{month}", ())]
    return sorted(listed, key=lambda one: (one.on, one.pk))


def _visit(one: Due, when: str) -> Task:
    url = reverse("follow_up_visit", args=[one.case.pk, one.month])
    return _task(one.case, url, str(one.month.label), when)


def _periods(request, may, today: date):
    if not may & {Permission.LOG_CASES, Permission.MANAGE_PERIODS}:
        return []
    return work.periods_ahead(request.user, request.clinic, today=today)


def _month(moments: list[Moments], today: date) -> dict[str, Any]:
    """The clinic's operations of this calendar month: too few for a rate."""
    of_month = [one for one in moments if today.replace(day=1) <= one.operated <= today]
    performed = [one for one in of_month if one.status == OperationStatus.PERFORMED]
    return {
        "operations": len(performed),
        "final": sum(one.final is not None for one in performed),
        "abandoned": sum(one.status == OperationStatus.ABANDONED for one in of_month),
    }


def _day(on: date) -> str:
    return date_format(on, "j M Y")


def _days(today: date, since: date) -> str:
    days = (today - since).days
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
