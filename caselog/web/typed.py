"""The forms that a person left half filled in, each with the way back into it."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from caselog.models import Draft

FORMS = 8


@dataclass(frozen=True)
class HalfFilled:
    draft: Draft
    url: str
    form: str  # what the page is called
    case: int | None  # the case that the form is about, where its address names one
    code: str  # the patient's, as it was typed; "" where that is not asked


def half_filled(request) -> list[HalfFilled]:
    """The newest first; one query."""
    drafts = Draft.objects.visible_to(request.user).filter(clinic=request.clinic).order_by("-saved_at", "-pk")
    return [one for draft in drafts[:FORMS] if (one := _read(draft))]


def _read(draft: Draft) -> HalfFilled | None:
    """Nothing for a page that a newer version took away."""
    try:
        page = resolve(draft.form.partition("?")[0])
    except Resolver404:
        return None
    form, about_case = _forms().get(page.url_name or "", (_("Form"), False))
    code = (draft.typed.get("patient_code") or [""])[0]
    url = f"{draft.form}{'&' if '?' in draft.form else '?'}draft={draft.key}"
    return HalfFilled(draft, url, form, page.kwargs.get("pk") if about_case else None, str(code))


def _forms() -> dict[str, tuple[str, bool]]:
    """By the name of the page: what to call it, and whether the key in its address is the case's."""
    return {
        "case_new": (_("New case"), False),
        "case_operation": (_("Operation"), True),
        "laboratory_report": (_("Laboratory report"), True),
        "case_histology": (_("Histology"), True),
        "case_patient": (_("The patient"), True),
        "follow_up_visit": (_("Follow-up"), True),
        "complication_new": (_("Complication"), True),
        "cycle_new": (_("ICSI cycle"), True),
    }
