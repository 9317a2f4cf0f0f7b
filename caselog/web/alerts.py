"""An alert on its way to the person who acts on it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caselog.forms.alerts import AcknowledgementForm
from caselog.models import Alert
from caselog.permissions import Permission
from caselog.services import alerts
from caselog.services.errors import Refused
from caselog.web.access import permission_required, visible_here


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ACKNOWLEDGE_ALERTS)
def alert_acknowledge(request, pk):
    found = visible_here(request, Alert).select_related("clinic", "case__patient")
    alert = get_object_or_404(found, pk=pk)
    form = AcknowledgementForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            alerts.acknowledge(by=request.user, alert=alert, action=form.cleaned_data["action"])
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("case_detail", pk=alert.case_id)
        else:
            messages.success(request, _("The alert is closed. What was done stands in the history."))
            return redirect("case_detail", pk=alert.case_id)
    status = 422 if form.errors else 200
    return render(request, "caselog/alert.html", {"alert": alert, "form": form}, status=status)
