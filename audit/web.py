"""The audit's pages."""

from io import BytesIO

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import adoptions, behind, services, storage, words
from audit.behind import Figure
from audit.forms import FiltersForm, KeepForm
from audit.models import AuditRun
from audit.results import Audit
from caselog.permissions import Permission
from caselog.web.access import permission_required

CASES_ON_A_PAGE = 100
RUNS_ON_A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def overview(request):
    return _overview(request, _filters(request, request.GET))


@require_POST
@permission_required(Permission.KEEP_AUDIT)
def keep(request):
    form, kept = _filters(request, request.POST), KeepForm(request.POST)
    if kept.is_valid() and request.opened_elsewhere:
        kept.add_error("title", request.opened_elsewhere)
    if not (form.is_valid() and kept.is_valid()):
        return _overview(request, form, kept)
    run = services.keep_run(
        by=request.user,
        clinic=request.clinic,
        filters=form.filters,
        title=kept.cleaned_data["title"],
        now=timezone.now(),
    )
    return redirect("audit_run", run.pk)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def cases_behind(request):
    figure, form = _figure(request), _filters(request, request.GET)
    if not form.is_valid():
        return _overview(request, form)
    audit, rows = _run(request, form)
    back = f"{reverse('audit')}?{form.query}"
    return _cases_behind(request, audit, rows, figure, back)


@require_safe
@permission_required(Permission.EXPORT_AUDIT)
def workbook(request):
    form = _filters(request, request.GET)
    if not form.is_valid():
        return _overview(request, form)
    audit, rows = _run(request, form)
    references = adoptions.references(request.clinic, audit.filters.reference_set)
    return _workbook(audit, references, rows)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def runs(request):
    found = _runs_of(request).defer("result").order_by("-pk")
    page = Paginator(found, RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    since = services.changed_since(user=request.user, clinic=request.clinic, runs=list(page))
    rows = [(run, since[run.pk]) for run in page]
    return render(request, "audit/runs.html", {"page": page, "rows": rows})


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def kept_run(request, pk):
    kept = get_object_or_404(_runs_of(request), pk=pk)
    context = {
        "kept": kept,
        "audit": storage.from_json(kept.result),
        "changed": services.data_changed(user=request.user, kept=kept),
        "since": services.changed_since(user=request.user, clinic=request.clinic, runs=[kept])[pk],
        "cases_url": f"{reverse('audit_run_cases', args=[pk])}?",
    }
    return render(request, "audit/run.html", context)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def kept_run_again(request, pk):
    """The kept figures beside those of today: the same, or which differ."""
    kept = get_object_or_404(_runs_of(request), pk=pk)
    again = services.again(user=request.user, kept=kept, now=timezone.now())
    return render(request, "audit/again.html", {"kept": kept, "again": again})


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def kept_cases_behind(request, pk):
    kept, figure = get_object_or_404(_runs_of(request), pk=pk), _figure(request)
    rows = services.cases_today(user=request.user, kept=kept)
    back = reverse("audit_run", args=[pk])
    return _cases_behind(request, storage.from_json(kept.result), rows, figure, back, kept=kept)


@require_safe
@permission_required(Permission.EXPORT_AUDIT)
def kept_workbook(request, pk):
    kept = get_object_or_404(_runs_of(request), pk=pk)
    audit = storage.from_json(kept.result)
    return _workbook(audit, services.references_of(audit), rows=None)


def _filters(request, asked) -> FiltersForm:
    surgeons = services.surgeons(user=request.user, clinic=request.clinic)
    adopted = adoptions.has_adopted(request.clinic)
    return FiltersForm(asked, today=timezone.localdate(), surgeons=surgeons, adopted=adopted)


def _run(request, form):
    return services.run(user=request.user, clinic=request.clinic, filters=form.filters, now=timezone.now())


def _runs_of(request):
    runs = AuditRun.objects.visible_to(request.user).filter(clinic=request.clinic)
    return runs.select_related("clinic", "kept_by", "surgeon")


def _overview(request, form, kept: KeepForm | None = None):
    """The audit page; with what was typed and what is wrong with it, where something is."""
    context = {"form": form, "keep_form": kept or KeepForm()}
    if form.is_valid():
        context["audit"], rows = _run(request, form)
        if form.narrowed_by and not rows:
            context["left"] = _left_by_each(request, form)
        context["query"] = form.query
        context["cases_url"] = f"{reverse('audit_cases')}?{form.query}&"
    wrong = not form.is_valid() or bool(kept)
    return render(request, "audit/overview.html", context, status=422 if wrong else 200)


def _left_by_each(request, form) -> list[tuple[str, str, int, str]]:
    """Each filter in words, how many cases it alone would leave, and the address without it."""
    audit = reverse("audit")
    left = services.left_by_each(user=request.user, clinic=request.clinic, filters=form.filters)
    return [
        (words.filter_name(name), form.chosen_name(name), n, f"{audit}?{form.query_without(name)}")
        for name, n in left.items()
    ]


def _figure(request) -> Figure:
    try:
        return Figure(request.GET.get("measure", ""), request.GET.get("part", ""))
    except LookupError as error:
        raise Http404(_("The audit has no such figure.")) from error


def _cases_behind(request, audit: Audit, rows, figure: Figure, back: str, kept=None):
    newest_first = {row.case_number: row for row in reversed(rows)}
    order = {number: place for place, number in enumerate(newest_first)}
    numbers = sorted(behind.case_numbers(audit, figure), key=lambda number: order.get(number, len(order)))
    page = Paginator(numbers, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    cases = [(number, newest_first.get(number)) for number in page]
    context = {"audit": audit, "figure": figure, "page": page, "cases": cases, "back": back, "kept": kept}
    return render(request, "audit/cases.html", context)


def _workbook(audit: Audit, references, rows) -> FileResponse:
    from audit.workbook import write  # openpyxl

    file = BytesIO()
    write(audit, references, rows, language=get_language(), to=file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_filename(audit), content_type=XLSX)


def _filename(audit: Audit) -> str:
    days = [day.isoformat() for day in (audit.filters.since, audit.filters.until) if day]
    return "-".join(["caselog-audit", slugify(audit.clinic, allow_unicode=True), *days]) + ".xlsx"
