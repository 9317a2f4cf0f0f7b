"""Clinics and, privately, surgeons side by side."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import adoptions, comparison, registry
from audit.charts import funnel as chart
from audit.forms.measure import MeasureForm
from audit.results import Audit, Filters, Level
from audit.web import asked
from caselog.permissions import Permission
from caselog.web.access import permission_required


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def between(request):
    measure = request.GET.get("measure", registry.USUAL_RATE)
    if measure not in registry.RATES:
        raise Http404(_("The audit has no such figure."))
    form = asked.filters_form(request, request.GET)
    references = adoptions.references(request.clinic, form.filters.reference_set) if form.is_valid() else ()

    def made(request, form) -> tuple[Audit, int]:
        return _without_rows(request, form.filters, references)

    def more(audit: Audit, _rows) -> Mapping[str, Any]:
        found = registry.side_by_side(
            user=request.user,
            clinic=request.clinic,
            mine=request.clinics,
            measure=measure,
            filters=audit.filters,
            references=references,
        )
        return {"funnels": [(one, chart.plot(one)) for one in found]}

    choice = MeasureForm(measure, registry.RATES)
    return asked.show(request, "audit/between.html", form, more=more, made=made, measure_form=choice)


def _without_rows(request, filters: Filters, references) -> tuple[Audit, int]:
    """What the frame says of the question, of an audit of no row, and the number of cases: none is read."""
    n = registry.cases(user=request.user, clinic=request.clinic, filters=filters)
    audit = comparison.audit(
        [],
        filters=filters,
        references=references,
        clinic=request.clinic.name,
        synthetic=request.clinic.synthetic,
        source="clinic",
        made_by=str(request.user),
        made_at=timezone.localtime(),
        level=Level.LIVE,
    )
    return replace(audit, quality=replace(audit.quality, cases=n)), n
