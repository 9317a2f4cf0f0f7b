"""A surgeon's usual answers on the form of a case: like the last one, by a favourite, kept as one."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caselog.dictionary import Entry
from caselog.dictionary import entries as entries_by_name
from caselog.forms.answers import Question
from caselog.forms.operation import OperationForm
from caselog.models import User
from caselog.permissions import Permission
from caselog.services import favourites
from caselog.web import summary
from caselog.web.access import permission_required

LAST = "last"


@dataclass
class Told:
    """What the form says after one of these buttons."""

    words: str
    filled: list[Question] = field(default_factory=list)
    wrong: bool = False


def here(request):
    return favourites.favourites_of(by=request.user, clinic=request.clinic)


def asked(request) -> bool:
    return "like" in request.GET or "like" in request.POST or "keep_favourite" in request.POST


def answer(request, form: OperationForm) -> Told:
    """Do what was asked. A form that is being filled in is not judged yet, so its errors are dropped."""
    typed = form.answers
    told = _kept(request, typed) if "keep_favourite" in request.POST else _filled_in(request, form, typed)
    if form.is_bound:
        form.errors.clear()
    return told


def _kept(request, typed) -> Told:
    name = request.POST.get("favourite_name", "")
    try:
        kept = favourites.keep_favourite(by=request.user, clinic=request.clinic, name=name, answers=typed)
    except ValidationError as error:
        return Told(" ".join(error.messages), wrong=True)
    return Told(_("Kept as your favourite “%(name)s”.") % {"name": kept.name})


def _filled_in(request, form: OperationForm, typed) -> Told:
    like = request.POST.get("like") or request.GET.get("like", "")
    if like == LAST:
        found = favourites.last_habits(
            by=request.user, clinic=request.clinic, procedure=typed.get("procedure", "")
        )
        if found is None:
            return Told(_("You have signed no such operation here yet."))
        words, habits = _("Filled in from case %(number)s") % {"number": found[0].number}, found[1]
    else:
        favourite = here(request).filter(pk=like if like.isdecimal() and len(like) < 10 else None).first()
        if favourite is None:
            return Told(_("This favourite is not there any more."))
        words, habits = _("Filled in from “%(name)s”") % {"name": favourite.name}, favourite.answers
    filled = form.fill_habits(habits, words=words)
    return Told(words if filled else _("Nothing was blank that could be filled in."), filled)


@require_safe
@permission_required(Permission.LOG_CASES)
def favourite_list(request):
    kept = list(here(request))
    people = User.objects.in_bulk([one.answers["assistant"] for one in kept if "assistant" in one.answers])
    shown = [(favourite, _rows(favourite.answers, people)) for favourite in kept]
    return render(request, "caselog/favourites.html", {"favourites": shown})


def _rows(answers: dict[str, Any], people: dict[int, User]) -> list[summary.Row]:
    known = answers | {"assistant": people.get(answers.get("assistant", 0))}
    entries = [entries_by_name()[name] for name in favourites.HABITS]
    return [
        summary.Row(_with_side(entry), summary.shown(entry, known[entry.name]), "")
        for entry in entries
        if known.get(entry.name)
    ]


def _with_side(entry: Entry) -> str:
    label = capfirst(str(entry.label))
    return f"{entry.of_row}: {label}" if entry.row else label


@require_POST
@permission_required(Permission.LOG_CASES)
def favourite_delete(request, pk):
    favourite = get_object_or_404(here(request), pk=pk)
    favourites.delete_favourite(by=request.user, favourite=favourite)
    messages.success(request, _("The favourite “%(name)s” is deleted.") % {"name": favourite.name})
    return redirect("favourites")
