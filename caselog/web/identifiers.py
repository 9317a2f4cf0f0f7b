"""Names and hospital numbers, for the administrators of a clinic that keeps them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caselog.dictionary import IDENTIFIERS
from caselog.forms.identifiers import HospitalNumberForm, IdentifiersForm
from caselog.models import Case, LocalIdentifiers
from caselog.models.encrypted import Unreadable
from caselog.permissions import Permission
from caselog.services import identifiers
from caselog.services.errors import Refused
from caselog.web.access import permission_required, permissions_here, visible_here
from caselog.web.summary import Row


def of_case(request, case: Case) -> dict[str, Any] | None:
    """What the page of the case shows; None for whom, and where, there is nothing to show."""
    if not request.clinic.keeps_identifiers or Permission.KEEP_IDENTIFIERS not in permissions_here(request):
        return None
    case.patient.clinic = case.clinic  # the same one, read already
    try:
        kept = identifiers.identifiers_of(by=request.user, patient=case.patient)
    except Unreadable:
        return {"unreadable": True}
    return {"kept": kept, "rows": rows(kept)}


def rows(kept: LocalIdentifiers | None) -> list[Row]:
    return [
        Row(capfirst(str(entry.label)), getattr(kept, entry.attribute, ""), _("not recorded"), entry.name)
        for entry in IDENTIFIERS
    ]


@require_http_methods(["GET", "POST"])
@permission_required(Permission.KEEP_IDENTIFIERS)
def case_identifiers(request, pk):
    cases = visible_here(request, Case).select_related("clinic", "patient__clinic")
    case = get_object_or_404(cases, pk=pk)
    if not request.clinic.keeps_identifiers:
        raise Http404
    try:
        kept = identifiers.identifiers_of(by=request.user, patient=case.patient)
    except Unreadable:
        return render(request, "caselog/identifiers.html", {"case": case})
    start = {row.name: row.value for row in rows(kept)}
    form = IdentifiersForm(request.POST or None, initial=start, label_suffix="")
    if form.is_valid():
        try:
            identifiers.record_identifiers(by=request.user, patient=case.patient, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            done = _("The local identifiers of %(code)s are saved.")
            messages.success(request, done % {"code": case.patient.code})
            return redirect("case_detail", pk=case.pk)
    status = 422 if form.errors else 200
    return render(request, "caselog/identifiers.html", {"case": case, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.KEEP_IDENTIFIERS)
def clinic_identifiers(request):
    """Whether the clinic keeps them, and a man by his hospital number."""
    if "keeps" in request.POST:
        return _switch(request)
    keeps = request.clinic.keeps_identifiers
    form = HospitalNumberForm(request.POST if keeps and request.method == "POST" else None, label_suffix="")
    searched = form.is_valid()
    page = {"form": form, "men": identifiers.men_with_identifiers(request.clinic), "searched": searched}
    if searched:
        found = identifiers.find_patient(by=request.user, clinic=request.clinic, **form.cleaned_data)
        page |= {"patient": found, "cases": found and found.cases.newest_first()}
    return render(request, "caselog/clinic_identifiers.html", page, status=422 if form.errors else 200)


def _switch(request):
    keeps = request.POST["keeps"] == "yes"
    try:
        if request.opened_elsewhere:
            raise Refused(request.opened_elsewhere)
        identifiers.switch_identifiers(by=request.user, clinic=request.clinic, keeps=keeps)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        on, off = _("This clinic keeps local identifiers now."), _("This clinic keeps no local identifiers.")
        messages.success(request, on if keeps else off)
    return redirect("clinic_identifiers")
