"""What became of a man, in REST: visits, complications, ICSI cycles."""

from typing import ClassVar

from django.utils import timezone
from rest_framework.response import Response

from caselog.api.fields import Version, Visible
from caselog.api.filters import OfCaseFilter
from caselog.api.preconditions import version_read
from caselog.api.serializers import Answers, Record, confirm_field
from caselog.api.views import Records, confirmed
from caselog.dictionary import COMPLICATION, FOLLOW_UP, ICSI
from caselog.models import Case, Complication, FollowUp, IcsiCycle
from caselog.services import follow_up

_OF_CASE = ["id", "clinic", "case", "version"]


class FollowUpSerializer(Record):
    """What was known some months after the operation; also that nobody saw him."""

    part = FOLLOW_UP
    answers_of = staticmethod(follow_up.answers_of_visit)

    class Meta:
        model = FollowUp
        fields = read_only_fields = _OF_CASE


class ComplicationSerializer(Record):
    part = COMPLICATION
    answers_of = staticmethod(follow_up.answers_of_complication)

    class Meta:
        model = Complication
        fields = read_only_fields = _OF_CASE


class IcsiCycleSerializer(Record):
    """One ICSI cycle with sperm of this operation."""

    part = ICSI
    answers_of = staticmethod(follow_up.answers_of_cycle)

    class Meta:
        model = IcsiCycle
        fields = read_only_fields = _OF_CASE


class NewFollowUpSerializer(Answers):
    part = FOLLOW_UP
    case = Visible(queryset=Case.objects.all())
    confirm = confirm_field()


class FollowUpChangeSerializer(Answers):
    part: ClassVar = [entry for entry in FOLLOW_UP if entry.name != "month"]
    version = Version()
    confirm = confirm_field()


class NewComplicationSerializer(Answers):
    part = COMPLICATION
    case = Visible(queryset=Case.objects.all())
    confirm = confirm_field()


class ComplicationChangeSerializer(Answers):
    part = COMPLICATION
    version = Version()
    confirm = confirm_field()


class NewIcsiCycleSerializer(Answers):
    part = ICSI
    case = Visible(queryset=Case.objects.all())
    confirm = confirm_field()


class IcsiCycleChangeSerializer(Answers):
    part = ICSI
    version = Version()
    confirm = confirm_field()


class OfCase(Records):
    filterset_class = OfCaseFilter
    conflicts: ClassVar = {"create", "update", "partial_update", "destroy"}
    says: ClassVar = {
        "update": "Replace all answers; what is absent counts as not answered.",
        "partial_update": "Change the answers that are given and keep the others.",
        "destroy": "Take away what was recorded by mistake; the history keeps it.",
    }

    def destroy(self, request, pk):
        record = self.get_object()
        follow_up.remove(by=request.user, record=record, version=version_read(request))
        return Response(status=204)


class FollowUpViewSet(OfCase):
    """Follow-up visits, one for each month of a case."""

    queryset = FollowUp.objects.select_related("case__clinic").prefetch_related("measurements")
    serializer_class, new, changes = FollowUpSerializer, NewFollowUpSerializer, FollowUpChangeSerializer
    says: ClassVar = OfCase.says | {"create": "Record a follow-up of a signed case, or that nobody saw him."}

    def stored(self, visit):
        answers = follow_up.answers_of_visit(visit)
        return {name: answer for name, answer in answers.items() if name != "month"}

    def save(self, visit, answers, *, by):
        return follow_up.save_visit(
            by=by,
            case=visit.case if visit else answers.pop("case"),
            month=visit.month if visit else answers.pop("month"),
            version=answers.pop("version", 0),
            confirmed=confirmed(answers),
            answers=answers,
            today=timezone.localdate(),
        )


class ComplicationViewSet(OfCase):
    """Complications after the operation, any number a case."""

    queryset = Complication.objects.select_related("case__clinic")
    serializer_class, new = ComplicationSerializer, NewComplicationSerializer
    changes = ComplicationChangeSerializer
    says: ClassVar = OfCase.says | {"create": "Add a complication to a signed case."}

    def stored(self, complication):
        return follow_up.answers_of_complication(complication)

    def save(self, complication, answers, *, by):
        return follow_up.save_complication(
            by=by,
            case=complication.case if complication else answers.pop("case"),
            complication=complication,
            version=answers.pop("version", None),
            confirmed=confirmed(answers),
            answers=answers,
            today=timezone.localdate(),
        )


class IcsiCycleViewSet(OfCase):
    """ICSI cycles with sperm of an operation, any number a case."""

    queryset = IcsiCycle.objects.select_related("case__clinic")
    serializer_class, new, changes = IcsiCycleSerializer, NewIcsiCycleSerializer, IcsiCycleChangeSerializer
    says: ClassVar = OfCase.says | {"create": "Add an ICSI cycle to a signed case."}

    def stored(self, cycle):
        return follow_up.answers_of_cycle(cycle)

    def save(self, cycle, answers, *, by):
        return follow_up.save_cycle(
            by=by,
            case=cycle.case if cycle else answers.pop("case"),
            cycle=cycle,
            version=answers.pop("version", None),
            confirmed=confirmed(answers),
            answers=answers,
            today=timezone.localdate(),
        )
