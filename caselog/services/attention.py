"""Which cases should not wait any longer, by rules that are shown where they are used."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from caselog.choices import CaseState
from caselog.models import Alert, Case, Query

OLD_DRAFT = timedelta(days=7)
LATE_RESULT = timedelta(days=14)


class Attention(TextChoices):
    ANY = "any", _("For any reason")
    DRAFT = "draft", _("Draft for more than 7 days")
    RESULT = "result", _("Result waiting for more than 14 days")
    QUERY = "query", _("Open question")
    ALERT = "alert", _("Alert that nobody acknowledged")


def needing(kind: str, *, today: date) -> Q:
    """The cases that need this attention. An unknown kind raises KeyError."""
    rules = {
        Attention.DRAFT: Q(state=CaseState.DRAFT, created_at__date__lt=today - OLD_DRAFT),
        Attention.RESULT: Q(
            pk__in=Case.objects.awaiting_laboratory()
            .order_by()
            .filter(procedure_date__lt=today - LATE_RESULT)
            .values("pk")
        ),
        Attention.QUERY: Q(pk__in=Query.objects.open().values("case")),
        Attention.ALERT: Q(pk__in=Alert.objects.open().values("case")),
    }
    return reduce(or_, rules.values()) if kind == Attention.ANY else rules[Attention(kind)]
