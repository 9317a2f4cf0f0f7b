"""One rate in the order of time: quarter by quarter, and case by case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import over_time, services, storage, words
from audit.behind import KNOWN
from audit.charts import over_time as charts
from audit.forms.measure import MeasureForm
from audit.measures import BY_ID
from audit.results import Series
from audit.statistics import Direction
from audit.web import asked, runs, sharing
from caselog.dataset import CaseRow
from caselog.permissions import Permission
from caselog.web.access import permission_required

POINTS_ON_A_PAGE = 50


@dataclass(frozen=True)
class Row:
    """A point as the table has it; the scores by direction, "" where there is no such chart."""

    number: int
    case: str
    address: str
    operated_on: Any
    finding: str
    over_lower: str
    over_upper: str
    worse: str
    better: str
    signal: bool


@require_safe
@permission_required(Permission.VIEW_AUDIT)
def live(request):
    form, measure = asked.filters_form(request, request.GET), _measure_asked(request)

    def more(audit, rows):
        series = over_time.series(audit, rows, measure or over_time.usual(audit))
        address = f"{reverse('audit_cases')}?{form.query}&"
        chosen = MeasureForm(series.measure, over_time.offered(audit))
        return shown(request, series, rows, address) | {"measure_form": chosen}

    return asked.show(request, "audit/time.html", form, more=more, measure=measure)


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@sharing.shared_instead
def kept(request, pk):
    """As it was kept; a run from before such series were kept has none."""
    run = get_object_or_404(sharing.here(request), pk=pk)
    audit, measure = storage.from_json(run.result), _measure_asked(request)
    held = {series.measure: series for series in audit.over_time}
    if measure and measure not in held:
        raise Http404(_("This kept audit has no such figure."))
    context: dict[str, Any] = {"audit": audit}
    if held:
        series = held[measure or max(held, key=lambda name: held[name].known + held[name].pending)]
        rows = services.cases_today(user=request.user, kept=run)
        context |= shown(request, series, rows, f"{reverse('audit_run_cases', args=[pk])}?")
        context["measure_form"] = MeasureForm(series.measure, list(held))
    return render(request, "audit/time.html", context | runs.frame(request, run))


def shown(request, series: Series, rows: Sequence[CaseRow], cases_url: str) -> dict[str, Any]:
    """What the page says of one series; rows: where the numbers of its cases lead today."""
    links = {row.case_number: reverse("case_detail", args=[row.case_id]) for row in rows if row.case_id}
    links |= {
        one.key: f"{cases_url}{urlencode({'measure': one.key, 'part': KNOWN})}" for one in series.quarters
    }
    context: dict[str, Any] = {"series": series, "cases_url": cases_url}
    if series.quarters:
        context["run_chart"] = charts.run_chart(series, links)
    if series.points and series.band:
        page = Paginator(range(1, len(series.points) + 1), POINTS_ON_A_PAGE).get_page(request.GET.get("page"))
        vlad, cusum = charts.case_by_case(series, series.band, links)
        context |= {
            "vlad": vlad,
            "cusum": cusum,
            "page": page,
            "points": list(_rows(series, page, links)),
        }
    return context


def _measure_asked(request) -> str:
    measure = request.GET.get("measure", "")
    if measure and measure not in BY_ID:
        raise Http404(_("The audit has no such figure."))
    return measure


def _rows(series: Series, numbers: Sequence[int], links: Mapping[str, str]) -> Iterator[Row]:
    scores = {one.direction: one.scores for one in series.cusums}
    for number in numbers:
        of = series.points[number - 1]
        score = {name: words.over_time.score(of_all[number - 1]) for name, of_all in scores.items()}
        yield Row(
            number=number,
            case=of.case,
            address=links.get(of.case, ""),
            operated_on=of.operated_on,
            finding=words.over_time.finding(of),
            over_lower=words.over_time.men(series.over_lower[number - 1]),
            over_upper=words.over_time.men(series.over_upper[number - 1]),
            worse=score.get(Direction.WORSE, ""),
            better=score.get(Direction.BETTER, ""),
            signal=number in series.in_doubt,
        )
