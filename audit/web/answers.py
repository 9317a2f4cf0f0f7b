"""What an audit of today and a kept one are both asked for: the cases behind a figure, and the workbook."""

from io import BytesIO

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import behind
from audit.behind import Figure
from audit.disclosure import disclose
from audit.results import Audit
from audit.web import views

CASES_ON_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def figure_asked(request) -> Figure:
    try:
        return Figure(request.GET.get("measure", ""), request.GET.get("part", ""))
    except LookupError as error:
        raise Http404(_("The audit has no such figure.")) from error


def cases_page(request, audit: Audit, rows, figure: Figure, **whose):
    """whose: kept, or the query of today's filters (audit.web.views.address)."""
    newest_first = {row.case_number: row for row in reversed(rows)}
    order = {number: place for place, number in enumerate(newest_first)}
    numbers = sorted(behind.case_numbers(audit, figure), key=lambda number: order.get(number, len(order)))
    page = Paginator(numbers, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    cases = [(number, newest_first.get(number)) for number in page]
    back, back_label = views.back_from(figure, **whose)
    context = {"audit": audit, "figure": figure, "page": page, "cases": cases, "kept": whose.get("kept")}
    return render(request, "audit/cases.html", context | {"back": back, "back_label": back_label})


def workbook_file(audit: Audit, references, rows) -> FileResponse:
    from audit.workbook import write  # openpyxl

    file = BytesIO()
    write(audit, references, rows, language=get_language(), to=file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_filename(audit), content_type=XLSX)


def shared_workbook_file(audit: Audit) -> FileResponse:
    from audit.workbook.shared import write  # openpyxl

    file = BytesIO()
    write(disclose(audit), language=get_language(), to=file)
    file.seek(0)
    name = _filename(audit).replace("caselog-audit", "caselog-audit-shared", 1)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _filename(audit: Audit) -> str:
    days = [day.isoformat() for day in (audit.filters.since, audit.filters.until) if day]
    return "-".join(["caselog-audit", slugify(audit.clinic, allow_unicode=True), *days]) + ".xlsx"
