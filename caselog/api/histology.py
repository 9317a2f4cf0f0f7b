"""What the pathologist wrote, in REST: one record a case, by the case's own number."""

from typing import ClassVar
from zlib import crc32

from django.utils.translation import gettext as _
from rest_framework import serializers

from caselog.api.fields import Version, Visible
from caselog.api.serializers import Answers, Record, reason_field
from caselog.api.views import Records
from caselog.dictionary import HISTOLOGY
from caselog.models import Case
from caselog.services import histology
from caselog.services.errors import Stale


def version_of(case: Case) -> int:
    """A number that differs when the histology does: it has no counter of its own."""
    return crc32(histology.version_of(histology.answers_of(case)).encode()) % 10**9 + 1


class HistologySerializer(Record):
    """The histology of the operated testes of one case. A question without an answer is "" or null."""

    part = HISTOLOGY
    answers_of = staticmethod(histology.answers_of)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = read_only_fields = ["id", "clinic", "number", "version"]

    def get_version(self, case) -> int:
        return version_of(case)


class NewHistologySerializer(Answers):
    part = HISTOLOGY
    case = Visible(queryset=Case.objects.all())
    reason = reason_field()


class HistologyChangeSerializer(Answers):
    part = HISTOLOGY
    version = Version()
    reason = reason_field()


_CASES = Case.objects.select_related("clinic").prefetch_related("testes__histology")


class HistologyViewSet(Records):
    """Histology by case: those that have one."""

    queryset = _CASES.filter(testes__histology__isnull=False).distinct()
    serializer_class, new, changes = HistologySerializer, NewHistologySerializer, HistologyChangeSerializer
    conflicts: ClassVar = {"create", "update", "partial_update"}
    says: ClassVar = {
        "create": "Record the histology of a case that has none.",
        "update": "Replace all answers; what is absent counts as not answered.",
        "partial_update": "Change the answers that are given and keep the others.",
    }

    def get_object(self):
        case = super().get_object()
        case.version = version_of(case)  # as this record shows it; the case is not saved here
        return case

    def answerable(self):
        return _CASES.visible_to(self.request.user)  # one whose histology was just cleared too

    def stored(self, case):
        return histology.answers_of(case)

    def save(self, case, answers, *, by):
        found, read = case or answers.pop("case"), answers.pop("version", None)
        before = histology.answers_of(found)
        if read not in (None, version_of(found)):
            raise Stale(_("A colleague changed this histology while it was open here."))
        return histology.record_histology(
            by=by,
            case=found,
            reason=answers.pop("reason", ""),
            version=histology.version_of(before if case else {}),
            answers=answers,
        )
