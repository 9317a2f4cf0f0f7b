"""Which cases should not wait any longer, by rules that are shown where they are used."""

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from caselog.choices import CaseState
from caselog.models import Alert, Case, Query
from caselog.models.case import CaseQuerySet
from caselog.services import unsettled

OLD_DRAFT = timedelta(days=7)
LATE_RESULT = timedelta(days=14)


class Attention(TextChoices):
    ANY = "any", _("For any reason")
    DRAFT = "draft", _("Draft for more than 7 days")
    RESULT = "result", _("Result waiting for more than 14 days")
    QUERY = "query", _("Open question")
    ALERT = "alert", _("Alert that nobody acknowledged")
    CONTRADICTION = "contradiction", _("Contradiction that nobody confirmed")


def needing(kind: str, *, cases: CaseQuerySet, today: date) -> Q:
    """Those of the cases that need this attention. An unknown kind raises ValueError."""
    if kind == Attention.CONTRADICTION:
        return _contradicting(cases)
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
    if kind == Attention.ANY:
        return reduce(or_, rules.values()) | _contradicting(cases)
    return rules[Attention(kind)]


def _contradicting(cases: CaseQuerySet) -> Q:
    return Q(pk__in=[one.case for one in unsettled.contradictions(cases)])
