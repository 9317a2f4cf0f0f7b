"""The surgeon's pages: cases listed, read, logged, changed and deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from caselog.dictionary import LABORATORY, OPERATION
from caselog.forms.filters import CaseFilter
from caselog.forms.operation import SECTIONS, OperationForm, first_answers
from caselog.history.reading import history_of
from caselog.models import Case, Testis
from caselog.permissions import Permission
from caselog.services import cases, laboratory
from caselog.services.errors import Refused, Stale
from caselog.web import conditions, earlier, paging, summary
from caselog.web.access import clinic_of_form, permission_required

STILL_HERE = gettext_lazy("What you typed is still here. Save again to replace the other version.")
DELETED = gettext_lazy("This case was deleted while it was open here. What you typed is not saved.")


def cases_here(request):
    """The cases that the person may see in the clinic they work in now."""
    return (
        Case.objects.visible_to(request.user)
        .filter(clinic=request.clinic)
        .select_related("clinic", "patient", "surgeon", "laboratory_report")
        .prefetch_related(Prefetch("testes", Testis.objects.select_related("finding")))
    )


@require_safe
@permission_required(Permission.READ_CASES)
@vary_on_headers("HX-Request")
def case_list(request):
    """Newest first; the same answer in whole, or its rows alone for htmx."""
    chosen = CaseFilter(request.GET, queryset=cases_here(request))
    found = chosen.qs if chosen.is_valid() else chosen.qs.none()
    page = paging.by_date(found, request.GET, newest_first=True)
    return render(
        request,
        "caselog/_case_rows.html" if request.htmx else "caselog/case_list.html",
        {
            "filter": chosen,
            "filtered": any(request.GET.get(name) for name in chosen.filters),
            "page": page,
            "rows": [(case, summary.laboratory_result(case)) for case in page.rows],
        },
    )


@require_safe
@permission_required(Permission.READ_CASES)
def case_detail(request, pk):
    case = get_object_or_404(cases_here(request), pk=pk)
    operation = cases.answers_of(case)
    found = laboratory.answers_of(case) | {"sides": operation["sides"]}
    return render(
        request,
        "caselog/case_detail.html",
        {
            "case": case,
            "result": summary.laboratory_result(case),
            "diagnosis": summary.rows(SECTIONS["diagnosis"], operation),
            "operation": summary.rows(SECTIONS["operation"], operation),
            "testes": [
                (testis, summary.rows([e for e in OPERATION if e.side == testis.side], operation))
                for testis in case.testes.all()
            ],
            "report": getattr(case, "laboratory_report", None),
            "findings": summary.findings(case),
            "story": history_of(request.user, case),
            "laboratory": summary.rows([e for e in LABORATORY if not e.side], found),
        },
    )


@require_http_methods(["GET", "POST"])
@permission_required(Permission.LOG_CASES)
def case_new(request):
    start = first_answers(by=request.user, clinic=request.clinic, today=timezone.localdate())
    return _operation(request, None, start)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.LOG_CASES)
def case_operation(request, pk):
    case = get_object_or_404(cases_here(request), pk=pk)
    return _operation(request, case, cases.answers_of(case))


def _operation(request, case, start):
    clinic = case.clinic if case else clinic_of_form(request)
    form = OperationForm(request.POST or None, clinic=clinic, case=case, initial=start)
    if not form.is_bound:
        return _form_page(request, form, case, version=case and case.version)
    version = posted_version(request)
    if not case and request.opened_elsewhere:
        form.is_valid()  # what cannot be read is said too
        form.add_error(None, request.opened_elsewhere)
        return _form_page(request, form, case, version=version, status=422)
    if "lookup" in request.POST:
        return _look_up(request, form, case, version)
    context = {}
    if form.is_valid():
        try:
            saved = _save(request, form, case, version)
            messages.success(request, _saved_words(saved, form, signed="sign" in request.POST))
            return redirect("case_detail", pk=saved.pk)
        except ValidationError as error:
            form.refuse(error)
        except Stale as stale:
            saved_version = Case.objects.values_list("version", flat=True).filter(pk=case.pk).first()
            if saved_version is None:
                form.add_error(None, DELETED)
            else:
                # Whoever saves again has been shown the other version and means it.
                version = saved_version
                form.add_error(None, stale.message)
                form.add_error(None, STILL_HERE)
                context["other_version"] = reverse("case_detail", args=[case.pk])
    else:
        form.refuse_too(cases.problems(**_operation_of(request, form, case)))
    return _form_page(request, form, case, version=version, status=422, **context)


def posted_version(request) -> int:
    """The version that was open; one that cannot be read fits none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _save(request, form, case, version) -> Case:
    return cases.save_operation(by=request.user, version=version, **_operation_of(request, form, case))


def _operation_of(request, form, case) -> dict[str, Any]:
    return {
        "clinic": request.clinic,
        "answers": form.answers,
        "today": timezone.localdate(),
        "case": case,
        "sign": "sign" in request.POST,
    }


def _saved_words(case: Case, form, *, signed: bool) -> str:
    if case.is_draft:
        missing = form.progress.expected - form.progress.answered
        if not missing:
            return _("Draft %(number)s is saved. Nothing is missing to sign it.") % {"number": case.number}
        return ngettext(
            "Draft %(number)s is saved. %(missing)s more answer is needed to sign it.",
            "Draft %(number)s is saved. %(missing)s more answers are needed to sign it.",
            missing,
        ) % {"number": case.number, "missing": missing}
    if not signed:
        return _("The changes to case %(number)s are saved.") % {"number": case.number}
    if case.performed:
        return _("Case %(number)s is signed. It now waits for the laboratory.") % {"number": case.number}
    return _("Case %(number)s is signed.") % {"number": case.number}


def _look_up(request, form, case, version):
    """Fill in what the man's earlier operation answers; for form.js only the words about it."""
    found = earlier.fill(form, clinic=request.clinic, case=case, today=timezone.localdate())
    context = {"earlier": found, "looked_up": bool(request.POST.get("patient_code"))}
    if request.headers.get("X-Part") == "earlier":
        return render(request, "components/earlier.html", context | {"form": form})
    return _form_page(request, form, case, version=version, **context)


def _form_page(request, form, case, *, version, status=200, **context):
    title = _("Case %(number)s") % {"number": case.number} if case else _("New case")
    page = {
        "form": form,
        "case": case,
        "open_version": version,
        "title": title,
        "conditions_version": conditions.fingerprint(),
        "back_url": reverse("case_detail", args=[case.pk]) if case else reverse("case_list"),
        "back_label": title if case else _("Cases"),
    }
    return render(request, "caselog/case_form.html", page | context, status=status)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.LOG_CASES)
def case_delete(request, pk):
    case = get_object_or_404(cases_here(request), pk=pk)
    if not case.is_draft:
        messages.error(request, _("A signed case is never deleted. Mark it as cancelled instead."))
        return redirect("case_detail", pk=pk)
    if request.method == "POST":
        try:
            number = case.number
            cases.delete_draft(by=request.user, case=case)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("case_detail", pk=pk)
        messages.success(request, _("Draft %(number)s is deleted.") % {"number": number})
        return redirect("case_list")
    return render(request, "caselog/case_delete.html", {"case": case})
