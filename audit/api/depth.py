"""What the page of one rate says beyond the audit itself: whether its groups differ."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.response import Response

from audit import depth
from audit.api.audits import FiltersSerializer, asked_audit
from audit.api.shapes import PartOfAuditSerializer
from audit.measures import BY_ID


class DepthSerializer(PartOfAuditSerializer):
    """`tested` has the groupings of one rate. Exploratory: no verdict rests on them."""

    name = "Depth"
    parts = ("clinic", "filters", "reference_version", "fingerprint", "tested")


@extend_schema(parameters=[FiltersSerializer], responses=DepthSerializer, tags=["clinics"])
@api_view(["GET"])
def measure_of(request, pk, measure):
    """Whether the groups of one rate, which are `strata` of the audit, differ by more than chance does.

    Each man of the rate stands once, by his first operation, where his group is known. `q` is of all
    groupings of the rate, by Benjamini and Hochberg. Sentences come in the language that the caller accepts.
    """
    if measure not in BY_ID:
        raise Http404
    return Response(DepthSerializer(depth.held(asked_audit(request, pk), [measure])).data)
