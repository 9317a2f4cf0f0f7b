"""The version that a change goes on from, and the key by which a repeated request is known.

RFC 9110 `If-Match` and RFC 6585 428; draft-ietf-httpapi-idempotency-key-header for the key.
"""

import json
import re
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

IF_MATCH, IDEMPOTENCY_KEY = "If-Match", "Idempotency-Key"
_LONGEST_KEY = 255
# Weak too: an answer that was compressed on its way carries its tag as a weak one.
_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


class PreconditionRequired(APIException):
    status_code = 428


class PreconditionFailed(APIException):
    status_code = 412


class KeyUsedBefore(APIException):
    status_code = 422


def tag(version: int) -> str:
    return f'"{version}"'


def version_read(request, in_body: int | None = None) -> int:
    """The version that the caller read, by the header or, in older programs, by the body.

    A header that names none of ours, such as `*`, promises nothing about what was read.
    """
    header = request.headers.get(IF_MATCH)
    if header is None and in_body is not None:
        return in_body
    if found := _TAG.fullmatch((header or "").strip()):
        return int(found[1])
    if header and header.strip() != "*":
        raise PreconditionFailed({"version": [_("The If-Match header is no tag of this record.")]})
    message = _("Say which version you read: send its ETag as If-Match.")
    raise PreconditionRequired({"version": [message]})


def key_of(request, kind: str) -> UUID | None:
    """The key of a request that makes a record of this kind; None without one."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is None:
        return None
    if not 0 < len(key) <= _LONGEST_KEY:
        message = _("The Idempotency-Key has from 1 to %(most)s characters.") % {"most": _LONGEST_KEY}
        raise ValidationError(message)
    return uuid5(NAMESPACE_URL, f"{kind} {key}")


def fingerprint(data) -> str:
    return json.dumps(data, sort_keys=True, default=str)
