"""The page of a man, reached from each of his cases: what is recorded about him and not one operation."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caselog.dictionary import PATIENT, Answers
from caselog.forms.patient import PatientForm
from caselog.models import Case, Patient
from caselog.permissions import Permission
from caselog.services import patients, periods
from caselog.web import amendments, conditions
from caselog.web.access import permission_required
from caselog.web.cases import cases_here
from caselog.web.editing import Editing


@require_http_methods(["GET", "POST"])
@permission_required(Permission.CHANGE_PATIENTS)
def case_patient(request, pk):
    case = get_object_or_404(cases_here(request), pk=pk)
    if request.method == "POST":
        return _record(request, case)
    return _page(request, case, _opened(request, case))


def _opened(request, case: Case) -> Editing:
    stored = patients.answers_of(case.patient)
    opened = Editing(request, PATIENT, case=case, stored=stored, version=case.patient.version)
    opened.fill(PatientForm(opened.data, initial=stored))
    return opened


def _record(request, case: Case):
    opened = _opened(request, case)
    form = opened.form
    if form.is_valid():
        with opened.telling(partial(_now, case)):
            saved = opened.save(lambda: _save(request, case, opened))
            done = _("What is recorded about %(code)s is saved.")
            messages.success(request, done % {"code": Patient.objects.get(pk=saved).code})
            return redirect("case_detail", pk=case.pk)
    else:
        form.refuse_too(patients.problems(form.answers, today=timezone.localdate()))
    return _page(request, case, opened, status=422)


def _save(request, case: Case, opened: Editing) -> Patient:
    return patients.save_patient(
        by=request.user,
        clinic=case.clinic,
        patient=case.patient,
        today=timezone.localdate(),
        reason=amendments.reason(request),
        confirmed=opened.form.confirmations,
        **opened.form.answers,
        **opened.read,
    )


def _now(case: Case) -> tuple[Answers, int]:
    stored = Patient.objects.get(pk=case.patient_id)
    return patients.answers_of(stored), stored.version


def _page(request, case: Case, opened: Editing, *, status=200):
    locked = periods.lock_of(case.clinic, *patients.days_of(case.patient))
    page = {
        "case": case,
        "form": opened.form,
        "opened": opened,
        "amendment": amendments.in_form(opened, locked),
        "conditions_version": conditions.fingerprint(),
        "back_url": reverse("case_detail", args=[case.pk]),
        "back_label": _("Case %(number)s") % {"number": case.number},
    }
    return render(request, "caselog/case_patient.html", page, status=status)
