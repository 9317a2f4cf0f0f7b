"""The committed description of the API is the one that the code gives.

After a change that is meant:  python manage.py spectacular --lang en --file docs/openapi.yaml
"""

from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

pytestmark = pytest.mark.slow

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def generated():
    return _generate()


@pytest.fixture(scope="module")
def described(generated):
    return yaml.safe_load(generated)


def _generate() -> str:
    said = StringIO()
    # A warning means that the description guesses.
    call_command("spectacular", "--lang", "en", "--fail-on-warn", "--validate", stdout=said)
    return said.getvalue()


def test_the_snapshot_is_what_the_code_gives(generated):
    again = "docs/openapi.yaml is out of date; the command in this file's first lines writes it anew"
    assert SNAPSHOT.read_text(encoding="utf-8").strip() == generated.strip(), again


def _operations(described):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def test_every_operation_says_what_it_does_and_how_it_refuses(described):
    for path, method, operation in _operations(described):
        assert operation["description"], (path, method)
        refusals = {code for code in operation["responses"] if code >= "400"}
        wanted = {"401"} | ({"403"} if method != "get" else set()) | ({"404"} if "{id}" in path else set())
        wanted |= {"400"} if "requestBody" in operation else set()
        assert wanted <= refusals, (path, method)


def test_no_operation_takes_a_password(described):
    assert "password" not in str(described).lower()


def test_what_may_be_sent_is_closed_and_what_comes_back_is_complete(described):
    for name, schema in described["components"]["schemas"].items():
        if schema.get("type") != "object":
            continue
        if name.endswith("Request"):
            assert schema["additionalProperties"] is False, name
        elif name not in {"Errors", "Conflict"} and not name.startswith("Paginated"):
            assert set(schema["required"]) == set(schema["properties"]), name


def test_a_number_may_be_null_and_a_code_may_be_blank(described):
    case = described["components"]["schemas"]["Case"]["properties"]
    assert case["right_tissue_weight_mg"]["type"] == "string"
    assert case["right_tissue_weight_mg"]["nullable"]
    assert {"$ref": "#/components/schemas/BlankEnum"} in case["anaesthesia"]["oneOf"]
    assert "nullable" not in case["anaesthesia"]
    assert "required" not in described["components"]["schemas"]["PatchedCaseChangeRequest"]
