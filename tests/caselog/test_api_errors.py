"""Errors of the API have one shape, in the language that the caller accepts."""

import pytest
from django.core.exceptions import ValidationError
from rest_framework.exceptions import APIException

from caselog.api import errors


@pytest.fixture
def program(surgeon, api):
    return api(surgeon)


def refused(answer) -> dict[str, list[str]]:
    assert next(iter(answer.json())) == "errors"
    return answer.json()["errors"]


def test_each_kind_of_refusal_has_the_same_shape(program, api, clinic, case, make_report):
    make_report(case)
    path = f"/api/v1/cases/{case.pk}/"
    answers = {
        400: program.post("/api/v1/cases/", {}),
        401: api().get("/api/v1/cases/"),
        403: program.patch(f"/api/v1/clinics/{clinic.pk}/", {"name": "Cedar"}),
        404: program.get("/api/v1/cases/0/"),
        405: program.delete("/api/v1/cases/"),
        409: program.delete(path, headers={"If-Match": '"1"'}),
        415: program.post("/api/v1/cases/", "x", content_type="text/plain"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        for messages in refused(answer).values():
            assert messages
            assert all(isinstance(message, str) for message in messages)
    assert answers[401].headers["WWW-Authenticate"] == "Token"
    assert refused(answers[403]) == {"non_field_errors": [f"Your role in {clinic} does not allow this."]}


@pytest.mark.parametrize("number", ["0", "abc", "9" * 30, "-1", "1.0"])
@pytest.mark.parametrize("records", ["cases", "patients", "laboratory-reports", "clinics", "audit-runs"])
def test_a_number_that_names_nothing_is_not_found(program, records, number):
    answer = program.get(f"/api/v1/{records}/{number}/")
    assert answer.status_code == 404
    assert refused(answer) == {"non_field_errors": ["Not found."]}


@pytest.mark.parametrize("address", ["nothing/", "clinics/abc/audit/", "cases/1/audit/", "a/b/c/"])
def test_an_address_at_which_nothing_stands_is_answered_alike(program, api, address):
    assert refused(program.get(f"/api/v1/{address}")) == {"non_field_errors": ["Not found."]}
    assert program.post(f"/api/v1/{address}", {}).status_code == 404
    assert api().get(f"/api/v1/{address}").status_code == 401


def test_messages_come_in_the_language_that_is_accepted(program):
    arabic = {"Accept-Language": "ar"}
    assert refused(program.get("/api/v1/cases/0/", headers=arabic)) == {"non_field_errors": ["غير موجود."]}
    assert refused(program.post("/api/v1/patients/", {}, headers=arabic))["code"] == ["هذا الحقل مطلوب."]


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "K-\\ud800"}',
        '{"code": ' + "[" * 50 + "]" * 50 + "}",
        "[" * 100_000 + "]" * 100_000,
        "[" * 100_000,
        '{"\\udfff": 1}',
    ],
    ids=["half a character", "nested", "nested beyond reading", "never closed", "half a name"],
)
def test_what_cannot_be_read_or_stored_is_refused(program, text):
    answer = program.post("/api/v1/patients/", text, content_type="application/json")
    assert answer.status_code == 400
    assert list(refused(answer)) == ["non_field_errors"]


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ({"detail": "No."}, {"non_field_errors": ["No."]}),
        (["No.", "Nor this."], {"non_field_errors": ["No.", "Nor this."]}),
        ({"a": ["No."], "detail": ["Nor this."]}, {"a": ["No."], "detail": ["Nor this."]}),
        ({"a": {0: ["No."], 2: ["Nor this."]}}, {"a": ["No.", "Nor this."]}),
        ({"a": "No."}, {"a": ["No."]}),
    ],
)
def test_whatever_is_said_is_said_by_field(detail, shown):
    assert errors.by_field(detail) == shown


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        (ValidationError("No."), {"non_field_errors": ["No."]}),
        (
            ValidationError({"a": ["No."], "__all__": ["Nor this."]}),
            {"a": ["No."], "non_field_errors": ["Nor this."]},
        ),
        (APIException("No."), {"non_field_errors": ["No."]}),
    ],
)
def test_an_error_of_a_service_is_answered_by_field(raised, shown):
    assert errors.handler(raised, {"kwargs": {}, "view": None}).data == {"errors": shown}


def test_what_nobody_foresaw_is_no_answer_of_the_api():
    assert errors.handler(ZeroDivisionError(), {"kwargs": {}, "view": None}) is None
