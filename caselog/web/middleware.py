import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from caselog.models import Clinic, Membership
from caselog.reauthentication import SIGNED_IN_AT


def no_store(get_response: Callable[[HttpRequest], HttpResponse]):
    """Patient data stays out of every cache: the browser's too, on a shared theatre PC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware


USED_AT = "used_at"  # of the session: seconds
_OFTEN_ENOUGH = 60  # seconds; every request would be a write


def session_of_use(get_response: Callable[[HttpRequest], HttpResponse]):
    """A session lasts as long as it is used (SESSION_COOKIE_AGE), and not beyond a day's work."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session, now = request.session, time.time()
        if session.accessed and SIGNED_IN_AT in session:
            fresh = now - session.get(USED_AT, session[SIGNED_IN_AT]) < _OFTEN_ENOUGH
            if not fresh and now - session[SIGNED_IN_AT] < settings.LONGEST_SESSION_MINUTES * 60:
                session[USED_AT] = now
        return response

    return middleware


CLINIC_KEY = "clinic"


def current_clinic(get_response: Callable[[HttpRequest], HttpResponse]):
    """`request.clinics`, those of the person, and `request.clinic`, the one they work in now, or None.

    `request.memberships` says it all, and what the person may do there; one query a request.
    `request.opened_elsewhere` says why a form is not saved that was opened in another clinic, before
    the person changed clinics in another tab; "" for any other.
    """

    def middleware(request) -> HttpResponse:
        request.memberships = SimpleLazyObject(lambda: _memberships(request))
        request.clinics = SimpleLazyObject(lambda: _clinics(request))
        request.clinic = SimpleLazyObject(lambda: _chosen(request))
        request.opened_elsewhere = SimpleLazyObject(lambda: _opened_elsewhere(request))
        return get_response(request)

    return middleware


def _memberships(request) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    return list(request.user.memberships.current().select_related("clinic").order_by("clinic__name", "pk"))


def _clinics(request) -> list[Clinic]:
    return list({one.clinic_id: one.clinic for one in request.memberships}.values())


def _chosen(request) -> Clinic | None:
    chosen = request.session.get(CLINIC_KEY)
    return next((c for c in request.clinics if c.pk == chosen), next(iter(request.clinics), None))


def _opened_elsewhere(request) -> str:
    here = str(request.clinic.pk)
    if request.POST.get("clinic", here) == here:
        return ""
    return _(
        "This form was opened in another clinic; you now work in %(clinic)s. "
        "Change the clinic back in another tab, then save again."
    ) % {"clinic": request.clinic}
