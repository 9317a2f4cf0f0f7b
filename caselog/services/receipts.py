"""A form or a request that is sent twice is saved once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import models, transaction
from django.utils import timezone

from caselog.models import Draft, Receipt, User

KEPT = timedelta(days=30)


class SentBefore(Exception):
    """The key already made a record, of other answers."""

    def __init__(self, record: int):
        self.record = record


@transaction.atomic
def once(*, by: User, key: UUID, sent: str, creates: bool, save: Callable[[], models.Model]) -> int:
    """The primary key of the record that `save` made or changed, now or when the same was sent before.

    key: made with the form, or by the program that asks.
    sent: what was sent, as one text.
    creates: whether each call of `save` would make another record.

    Two that arrive together wait for each other at the receipt. What was kept of the form while
    it was typed goes with the save. Raises SentBefore.
    """
    of_these_answers, new = Receipt.objects.get_or_create(user=by, key=uuid5(key, sent))
    if not new:
        return _made(of_these_answers)
    of_form, first = Receipt.objects.get_or_create(user=by, key=key)
    if creates and not first:
        raise SentBefore(_made(of_form))
    record = save().pk
    Receipt.objects.filter(pk__in=[of_these_answers.pk, of_form.pk]).update(record=record)
    Draft.objects.filter(user=by, key=key).delete()
    Receipt.objects.filter(received_at__lt=timezone.now() - KEPT).delete()
    return record


def _made(receipt: Receipt) -> int:
    # Only inside the transaction that makes the record is it missing, and nobody else sees that.
    if receipt.record is None:
        raise ValueError("a receipt without its record")
    return receipt.record
