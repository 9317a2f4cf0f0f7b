"""An audit as JSON: every number of `audit.results`, each with its sentence, and the schema of both.

Shape and schema are read from the dataclasses, so that neither can fall behind them.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from audit import storage, words
from audit.disclosure import Shared, SharedLine, SharedRate
from audit.results import (
    Adjusted,
    AlsoJudged,
    Audit,
    Change,
    Comparison,
    DifferenceComparison,
    GroupsTested,
    Quantity,
    Series,
    Share,
    Stratum,
    TakenFigure,
    TissueComparison,
)
from audit.statistics import Interval

_OF_LINE: dict[str, Callable[[Any], str | list[str]]] = {
    "measure": lambda line: words.measure_name(line.measure),
    "sentences": words.sentences,
}
WORDS: dict[type, dict[str, Callable[[Any], str | list[str]]]] = {
    Audit: {
        "filters": words.filters_said,
        "level": words.level,
        "unit": lambda audit: words.unit_name(audit.filters.unit),
        "reference_set": lambda audit: words.reference_set_name(audit.filters.reference_set),
        "chance": words.chance,
        "overdue": words.overdue_figures,
        "contradictions": words.contradictions,
    },
    Comparison: {
        "measure": lambda comparison: words.measure_name(comparison.measure),
        "rate": words.rate,
        "wide": words.wide,
        "reference": words.reference,
        "readings": words.readings,
        "verdict": words.verdict,
        "outlook": words.outlook,
        "pending": words.pending,
        "exclusions": words.exclusions,
        "disagreement": words.disagreement,
    },
    # Said of the rate that it judges, which is a Comparison then.
    AlsoJudged: {
        "reference": words.reference,
        "readings": words.readings,
        "verdict": words.verdict,
        "outlook": words.outlook,
    },
    DifferenceComparison: {
        "measure": lambda comparison: words.measure_name(comparison.measure),
        "difference": words.difference,
        "pending": words.difference_pending,
        "combined": words.combined,
        "reference": words.reference,
        "references": words.references,
    },
    TissueComparison: {
        "measure": lambda comparison: words.measure_name(comparison.measure),
        "ratio": words.tissue,
        "weighed": words.weighed,
        "combined": words.combined,
        "reference": words.reference,
        "references": words.references,
    },
    Share: _OF_LINE,
    Quantity: _OF_LINE,
    Change: _OF_LINE,
    Stratum: _OF_LINE,
    Adjusted: {
        "reference_set": words.adjusted.set_of,
        "judgement": words.adjusted.judgement,
        "observed": words.adjusted.observed,
        "expected": words.adjusted.expected,
        "range": words.adjusted.expected_range,
        "ratio": words.adjusted.ratio,
        "difference": words.adjusted.difference,
        "pending": words.adjusted.awaited,
        "left_out": words.adjusted.without_figure_said,
    },
    TakenFigure: {"figure": words.adjusted.taken, "expected": words.adjusted.expected},
    Series: {
        "measure": lambda series: words.measure_name(series.measure),
        "quarters": words.over_time.quarters,
        "reference": words.reference,
        "no_points": words.over_time.no_points,
        "pending": words.over_time.awaited,
        "balance": words.over_time.balance,
        "signals": words.over_time.signals,
        "limits": words.over_time.limits,
    },
    GroupsTested: {
        "measure": lambda one: words.measure_name(one.measure),
        "groups": words.depth.groups_tested,
    },
    Shared: {
        "rules": words.shared_rules,
        "level": words.level,
        "filters": words.shared_filters_said,
        "difference": words.shared_difference,
    },
    SharedRate: {
        "measure": lambda one: words.measure_name(one.measure),
        "rate": words.shared_rate,
        "pending": words.shared_pending,
    },
    SharedLine: {"group": words.shared_group, "what": words.shared_what, "share": words.shared_share},
}
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number", "format": "double"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
# Of a tissue ratio from very few men: JSON has no infinity.
_LIMIT = {"oneOf": [_PLAIN[float], {"type": "string", "enum": ["inf"]}]}


class AuditSerializer(serializers.BaseSerializer):
    def to_representation(self, instance: Any) -> dict[str, Any]:
        said = storage.to_json(instance)
        for result, shown in _with_words(instance, said):
            shown["words"] = said_of(result, type(result))
            if isinstance(result, Comparison):
                shown["rate"] = result.rate
                for further, also in zip(result.judged[1:], shown["also"], strict=True):
                    also["words"] = said_of(further, AlsoJudged)
        return said


class PartOfAuditSerializer(AuditSerializer):
    """Some fields of an audit as they stand in the whole. name: of the schema; parts: of the fields."""

    name: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        said = super().to_representation(instance)
        return {part: said[part] for part in self.parts}


class KeptAuditSerializer(AuditSerializer):
    def to_representation(self, instance: Any) -> dict[str, Any]:
        return super().to_representation(storage.from_json(instance))


def said_of(result: Any, kind: type) -> dict[str, str | list[str]]:
    return {name: sentence(result) for name, sentence in WORDS[kind].items()}


def _with_words(audit: Audit, said: dict[str, Any]):
    yield audit, said
    yield from zip(audit.comparisons, said["comparisons"], strict=True)
    yield audit.difference, said["difference"]
    yield audit.tissue, said["tissue"]
    for name in ("shares", "quantities", "changes", "strata", "adjusted", "over_time", "tested"):
        yield from zip(getattr(audit, name), said[name], strict=True)
    for one, shown in zip(audit.adjusted, said["adjusted"], strict=True):
        yield from zip(one.figures, shown["figures"], strict=True)


class _AuditSchema(OpenApiSerializerExtension):
    target_class = AuditSerializer
    match_subclasses = True

    def get_name(self, auto_schema, direction):
        return getattr(self.target, "name", "Audit")

    def get_identity(self, auto_schema, direction):
        # A kept audit looks the same.
        return type(self.target) if isinstance(self.target, PartOfAuditSerializer) else AuditSerializer

    def map_serializer(self, auto_schema, direction):
        whole = object_schema(Audit, auto_schema.registry)
        if not isinstance(self.target, PartOfAuditSerializer):
            return whole
        parts = {part: whole["properties"][part] for part in self.target.parts}
        return {"type": "object", "properties": parts, "required": list(parts)}


def _schema(kind: Any, registry) -> dict[str, Any]:
    """The JSON schema of one annotation."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is UnionType:
        (kind,) = (one for one in inside if one is not NoneType)
        schema = _schema(kind, registry)
        return {"allOf": [schema], "nullable": True} if "$ref" in schema else schema | {"nullable": True}
    if origin is tuple:
        if inside[-1] is Ellipsis:
            return {"type": "array", "items": _schema(inside[0], registry)}
        length = {"minItems": len(inside), "maxItems": len(inside)}
        return {"type": "array", "items": _schema(inside[0], registry)} | length
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(inside[1], registry)}
    if is_dataclass(kind):
        return _component(kind, registry).ref
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [one.value for one in kind]}
    return _PLAIN[kind]


def _component(kind: Any, registry) -> ResolvedComponent:
    component = ResolvedComponent(name=kind.__name__, type=ResolvedComponent.SCHEMA, object=kind)
    if component in registry:
        return registry[component]
    component.schema = object_schema(kind, registry)
    registry.register(component)
    return component


def object_schema(kind: type, registry) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {field.name: _schema(hints[field.name], registry) for field in fields(kind)}
    if kind is Interval:
        properties["upper"] = _LIMIT
    if kind is Comparison:
        properties["rate"] = _schema(float | None, registry)
    if kind in WORDS:
        properties["words"] = _sentences(WORDS[kind])
    return {"type": "object", "properties": properties, "required": list(properties)}


def _sentences(of: dict[str, Callable]) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    several = {"type": "array", "items": text}
    properties = {
        name: several if get_type_hints(sentence).get("return") == list[str] else text
        for name, sentence in of.items()
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
