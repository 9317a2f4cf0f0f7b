"""What is wrong with the days, the times and the plan of an operation."""

from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caselog.choices import Analyte
from caselog.dictionary import Answers, is_blank
from caselog.models.procedure import LONGEST_OPERATION
from caselog.services.rules_patient import of_consent

_BEFORE = ("prior_on", "varicocele_repaired_on", *(f"{analyte}_taken_on" for analyte in Analyte))
_DAY = 24 * 60  # minutes


def of_course(answers: Answers, *, today: date, complete: bool) -> dict[str, str]:
    """One message by field. answers: those that apply."""
    found = _of_days(answers, today) | _of_times(answers)
    return found | _of_plan(answers) if complete else found


def _of_days(answers: Answers, today: date) -> dict[str, str]:
    """What came before the operation is not dated after it."""
    on = min(answers.get("procedure_date") or today, today)
    message = _("This was before the operation, so not after %(day)s. Check the date.")
    found = {
        name: message % {"day": date_format(on, "j M Y")}
        for name in _BEFORE
        if (day := answers.get(name)) and day > on
    }
    return found | of_consent(answers, today)


def _of_times(answers: Answers) -> dict[str, str]:
    """Past midnight is asked about (caselog.services.contradictions); more than half a day is a slip."""
    start, end = answers.get("start_time"), answers.get("end_time")
    if not start or not end or minutes_between(start, end) <= LONGEST_OPERATION:
        return {}
    message = _("The operation began at %(start)s and lasts 12 hours at most. Check both times.")
    return {"end_time": message % {"start": f"{start:%H:%M}"}}


def _of_plan(answers: Answers) -> dict[str, str]:
    planned, done = answers.get("planned_procedure"), answers.get("procedure")
    if not planned or not done or planned == done or not is_blank(answers.get("changed_plan_reason")):
        return {}
    return {"changed_plan_reason": _("Another procedure was planned. Say why it changed.")}


def minutes_between(start: time, end: time) -> int:
    """Past midnight too."""
    return (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % _DAY
