"""A kept audit beside the same one of today, as JSON."""

from rest_framework import serializers

from audit import again_words, words
from audit.again import Differing


class DifferingSerializer(serializers.Serializer):
    """One measure whose figures differ, said as they were and as they are."""

    measure = serializers.CharField()
    name = serializers.SerializerMethodField()
    then = serializers.SerializerMethodField()
    now = serializers.SerializerMethodField()

    def get_name(self, differing: Differing) -> str:
        return words.measure_name(differing.measure)

    def get_then(self, differing: Differing) -> list[str]:
        return again_words.then_and_now(differing)[0]

    def get_now(self, differing: Differing) -> list[str]:
        return again_words.then_and_now(differing)[1]


class AgainSerializer(serializers.Serializer):
    """Whether the cases and the figures of a kept run are still those of the record, and which are not."""

    same_data = serializers.BooleanField(allow_null=True)
    same_figures = serializers.BooleanField()
    fingerprint = serializers.CharField(source="now.fingerprint")
    differing = DifferingSerializer(many=True)
    beside = serializers.ListField(child=serializers.CharField())
