"""The embryologist's pages: the worklist and the report."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from caselog.dictionary import LABORATORY, REPORT, SHARED, Answers
from caselog.forms.laboratory import LaboratoryForm, Specimen
from caselog.models import Case, LaboratoryReport
from caselog.permissions import Permission, require
from caselog.services import authors, laboratory
from caselog.services.errors import NeedsReason
from caselog.web import amendments, conditions, paging, summary
from caselog.web.access import permission_required, permissions_here
from caselog.web.accounts import confirm_who
from caselog.web.cases import DELETED, cases_here
from caselog.web.editing import Editing


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
    if Permission.REPORT_LABORATORY not in permissions_here(request):
        return _page(request, case)
    opened = _opened(request, case)
    amends = _is_final(case) and "amend" in request.GET
    # What somebody typed is shown to them, also where nothing can be reported any more.
    if not (amends or _is_open(case) or opened.resumed):
        opened.form = None
    return _page(request, case, opened=opened)


def _opened(request, case: Case) -> Editing:
    stored = laboratory.answers_of(case)
    opened = Editing(request, REPORT, case=case, stored=stored, version=_version(case))
    form = opened.fill(LaboratoryForm(opened.data, case=case, by=request.user, initial=stored))
    form.authors = authors.of_shared(case, stored)
    return opened


def _report(request, case: Case):
    opened = _opened(request, case)
    form, final = opened.form, "final" in request.POST or _is_final(case)
    if form.is_valid():
        with opened.telling(partial(_now, case)):
            if final:
                confirm_who(request)
            try:
                opened.save(lambda: _save(request, case, opened, final=final))
            except Case.DoesNotExist:
                form.add_error(None, DELETED)
            else:
                messages.success(request, _saved_words(case, final))
                return redirect("worklist")
    else:
        sent = {"answers": form.answers, "base": opened.read.get("base"), "final": final}
        form.refuse_too(laboratory.problems(by=request.user, case=case, **sent))
    return _page(request, case, opened=opened, status=422)


def _save(request, case: Case, opened: Editing, *, final: bool) -> LaboratoryReport:
    return laboratory.report(
        by=request.user,
        case=case,
        answers=opened.form.answers,
        final=final,
        reason=amendments.reason(request),
        confirmed=opened.form.confirmations,
        **opened.read,
    )


def _now(case: Case) -> tuple[Answers, int]:
    return laboratory.answers_of(Case.objects.get(pk=case.pk)), _version(case)


def _saved_words(case: Case, final: bool) -> str:
    words = (
        _("The final report of case %(number)s is saved. Next: the oldest case that waits is on top.")
        if final
        else _("The preliminary report of case %(number)s is saved. It stays here until it is final.")
    )
    return words % {"number": case.number}


def _page(request, case: Case, *, opened: Editing | None = None, status=200):
    found = laboratory.answers_of(case)
    page = {
        "case": case,
        "form": opened and opened.form,
        "cards": _cards(opened, {**found, "sides": case.sides}) if opened and opened.form else [],
        "opened": opened,
        "amendment": opened and amendments.in_form(opened, _is_final(case) or amendments.locked(case)),
        "other_version": _other_version(case, opened),
        "report": getattr(case, "laboratory_report", None),
        "conditions_version": conditions.fingerprint(),
        "findings": summary.findings(case, found),
        "rows": summary.answered([entry for entry in LABORATORY if not entry.side], found),
    }
    return render(request, "caselog/laboratory_report.html", page, status=status)


def _other_version(case: Case, opened: Editing | None) -> str:
    """Where the record is seen as it stands, when that is what refuses the form."""
    refusal = opened.refusal if opened else None
    stands = refusal is not None and not isinstance(refusal, NeedsReason)
    return reverse("case_detail", args=[case.pk]) if stands else ""


def _cards(opened: Editing, found: Answers) -> list[tuple[Specimen, list[summary.Row], list[str]]]:
    """The specimens, each with what is recorded of its tissue already, which is folded away, and by whom."""
    cards = []
    for one in opened.form.specimens:
        entries = [entry for entry in SHARED if entry.side == one.testis.side]
        people = (question.author.name for question in one.shared if question.author)
        cards.append((one, summary.recorded(entries, found), list(dict.fromkeys(people))))
    return cards


def _version(case: Case) -> int:
    """0 says that there is no report yet."""
    found = LaboratoryReport.objects.filter(case=case).values_list("version", flat=True).first()
    return found or 0


def _is_open(case: Case) -> bool:
    return bool(case.performed and case.sides) and not _is_final(case)


def _is_final(case: Case) -> bool:
    report = getattr(case, "laboratory_report", None)
    return report is not None and report.is_final
