from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from caselog.choices import Role
from caselog.models.case import Case
from caselog.models.clinic import Clinic
from caselog.models.fields import one_of, together
from caselog.permissions import ClinicOwnedQuerySet


class QueryQuerySet(ClinicOwnedQuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def waiting_for_an_answer(self):
        """Open ones in which whoever asked spoke last."""
        return self._with_last_speaker().filter(last_speaker=F("asked_by"))

    def waiting_for_the_asker(self):
        """Open ones that were answered: the asker closes them, or asks on."""
        return self._with_last_speaker().exclude(last_speaker=F("asked_by"))

    def _with_last_speaker(self):
        turns = QueryMessage.objects.filter(query=OuterRef("pk")).order_by("-pk")
        return self.open().annotate(last_speaker=Subquery(turns.values("said_by")[:1]))


class Query(models.Model):
    """A question about one answer of a case, to whoever may record it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="queries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="queries")
    # A name of the dictionary; blank asks about the case as a whole.
    field = models.CharField(_("about"), max_length=60, blank=True)
    owner = models.CharField(_("who answers"), max_length=20, choices=Role)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QueryQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("owner", Role, blank=False),
            models.CheckConstraint(name="query_closed_whole", condition=together("closed_at", "closed_by")),
        ]

    def __str__(self):
        return f"{self.case} · {self.field}"


class QueryMessage(models.Model):
    """One turn of the conversation, the question itself first."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    query = models.ForeignKey(Query, on_delete=models.PROTECT, related_name="messages")
    said_at = models.DateTimeField(auto_now_add=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=1000)

    objects = ClinicOwnedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="querymessage_says_something", condition=~Q(text=""))]
