"""The periods of a clinic, for its administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from caselog.choices import PeriodState
from caselog.forms.amendments import ReasonForm
from caselog.forms.periods import PeriodForm
from caselog.history.reading import history_of_period
from caselog.models import Period
from caselog.permissions import Permission
from caselog.services import periods
from caselog.services.errors import NeedsReason, Refused
from caselog.web.access import permission_required, visible_here
from caselog.web.accounts import confirm_who

# As components/status.html has its shapes.
SHAPES = {PeriodState.OPEN: "open", PeriodState.CLOSED: "part", PeriodState.LOCKED: "locked"}
MOST_SHOWN = 25  # of what is missing, of each kind; the rest is counted
_DONE = {
    "close": pgettext_lazy("period", "The period %(period)s is closed."),
    "lock": pgettext_lazy("period", "The period %(period)s is locked."),
    "reopen": pgettext_lazy("period", "The period %(period)s is open again."),
    "unlock": pgettext_lazy("period", "The period %(period)s is unlocked."),
    "remove": pgettext_lazy("period", "The period %(period)s is removed."),
}


@require_http_methods(["GET", "POST"])
@permission_required(Permission.MANAGE_PERIODS)
def clinic_periods(request):
    form = PeriodForm(request.POST or None)
    if form.is_valid():
        try:
            if request.opened_elsewhere:
                raise ValidationError({"since": request.opened_elsewhere})
            period = periods.open_period(by=request.user, clinic=request.clinic, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The period %(period)s is open.") % {"period": period})
            return redirect("clinic_periods")
    rows = [(period, SHAPES[PeriodState(period.state)]) for period in _periods(request)]
    return render(
        request,
        "caselog/periods.html",
        {"form": form, "rows": rows},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@permission_required(Permission.MANAGE_PERIODS)
def clinic_period(request, pk):
    """One period: what is missing, and the next step."""
    period = get_object_or_404(_periods(request), pk=pk)
    if request.method == "GET":
        return _page(request, period)
    step = next((name for name in _DONE if name in request.POST), None)
    if step is None:
        return redirect("clinic_period", pk=period.pk)
    if step == "lock":
        confirm_who(request)
    try:
        _take(request, step, period)
    except NeedsReason as needed:
        return _page(request, period, refused=needed.message)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _DONE[step] % {"period": period})
    return redirect("clinic_periods")


def _take(request, step: str, period: Period) -> None:
    by, reason = request.user, request.POST.get("reason", "").strip()
    match step:
        case "close":
            periods.close_period(by=by, period=period, today=timezone.localdate(), reason=reason)
        case "lock":
            periods.lock_period(by=by, period=period, reason=reason)
        case "reopen":
            periods.reopen_period(by=by, period=period)
        case "unlock":
            periods.unlock_period(by=by, period=period, reason=reason)
        case "remove":
            periods.remove_period(by=by, period=period)


def _periods(request):
    found = visible_here(request, Period)
    return found.select_related("clinic", "closed_by", "locked_by").order_by("-since")


def _page(request, period: Period, *, refused: str = ""):
    kinds = [] if period.state == PeriodState.LOCKED else _kinds(periods.missing(period))
    reason = ReasonForm({"reason": ""} if refused else None)
    if refused:
        reason.errors["reason"] = reason.error_class([refused])
    page = {
        "period": period,
        "shape": SHAPES[PeriodState(period.state)],
        "over": period.until < timezone.localdate(),
        "kinds": kinds,
        "reason": reason,
        "story": history_of_period(request.user, period),
    }
    return render(request, "caselog/period.html", page, status=422 if refused else 200)


def _kinds(missing: periods.Missing):
    """Each kind of what is missing: its heading, how many, and the cases of the first ones."""
    kinds = [
        (_("Drafts that nobody signed"), missing.drafts.select_related("patient")),
        (_("Results that are not final"), missing.reports.select_related("patient")),
        (_("Open questions"), missing.queries.select_related("case__patient")),
    ]
    found = []
    for heading, rows in kinds:
        cases = [getattr(row, "case", row) for row in rows[: MOST_SHOWN + 1]]
        more = rows.count() - MOST_SHOWN if len(cases) > MOST_SHOWN else 0
        if cases:
            found.append({"heading": heading, "cases": cases[:MOST_SHOWN], "more": more})
    return found
