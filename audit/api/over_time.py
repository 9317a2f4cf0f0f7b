"""One rate in the order of time, as JSON."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from audit import over_time
from audit.api.audits import FiltersSerializer, asked_run
from audit.api.shapes import PartOfAuditSerializer
from audit.measures import BY_ID


class AskedOverTimeSerializer(FiltersSerializer):
    measure = serializers.ChoiceField(
        [*BY_ID],
        required=False,
        help_text=_("Absent: of those beside a reference that may judge, the one with most cases."),
    )


class OverTimeSerializer(PartOfAuditSerializer):
    """`over_time` has one series: of the measure that was asked for."""

    name = "OverTime"
    parts = ("clinic", "filters", "reference_version", "fingerprint", "over_time")


@extend_schema(parameters=[AskedOverTimeSerializer], responses=OverTimeSerializer, tags=["clinics"])
@api_view(["GET"])
def over_time_of(request, pk):
    """One rate by quarter, and case by case: observed less expected, scores and signals, as on the page now.

    Sentences come in the language that the caller accepts.
    """
    audit, rows, asked = asked_run(request, pk, AskedOverTimeSerializer)
    measure = asked.get("measure") or over_time.usual(audit)
    return Response(OverTimeSerializer(over_time.held(audit, rows, [measure])).data)
