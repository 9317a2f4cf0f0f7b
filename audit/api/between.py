"""Clinics and surgeons side by side, as JSON: what the page shows to the same person."""

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from audit import adoptions, registry
from audit.api import audits
from audit.between import Funnel, Hidden, Point, Standing
from audit.words import between as words


class BetweenFiltersSerializer(audits.FiltersSerializer):
    """As of the audit. A unit and a surgeon are left out: men are counted, and all surgeons compared."""

    measure = serializers.ChoiceField(registry.RATES, required=False, default=registry.USUAL_RATE)


class FromToSerializer(serializers.Serializer):
    lower = serializers.FloatField()
    upper = serializers.FloatField()


class FunnelPointSerializer(serializers.Serializer):
    """One clinic or surgeon. Null is what is not shown; `standing` says why. Their order says nothing."""

    name = serializers.CharField(help_text="Blank for one whose name is not told.")
    own = serializers.BooleanField()
    standing = serializers.ChoiceField([one.value for one in Standing])
    found = serializers.IntegerField(allow_null=True)
    known = serializers.IntegerField(allow_null=True)
    pending = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    interval = FromToSerializer(allow_null=True)
    q_low = serializers.FloatField(allow_null=True)
    q_high = serializers.FloatField(allow_null=True)
    words = serializers.SerializerMethodField()

    def get_words(self, point: Point) -> str:
        return words.point_sentence(point, self.context["funnel"])


class FunnelSerializer(serializers.Serializer):
    """Who stands beside whom, and which of them are further from the reference than chance takes them."""

    measure = serializers.CharField()
    coverage = serializers.FloatField(help_text="Of the lines outside which a point is called so.")
    target = FromToSerializer(source="band", allow_null=True)
    points = serializers.SerializerMethodField()
    judged = serializers.IntegerField()
    expected_outside = serializers.FloatField(help_text="By chance alone, at most.")
    hidden = serializers.ChoiceField(
        [one.value for one in Hidden], help_text="Why others are not shown, or nobody is."
    )
    words = serializers.SerializerMethodField()

    @extend_schema_field(FunnelPointSerializer(many=True))
    def get_points(self, funnel: Funnel):
        return FunnelPointSerializer(funnel.points, many=True, context={"funnel": funnel}).data

    def get_words(self, funnel: Funnel) -> list[str]:
        said = (words.target(funnel), words.expected_outside(funnel)) if funnel.points else ()
        return [one for one in (*said, words.hidden(funnel)) if one]


class BetweenSerializer(serializers.Serializer):
    clinics = FunnelSerializer()
    surgeons = FunnelSerializer()


@extend_schema(parameters=[BetweenFiltersSerializer], responses=BetweenSerializer, tags=["clinics"])
@api_view(["GET"])
def live_between(request, pk):
    """Clinics side by side, and the surgeons of one, as far as the caller may see them."""
    clinic = audits.clinic_of(request, pk)
    if clinic is None:
        raise Http404
    asked = BetweenFiltersSerializer(data=request.query_params)
    asked.is_valid(raise_exception=True)
    chosen = dict(asked.validated_data)
    measure = chosen.pop("measure")
    filters = audits.filters_of(request, clinic, chosen)
    references = adoptions.references(clinic, filters.reference_set)
    found = registry.side_by_side(
        user=request.user,
        clinic=clinic,
        mine=request.clinics,
        measure=measure,
        filters=filters,
        references=references,
    )
    return Response(BetweenSerializer(dict(zip(("clinics", "surgeons"), found, strict=True))).data)
