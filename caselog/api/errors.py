"""One shape for every error: {"errors": {"field": ["message"]}}."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

from django.core import exceptions as django
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.views import exception_handler

from caselog.api.preconditions import IF_MATCH, PreconditionFailed
from caselog.services.errors import Doubtful, Refused, Stale

OF_NO_FIELD = "non_field_errors"


class Conflict(APIException):
    """What was asked is well formed, and the state of the record does not allow it."""

    status_code = 409


class ErrorsSerializer(serializers.Serializer):
    errors = serializers.DictField(  # type: ignore[assignment]  # a field, not the property
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Messages by the field they are about; `non_field_errors` where it is no single field.",
    )


class DoubtSerializer(serializers.Serializer):
    """Something unusual in the answers, or a contradiction."""

    code = serializers.CharField()
    fields = serializers.ListField(  # type: ignore[assignment]  # a field, not the property
        child=serializers.CharField(), help_text="The answers concerned, the one to look at first."
    )
    about = serializers.CharField(help_text="Those answers; of others it is asked again.")
    message = serializers.CharField()
    needs_reason = serializers.BooleanField()


class ConflictSerializer(ErrorsSerializer):
    doubts = DoubtSerializer(
        many=True,
        required=False,
        help_text="What is unusual in the answers, if that is why. Correct them, or send each `code` "
        "with its `about` in `confirm`.",
    )
    version = serializers.IntegerField(
        required=False, help_text="The version that is stored now, where another one was named."
    )


def handler(exc, context):
    """Answer an error; None, which is answered 500, for one that nobody foresaw."""
    response = exception_handler(_of_the_api(exc, context.get("request")), context)
    if response is not None:
        response.data = {"errors": by_field(response.data)}
        if isinstance(exc, Stale) and "pk" in context["kwargs"]:
            response.data["errors"] = {"version": [exc.message]}
            with suppress(Http404):  # a record that is gone has no version
                response.data["version"] = context["view"].get_object().version
        if isinstance(exc, Doubtful):
            response.data = _doubts(exc)
    return response


def by_field(detail) -> dict[str, list[str]]:
    if isinstance(detail, dict) and set(detail) == {"detail"}:
        detail = detail["detail"]
    if not isinstance(detail, dict):
        detail = {OF_NO_FIELD: detail}
    return {str(name): list(_messages(about)) for name, about in detail.items()}


def _of_the_api(exc, request):
    match exc:
        case Stale() if request and IF_MATCH in request.headers:
            return PreconditionFailed(exc.message)
        case Refused():
            return Conflict(exc.message)
        case django.ValidationError():
            return ValidationError(_names(exc))
        case Http404():
            return NotFound()  # Django's message is never translated and names our classes
        case _:
            return exc


def _doubts(exc: Doubtful) -> dict:
    errors: dict[str, list[str]] = {}
    for doubt in exc.doubts:
        errors.setdefault(doubt.fields[0], []).append(doubt.message)
    return {"errors": errors, "doubts": [asdict(doubt) for doubt in exc.doubts]}


def _names(exc: django.ValidationError) -> dict[str, list[str]]:
    if not hasattr(exc, "error_dict"):
        return {OF_NO_FIELD: exc.messages}
    return {
        OF_NO_FIELD if name == django.NON_FIELD_ERRORS else name: messages
        for name, messages in exc.message_dict.items()
    }


def _messages(detail) -> Iterator[str]:
    """The messages of a field, those of its parts included."""
    if isinstance(detail, str):
        yield str(detail)
    else:
        for part in detail.values() if isinstance(detail, dict) else detail:
            yield from _messages(part)
