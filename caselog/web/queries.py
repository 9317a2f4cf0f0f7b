"""The conversations about one case."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caselog import dictionary, questions
from caselog.choices import Role
from caselog.forms.queries import AnswerForm, AskForm, name_of
from caselog.lists import either
from caselog.models import Case, Query
from caselog.permissions import Permission, require
from caselog.services import cases, laboratory, patients, queries
from caselog.services.errors import Refused
from caselog.web.access import permission_required, permissions_here, visible_here
from caselog.web.cases import cases_here


@dataclass(frozen=True)
class Thread:
    query: Query
    about: str
    asked_of: str
    form: AnswerForm | None  # for those who may take the next turn
    may_close: bool
    change_url: str  # where whoever was asked corrects the answer; "" for others


# Where an answer is corrected: what stands there, the page, and what one must be allowed to do.
_PLACES = [
    (dictionary.OPERATION, "case_operation", Permission.LOG_CASES),
    (dictionary.REPORT, "laboratory_report", Permission.REPORT_LABORATORY),
    (dictionary.HISTOLOGY, "case_histology", Permission.RECORD_HISTOLOGY),
    (patients.COLUMNS.values(), "case_patient", Permission.CHANGE_PATIENTS),
]


@require_http_methods(["GET", "POST"])
@permission_required(Permission.READ_CASES)
def case_queries(request, pk):
    """All conversations of the case; a POST asks a new question."""
    case = get_object_or_404(cases_here(request), pk=pk)
    if request.method == "GET":
        return _page(request, case, ask=_ask_form(case, initial=request.GET))
    require(request.user, Permission.ASK_QUERIES, request.clinic)
    form = _ask_form(case, request.POST)
    if form.is_valid():
        try:
            queries.ask(by=request.user, case=case, **form.cleaned_data)
            messages.success(request, _("Your question is on the list of whoever answers it."))
            return redirect("case_queries", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, case, ask=form, status=422)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.READ_CASES)
def query_answer(request, pk):
    query = _query(request, pk)
    if request.method == "GET":  # from the language switch on the answer to a POST
        return redirect("case_queries", pk=query.case_id)
    form = AnswerForm(request.POST, query=query)
    if not queries.may_answer(request.user, query, permissions_here(request)):
        raise PermissionDenied(_("Only those who were asked answer, or whoever asked."))
    if form.is_valid():
        try:
            queries.answer(by=request.user, query=query, **form.cleaned_data)
            messages.success(request, _("Your reply is saved. Whoever asked closes the question."))
            return redirect("case_queries", pk=query.case_id)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refused:
            form.add_error(None, refused.message)
    case = get_object_or_404(cases_here(request), pk=query.case_id)
    return _page(request, case, wrong=(query, form), status=422)


@require_POST
@permission_required(Permission.READ_CASES)
def query_close(request, pk):
    query = _query(request, pk)
    try:
        queries.close(by=request.user, query=query)
        messages.success(request, _("The question is closed."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("case_queries", pk=query.case_id)


def _query(request, pk) -> Query:
    return get_object_or_404(visible_here(request, Query).select_related("clinic", "case"), pk=pk)


def _ask_form(case: Case, *args, **kwargs) -> AskForm:
    answers = cases.answers_of(case) | laboratory.answers_of(case)
    return AskForm(*args, answers=answers, **kwargs)


def _page(request, case: Case, *, ask=None, wrong=None, status=200):
    may_ask = Permission.ASK_QUERIES in permissions_here(request)
    context = {
        "case": case,
        "threads": [_thread(request, case, query, wrong) for query in queries.of_case(case)],
        "ask": (ask or _ask_form(case)) if may_ask else None,
        "wrong": wrong[1] if wrong else ask,
    }
    return render(request, "caselog/case_queries.html", context, status=status)


def _thread(request, case: Case, query: Any, wrong) -> Thread:
    user, allowed, is_open = request.user, permissions_here(request), query.closed_at is None
    form = AnswerForm(query=query) if is_open and queries.may_answer(user, query, allowed) else None
    if wrong and wrong[0] == query:
        form = wrong[1]  # what was typed stays, also where a colleague closed the question meanwhile
    return Thread(
        query,
        name_of(query.field),
        _asked_of(query),
        form,
        is_open and queries.may_close(user, query, allowed, asker_left=query.asker_left),
        _change_url(request, case, query) if form else "",
    )


def _asked_of(query: Query) -> str:
    asked = queries.asked_of(query)
    return either(role.label for role in Role if role in asked)


def _change_url(request, case: Case, query: Query) -> str:
    may = permissions_here(request)
    if "." in query.field:  # of one of several visits, complications or cycles: they stand there
        page = reverse("case_detail", args=[case.pk])
        return f"{page}#follow-up" if Permission.FOLLOW_UP in may else ""
    entry = questions.entries().get(query.field)
    if entry is None:  # of the case as a whole, or of what the record has no more
        return reverse("case_operation", args=[case.pk]) if Permission.LOG_CASES in may else ""
    pages = (page for part, page, needs in _PLACES if entry in part and needs in may)
    page = next(pages, "")
    return reverse(page, args=[case.pk]) if page else ""
