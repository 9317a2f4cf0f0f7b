"""What a page of the audit is asked for, and the frame in which every one of them answers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from audit import adoptions, services, words
from audit.disclosure import disclose
from audit.forms.filters import FiltersForm
from audit.results import Audit
from caselog.dataset import CaseRow

More = Callable[[Audit, Any], Mapping[str, Any]]


def filters_form(request, asked) -> FiltersForm:
    surgeons = services.surgeons(user=request.user, clinic=request.clinic)
    adopted = adoptions.has_adopted(request.clinic)
    return FiltersForm(asked, today=timezone.localdate(), surgeons=surgeons, adopted=adopted)


def run(request, form: FiltersForm) -> tuple[Audit, list[CaseRow]]:
    return services.run(user=request.user, clinic=request.clinic, filters=form.filters, now=timezone.now())


def show(
    request, template: str, form: FiltersForm, *, more: More | None = None, made=run, status=200, **context
):
    """A page about the cases that the filters choose; with what is wrong with them, where something is.

    template: extends its `frame`. more: what the page needs of the audit and its rows.
    made: makes the audit and reads the rows, or counts them where the page needs none.
    """
    context |= {"form": form, "here": request.path, "frame": "audit/view.html"}
    if form.is_valid() and form.shared:
        return _share(request, form, context)
    if form.is_valid():
        audit, rows = made(request, form)
        context |= {"audit": audit, "query": form.query}
        context["cases_url"] = f"{reverse('audit_cases')}?{form.query}&"
        if form.narrowed_by and not rows:
            context["left"] = _left_by_each(request, form)
        elif more and rows:
            context |= more(audit, rows)
    return render(request, template, context, status=status if form.is_valid() else 422)


def _share(request, form: FiltersForm, context: dict[str, Any]):
    """The one page of figures that may leave the clinic, whichever page was asked for."""
    audit, _rows = run(request, form)
    page = {"shared": disclose(audit), "query": form.query}
    return render(request, "audit/shared.html", context | page)


def _left_by_each(request, form) -> list[tuple[str, str, int, str]]:
    """Each filter in words, how many cases it alone would leave, and the address without it."""
    left = services.left_by_each(user=request.user, clinic=request.clinic, filters=form.filters)
    return [
        (words.filter_name(name), form.chosen_name(name), n, f"{request.path}?{form.query_without(name)}")
        for name, n in left.items()
    ]
