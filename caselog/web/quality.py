"""How good the data is: completeness of the clinic's record, and what a theatre list has beside it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from caselog.excel.reader import MOST_BYTES
from caselog.forms.quality import PeriodForm, TheatreListForm
from caselog.models import Case
from caselog.permissions import Permission
from caselog.services import ascertainment, completeness, timeliness
from caselog.web.access import permission_required, visible_here

MOST_SHOWN = 50


@require_safe
@permission_required(Permission.READ_CASES)
def data_quality(request):
    form = PeriodForm(request.GET, today=timezone.localdate())
    context = {"form": form}
    if form.is_valid():
        context |= _quality(request, **form.cleaned_data)
    return render(request, "caselog/quality.html", context, status=200 if form.is_valid() else 422)


def _quality(request, *, since, until):
    cases = visible_here(request, Case)
    of_period = cases.filter(procedure_date__range=(since, until)).newest_first()
    found = completeness.of_clinic(completeness.readable(of_period))
    moments = timeliness.moments(cases, since=since, until=until)
    return {
        "since": since,
        "until": until,
        "found": found,
        "incomplete": sorted(
            (one for one in found.required if one.answered < one.asked),
            key=lambda one: one.answered / one.asked,
        ),
        "whole": [one for one in found.required if one.answered == one.asked],
        "doubtful": found.doubtful[:MOST_SHOWN],
        "delays": timeliness.delays(moments, since=since, until=until),
    }


@require_http_methods(["GET", "POST"])
@permission_required(Permission.MANAGE_CLINIC)
def case_ascertainment(request):
    """Nothing is stored, so the answer to a POST is the page itself."""
    sent = request.method == "POST"
    form = TheatreListForm(request.POST, request.FILES) if sent else TheatreListForm()
    found, errors = None, []
    if form.is_valid():
        try:
            listed = _listed(form.cleaned_data)
            found = ascertainment.compare(listed, by=request.user, clinic=request.clinic)
        except ascertainment.NotAList as wrong:
            errors = wrong.errors
    context = {
        "form": form,
        "found": found,
        "errors": errors[:MOST_SHOWN],
        "more_errors": max(0, len(errors) - MOST_SHOWN),
    }
    return render(
        request, "caselog/ascertainment.html", context, status=422 if sent and found is None else 200
    )


def _listed(typed) -> list[ascertainment.Operation]:
    today = timezone.localdate()
    if not typed["file"]:
        return ascertainment.pasted(typed["pasted"], today=today)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(typed["file"].read(MOST_BYTES + 1))
        return ascertainment.uploaded(path, today=today)
