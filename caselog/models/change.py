from django.db import models
from django.db.models import Q

from caselog.models.fields import one_of


class Action(models.TextChoices):
    """The codes that the triggers write; pages have words for them."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, user) -> "ChangeQuerySet":
        """Changes in the clinics where `user` holds a role today; what belongs to no clinic is nobody's."""
        return self.filter(clinic_id__in=user.memberships.current().values("clinic"))

    def newest_first(self) -> "ChangeQuerySet":
        return self.order_by("-id")


class Change(models.Model):
    """One row of one table as it was before and after one change: the history.

    The database's own triggers write these and its guards refuse to edit or delete one
    (caselog.history). Numbers instead of foreign keys: a change outlives the row that it is
    about, the person who made it and the clinic that it happened in.
    """

    at = models.DateTimeField()
    # Nobody: outside a service, as in a command or by raw SQL.
    actor_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    clinic_id = models.BigIntegerField(null=True)
    # The case that the row is part of, so that its story is found also after the row is gone.
    case_id = models.BigIntegerField(null=True)
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=6, choices=Action)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="change_of_row", fields=["table", "row_id"]),
            models.Index(name="change_in_clinic", fields=["clinic_id", "id"]),
            models.Index(name="change_of_case", fields=["case_id", "id"]),
        ]
        constraints = [
            one_of("action", Action, blank=False),
            models.CheckConstraint(
                name="change_is_whole",
                condition=Q(action=Action.INSERT, before__isnull=True, after__isnull=False)
                | Q(action=Action.UPDATE, before__isnull=False, after__isnull=False)
                | Q(action=Action.DELETE, before__isnull=False, after__isnull=True),
            ),
        ]
