"""The page on which a clinic says how much of small numbers it shows."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import settings
from audit.forms.settings import SettingsForm
from audit.models import AuditSettings
from audit.web.saving import saved, status
from caselog.permissions import Permission, require
from caselog.web.access import permission_required, visible_here


@require_http_methods(["GET", "POST"])
@permission_required(Permission.VIEW_AUDIT)
def audit_settings(request):
    """What stands now, and how it came to that."""
    if request.method == "POST":  # before what was typed is looked at
        require(request.user, Permission.MANAGE_CLINIC, request.clinic)
    stands = settings.of(request.clinic)
    form = SettingsForm(request.POST or None, stands=stands)

    def save(_typed):
        settings.change(by=request.user, clinic=request.clinic, **form.answers)

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, _("The settings are changed. Kept audits stay as they are."))
        return redirect("audit_settings")
    versions = visible_here(request, AuditSettings).select_related("changed_by").order_by("-version")
    page = {"form": form, "stands": stands, "versions": versions}
    return render(request, "audit/settings.html", page, status=status(form))
