"""What people are in the middle of typing, and what they sent already. No part of the record."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from caselog.models.clinic import Clinic
from caselog.permissions import ClinicOwnedQuerySet


class OwnedQuerySet(ClinicOwnedQuerySet):
    def visible_to(self, user):
        """Only the person's own, and only while they work in that clinic."""
        return super().visible_to(user).filter(user=user)


class Draft(models.Model):
    """One form of one person, half filled in.

    The key is made with the form. A draft is found by person, key and form together, so that it
    can never appear in another case or before somebody else.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    form = models.CharField(max_length=200)  # the address of the page that shows it
    typed = models.JSONField()  # names of the form's controls, each with its list of values
    focus = models.CharField(max_length=60, blank=True)  # the control that was typed in last
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="draft_once", fields=["user", "key"])]


class Receipt(models.Model):
    """A form that was sent and saved: the same key sent again saves nothing and leads to the same record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    record = models.BigIntegerField(null=True)  # the primary key of what it made
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="receipt_once", fields=["user", "key"])]


class Favourite(models.Model):
    """A surgeon's own usual answers, by a name of their own."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    answers = models.JSONField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="favourite_name_once",
                fields=["user", "clinic", "name"],
                violation_error_message=_("You have a favourite with this name already."),
            )
        ]
