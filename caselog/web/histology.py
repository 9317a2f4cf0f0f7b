"""The page on which the histology of one case is written down."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caselog.dictionary import HISTOLOGY
from caselog.forms.histology import HistologyForm
from caselog.models import Case
from caselog.permissions import Permission
from caselog.services import histology
from caselog.services.merging import Base
from caselog.web import amendments, conditions
from caselog.web.access import permission_required
from caselog.web.cases import cases_here
from caselog.web.editing import Editing


@require_http_methods(["GET", "POST"])
@permission_required(Permission.RECORD_HISTOLOGY)
def case_histology(request, pk):
    case = get_object_or_404(cases_here(request), pk=pk)
    if request.method == "POST":
        return _record(request, case)
    opened = _opened(request, case)
    if not (histology.has_tissue(case) or opened.resumed or opened.unfinished):
        messages.error(request, _("No tissue was taken in this case, so there is no histology."))
        return redirect("case_detail", pk=pk)
    return _page(request, case, opened)


def _opened(request, case: Case) -> Editing:
    stored = histology.answers_of(case)
    opened = Editing(request, HISTOLOGY, case=case, stored=stored, version=0)
    opened.fill(HistologyForm(opened.data, case=case, initial=stored))
    return opened


def _record(request, case: Case):
    opened = _opened(request, case)
    form = opened.form
    if form.is_valid():
        with opened.telling():
            opened.save(lambda: _save(request, case, opened))
            messages.success(request, _saved_words(case))
            return redirect("case_detail", pk=case.pk)
    else:
        form.refuse_too(histology.problems(case=case, answers=form.answers))
    return _page(request, case, opened, status=422)


def _save(request, case: Case, opened: Editing) -> Case:
    return histology.record_histology(
        by=request.user,
        case=case,
        answers=opened.form.answers,
        base=opened.read.get("base") or Base({}),
        reason=amendments.reason(request),
    )


def _saved_words(case: Case) -> str:
    if case.alerts.open().exists():
        words = _("The histology of case %(number)s is saved. An alert stays until somebody acts on it.")
    else:
        words = _("The histology of case %(number)s is saved.")
    return words % {"number": case.number}


def _page(request, case: Case, opened: Editing, *, status=200):
    page = {
        "case": case,
        "form": opened.form,
        "opened": opened,
        "amendment": amendments.in_form(opened, amendments.locked(case)),
        "conditions_version": conditions.fingerprint(),
    }
    return render(request, "caselog/case_histology.html", page, status=status)
