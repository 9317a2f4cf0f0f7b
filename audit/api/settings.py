"""What a clinic shows of small numbers, in REST: the same service as the page."""

from typing import ClassVar

from rest_framework import serializers

from audit import settings
from audit.api.audits import Strict
from audit.api.references import Versions
from audit.limits import BOUNDS, USUAL, Limits
from audit.models import AuditSettings

_TYPED = (*BOUNDS, "takes_part", "reason")


class AuditSettingsSerializer(serializers.ModelSerializer):
    """One version of a clinic's settings. It never changes; before the first one the usual values stand."""

    class Meta:
        model = AuditSettings
        fields = read_only_fields = ["id", "clinic", "version", *_TYPED, "changed_at", "changed_by"]


def _count(name: str) -> serializers.IntegerField:
    least, most = BOUNDS[name]
    usual = getattr(USUAL, name)
    return serializers.IntegerField(min_value=least, max_value=most, help_text=f"Usually {usual}.")


class NewAuditSettingsSerializer(Strict):
    clinic = serializers.IntegerField()
    counts_only_below = _count("counts_only_below")
    compared_from = _count("compared_from")
    rate_in_funnel_from = _count("rate_in_funnel_from")
    takes_part = serializers.BooleanField()
    reason = serializers.CharField(max_length=500)


class AuditSettingsViewSet(Versions):
    """From how many on clinics' audits show a rate, a median or a comparison, version by version."""

    queryset = AuditSettings.objects.all()
    serializer_class, new = AuditSettingsSerializer, NewAuditSettingsSerializer
    says: ClassVar = {"create": "Change a clinic's settings: all of them, with the reason."}

    def save(self, clinic, answers):
        limits = Limits(**{name: answers.pop(name) for name in BOUNDS})
        return settings.change(by=self.request.user, clinic=clinic, limits=limits, **answers)
