from django.utils.translation import gettext as _
from knox import auth
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(auth.TokenAuthentication):
    def authenticate_credentials(self, token):
        if not token.isascii():  # knox fails on it instead of refusing it
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)
