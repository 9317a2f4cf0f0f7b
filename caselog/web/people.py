"""The people of a clinic and their roles, for its administrators; and the choice of clinic, for everyone."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caselog.forms.people import MemberForm
from caselog.models import Membership
from caselog.permissions import Permission
from caselog.services.clinics import add_member, end_membership
from caselog.services.errors import Refused
from caselog.web.access import clinic_required, permission_required
from caselog.web.accounts import first_password_url
from caselog.web.middleware import CLINIC_KEY


@require_http_methods(["GET", "POST"])
@permission_required(Permission.MANAGE_CLINIC)
def clinic_people(request):
    form = MemberForm(request.POST or None)
    added = None
    if form.is_valid():
        try:
            if request.opened_elsewhere:
                raise ValidationError(request.opened_elsewhere)
            added = add_member(by=request.user, clinic=request.clinic, **form.cleaned_data)
            form = MemberForm()
        except ValidationError as error:
            form.add_error(None, error)
    return _people(request, form=form, added=added)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.MANAGE_CLINIC)
def password_link(request, pk):
    """A new link for somebody who lost the first one or let it run out."""
    membership = _membership(request, pk)
    if request.method == "GET":  # from the language switch on the answer to a POST
        return redirect("clinic_people")
    return _people(request, form=MemberForm(), link_for=membership)


@require_POST
@permission_required(Permission.MANAGE_CLINIC)
def membership_end(request, pk):
    membership = _membership(request, pk)
    try:
        end_membership(by=request.user, membership=membership)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        done = _("%(name)s is no longer %(role)s here.")
        messages.success(request, done % {"name": membership.user, "role": membership.get_role_display()})
    # Whoever ended their own role may not come back to this page.
    return redirect("home" if membership.user == request.user else "clinic_people")


@require_POST
@clinic_required
def clinic_switch(request):
    chosen = next((c for c in request.clinics if str(c.pk) == request.POST.get("clinic")), None)
    if chosen is None:
        raise Http404
    request.session[CLINIC_KEY] = chosen.pk
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return redirect(onward if safe else "home")


def _membership(request, pk):
    current = Membership.objects.visible_to(request.user).current().filter(clinic=request.clinic)
    return get_object_or_404(current.select_related("user", "clinic"), pk=pk)


def _people(request, *, form, added=None, link_for=None):
    everyone = request.clinic.memberships.current().select_related("user")
    newcomer = (added or link_for) and (added or link_for).user
    context = {
        "form": form,
        "memberships": everyone.order_by("user__name", "user", "role"),
        "added": added,
        "newcomer": newcomer,
        "link": first_password_url(request, newcomer) if newcomer else "",
    }
    return render(request, "caselog/people.html", context, status=422 if form.errors else 200)
