"""The page on which a clinic says how much of small numbers it shows."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import settings
from audit.forms.settings import SettingsForm
from audit.models import AuditSettings
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
    if request.method == "POST" and _saved(request, form):
        messages.success(request, _("The settings are changed. Kept audits stay as they are."))
        return redirect("audit_settings")
    versions = visible_here(request, AuditSettings).select_related("changed_by").order_by("-version")
    page = {"form": form, "stands": stands, "versions": versions}
    return render(request, "audit/settings.html", page, status=422 if form.errors else 200)


def _saved(request, form: SettingsForm) -> bool:
    if not form.is_valid():
        return False
    try:
        if request.opened_elsewhere:
            raise ValidationError({next(iter(form.fields)): request.opened_elsewhere})
        settings.change(by=request.user, clinic=request.clinic, **form.answers)
    except ValidationError as error:
        form.refuse(error)
    return form.is_valid()
