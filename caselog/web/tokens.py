"""A person's own access tokens. They belong to the person, not to a clinic."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caselog.forms.tokens import TokenForm
from caselog.services.tokens import create_token, revoke_token


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(allow_get=True)
def tokens(request):
    form = TokenForm(request.POST or None)
    secret = None
    if form.is_valid():
        _token, secret = create_token(by=request.user, days=form.cleaned_data["days"])
        form = TokenForm()
    owned = request.user.auth_token_set.order_by("-created")
    context = {"form": form, "tokens": owned, "secret": secret, "now": timezone.now()}
    return render(request, "caselog/tokens.html", context)


@require_POST
@login_required
def token_revoke(request, key):
    token = get_object_or_404(request.user.auth_token_set, token_key=key)
    revoke_token(by=request.user, token=token)
    messages.success(request, _("The token was revoked. Programs that used it are refused from now on."))
    return redirect("tokens")
