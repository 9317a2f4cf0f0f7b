"""Audits that were kept."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import catalogue, services, storage
from audit.models import AuditRun
from audit.web import answers, depth, sharing
from audit.web.sharing import here, never_shared, shared_instead
from caselog.permissions import Permission
from caselog.web.access import permission_required

RUNS_ON_A_PAGE = 50


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@never_shared
def runs(request):
    found, only_closed = here(request).defer("result").order_by("-pk"), "closed" in request.GET
    if only_closed:
        found = found.closed()
    page = Paginator(found, RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    since = services.changed_since(user=request.user, clinic=request.clinic, runs=list(page))
    rows = [(run, since[run.pk]) for run in page]
    return render(request, "audit/runs.html", {"page": page, "rows": rows, "only_closed": only_closed})


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@shared_instead
def kept_run(request, pk):
    kept = get_object_or_404(here(request), pk=pk)
    context = {
        "kept": kept,
        "audit": storage.from_json(kept.result),
        "changed": services.data_changed(user=request.user, kept=kept),
        "since": services.changed_since(user=request.user, clinic=request.clinic, runs=[kept])[pk],
    }
    return render(request, "audit/run.html", context | frame(request, kept))


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@shared_instead
def kept_measure(request, pk, measure):
    """One rate of a kept audit in depth, as far as it was kept."""
    depth.known_measure(measure)
    kept = get_object_or_404(here(request), pk=pk)
    audit = storage.from_json(kept.result)
    context = {"audit": audit, "definition": catalogue.definitions()[measure]}
    if audit.quality.cases:
        context |= depth.in_depth_then(audit, measure)
    return render(request, "audit/measure.html", context | frame(request, kept))


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@shared_instead
def kept_part(request, pk, part):
    kept = get_object_or_404(here(request), pk=pk)
    context = {"audit": storage.from_json(kept.result)}
    return render(request, f"audit/{part}.html", context | frame(request, kept))


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@never_shared
def kept_run_again(request, pk):
    """The kept figures beside those of today: the same, or which differ."""
    kept = get_object_or_404(here(request), pk=pk)
    again = services.again(user=request.user, kept=kept, now=timezone.now())
    return render(request, "audit/again.html", {"kept": kept, "again": again})


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@never_shared
def kept_cases_behind(request, pk):
    kept, figure = get_object_or_404(here(request), pk=pk), answers.figure_asked(request)
    rows = services.cases_today(user=request.user, kept=kept)
    return answers.cases_page(request, storage.from_json(kept.result), rows, figure, kept=kept)


@require_safe
@permission_required(Permission.EXPORT_AUDIT)
def kept_workbook(request, pk):
    kept = get_object_or_404(here(request), pk=pk)
    audit = storage.from_json(kept.result)
    if sharing.asked_for(request):
        return answers.shared_workbook_file(audit)
    return answers.workbook_file(audit, services.references_of(audit), rows=None)


def frame(request, kept: AuditRun) -> dict[str, object]:
    """Where a page of a kept audit stands, and where its figures lead."""
    cases_url = f"{reverse('audit_run_cases', args=[kept.pk])}?"
    return {"kept": kept, "frame": "audit/kept_view.html", "here": request.path, "cases_url": cases_url}
