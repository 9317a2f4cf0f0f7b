"""Questions about a case, in REST: asked, answered, closed."""

from typing import ClassVar

from django.db import transaction
from django.db.models import Prefetch
from rest_framework import serializers

from caselog.api.fields import Visible
from caselog.api.filters import OfCaseFilter
from caselog.api.serializers import Strict
from caselog.api.views import Records
from caselog.models import Case, Query, QueryMessage
from caselog.services import queries


class QueryMessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = QueryMessage
        fields = read_only_fields = ["said_at", "said_by", "text"]


class QuerySerializer(serializers.ModelSerializer):
    """A conversation about one answer of a case; a blank `field` is about the case as a whole."""

    messages = QueryMessageSerializer(many=True, read_only=True)

    class Meta:
        model = Query
        fields = read_only_fields = [
            "id", "clinic", "case", "field", "owner", "asked_at", "asked_by", "closed_at", "closed_by",
            "messages",
        ]  # fmt: skip
        extra_kwargs: ClassVar = {
            "owner": {"help_text": "Who usually answers; any owner of the answer in the data dictionary may."}
        }


class NewQuerySerializer(Strict):
    case = Visible(queryset=Case.objects.all())
    field = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=60,
        help_text="A name of the data dictionary, of what came after the operation with its part: "
        "`follow_up.seen_on`; blank for all.",
    )
    text = serializers.CharField(max_length=1000)


class QueryChangeSerializer(Strict):
    text = serializers.CharField(
        required=False, max_length=1000, help_text="One more turn of the conversation."
    )
    closed = serializers.BooleanField(default=False, help_text="End the conversation.")


class QueryViewSet(Records):
    """Questions about cases."""

    queryset = Query.objects.select_related("clinic").prefetch_related(
        Prefetch("messages", QueryMessage.objects.order_by("pk"))
    )
    filterset_class = OfCaseFilter
    serializer_class, new, changes = QuerySerializer, NewQuerySerializer, QueryChangeSerializer
    http_method_names = ["get", "head", "options", "post", "patch"]
    conflicts: ClassVar = {"partial_update"}
    says: ClassVar = {
        "create": "Ask about an answer of a case, or about the case as a whole.",
        "partial_update": "Answer; with `closed`, end the conversation. What was said stays.",
    }

    def stored(self, query):
        return {}

    @transaction.atomic
    def save(self, query, answers, *, by):
        if query is None:
            return queries.ask(by=by, **answers)
        if "text" in answers:
            queries.answer(by=by, query=query, text=answers["text"])
        if answers.get("closed"):
            queries.close(by=by, query=query)
        return query
