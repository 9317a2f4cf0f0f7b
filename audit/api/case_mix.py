"""What was found beside what the clinic's mix of men leads one to expect, as JSON."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.response import Response

from audit.api.audits import FiltersSerializer, asked_audit
from audit.api.shapes import PartOfAuditSerializer


class CaseMixSerializer(PartOfAuditSerializer):
    """Each man by his first operation, beside the figure of each reference set that fits him best."""

    name = "CaseMix"
    parts = ("clinic", "filters", "reference_version", "fingerprint", "adjusted", "mix")


@extend_schema(parameters=[FiltersSerializer], responses=CaseMixSerializer, tags=["clinics"])
@api_view(["GET"])
def case_mix(request, pk):
    """Men with sperm, observed and expected beside each reference set, and the mix, as on the page now.

    Sentences come in the language that the caller accepts.
    """
    return Response(CaseMixSerializer(asked_audit(request, pk)).data)
