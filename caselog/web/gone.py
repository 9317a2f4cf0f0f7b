"""A half-filled form that has no place any more: its record was removed, or is of another clinic.

Nothing typed is lost with the record: it is shown, to be copied or discarded. What belongs to another
of the person's clinics waits there.
"""

from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from caselog import questions
from caselog.dictionary import Entry
from caselog.forms import doubts
from caselog.forms.amendments import ReasonForm
from caselog.forms.answers import AnswersForm
from caselog.models import Draft, User
from caselog.services.contradictions import CHECKS
from caselog.web import drafts, left_over
from caselog.web.editing import texts_of
from caselog.web.typed import HalfFilled, read


class _Unasked(AnswersForm):
    """A form without a question: whatever is typed in it is left over."""

    def __init__(self, data, *, part: list[Entry], clinic):
        self.part = part
        here = User.objects.filter(memberships__clinic=clinic).distinct()
        people = {entry.name: here for entry in part if entry.model_field.remote_field}
        super().__init__(data, people=people)

    def asks(self, entry: Entry) -> bool:
        return False


def answer(request):
    """What to answer where a form would stand; None where the person typed nothing here."""
    if sent := drafts.keep_sent(request):
        return redirect(drafts.address(sent))
    draft = drafts.asked_for(request)
    half_filled = read(draft) if draft else None
    if draft is None or half_filled is None:
        return None
    elsewhere = draft.clinic_id != request.clinic.pk
    context = {
        "half_filled": half_filled,
        "address": drafts.address(draft),
        "elsewhere": draft.clinic if elsewhere else None,
        "left_over": [] if elsewhere else _typed(draft, half_filled),
        "reasons": [] if elsewhere else _reasons(drafts.typed(draft)),
    }
    return render(request, "caselog/gone.html", context)


def _typed(draft: Draft, half_filled: HalfFilled) -> list[left_over.LeftOver]:
    data = drafts.typed(draft)
    return left_over.of(_Unasked(data, part=half_filled.part, clinic=draft.clinic), texts_of(data) or {})


def _reasons(data: QueryDict) -> list[tuple[str, str]]:
    """Why the record was to change, and why what is unusual is right, each under its label."""
    about = {check.code: check.fields[0] for check in CHECKS}
    amended = data.get("reason", "").strip()
    found = [(str(ReasonForm.base_fields["reason"].label), amended)] if amended else []
    for code, reason in doubts.reasons(data).items():
        asked = about.get(code)
        label = _("Reason: %(about)s") % {"about": questions.label_of(asked)} if asked else _("Reason")
        found.append((label, reason))
    return found
