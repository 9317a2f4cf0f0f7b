"""What of an audit may leave the clinic, as JSON: its counts, each with its sentence."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from audit import storage, words
from audit.api.shapes import AuditSerializer, object_schema, said_of
from audit.disclosure import Shared, SharedRate
from audit.results import AlsoJudged


class SharedSerializer(serializers.BaseSerializer):
    def to_representation(self, instance: Shared) -> dict[str, Any]:
        said = storage.plain(instance)
        said["words"] = said_of(instance, Shared)
        for name in ("rates", "strata", "shares"):
            for one, shown in zip(getattr(instance, name), said[name], strict=True):
                shown["words"] = said_of(one, type(one))
                if isinstance(one, SharedRate):
                    _say_judgements(one, shown)
        return said


def _say_judgements(one: SharedRate, shown: dict[str, Any]) -> None:
    for beside, said in zip(one.judged, shown["judgements"], strict=True):
        verdict = words.shared_verdict(one, beside)
        said["words"] = said_of(beside, AlsoJudged) | {"verdict": verdict}


class _SharedSchema(OpenApiSerializerExtension):
    target_class = SharedSerializer

    def get_name(self, auto_schema, direction):
        return "Shared"

    def map_serializer(self, auto_schema, direction):
        return object_schema(Shared, auto_schema.registry)


AUDIT_OR_SHARED = PolymorphicProxySerializer(
    component_name="AuditOrShared",
    serializers=[AuditSerializer, SharedSerializer],  # type: ignore[list-item]  # of the base class
    resource_type_field_name=None,
)
