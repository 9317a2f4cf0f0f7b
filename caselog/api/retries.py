"""A request that is sent twice makes one record, whichever view makes it."""

from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext as _

from caselog.api.preconditions import KeyUsedBefore, fingerprint, key_of
from caselog.services import receipts


def made_once(request, kind: str, save: Callable[[], models.Model]) -> int:
    """The primary key of the record that `save` makes, or made when this request came before with its key."""
    key = key_of(request, kind)
    if key is None:
        return save().pk
    sent = fingerprint(request.data)
    try:
        return receipts.once(by=request.user, key=key, sent=sent, creates=True, save=save)
    except receipts.SentBefore as before:
        raise KeyUsedBefore(_("This Idempotency-Key came with another request before.")) from before
