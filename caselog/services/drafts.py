"""What somebody is typing, kept on the server until they save it.

A draft is no record: whoever holds a page's signed token (caselog.web.drafts) may leave a draft
for the person who opened that page, and only this person, in that clinic, gets it back.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from caselog.models import Draft, Membership, Receipt
from caselog.services.errors import Refused, Stale

KEPT = timedelta(days=30)
_NOT_TYPED = {"csrfmiddlewaretoken", "page", "draft_version"}
_LARGEST = 200_000  # characters; a whole operation with its notes takes 10,000

Typed = Mapping[str, list[str]]


class Sent(Refused):
    """The form was saved meanwhile, so nothing of it is left to keep."""


@transaction.atomic
def keep(
    *, user: int, clinic: int, key: UUID, form: str, typed: Typed, focus: str, version: int, now: datetime
) -> Draft:
    """Keep what was typed. version: of the draft that this goes on from, 0 for none.

    Raises PermissionDenied for somebody who left the clinic, Sent, Stale when the form was typed in
    elsewhere meanwhile, or Refused.
    """
    _refuse_strangers(user, clinic)
    if len(json.dumps(typed)) > _LARGEST:
        raise Refused(_("This is too long to be kept."))
    if Receipt.objects.filter(user_id=user, key=key).exists():
        raise Sent(_("This form was saved already."))
    draft = Draft.objects.select_for_update().filter(user_id=user, key=key).first()
    if (draft.version if draft else 0) != version:
        raise Stale(_("This form was typed in elsewhere meanwhile."))
    if draft is None:
        Draft.objects.filter(saved_at__lt=now - KEPT).delete()
        draft = Draft(user_id=user, key=key, clinic_id=clinic, form=form, version=0)
    draft.typed, draft.focus = without_secrets(typed), _storable(focus)[:60]
    draft.version += 1
    draft.save()
    return draft


def keep_late(
    *, user: int, clinic: int, key: UUID, form: str, typed: Typed, version: int, now: datetime
) -> Draft | None:
    """Keep a form that was sent after its session had ended; beside what was typed elsewhere meanwhile.

    None when the form had been saved before.
    """
    kept = partial(keep, user=user, clinic=clinic, form=form, typed=typed, focus="", now=now)
    try:
        return kept(key=key, version=version)
    except Stale:
        return kept(key=uuid4(), version=0)
    except Sent:
        return None


def discard(*, by, key: UUID) -> Draft | None:
    """Forget what was typed. Returns what it was."""
    draft = Draft.objects.filter(user=by, key=key).first()
    if draft is not None:
        draft.delete()
    return draft


def without_secrets(typed: Typed) -> dict[str, list[str]]:
    """What a form needs to be shown again: no password, no token, no blank."""
    return {
        _storable(name): [_storable(str(value)) for value in values]
        for name, values in typed.items()
        if any(values) and "password" not in name and name not in _NOT_TYPED
    }


def _storable(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which PostgreSQL does not hold."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def _refuse_strangers(user: int, clinic: int) -> None:
    works_here = Membership.objects.current().filter(user=user, clinic=clinic, user__is_active=True)
    if not works_here.exists():
        raise PermissionDenied(_("You do not work in this clinic any more."))
