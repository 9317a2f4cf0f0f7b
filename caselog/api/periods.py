"""The periods of a clinic, in REST: opened, closed, locked, unlocked."""

from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from caselog.api.fields import Visible
from caselog.api.filters import PeriodFilter
from caselog.api.serializers import Strict, reason_field
from caselog.api.views import Records
from caselog.choices import PeriodState
from caselog.models import Clinic, Period
from caselog.services import periods
from caselog.services.errors import Refused


def _close(*, by, period, reason):
    return periods.close_period(by=by, period=period, reason=reason, today=timezone.localdate())


def _reopen(*, by, period, **_reason):
    return periods.reopen_period(by=by, period=period)


# From which state to which.
_STEPS = {
    (PeriodState.OPEN, PeriodState.CLOSED): _close,
    (PeriodState.CLOSED, PeriodState.OPEN): _reopen,
    (PeriodState.CLOSED, PeriodState.LOCKED): periods.lock_period,
    (PeriodState.LOCKED, PeriodState.CLOSED): periods.unlock_period,
}


class PeriodSerializer(serializers.ModelSerializer):
    """A stretch of time whose cases are complete when it is closed and unchanging when it is locked."""

    class Meta:
        model = Period
        fields = read_only_fields = [
            "id", "clinic", "since", "until", "state", "closed_at", "closed_by", "locked_at", "locked_by",
        ]  # fmt: skip


class NewPeriodSerializer(Strict):
    clinic = Visible(queryset=Clinic.objects.all())
    since = serializers.DateField()
    until = serializers.DateField()


class PeriodChangeSerializer(Strict):
    state = serializers.ChoiceField(PeriodState.choices, help_text="One step on or back.")
    reason = reason_field()


class PeriodViewSet(Records):
    """Periods of clinics."""

    queryset = Period.objects.select_related("clinic")
    filterset_class = PeriodFilter
    serializer_class, new, changes = PeriodSerializer, NewPeriodSerializer, PeriodChangeSerializer
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    conflicts: ClassVar = {"partial_update", "destroy"}
    says: ClassVar = {
        "create": "Open a period. Periods of one clinic do not overlap.",
        "partial_update": "Close an open period, lock a closed one, unlock it with a reason, or reopen it.",
        "destroy": "Take away an open period.",
    }

    def stored(self, period):
        return {}

    def save(self, period, answers, *, by):
        if period is None:
            return periods.open_period(by=by, **answers)
        step = _STEPS.get((period.state, answers.get("state")))
        if step is None:
            words = {"period": period, "state": period.get_state_display()}
            raise Refused(_("The period %(period)s is %(state)s: it goes one step at a time.") % words)
        return step(by=by, period=period, reason=answers.get("reason", ""))

    def destroy(self, request, pk):
        periods.remove_period(by=request.user, period=self.get_object())
        return Response(status=204)
