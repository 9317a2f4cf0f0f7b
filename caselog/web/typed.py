"""The forms that a person left half filled in, each with the way back into it."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from caselog.dictionary import COMPLICATION, FOLLOW_UP, HISTOLOGY, ICSI, OPERATION, PATIENT, REPORT, Entry
from caselog.models import Draft

FORMS = 8


@dataclass(frozen=True)
class HalfFilled:
    draft: Draft
    url: str
    form: str  # what the page is called
    case: int | None  # the case that the form is about, where its address names one
    code: str  # the patient's, as it was typed; "" where that is not asked
    part: list[Entry]  # what is asked there


def half_filled(request) -> list[HalfFilled]:
    """The newest first; one query."""
    drafts = Draft.objects.visible_to(request.user).filter(clinic=request.clinic).order_by("-saved_at", "-pk")
    return [one for draft in drafts[:FORMS] if (one := read(draft))]


def read(draft: Draft) -> HalfFilled | None:
    """Nothing for a page that a newer version took away."""
    try:
        page = resolve(draft.form.partition("?")[0])
    except Resolver404:
        return None
    form, part, about_case = _forms().get(page.url_name or "", (_("Form"), [], False))
    code = (draft.typed.get("patient_code") or [""])[0]
    url = f"{draft.form}{'&' if '?' in draft.form else '?'}draft={draft.key}"
    case = page.kwargs.get("pk") if about_case else None
    return HalfFilled(draft, url, form, case, str(code), part)


def _forms() -> dict[str, tuple[str, list[Entry], bool]]:
    """By the name of the page: what to call it, what it asks, and whether its address has the case's key."""
    return {
        "case_new": (_("New case"), OPERATION, False),
        "case_operation": (_("Operation"), OPERATION, True),
        "laboratory_report": (_("Laboratory report"), REPORT, True),
        "case_histology": (_("Histology"), HISTOLOGY, True),
        "case_patient": (_("The patient"), PATIENT, True),
        "follow_up_visit": (_("Follow-up"), FOLLOW_UP, True),
        "complication_new": (_("Complication"), COMPLICATION, True),
        "complication_change": (_("Complication"), COMPLICATION, False),
        "cycle_new": (_("ICSI cycle"), ICSI, True),
        "cycle_change": (_("ICSI cycle"), ICSI, False),
    }
