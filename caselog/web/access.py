"""Who gets as far as a view: signed in, working in a clinic, with the permission that it needs."""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from caselog.models import Clinic
from caselog.permissions import Permission, permissions_of_roles, require
from caselog.web import drafts, gone


def permissions_here(request) -> frozenset[Permission]:
    """What the person may do in the clinic they work in now."""
    clinic = getattr(request, "clinic", None)  # an early refusal comes before the middleware
    if not clinic:
        return frozenset()
    return permissions_of_roles(one.role for one in request.memberships if one.clinic_id == clinic.pk)


def visible_here(request, model) -> Any:
    """The rows of a model that the person may see, of the clinic they work in now."""
    return model.objects.visible_to(request.user).filter(clinic=request.clinic)


def clinic_required(view):
    """For people at work in a clinic; somebody without one is told what to do."""

    @wraps(view)
    def inside(request, *args, **kwargs):
        if not request.user.is_authenticated:
            # A part of a page cannot show the sign-in page: the whole page goes there.
            return HttpResponseClientRefresh() if request.htmx else redirect_to_login(drafts.late(request))
        if not request.clinic:
            return render(request, "caselog/no_clinic.html", status=403)
        if told := drafts.of_somebody_else(request):
            return told
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if told := gone.answer(request):
                return told
            raise

    return inside


def permission_required(permission: Permission):
    """As `clinic_required`, and 403 unless the person has `permission` in the clinic they work in now."""

    def decorate(view):
        @clinic_required
        @wraps(view)
        def permitted(request, *args, **kwargs):
            if permission not in permissions_here(request):
                require(request.user, permission, request.clinic)  # which says why not
            return view(request, *args, **kwargs)

        return permitted

    return decorate


def clinic_of_form(request) -> Clinic:
    """Where the form was opened; another tab may have changed the clinic since."""
    opened = request.POST.get("clinic")
    return next((clinic for clinic in request.clinics if str(clinic.pk) == opened), request.clinic)
