"""What the page of one rate says beyond the audit itself: whether its groups differ."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from audit import depth
from audit.api.audits import FiltersSerializer, asked_run
from audit.measures import BY_ID
from audit.words import depth as words


class GroupsTestedSerializer(serializers.Serializer):
    """Exploratory, of the men of the rate, each once by his first operation, whose group is known."""

    by = serializers.CharField(help_text=_("As the strata of the audit are divided."))
    groups = serializers.IntegerField(source="tested.groups")
    men = serializers.IntegerField()
    statistic = serializers.FloatField(source="tested.statistic")
    smallest_expected = serializers.FloatField(source="tested.smallest_expected")
    test = serializers.CharField(source="tested.test", help_text="`fisher`, `chi_square` or `permutation`")
    p = serializers.FloatField(source="tested.p")
    q = serializers.FloatField(help_text=_("Of all groupings of this rate, by Benjamini and Hochberg."))
    words = serializers.SerializerMethodField()

    def get_words(self, one) -> str:
        return words.groups_tested(one)


class DepthSerializer(serializers.Serializer):
    measure = serializers.CharField()
    groups_tested = GroupsTestedSerializer(many=True)


@extend_schema(parameters=[FiltersSerializer], responses=DepthSerializer, tags=["clinics"])
@api_view(["GET"])
def measure_of(request, pk, measure):
    """Whether the groups of one rate, which are `strata` of the audit, differ by more than chance does.

    Sentences come in the language that the caller accepts.
    """
    if measure not in BY_ID:
        raise Http404
    audit, _rows, _asked = asked_run(request, pk, FiltersSerializer)
    tested = depth.groups_tested(audit, measure) if audit.quality.cases else []
    return Response(DepthSerializer({"measure": measure, "groups_tested": tested}).data)
