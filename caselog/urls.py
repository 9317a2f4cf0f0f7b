from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path
from django.views.i18n import set_language

from caselog.web.passkeys import ConfirmByPasskey

# The address that a person signs in by is given by their clinic's administrator. On these pages
# people would change it themselves, past the services and without a word in the history.
_ABOUT_ADDRESSES = {"account_email", "account_confirm_email", "account_email_verification_sent"}

urlpatterns = [
    path("", include("caselog.web.urls")),
    path("audit/", include("audit.urls")),
    path("api/v1/", include("caselog.api.urls")),
    path("account/", include([page for page in account_pages if page.name not in _ABOUT_ADDRESSES])),
    # In front of allauth's own page at this address.
    path(
        "account/2fa/webauthn/reauthenticate/",
        ConfirmByPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
]
