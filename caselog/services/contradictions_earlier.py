"""What is said of a man's last earlier attempt, beside his earlier operation in the same clinic.

The clinic's own is the last one unless the answers name a later day: then he was operated on elsewhere since.
"""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caselog.choices import PriorRetrieval, Procedure
from caselog.dictionary import Answers, is_blank

_RESULTS = {
    PriorRetrieval.FOUND: gettext_lazy("sperm found"),
    PriorRetrieval.NONE_FOUND: gettext_lazy("no sperm found"),
}


def of_result(answers: Answers) -> str:
    said, ours = answers.get("prior_retrieval"), answers.get("earlier_retrieval")
    if not ours or is_blank(said) or _is_of_another(answers):
        return ""
    if said == PriorRetrieval.NO_PRIOR:
        message = _("He was operated on in this clinic on %(day)s, case %(number)s. Check both.")
        return message % _case(answers)
    if ours in (said, PriorRetrieval.UNKNOWN):
        return ""
    message = _("His case %(number)s of %(day)s has the final result: %(result)s. Check both.")
    return message % _case(answers, result=_RESULTS[PriorRetrieval(ours)])


def of_procedure(answers: Answers) -> str:
    said, ours = answers.get("prior_procedure"), answers.get("earlier_procedure")
    if not ours or is_blank(said) or said == ours or _is_of_another(answers):
        return ""
    message = _("His case %(number)s of %(day)s was: %(procedure)s. Check both.")
    return message % _case(answers, procedure=Procedure(ours).label)


def of_day(answers: Answers) -> str:
    said, ours = answers.get("prior_on"), answers.get("earlier_on")
    if not said or not ours or said >= ours:
        return ""
    message = _("He was operated on later than that, on %(day)s, case %(number)s. Check the date.")
    return message % _case(answers)


def of_attempts(answers: Answers) -> str:
    """Attempt 1 of a man who had another one is asked about whoever operated then."""
    said, ours = answers.get("attempt_number"), answers.get("earlier_attempts")
    if not ours or said in (None, 1):
        return ""
    if said > ours + 1 if _is_of_another(answers) else said == ours + 1:
        return ""
    message = _("His case %(number)s of %(day)s was attempt %(attempt)s. Check the attempt number.")
    return message % _case(answers, attempt=ours)


def _is_of_another(answers: Answers) -> bool:
    said, ours = answers.get("prior_on"), answers.get("earlier_on")
    return bool(said and ours and said > ours)


def _case(answers: Answers, **says: object) -> dict[str, object]:
    day = date_format(answers["earlier_on"], "j M Y")
    return {"number": answers["earlier_number"], "day": day, **says}
