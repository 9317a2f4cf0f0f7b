"""Sign-in is allauth's; here stands what this product does differently."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_pk_to_url_str
from allauth.core.exceptions import ReauthenticationRequired
from django.urls import reverse

from caselog.reauthentication import confirmed_lately


class AccountAdapter(DefaultAccountAdapter):
    """People are added by their clinic's administrator; nobody signs up."""

    def is_open_for_signup(self, request):
        return False


def confirm_who(request) -> None:
    """To be asked before something is signed: is this still the person who signed in?

    Raises ReauthenticationRequired when they signed in or confirmed it too long ago. allauth then
    asks for the password or the passkey, keeps the form meanwhile in their session, and sends it
    again to the same view. The form needs an address of its own (`action`) for what comes after.
    """
    if not confirmed_lately(request):
        raise ReauthenticationRequired


def first_password_url(request, user) -> str:
    """A link, good once, by which a person without a password sets one; "" for everybody else.

    The administrator hands it over, because hospital networks have no mail. It opens the account,
    so nobody may make one for an account that is in use.
    """
    if user.has_usable_password():
        return ""
    from allauth.account.forms import default_token_generator  # it loads the adapter above

    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return request.build_absolute_uri(path)
