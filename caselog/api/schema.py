"""The description of the API says what the views do: what each is sent, and how it refuses."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from caselog.api.errors import ConflictSerializer, ErrorsSerializer
from caselog.api.preconditions import IDEMPOTENCY_KEY, IF_MATCH

REFUSALS = {
    "400": "A field or a parameter is wrong; nothing was changed.",
    "401": "Not signed in, or the token is unknown, revoked, expired or of somebody inactive.",
    "403": "The caller's role in this clinic does not allow it.",
    "404": "There is no such record in the caller's clinics.",
    "412": "Somebody else changed the record since the version that If-Match names.",
    "428": "Neither If-Match nor `version` says which version was read.",
    "422": "The Idempotency-Key came with another request before.",
    "409": "The record's state does not allow it, or somebody else changed it first.",
}


_ONE_RECORD = {"create", "retrieve", "update", "partial_update"}
_CHANGES = {"update", "partial_update", "destroy"}


def _header(name: str, about: str, **more) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=about, **more)


class TokenScheme(KnoxTokenScheme):
    target_class = "caselog.api.auth.TokenAuthentication"
    name = "token"


class Schema(AutoSchema):
    def get_request_serializer(self):
        asks = getattr(self.view, "asks", {})
        return asks.get(getattr(self.view, "action", None)) or super().get_request_serializer()

    def get_description(self):  # type: ignore[override]  # drf-spectacular's has no arguments
        says = getattr(self.view, "says", {})
        return says.get(getattr(self.view, "action", None)) or super().get_description()

    def _get_response_bodies(self, direction="response"):
        refusals = {code: self._refusal(code, direction) for code in self._refusals()}
        return super()._get_response_bodies(direction) | refusals

    def get_override_parameters(self):
        found = list(super().get_override_parameters())
        if self._is_versioned_change():
            needed = "" if self.method == "DELETE" else "; needed without `version`"
            found.append(_header(IF_MATCH, f"The ETag of the record that was read{needed}."))
        if self._takes_a_key():
            found.append(
                _header(
                    IDEMPOTENCY_KEY,
                    "A key of the caller's own for this one record. The same request sent again under it, "
                    "for 30 days, makes nothing and is answered with the same record.",
                )
            )
        if self._is_versioned() and getattr(self.view, "action", "") in _ONE_RECORD:
            found.append(_header("ETag", "The version of the record.", response=[200, 201]))
        return found

    def _is_versioned(self) -> bool:
        return getattr(self.view, "is_versioned", bool)()

    def _is_versioned_change(self) -> bool:
        return getattr(self.view, "action", "") in _CHANGES and self._is_versioned()

    def _takes_a_key(self) -> bool:
        makes = getattr(self.view, "makes", ("create",))
        return getattr(self.view, "action", "") in makes and getattr(self.view, "takes_a_key", False)

    def _refusals(self):
        action = getattr(self.view, "action", "")
        changes = self.method not in {"GET", "HEAD", "OPTIONS"}
        asked = self.method in {"POST", "PUT", "PATCH"} or any(
            parameter["in"] == "query" for parameter in self._get_parameters()
        )
        happens = {
            "400": asked,
            "401": True,
            "403": changes,
            "404": "{" in self.path,
            "409": action in getattr(self.view, "conflicts", ()),
            "412": self._is_versioned_change(),
            "422": self._takes_a_key(),
            "428": self._is_versioned_change(),
        }
        return [code for code, may in happens.items() if may]

    def _refusal(self, code, direction):
        serializer = ConflictSerializer if code in {"409", "412"} else ErrorsSerializer
        body = self._get_response_for_code(serializer, code, direction=direction)
        return body | {"description": REFUSALS[code]}

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "request":
            schema["additionalProperties"] = False
        return schema
