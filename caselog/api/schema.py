"""The description of the API says what the views do: what each is sent, and how it refuses."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema

from caselog.api.errors import ConflictSerializer, ErrorsSerializer
from caselog.api.fields import Version

REFUSALS = {
    "400": "A field or a parameter is wrong; nothing was changed.",
    "401": "Not signed in, or the token is unknown, revoked, expired or of somebody inactive.",
    "403": "The caller's role in this clinic does not allow it.",
    "404": "There is no such record in the caller's clinics.",
    "409": "The record's state does not allow it, or somebody else changed it first.",
}


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
        }
        return [code for code, may in happens.items() if may]

    def _refusal(self, code, direction):
        serializer = ConflictSerializer if code == "409" else ErrorsSerializer
        body = self._get_response_for_code(serializer, code, direction=direction)
        return body | {"description": REFUSALS[code]}

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "request":
            schema["additionalProperties"] = False
            # PATCH needs nothing else, yet it needs the version too.
            if versions := [name for name, field in serializer.fields.items() if isinstance(field, Version)]:
                schema["required"] = sorted({*schema.get("required", []), *versions})
        return schema
