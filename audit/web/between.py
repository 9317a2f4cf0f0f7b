"""Clinics and, privately, surgeons side by side."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from audit import adoptions, registry, words
from audit.charts import funnel as chart
from audit.results import Audit, Filters
from audit.web import asked
from caselog.permissions import Permission
from caselog.web.access import permission_required

USUAL = "micro_noa"


class MeasureForm(forms.Form):
    measure = forms.ChoiceField(
        label=_lazy("Rate"), choices=lambda: [(name, words.measure_name(name)) for name in registry.RATES]
    )


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def between(request):
    measure = request.GET.get("measure", USUAL)
    if measure not in registry.RATES:
        raise Http404(_("The audit has no such figure."))
    form = asked.filters_form(request, request.GET)

    def more(audit: Audit, _rows) -> Mapping[str, Any]:
        return {"funnels": _funnels(request, measure, audit.filters)}

    return asked.show(
        request, "audit/between.html", form, more=more, measure_form=MeasureForm({"measure": measure})
    )


def _funnels(request, measure: str, filters: Filters):
    references = adoptions.references(request.clinic, filters.reference_set)
    question = {"user": request.user, "clinic": request.clinic, "measure": measure, "filters": filters}
    question["references"] = references
    found = [registry.clinics(mine=request.clinics, **question), registry.surgeons(**question)]
    return [(one, chart.plot(one)) for one in found]
