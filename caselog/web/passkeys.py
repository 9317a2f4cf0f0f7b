"""The page that asks for a passkey again before something is signed."""

from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpResponseRedirect


class ConfirmByPasskey(ReauthenticateWebAuthnView):
    def form_invalid(self, form):
        """Ask again. allauth would lead away from the form that waits to be signed."""
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))
