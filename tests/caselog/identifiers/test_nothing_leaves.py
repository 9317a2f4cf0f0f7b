"""No file, no answer of the API, no other page and no log carries names or hospital numbers."""

import io
import json
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from caselog.services import exports
from tests.caselog.identifiers.man import NAME, NUMBER, shows

pytestmark = pytest.mark.django_db


def parts_of(workbook):
    with ZipFile(io.BytesIO(workbook)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@pytest.mark.promise("EXP-2")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_workbook_carries_them(as_administrator, kept, clinic, administrator, make_report, case, language):
    make_report(case)
    to = io.BytesIO()
    record = exports.record_of(by=administrator, clinic=clinic)
    exports.write(record, clinic=clinic, language=language, now=timezone.now(), to=to)
    assert case.patient.code in parts_of(to.getvalue())
    assert shows(parts_of(to.getvalue())) == []
    audit = as_administrator.get(reverse("audit_workbook"), headers={"accept-language": language})
    assert shows(parts_of(b"".join(audit) if audit.streaming else audit.content)) == []


@pytest.mark.promise("EXP-2")
def test_no_answer_of_the_api_carries_them(kept, case, administrator, surgeon, api, make_report):
    report = make_report(case)
    keys = SimpleNamespace(cases=case.pk, patients=case.patient_id, clinics=case.clinic_id)
    program, asked = api(administrator), []
    schema = SchemaGenerator().get_schema(public=True)
    for path, operations in schema["paths"].items():
        key = getattr(keys, path.split("/")[3].replace("-", "_"), report.pk)
        if "get" in operations:
            answer = program.get(path.replace("{id}", str(key)))
            asked.append(answer.status_code)
            assert shows(answer.content.decode()) == [], path
    assert asked.count(200) > 10
    assert "hospital_number" not in json.dumps(schema)


@pytest.mark.promise("EXP-2")
def test_no_other_page_and_no_log_carries_them(as_administrator, kept, case, make_report, caplog):
    make_report(case)
    caplog.set_level("DEBUG")
    as_administrator.post(
        reverse("case_identifiers", args=[case.pk]), {"name": NAME, "hospital_number": f"{NUMBER}-2"}
    )
    as_administrator.post(reverse("clinic_identifiers"), {"hospital_number": NUMBER})
    for name in ("case_note", "laboratory_paper", "specimen_labels", "case_queries"):
        assert shows(as_administrator.get(reverse(name, args=[case.pk])).content.decode()) == [], name
    for name in ("home", "case_list", "follow_ups", "worklist", "data_quality", "audit", "audit_cases"):
        assert shows(as_administrator.get(reverse(name)).content.decode()) == [], name
    assert shows(caplog.text) == []


def test_the_story_of_the_case_does_not_tell_them(as_administrator, kept, case):
    page = as_administrator.get(reverse("case_detail", args=[case.pk])).content.decode()
    story = page.partition('id="history"')[2]
    assert story
    assert shows(story) == []
    assert "gAAAA" not in page
