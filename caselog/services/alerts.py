"""What must reach a person: raised by the record itself, closed by somebody who has acted."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog.choices import AlertKind
from caselog.history import recorded
from caselog.models import Alert, Case
from caselog.permissions import Permission, require
from caselog.services.errors import Refused


def raise_alert(case: Case, kind: AlertKind) -> None:
    """Inside the service whose change gives the reason. One open alert of a kind is enough."""
    Alert.objects.get_or_create(case=case, kind=kind, acknowledged_at=None, defaults={"clinic": case.clinic})


@recorded
def acknowledge(*, by, alert: Alert, action: str) -> Alert:
    """Close an alert, saying what was done.

    Raises PermissionDenied, ValidationError for an action that says nothing, or Refused where a
    colleague was first.
    """
    require(by, Permission.ACKNOWLEDGE_ALERTS, alert.clinic)
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.acknowledged_at:
        message = _("%(name)s acknowledged this before: %(action)s")
        raise Refused(message % {"name": alert.acknowledged_by, "action": alert.action})
    alert.action = action.strip()
    if not alert.action:
        raise ValidationError({"action": [_("Say what was done, for example who was told.")]})
    alert.clean_fields(exclude=["clinic", "case", "kind"])
    alert.acknowledged_by, alert.acknowledged_at = by, timezone.now()
    alert.save()
    return alert
