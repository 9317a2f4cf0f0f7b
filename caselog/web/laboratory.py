"""The embryologist's pages: the worklist and the report."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from caselog.dictionary import LABORATORY
from caselog.forms.laboratory import LaboratoryForm
from caselog.models import Case, LaboratoryReport
from caselog.permissions import Permission, permissions_of, require
from caselog.services import laboratory
from caselog.services.errors import Refused, Stale
from caselog.web import paging, summary
from caselog.web.access import permission_required
from caselog.web.cases import DELETED, STILL_HERE, cases_here, posted_version


@require_safe
@permission_required(Permission.READ_CASES)
@vary_on_headers("HX-Request")
def worklist(request):
    """What waits for the laboratory, the oldest first."""
    page = paging.by_date(cases_here(request).awaiting_laboratory(), request.GET, newest_first=False)
    today = timezone.localdate()
    return render(
        request,
        "caselog/_worklist_rows.html" if request.htmx else "caselog/worklist.html",
        {
            "page": page,
            "rows": [
                (case, (today - case.procedure_date).days, summary.laboratory_result(case))
                for case in page.rows
            ],
        },
    )


@require_http_methods(["GET", "POST"])
@permission_required(Permission.READ_CASES)
def laboratory_report(request, pk):
    """The report of one case: a form for those who may report it while it is open, else to read."""
    case = get_object_or_404(cases_here(request), pk=pk)
    if request.method == "POST":
        require(request.user, Permission.REPORT_LABORATORY, case.clinic)
        return _report(request, case)
    if not _is_open(case) or Permission.REPORT_LABORATORY not in permissions_of(request.user, case.clinic):
        return _page(request, case)
    form = LaboratoryForm(case=case, by=request.user, initial=laboratory.answers_of(case))
    return _page(request, case, form=form, version=_version(case))


def _report(request, case: Case):
    form = LaboratoryForm(request.POST, case=case, by=request.user)
    version, final, context = posted_version(request), "final" in request.POST, {}
    if form.is_valid():
        try:
            laboratory.report(by=request.user, case=case, answers=form.answers, final=final, version=version)
        except ValidationError as error:
            form.refuse(error)
        except Stale as stale:
            version = _version(case)
            form.add_error(None, stale.message)
            form.add_error(None, STILL_HERE)
            context["other_version"] = reverse("case_detail", args=[case.pk])
        except Refused as refused:
            form.add_error(None, refused.message)
            context["other_version"] = reverse("case_detail", args=[case.pk])
        except Case.DoesNotExist:
            form.add_error(None, DELETED)
        else:
            messages.success(request, _saved_words(case, final))
            return redirect("worklist")
    else:
        form.refuse_too(laboratory.problems(by=request.user, case=case, answers=form.answers, final=final))
    return _page(request, case, form=form, version=version, status=422, **context)


def _saved_words(case: Case, final: bool) -> str:
    words = (
        _("The final report of case %(number)s is saved. Next: the oldest case that waits is on top.")
        if final
        else _("The preliminary report of case %(number)s is saved. It stays here until it is final.")
    )
    return words % {"number": case.number}


def _page(request, case: Case, *, form=None, version=None, status=200, **context):
    page = {
        "case": case,
        "form": form,
        "open_version": version,
        "report": getattr(case, "laboratory_report", None),
        "findings": summary.findings(case),
        "rows": summary.rows([entry for entry in LABORATORY if not entry.side], laboratory.answers_of(case)),
    }
    return render(request, "caselog/laboratory_report.html", page | context, status=status)


def _version(case: Case) -> int:
    """0 says that there is no report yet."""
    found = LaboratoryReport.objects.filter(case=case).values_list("version", flat=True).first()
    return found or 0


def _is_open(case: Case) -> bool:
    report = getattr(case, "laboratory_report", None)
    return bool(case.performed and case.sides) and not (report and report.is_final)
