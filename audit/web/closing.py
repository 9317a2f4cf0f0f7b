"""Closing an audit: which months, what is frozen, and then for good."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from audit import adoptions, closing, words
from audit.closing import Closing
from audit.forms.closing import ClosedTitleForm, MonthsForm
from audit.results import Audit, Part
from audit.web.sharing import never_shared
from caselog.permissions import Permission
from caselog.web.access import permission_required

MOST_NAMED = 25


@require_http_methods(["GET", "POST"])
@permission_required(Permission.CLOSE_AUDIT)
@never_shared
def close(request):
    months = _months(request)
    titled = ClosedTitleForm(request.POST if request.method == "POST" else None)
    typed = request.POST.get("title") or request.GET.get("title", "")
    if request.method == "POST" and months.is_valid() and titled.is_valid():
        try:
            return redirect("audit_run", _close(request, months, titled).pk)
        except ValidationError as error:
            months.refuse(error)
            titled.refuse(error)
    looked = _looked_at(request, months) if months.is_valid() else None
    page: dict[str, object] = {"form": months, "titled": titled, "looked": looked, "typed": typed}
    if looked:
        page["awaited"] = _awaited(looked)
        page["seen"] = closing.seen_of(looked)
        page |= _about(request.clinic, months.closing)
        titled.initial["title"] = typed or words.days(months.closing.since, months.closing.until)
    wrong = months.errors or titled.errors
    return render(request, "audit/close.html", page, status=422 if wrong else 200)


def _months(request) -> MonthsForm:
    asked = request.POST if request.method == "POST" else request.GET
    usual = closing.usual(request.clinic, today=timezone.localdate())
    named = {"reference_set": usual.reference_set} | asked.dict()
    return MonthsForm(
        named if {"since", "until"} & asked.keys() else None,
        adopted=adoptions.has_adopted(request.clinic),
        initial=vars(usual),
    )


def _close(request, months: MonthsForm, titled: ClosedTitleForm):
    if request.opened_elsewhere:
        raise ValidationError({"title": request.opened_elsewhere})
    return closing.close_period(
        by=request.user,
        clinic=request.clinic,
        now=timezone.now(),
        **months.cleaned_data,
        **titled.cleaned_data,
    )


def _looked_at(request, months: MonthsForm) -> Audit | None:
    try:
        return closing.looked_at(
            by=request.user, clinic=request.clinic, closing=months.closing, now=timezone.now()
        )
    except ValidationError as error:
        months.refuse(error)
    return None


def _awaited(looked: Audit) -> list[tuple[Part, tuple[str, ...], int, int]]:
    """What is not final: the first cases by number, how many there are, and how many are not named."""
    kinds = (Part.PENDING, Part.DRAFT)
    found = {part: looked.quality.parts.get(part, ()) for part in kinds}
    return [
        (part, numbers[:MOST_NAMED], len(numbers), len(numbers[MOST_NAMED:]))
        for part, numbers in found.items()
    ]


def _about(clinic, months: Closing) -> dict[str, object]:
    of_record = clinic.periods.filter(since__lte=months.until, until__gte=months.since)
    asked = {"since": months.since, "until": months.until, "reference_set": months.reference_set}
    return {"periods": of_record.order_by("since"), "cases_query": urlencode(asked)}
