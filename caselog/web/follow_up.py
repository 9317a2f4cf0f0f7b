"""The follow-up's pages: who is due, and the forms of a visit, a complication and an ICSI cycle."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from caselog.choices import Complications, FollowUpMonth
from caselog.forms.follow_up import ComplicationForm, CycleForm, DueFilter, VisitForm
from caselog.models import Case, Complication, FollowUp, IcsiCycle
from caselog.models.follow_up import OfCase
from caselog.permissions import Permission
from caselog.services import follow_up
from caselog.services.errors import Refused
from caselog.services.receipts import SentBefore
from caselog.services.rules_follow_up import timing
from caselog.templatetags.caselog import day
from caselog.web import conditions, due, gone
from caselog.web.access import permission_required, visible_here
from caselog.web.editing import Editing, posted_version

# By the part of the dictionary that is asked about one.
_RECORDS: dict[str, Any] = {"follow_up": FollowUp, "complication": Complication, "icsi": IcsiCycle}


@dataclass(frozen=True)
class Task:
    """What one of the forms is about, and what saves it."""

    part: str  # of the dictionary
    form: Any
    title: str
    record: OfCase | None
    start: dict[str, Any]
    problems: Callable
    save: Callable
    remove_url: str = ""

    @property
    def version(self) -> int:
        """0 says that there is nothing yet."""
        return self.record.version if self.record else 0


@require_safe
@permission_required(Permission.READ_CASES)
@vary_on_headers("HX-Request")
def follow_ups(request):
    """Who is due now, or overdue; the oldest first."""
    cases, today = visible_here(request, Case), timezone.localdate()
    chosen = DueFilter(request.GET)
    month = chosen.cleaned_data["month"] if chosen.is_valid() else ""
    overdue = request.GET.get("list") == "overdue"
    page = due.page(
        cases.select_related("patient", "surgeon"),
        request.GET,
        overdue=overdue,
        months=[FollowUpMonth(month)] if month else list(FollowUpMonth),
        today=today,
    )
    context = {
        "page": page,
        "filter": chosen,
        "month": month,
        "overdue": overdue,
        "counts": cases.follow_up_counts(today),
    }
    template = "caselog/_follow_up_rows.html" if request.htmx else "caselog/follow_ups.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.FOLLOW_UP)
def follow_up_visit(request, pk, month):
    case = _case(request, pk)
    if str(month) not in FollowUpMonth:
        raise Http404
    of_month = FollowUpMonth(str(month))
    visit = case.follow_ups.filter(month=of_month).first()
    task = Task(
        part="follow_up",
        form=VisitForm,
        title=_("Follow-up: %(month)s") % {"month": of_month.label},
        record=visit,
        start=follow_up.answers_of_visit(visit) if visit else {},
        problems=partial(follow_up.problems_of_visit, case=case, month=of_month, today=timezone.localdate()),
        save=partial(follow_up.save_visit, month=of_month),
        remove_url=reverse("follow_up_remove", args=[visit.pk]) if visit else "",
    )
    return _answer(request, case, task)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.FOLLOW_UP)
def complication_new(request, pk):
    return _complication(request, _case(request, pk))


@require_http_methods(["GET", "POST"])
@permission_required(Permission.FOLLOW_UP)
def complication_change(request, pk):
    found = _record(request, Complication, pk)
    return _complication(request, found.case, found)


def _complication(request, case: Case, found: Complication | None = None):
    task = Task(
        part="complication",
        form=ComplicationForm,
        title=_("Complication"),
        record=found,
        start=follow_up.answers_of_complication(found) if found else {},
        problems=partial(follow_up.problems_of_complication, case=case, today=timezone.localdate()),
        save=partial(follow_up.save_complication, complication=found),
        remove_url=reverse("complication_remove", args=[found.pk]) if found else "",
    )
    return _answer(request, case, task)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.FOLLOW_UP)
def cycle_new(request, pk):
    return _cycle(request, _case(request, pk))


@require_http_methods(["GET", "POST"])
@permission_required(Permission.FOLLOW_UP)
def cycle_change(request, pk):
    found = _record(request, IcsiCycle, pk)
    return _cycle(request, found.case, found)


def _cycle(request, case: Case, found: IcsiCycle | None = None):
    task = Task(
        part="icsi",
        form=CycleForm,
        title=_("ICSI cycle"),
        record=found,
        start=follow_up.answers_of_cycle(found) if found else {},
        problems=partial(follow_up.problems_of_cycle, today=timezone.localdate()),
        save=partial(follow_up.save_cycle, cycle=found),
        remove_url=reverse("cycle_remove", args=[found.pk]) if found else "",
    )
    return _answer(request, case, task)


@require_POST
@permission_required(Permission.FOLLOW_UP)
def remove(request, pk, part):
    """Take away what was recorded by mistake."""
    record: Any = _record(request, _RECORDS[part], pk)
    try:
        follow_up.remove(by=request.user, record=record, version=posted_version(request.POST))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Removed: %(what)s. The history keeps it.") % {"what": _name(record)})
    return redirect(_part_of(record.case))


def _answer(request, case: Case, task: Task):
    if not follow_up.is_open(case):
        if told := gone.answer(request):
            return told
        messages.error(request, _("Follow-up begins with the signed operation."))
        return redirect("case_detail", pk=case.pk)
    stored = task.start if task.record else None
    opened = Editing(request, task.form.part, case=case, stored=stored, version=task.version)
    form = opened.fill(task.form(opened.data, initial=task.start))
    if not opened.sent:
        return _page(request, case, task, opened)
    if not form.is_valid():
        form.refuse_too(task.problems(answers=form.answers))
        return _page(request, case, task, opened, status=422)
    with opened.telling():
        try:
            return _saved(request, case, _save(request, case, task, opened))
        except SentBefore:
            opened.renew()
            form.add_error(None, _("This form was saved before. Save it again only to record another one."))
    return _page(request, case, task, opened, status=422)


def _save(request, case: Case, task: Task, opened: Editing):
    saved = opened.save(
        lambda: task.save(
            by=request.user,
            case=case,
            answers=opened.form.answers,
            today=timezone.localdate(),
            confirmed=opened.form.confirmations,
            **opened.read,
        ),
        creates=task.record is None and task.part != "follow_up",
    )
    found = _RECORDS[task.part].objects.filter(pk=saved).first()
    if found is None:  # saved before, and removed since
        raise SentBefore(saved)
    return found


def _saved(request, case: Case, saved):
    words = _("Saved: %(what)s.") % {"what": _name(saved)}
    if isinstance(saved, FollowUp):
        if remark := timing(saved, case.procedure_date):
            words = f"{words} {remark}"
        if saved.complications == Complications.SOME and not case.complications.exists():
            messages.success(request, _("%(saved)s Now record what it was.") % {"saved": words})
            return redirect("complication_new", pk=case.pk)
    messages.success(request, words)
    return redirect(_part_of(case))


def _name(record) -> str:
    if isinstance(record, FollowUp):
        return _("follow-up at %(month)s") % {"month": record.get_month_display()}
    if isinstance(record, Complication):
        return record.get_kind_display()
    return _("ICSI cycle of %(day)s") % {"day": day(record.started_on)}


def _part_of(case: Case) -> str:
    return reverse("case_detail", args=[case.pk]) + "#follow-up"


def _case(request, pk) -> Case:
    found = visible_here(request, Case).select_related("clinic", "patient", "laboratory_report")
    return get_object_or_404(found, pk=pk)


def _record(request, model, pk):
    return get_object_or_404(
        visible_here(request, model).select_related("case__clinic", "case__patient"), pk=pk
    )


def _page(request, case: Case, task: Task, opened: Editing, *, status=200):
    page = {
        "case": case,
        "task": task,
        "form": opened.form,
        "opened": opened,
        "conditions_version": conditions.fingerprint(),
    }
    return render(request, "caselog/follow_up_form.html", page, status=status)
