from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from caselog.models import Clinic


def no_store(get_response: Callable[[HttpRequest], HttpResponse]):
    """Patient data stays out of every cache: the browser's too, on a shared theatre PC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware


CLINIC_KEY = "clinic"


def current_clinic(get_response: Callable[[HttpRequest], HttpResponse]):
    """`request.clinics`, those of the person, and `request.clinic`, the one they work in now, or None."""

    def middleware(request) -> HttpResponse:
        request.clinics = SimpleLazyObject(lambda: _clinics(request))
        request.clinic = SimpleLazyObject(lambda: _chosen(request))
        return get_response(request)

    return middleware


def _clinics(request) -> list[Clinic]:
    return (
        list(Clinic.objects.visible_to(request.user).order_by("name"))
        if request.user.is_authenticated
        else []
    )


def _chosen(request) -> Clinic | None:
    chosen = request.session.get(CLINIC_KEY)
    return next((c for c in request.clinics if c.pk == chosen), next(iter(request.clinics), None))
