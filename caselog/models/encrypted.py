"""Text that the database never sees: encrypted on its way in, decrypted on its way out.

The keys are those of the settings. The first encrypts, any of them decrypts, so that a new key is put
in front of an old one. Nothing is kept between two calls: threads share the settings alone.
"""

import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Q

# 0x80 and a time of 64 bits, in base64; blank is stored as it is.
_TOKEN = r"^(gAAAA[A-Za-z0-9_=-]+)?$"  # noqa: S105  # how a token looks, not one
_COMPARES_STORED_TEXT = {"isnull", "regex"}


class Unreadable(Exception):
    """No key is set, or none of those that are set decrypts what the database holds."""


class EncryptedText(models.CharField):
    """Plain text in Python, a Fernet token in the database, also to raw SQL, triggers and backups.

    max_length: of the plain text.
    """

    def get_internal_type(self) -> str:
        return "TextField"  # a token is longer than its text

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return _keys().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return _keys().decrypt(value).decode()
        except InvalidToken as error:
            raise Unreadable("None of the keys in CASELOG_IDENTIFIER_KEYS decrypts this.") from error

    def get_lookup(self, lookup_name: str) -> Any:
        """Two tokens of one text differ, so a search would find nothing and not say why."""
        if lookup_name not in _COMPARES_STORED_TEXT:
            raise FieldError(f"{self.name} is encrypted; find it by a blind index.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is never written in a file; leave its table out.")


def only_tokens(name: str) -> models.CheckConstraint:
    """The database takes no plain text, whoever writes it."""
    return models.CheckConstraint(
        name=f"%(class)s_{name}_is_encrypted", condition=Q(**{f"{name}__regex": _TOKEN})
    )


def blind_indexes(text: str, *, clinic: int) -> list[str]:
    """What finds this text in this clinic without showing it, by each key; stored is the first."""
    of_clinic = f"{clinic}:{text.casefold()}".encode()
    # Of each key a key of its own: a secret has one use.
    derived = (hmac.digest(key.encode(), b"caselog blind index", "sha256") for key in _required_keys())
    return [hmac.digest(key, of_clinic, "sha256").hex() for key in derived]


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _required_keys()])


def _required_keys() -> tuple[str, ...]:
    if not settings.IDENTIFIER_KEYS:
        raise Unreadable("CASELOG_IDENTIFIER_KEYS is not set.")
    return settings.IDENTIFIER_KEYS
