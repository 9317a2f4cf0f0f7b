"""The surgeon's pages: cases listed, read, logged, changed and deleted."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from caselog.dictionary import OPERATION, Answers
from caselog.forms.filters import CaseFilter, Sort
from caselog.forms.operation import OperationForm, first_answers
from caselog.models import Case, Testis
from caselog.permissions import Permission
from caselog.services import authors, cases
from caselog.services.errors import NeedsReason, Refused, Stale
from caselog.services.merging import Conflict
from caselog.services.receipts import SentBefore
from caselog.web import amendments, case_page, conditions, earlier, favourites, identifiers, paging, summary
from caselog.web.access import clinic_of_form, permission_required, visible_here
from caselog.web.accounts import confirm_who
from caselog.web.editing import Editing, posted_version

DELETED = gettext_lazy("This case was deleted while it was open here. What you typed is not saved.")


def cases_here(request):
    """The cases that the person may see in the clinic they work in now, with what their pages show."""
    return (
        visible_here(request, Case)
        .select_related("clinic", "patient", "surgeon", "laboratory_report")
        .prefetch_related(Prefetch("testes", Testis.objects.select_related("finding", "histology")))
    )


@require_safe
@permission_required(Permission.READ_CASES)
@vary_on_headers("HX-Request")
def case_list(request):
    """The cases that were asked for; the same answer in whole, or its rows alone for htmx."""
    here = cases_here(request)
    chosen = CaseFilter(request.GET, queryset=here, clinic=request.clinic, today=timezone.localdate())
    valid = chosen.is_valid()
    sort = chosen.sort_by if valid else Sort.NEWEST
    page = paging.by_date(
        chosen.qs if valid else here.none(),
        request.GET,
        newest_first=sort != Sort.OLDEST,
        field="created_at" if sort == Sort.ENTERED else "procedure_date",
    )
    return render(
        request,
        "caselog/_case_rows.html" if request.htmx else "caselog/case_list.html",
        {
            "filter": chosen,
            "chosen": chosen.chosen,
            "page": page,
            "oldest_first": sort == Sort.OLDEST,
            "rows": [(case, summary.laboratory_result(case)) for case in page.rows],
        },
    )


@require_safe
@permission_required(Permission.READ_CASES)
def case_detail(request, pk):
    case = get_object_or_404(case_page.whole(cases_here(request)), pk=pk)
    context = case_page.context(request.user, case, today=timezone.localdate())
    context["identifiers"] = identifiers.of_case(request, case)
    return render(request, "caselog/case_detail.html", context)


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
    opened = Editing(
        request, OPERATION, case=case, stored=start if case else None, version=case and case.version
    )
    form = opened.fill(OperationForm(opened.data, clinic=clinic, case=case, initial=start))
    form.authors = authors.of_shared(case, start) if case else {}
    if not opened.sent:
        told = favourites.answer(request, form) if favourites.asked(request) else None
        return _form_page(request, opened, told=told)
    if not case and request.opened_elsewhere:
        form.is_valid()  # what cannot be read is said too
        form.add_error(None, request.opened_elsewhere)
        return _form_page(request, opened, status=422)
    if "lookup" in request.POST:
        return _look_up(request, opened)
    if favourites.asked(request):
        return _form_page(request, opened, told=favourites.answer(request, form))
    if form.is_valid():
        with opened.telling(partial(_now, opened)):
            if "sign" in request.POST or not (case is None or case.is_draft):
                confirm_who(request)
            try:
                saved = _save(request, opened)
            except SentBefore as before:
                _go_on(request, opened, before.record)
            except Conflict:
                raise
            except Stale:
                form.add_error(None, DELETED)
            else:
                messages.success(request, _saved_words(saved, form, signed="sign" in request.POST))
                return redirect("case_detail", pk=saved.pk)
    else:
        form.refuse_too(cases.problems(**_operation_of(request, form, case)))
    return _form_page(request, opened, status=422)


def _save(request, opened: Editing) -> Case:
    saved = opened.save(
        lambda: cases.save_operation(
            by=request.user,
            reason=amendments.reason(request),
            confirmed=opened.form.confirmations,
            **_operation_of(request, opened.form, opened.case),
            **opened.read,
        ),
        creates=opened.case is None,
    )
    case = Case.objects.filter(pk=saved).first()
    if case is None:  # saved before, and deleted since
        raise SentBefore(saved)
    return case


def _go_on(request, opened: Editing, made: int) -> None:
    """After "Back" in the browser: the form was saved already, and then changed."""
    case = cases_here(request).filter(pk=made).first()
    if case is None:
        opened.renew()
        opened.form.add_error(None, DELETED)
        return
    opened.go_on_at(
        case,
        path=reverse("case_operation", args=[made]),
        stored=cases.answers_of(case),
        message=_("This form was saved before, as case %(number)s.") % {"number": case.number},
    )


def _now(opened: Editing) -> tuple[Answers, int] | None:
    stored = opened.case and Case.objects.filter(pk=opened.case.pk).first()
    return (cases.answers_of(stored), stored.version) if stored else None


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


def _look_up(request, opened: Editing):
    """Fill in what the man's earlier operation answers; for form.js only the words about it."""
    form, case = opened.form, opened.case
    found = earlier.fill(form, clinic=request.clinic, case=case, today=timezone.localdate())
    context = {"earlier": found, "looked_up": bool(request.POST.get("patient_code"))}
    if request.headers.get("X-Part") == "earlier":
        return render(request, "components/earlier.html", context | {"form": form})
    return _form_page(request, opened, **context)


def _form_page(request, opened: Editing, *, status=200, **context):
    form, case = opened.form, opened.case
    title = _("Case %(number)s") % {"number": case.number} if case else _("New case")
    usual = favourites.here(request) if case is None or case.is_draft else None
    page = {
        "favourites": usual,
        "form": form,
        "case": case,
        "opened": opened,
        "amendment": amendments.in_form(opened, case and amendments.locked(case)),
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
    reason, status = amendments.asked(None, amendments.locked(case)), 200
    if request.method == "POST":
        try:
            number = case.number
            cases.delete_draft(
                by=request.user,
                case=case,
                version=posted_version(request.POST),
                reason=amendments.reason(request),
            )
        except NeedsReason as needed:
            reason, status = amendments.refused(request, needed.message), 422
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("case_detail", pk=pk)
        else:
            messages.success(request, _("Draft %(number)s is deleted.") % {"number": number})
            return redirect("case_list")
    return render(request, "caselog/case_delete.html", {"case": case, "reason": reason}, status=status)
