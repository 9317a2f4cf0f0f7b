"""Pages to be printed: the operation note, the laboratory report, the specimens' labels."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from caselog.choices import OperationStatus
from caselog.dictionary import LABORATORY, SHARED, Answers
from caselog.lists import listed_names
from caselog.models import Case, Testis
from caselog.permissions import Permission
from caselog.services import authors, cases, histology, laboratory
from caselog.web import labels, operation_note, summary
from caselog.web.access import permission_required
from caselog.web.cases import cases_here


@dataclass(frozen=True)
class OnPaper:
    """Of one testis: what was found, what is recorded of its tissue, and by whom."""

    testis: Testis
    found: list[summary.Row]
    tissue: list[summary.Row]
    names: str


@require_safe
@permission_required(Permission.READ_CASES)
def case_note(request, pk):
    case = get_object_or_404(cases_here(request).exclude(status=OperationStatus.CANCELLED), pk=pk)
    answers = cases.answers_of(case) | histology.answers_of(case)
    return _paper(request, "note", case, sections=operation_note.sections(answers))


@require_safe
@permission_required(Permission.READ_CASES)
def laboratory_paper(request, pk):
    case = get_object_or_404(cases_here(request).filter(laboratory_report__isnull=False), pk=pk)
    found = laboratory.answers_of(case)
    whole = [entry for entry in LABORATORY if not entry.side]
    return _paper(
        request,
        "report",
        case,
        report=case.laboratory_report,
        specimens=_specimens(case, found),
        rows=summary.answered(whole, found),
    )


def _specimens(case: Case, found: Answers) -> list[OnPaper]:
    known, who = {**found, "sides": case.sides}, authors.of_shared(case, found)
    specimens = []
    for testis, rows in summary.findings(case, found):
        tissue = [entry for entry in SHARED if entry.side == testis.side]
        people = dict.fromkeys(who[entry.name].name for entry in tissue if entry.name in who)
        names = listed_names(name for name in people if name)
        specimens.append(OnPaper(testis, rows, summary.answered(tissue, known), names))
    return specimens


@require_safe
@permission_required(Permission.READ_CASES)
def specimen_labels(request, pk):
    """A sheet for the containers of one case, as many for each side as are asked for."""
    case = get_object_or_404(cases_here(request), pk=pk)
    if not case.performed or not case.testes.all():
        raise Http404
    copies = labels.copies_of(request.GET.get("copies", ""))
    sheet = [(testis, labels.qr_code(specimen_address(request, testis))) for testis in case.testes.all()]
    context = {"copies": copies, "labels": [label for label in sheet for _copy in range(copies)]}
    return _paper(request, "labels", case, **context)


@require_safe
@permission_required(Permission.READ_CASES)
def specimen(request, pk):
    """Where a label's code leads: the card of this specimen, after signing in if need be.

    A label knows no clinic: of another one of the person's it asks before the clinic changes.
    """
    testis = get_object_or_404(Testis.objects.visible_to(request.user).select_related("clinic"), pk=pk)
    if testis.clinic_id != request.clinic.pk:
        return render(request, "caselog/specimen_elsewhere.html", {"elsewhere": testis.clinic})
    return redirect(f"{reverse('laboratory_report', args=[testis.case_id])}#specimen-{testis.side}")


def specimen_address(request, testis: Testis) -> str:
    """Names the specimen by a number that means nothing outside this clinic's record."""
    return request.build_absolute_uri(reverse("specimen", args=[testis.pk]))


def _paper(request, kind: str, case: Case, **context):
    return render(request, f"caselog/paper/{kind}.html", {"case": case, "now": timezone.now(), **context})
