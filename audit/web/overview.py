"""The audit's first page, and what one takes from it."""

from typing import Any

from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import adoptions, closing, over_time, services
from audit.forms.filters import FiltersForm, KeepForm
from audit.web import answers, asked
from caselog.permissions import Permission
from caselog.services import receipts
from caselog.web.access import permission_required


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def overview(request):
    return _overview(request, asked.filters_form(request, request.GET))


@require_POST
@permission_required(Permission.KEEP_AUDIT)
def keep(request):
    form, kept = asked.filters_form(request, request.POST), KeepForm(request.POST)
    if kept.is_valid() and request.opened_elsewhere:
        kept.add_error("title", request.opened_elsewhere)
    if not (form.is_valid() and kept.is_valid()):
        return _overview(request, form, kept)
    return redirect("audit_run", _kept_once(request, form, kept.cleaned_data))


def _kept_once(request, form: FiltersForm, typed: dict[str, Any]) -> int:
    """The key of the run: one, however often this form is sent with this title and these filters."""
    asked, title = form.filters, typed["title"]

    def save():
        by, clinic = request.user, request.clinic
        return services.keep_run(by=by, clinic=clinic, filters=asked, title=title, now=timezone.now())

    if not typed["key"]:
        return save().pk
    sent = f"{request.clinic.pk} {form.query} {title}"
    return receipts.once(by=request.user, key=typed["key"], sent=sent, creates=False, save=save)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def cases_behind(request):
    figure, form = answers.figure_asked(request), asked.filters_form(request, request.GET)
    if not form.is_valid():
        return _overview(request, form)
    if form.shared:
        raise Http404(_("A shared audit leads to no case."))
    audit, rows = asked.run(request, form)
    if figure.of_quarter:
        audit = over_time.held(audit, rows, [figure.of_quarter])
    return answers.cases_page(request, audit, rows, figure, query=form.query)


@require_safe
@permission_required(Permission.EXPORT_AUDIT)
def workbook(request):
    form = asked.filters_form(request, request.GET)
    if not form.is_valid():
        return _overview(request, form)
    audit, rows = asked.run(request, form)
    if form.shared:
        return answers.shared_workbook_file(audit)
    references = adoptions.references(request.clinic, audit.filters.reference_set)
    return answers.workbook_file(audit, references, rows)


def _overview(request, form, kept: KeepForm | None = None):
    """With what was typed and what is wrong with it, where something is."""
    status = 422 if kept else 200
    return asked.show(
        request,
        "audit/overview.html",
        form,
        keep_form=kept or KeepForm(),
        status=status,
        more=lambda audit, _rows: {"closed": closing.closed_within(request.clinic, audit.filters)},
    )
