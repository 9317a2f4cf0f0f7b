"""What every page needs to know; computed when a template first asks, so that others pay nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from caselog import __version__
from caselog.permissions import Permission
from caselog.web.access import permissions_here

# Label, name of the URL, and what a person must be allowed to see it.
SECTIONS = [
    (_("Home"), "home", None),
    (_("Cases"), "case_list", Permission.READ_CASES),
    (_("Laboratory"), "worklist", Permission.READ_CASES),
    (_("Follow-up"), "follow_ups", Permission.READ_CASES),
    (_("Audit"), "audit", Permission.VIEW_AUDIT),
    (pgettext_lazy("section", "Clinic"), "clinic_people", Permission.MANAGE_CLINIC),
]


@dataclass(frozen=True)
class Section:
    label: str
    url: str
    # "page" on the section's own page, "true" on those below it, "" elsewhere: as aria-current has it.
    current: str


def page(request):
    """`may` holds the names of the permissions in the clinic of now; one query at most."""
    may: Collection[str] = SimpleLazyObject(lambda: {verb.name for verb in permissions_here(request)})
    return {
        "clinic": getattr(request, "clinic", None),
        "clinics": getattr(request, "clinics", []),
        "may": may,
        "sections": SimpleLazyObject(lambda: _sections(request, may)),
        "other_language": "en" if get_language() == "ar" else "ar",
        "version": __version__,
        # A little later than the session, so that the sign-in page asks.
        "idle_seconds": settings.SESSION_COOKIE_AGE + 5,
    }


def _sections(request, may: Collection[str]) -> list[Section]:
    return [
        Section(str(label), url, _current(request.path, url))
        for label, url, needs in ((label, reverse(name), needs) for label, name, needs in SECTIONS)
        if needs is None or needs.name in may
    ]


def _current(path: str, url: str) -> str:
    if path == url:
        return "page"
    root = url.rpartition("people/")[0] or url  # all of /clinic/ stands below its first page
    return "true" if url != reverse("home") and path.startswith(root) else ""
