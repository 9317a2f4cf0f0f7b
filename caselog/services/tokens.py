"""Access tokens, with which programs use the API in a person's name."""

from datetime import timedelta

from knox.models import AuthToken

from caselog.history import recorded


@recorded
def create_token(*, by, days: int) -> tuple[AuthToken, str]:
    """A token of the person's own that ends after `days`. The text is not kept: show it now or never."""
    return AuthToken.objects.create(user=by, expiry=timedelta(days=days))


@recorded
def revoke_token(*, by, token: AuthToken) -> None:
    """End a token of the person's own at once. Somebody else's is not theirs to name."""
    by.auth_token_set.filter(pk=token.pk).delete()
