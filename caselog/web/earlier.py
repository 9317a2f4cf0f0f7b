"""What the clinic knows of a man from his earlier operation, for the form of the next one."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from caselog.choices import PriorRetrieval
from caselog.forms.answers import Question
from caselog.forms.operation import OperationForm
from caselog.models import Case, Clinic
from caselog.services import cases

_RESULTS = {
    PriorRetrieval.FOUND: _("sperm found"),
    PriorRetrieval.NONE_FOUND: _("no sperm found"),
    PriorRetrieval.UNKNOWN: _("no final laboratory result"),
}


@dataclass(frozen=True)
class Earlier:
    case: Case
    count: int
    result: str
    url: str
    filled: list[Question]


def fill(form: OperationForm, *, clinic: Clinic, case: Case | None, today: date) -> Earlier | None:
    """Fill in the form's blanks and say from where; None when there is no earlier operation.

    A form that is being filled in is not judged yet, so its errors are dropped.
    """
    typed = form.answers
    known = cases.from_earlier_case(
        clinic, code=typed.get("patient_code", ""), on=typed.get("procedure_date", today), than=case
    )
    filled = form.fill_from_earlier(known)
    form.errors.clear()
    if not known:
        return None
    return Earlier(
        case=known["earlier"],
        count=known["attempt_number"] - 1,
        result=str(_RESULTS[known["prior_retrieval"]]),
        url=reverse("case_detail", args=[known["earlier"].pk]),
        filled=filled,
    )
