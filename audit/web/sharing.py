"""What a page answers that is asked for as it may leave the clinic."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from audit import storage
from audit.disclosure import disclose
from audit.forms.filters import OUTSIDE
from audit.models import AuditRun
from caselog.web.access import visible_here


def asked_for(request) -> bool:
    """Raises Http404 for another word: whoever wrote it must not take the clinic's own figures away."""
    share = request.GET.get("share", "")
    if share not in ("", OUTSIDE):
        raise Http404(_("An audit is shared with nobody but “outside”."))
    return share == OUTSIDE


def shared_instead(view):
    """Of a kept audit one page may leave the clinic, whichever of its pages was asked for."""

    @wraps(view)
    def sharing(request, pk, **named):
        if not asked_for(request):
            return view(request, pk, **named)
        kept = get_object_or_404(here(request), pk=pk)
        page = {"shared": disclose(storage.from_json(kept.result)), "kept": kept}
        return render(request, "audit/shared_run.html", page)

    return sharing


def never_shared(view):
    """Pages that have no form in which they may leave the clinic."""

    @wraps(view)
    def refusing(request, *args, **named):
        if asked_for(request):
            raise Http404(_("This page does not leave the clinic."))
        return view(request, *args, **named)

    return refusing


def here(request):
    """The kept audits of the clinic that the person works in and may see."""
    return visible_here(request, AuditRun).select_related("clinic", "kept_by", "surgeon")
