"""How long ago a person showed who they are. Signing asks again after a while."""

import time

from django.conf import settings

SIGNED_IN_AT = "signed_in_at"  # of the session: seconds, as allauth counts them


def remember_when(request, **_kwargs) -> None:
    """The signal of every sign-in."""
    request.session[SIGNED_IN_AT] = time.time()


def confirmed_lately(request) -> bool:
    """Whether the person signed in, or confirmed it since, not too long ago to sign something."""
    from allauth.account.authentication import get_authentication_records  # the registry is not ready before

    confirmed = [record["at"] for record in get_authentication_records(request, request.user)]
    last = max([request.session.get(SIGNED_IN_AT, 0), *confirmed])
    return time.time() - last < settings.REAUTHENTICATE_MINUTES * 60
