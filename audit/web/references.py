"""The pages on which a clinic says what its audits are compared with."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import adoptions
from audit.adopted import Adopted, judging_figures
from audit.forms.references import OwnFigureForm, SetForm, ToleranceForm, WithdrawForm
from audit.models import Adoption, OwnFigure
from audit.web.saving import saved, status
from audit.web.sharing import never_shared
from caselog.permissions import Permission, require
from caselog.web.access import permission_required, visible_here


@require_http_methods(["GET", "POST"])
@permission_required(Permission.VIEW_AUDIT)
@never_shared
def references(request):
    """What stands now, how it came to that, and the set to begin with."""
    if request.method == "POST":  # before what was typed is looked at
        require(request.user, Permission.ADOPT_REFERENCES, request.clinic)
    stands = adoptions.adopted(request.clinic)
    form = SetForm(request.POST or None, initial={"reference_set": stands.base})
    if request.method == "POST" and saved(
        request, form, lambda typed: adoptions.adopt_set(by=request.user, clinic=request.clinic, **typed)
    ):
        messages.success(request, _("The set is adopted. Audits name the new version from now on."))
        return redirect("references")
    page = _shown(stands) | {"form": form, "versions": _versions(request)}
    return render(request, "audit/references.html", page, status=status(form))


@require_safe
@permission_required(Permission.VIEW_AUDIT)
@never_shared
def version(request, version):
    """What stood in one version."""
    made = get_object_or_404(_versions(request), version=version)
    page = _shown(adoptions.adopted(request.clinic, version)) | {"made": made, "past": True}
    return render(request, "audit/references_version.html", page)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ADOPT_REFERENCES)
def tolerance(request, figure):
    """Another tolerance for a figure of a set, with a reason; or its own again."""
    known = judging_figures()
    if figure not in known:
        raise Http404(_("There is no such figure, or no verdict rests on it."))
    of_set, of_file = known[figure]
    taken = adoptions.adopted(request.clinic).tolerances.get(figure)
    form = ToleranceForm(request.POST or None, figure=of_file, own_again="own_again" in request.POST)

    def save(typed):
        adoptions.set_tolerance(by=request.user, clinic=request.clinic, figure=figure, **typed)

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, _("The tolerance is changed. Audits name the new version from now on."))
        return redirect("references")
    page = {"form": form, "figure": of_file, "of_set": of_set, "taken": taken}
    return render(request, "audit/reference_tolerance.html", page, status=status(form))


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ADOPT_REFERENCES)
def new_figure(request):
    """A rate of the clinic's own."""
    today = timezone.localdate()
    form = OwnFigureForm(
        request.POST or None, initial={"next_review": today.replace(year=today.year + 1, day=1)}
    )

    def save(typed):
        reason = typed.pop("reason")
        adoptions.add_figure(
            by=request.user, clinic=request.clinic, today=today, answers=typed, reason=reason
        )

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, _("The figure is added. Audits name the new version from now on."))
        return redirect("references")
    return render(request, "audit/own_figure_new.html", {"form": form}, status=status(form))


@require_http_methods(["GET", "POST"])
@permission_required(Permission.ADOPT_REFERENCES)
def withdraw(request, pk):
    """A figure of the clinic's own stands beside nothing any more."""
    figure = get_object_or_404(visible_here(request, OwnFigure), pk=pk)
    form = WithdrawForm(request.POST or None)

    def save(typed):
        adoptions.withdraw_figure(by=request.user, clinic=request.clinic, figure=figure, **typed)

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, _("The figure is withdrawn. Audits that used it stay as they are."))
        return redirect("references")
    page = {"form": form, "figure": figure}
    return render(request, "audit/own_figure_withdraw.html", page, status=status(form))


def _versions(request):
    found = visible_here(request, Adoption).select_related("adopted_by", "adds", "withdraws")
    return found.order_by("-version")


def _shown(stands: Adopted) -> dict[str, object]:
    figures = [(one, figure, stands.tolerances.get(figure.id)) for one, figure in judging_figures().values()]
    own = [(adoptions.key_of(figure), figure) for figure in stands.own]
    return {"stands": stands, "own": own, "figures": figures, "today": timezone.localdate()}
