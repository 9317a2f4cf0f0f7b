"""A final report or a case of a locked period: the same form, with the reason beside it."""

from django.http import QueryDict

from caselog.forms.amendments import ReasonForm
from caselog.models import Case
from caselog.services import periods
from caselog.services.errors import NeedsReason
from caselog.web.editing import Editing


def asked(typed: QueryDict | None, needed: object = False) -> ReasonForm | None:
    """The question for the reason, where the record asks for it or the form as it was typed did."""
    if typed is not None and "reason" in typed:
        return ReasonForm(initial={"reason": typed["reason"]})
    return ReasonForm() if needed else None


def in_form(opened: Editing, needed: object) -> ReasonForm | None:
    """The question in a form that is open; with its error where the reason was missing."""
    if isinstance(opened.refusal, NeedsReason):
        return refused(opened.request)
    return asked(opened.data, needed)


def refused(request, message: str = "") -> ReasonForm:
    """The question with its error: the record asks for a reason, and none was given."""
    form = ReasonForm({"reason": reason(request)})
    if message:
        form.errors["reason"] = form.error_class([message])
    return form


def reason(request) -> str:
    return request.POST.get("reason", "").strip()


def locked(case: Case):
    """The locked period that the case was operated on in, if there is one."""
    return periods.lock_of(case.clinic, case.procedure_date)
