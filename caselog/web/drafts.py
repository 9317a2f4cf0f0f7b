"""Forms that somebody opened, and what was typed in them while they were open.

Each opened form carries a signed token that says whose it is, where it was opened and under which
key. It allows one thing, also to somebody who is no longer signed in: to leave what was typed for
that person. It shows nothing to anybody.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from caselog.models import Draft
from caselog.services import drafts
from caselog.services.errors import Refused, Stale

_SALT = "caselog.page"
_GOOD_FOR = timedelta(days=7)
_MOST_OFFERED = 5


@dataclass(frozen=True)
class Page:
    """One opened form."""

    user: int
    clinic: int
    path: str
    key: UUID

    @property
    def token(self) -> str:
        return signing.dumps([self.user, self.clinic, self.path, self.key.hex], salt=_SALT)


def page_of(token: Any) -> Page | None:
    """The form that this token came with; None for one that we did not make or that is too old."""
    try:
        user, clinic, path, key = signing.loads(str(token), salt=_SALT, max_age=_GOOD_FOR)
    except signing.BadSignature:
        return None
    return Page(user, clinic, path, UUID(key))


def opened(request) -> Page:
    """The form of this request: the one that was sent, the one to go on with, or a new one."""
    sent = page_of(request.POST.get("page"))
    if sent is not None and (sent.user, sent.path) == (request.user.pk, request.path):
        return sent
    draft = resumed(request)
    return Page(request.user.pk, request.clinic.pk, request.path, draft.key if draft else uuid4())


def resumed(request) -> Draft | None:
    """What the person typed here before, if the address asks for it: theirs, in this clinic, of this form."""
    draft = asked_for(request)
    return draft if draft is not None and draft.clinic_id == request.clinic.pk else None


def asked_for(request) -> Draft | None:
    """As `resumed`, and of any of the person's clinics: not to be shown in another one."""
    try:
        key = UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    own = Draft.objects.visible_to(request.user).select_related("clinic")
    return own.filter(key=key, form=request.path).first()


def keep_sent(request) -> Draft | None:
    """What was just sent from a form, kept instead of saved; None for any other request."""
    page = _sent_here(request)
    return _keep(request, page) if page else None


def unfinished(request) -> list[Draft]:
    """What the person typed in this form before and did not save."""
    return list(_own(request).order_by("-saved_at")[:_MOST_OFFERED])


def address(draft: Draft) -> str:
    """Where the person goes on with it, at the field where they left."""
    focus = f"#{draft.focus}" if draft.focus else ""
    return f"{draft.form}?{urlencode({'draft': draft.key})}{focus}"


def typed(draft: Draft) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        data.setlist(name, values)
    return data


def version_of(page: Page) -> int:
    found = Draft.objects.filter(user=page.user, key=page.key).values_list("version", flat=True).first()
    return found or 0


def _own(request):
    return Draft.objects.visible_to(request.user).filter(clinic=request.clinic, form=request.path)


# No cookie proves anything here: the signed token does, which no other site can have, and which is
# still good when the session has ended.
@csrf_exempt
@require_http_methods(["PUT"])
def draft(request, key):
    """Keep what is typed, as it is typed. Says whether the person is still signed in."""
    try:
        sent = json.loads(request.body)
        page, version, focus = page_of(sent["page"]), int(sent["version"]), str(sent["focus"])
        values = {str(name): [str(value) for value in found] for name, found in sent["typed"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        page = None
    if page is None or page.key != key:
        return JsonResponse({}, status=403)
    try:
        kept = drafts.keep(
            user=page.user,
            clinic=page.clinic,
            key=page.key,
            form=page.path,
            typed=values,
            focus=focus,
            version=version,
            now=timezone.now(),
        )
    except PermissionDenied:
        return JsonResponse({}, status=403)
    except Stale as stale:
        return JsonResponse({"message": stale.message}, status=409)
    except Refused as refused:
        return JsonResponse({"message": refused.message}, status=410)
    return JsonResponse(
        {
            "version": kept.version,
            "saved": date_format(timezone.localtime(kept.saved_at), "H:i"),
            "signed_in": request.user.pk == page.user,
        }
    )


@require_POST
def draft_discard(request, key):
    """Forget what was typed in a form, and open it anew where it is not gone."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    forgotten = drafts.discard(by=request.user, key=key)
    return redirect(forgotten.form if forgotten and "gone" not in request.POST else "home")


def late(request) -> str:
    """Where to go on after signing in: at what was just sent, which is kept, or at this page."""
    kept = keep_sent(request)
    return address(kept) if kept else request.get_full_path()


def of_somebody_else(request):
    """An answer to a form that another person opened before; None for any other request.

    What they typed is kept for them. It is not saved under the name of whoever sits here now, who
    is told nothing about it.
    """
    page = _sent_here(request)
    if page is None or page.user == request.user.pk:
        return None
    _keep(request, page)
    return render(request, "caselog/opened_by_somebody_else.html", status=409)


def csrf_failed(request, reason=""):  # noqa: ARG001  # Django names it
    """A form of an earlier session: kept, never saved; any other one is refused."""
    page = _sent_here(request)
    if page is None:
        return render(request, "403_csrf.html", status=403)
    if not request.user.is_authenticated:
        return redirect_to_login(late(request))
    if page.user != request.user.pk:
        return of_somebody_else(request)
    messages.warning(
        request, _("You signed in anew after this form was opened. What you typed is here: save it again.")
    )
    return redirect(late(request))


def _sent_here(request) -> Page | None:
    # What a script asks for meanwhile, such as the earlier case, sends the form along too.
    by_hand = request.method == "POST" and "X-Part" not in request.headers
    page = page_of(request.POST.get("page")) if by_hand else None
    return page if page is not None and page.path == request.path else None


def _keep(request, page: Page) -> Draft | None:
    version = request.POST.get("draft_version", "")
    try:
        return drafts.keep_late(
            user=page.user,
            clinic=page.clinic,
            key=page.key,
            form=page.path,
            typed=dict(request.POST.lists()),
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            now=timezone.now(),
        )
    except (PermissionDenied, Refused):
        return None
