"""The pages below the overview: one rate in depth, tissue, safety, laboratory and timeliness."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import catalogue, depth
from audit.measures import BY_ID
from audit.results import Audit, GroupsTested
from audit.web import asked
from caselog.permissions import Permission
from caselog.web.access import permission_required

# The pages of docs/methods/ whose methods a rate in depth uses.
METHODS = (
    "units-and-first-procedures which-reference exact-interval wilson-interval verdict pending-results "
    "how-many-more difference-newcombe-fisher several-groups q-values"
)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def measure(request, measure):
    """One rate: what it is, beside what it stands, of whom it is, and its groups."""
    known_measure(measure)
    form = asked.filters_form(request, request.GET)
    return asked.show(
        request,
        "audit/measure.html",
        form,
        more=lambda audit, _rows: in_depth(audit, measure, depth.groups_tested(audit, measure)),
        definition=catalogue.definitions()[measure],
    )


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def part(request, part):
    """What is said without a verdict, of one part of the work."""
    form = asked.filters_form(request, request.GET)
    return asked.show(request, f"audit/{part}.html", form)


def known_measure(measure: str) -> None:
    if measure not in BY_ID:
        raise Http404(_("The audit has no such measure."))


def in_depth_then(kept: Audit, measure: str) -> dict[str, Any]:
    """The same of a kept audit, with the tests of its day; today's of one from before there were any."""
    if depth.holds_tests(kept):
        return in_depth(kept, measure, depth.then(kept, measure))
    return in_depth(kept, measure, depth.groups_tested(kept, measure)) | {"tested_today": True}


def in_depth(audit: Audit, measure: str, tested: list[GroupsTested]) -> dict[str, Any]:
    """What the page of one rate shows; `compared`: what else was published of it."""
    comparison = next((one for one in audit.comparisons if one.measure == measure), None)
    if comparison is None:
        raise Http404(_("This kept audit has no such figure."))
    beside = {one.reference.id for one in comparison.judged if one.reference}
    return {
        "methods": METHODS,
        "comparison": comparison,
        "tested": tested,
        "compared": [figure for figure in catalogue.figures_for(measure) if figure.id not in beside],
    }
