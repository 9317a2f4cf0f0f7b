"""Measures without a verdict on the page, in the API, in the workbook and in a kept audit."""

import json
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils.html import escape
from openpyxl import load_workbook

from audit import catalogue, storage, words
from audit.evidence import CONTRADICTIONS
from audit.models import AuditRun
from audit.results import Audit
from caselog import dataset
from caselog.models import FollowUp
from tests.audit.pages import every_page
from tests.audit.year import PERIOD

CONTRADICTED_ON = {"C18": "audit_tissue", "C20": "audit_safety", "C23": "audit"}
KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"


@pytest.fixture
def cases(make_case, make_report):
    """Six men after micro-TESE, five of them followed up, one result pending."""
    made = [make_case() for _ in range(6)]
    for number, case in enumerate(made):
        if number:
            make_report(case)
            FollowUp.objects.create(
                clinic=case.clinic, case=case, month="3", seen_on="2025-06-02",
                complications="some" if number == 1 else "none_known",
            )  # fmt: skip
    return made


@pytest.fixture
def fetch(client, administrator):
    client.force_login(administrator)

    def page(name="audit", *args, status=200, **asked):
        response = client.get(reverse(name, args=args), PERIOD | asked)
        assert response.status_code == status
        return response

    return page


def audit_of(clinic, user, api) -> dict:
    return api(user).get(f"/api/v1/clinics/{clinic.pk}/audit/", PERIOD).json()


def test_the_pages_the_api_and_the_workbook_say_the_same(cases, client, fetch, api, administrator, clinic):
    pages = every_page(client, PERIOD)
    said = audit_of(clinic, administrator, api)
    book = load_workbook(BytesIO(b"".join(fetch("audit_workbook"))))
    in_words = [
        dict(zip(heads, row, strict=True))["In words"]
        for sheet in ("Shares and medians", "Retrieval by group")
        for heads, *rows in [[*book[sheet].values]]
        for row in rows
        if row[0]
    ]
    assert any(value.startswith("20") for value in in_words)
    shown = json.dumps(said, ensure_ascii=False)
    for value in filter(None, in_words):
        assert escape(value) in pages
        assert json.dumps(value, ensure_ascii=False)[1:-1] in shown


def test_each_number_leads_to_its_cases(cases, fetch):
    page = fetch("audit_safety").content.decode()
    key = "complication:procedure:micro_tese"
    for part, number in (("any", cases[1].number), ("not_recorded", cases[0].number)):
        assert f"measure={quote(key)}&amp;part={part}" in page
        behind = fetch("audit_cases", measure=key, part=part).content.decode()
        assert number in behind
        assert cases[2].number not in behind
    assert "Complication after the operation, micro-TESE: At least one" in unescape(
        fetch("audit_cases", measure=key, part="any").content.decode()
    )
    stratum = fetch("audit_cases", measure="micro_noa:primary_aetiology:idiopathic", part="pending")
    assert cases[0].number in stratum.content.decode()


@pytest.mark.parametrize(
    ("measure", "part"),
    [("height:procedure:x", "known"), ("complication:procedure:x", "height"), ("micro_noa:x:y", "any")],
)
def test_a_figure_that_there_is_not_is_not_found(fetch, measure, part):
    fetch("audit_cases", status=404, measure=measure, part=part)


@pytest.mark.parametrize("claim", CONTRADICTED_ON)
def test_a_page_says_where_published_evidence_contradicts_the_document_and_who(cases, fetch, claim):
    page = fetch(CONTRADICTED_ON[claim]).content.decode()
    contradiction = next(one for one in CONTRADICTIONS if one.claim == claim)
    assert page.count(escape(words.contradiction(contradiction))) == 1
    assert len(contradiction.sources) == len(contradiction.figures)
    assert all(escape(figure.citation) in page for figure in contradiction.sources)


def test_an_audit_of_before_these_measures_opens_as_it_was(clinic, administrator, fetch):
    stored = json.loads(KEPT.read_text(encoding="utf-8"))
    kept = AuditRun.objects.create(
        clinic=clinic, title="Before", kept_by=administrator, unit="man", reference_set="document",
        fingerprint=stored["fingerprint"], result=stored,
    )  # fmt: skip
    page = fetch("audit_run", kept.pk).content.decode()
    assert "cannot be told: the product records more fields since" in page
    assert "Measures are defined otherwise since" not in page
    assert 'id="strata"' not in page
    assert 'id="complication"' not in page
    assert stored["columns"] != dataset.COLUMNS
    book = load_workbook(BytesIO(b"".join(fetch("audit_run_workbook", kept.pk))))
    assert "Shares and medians" not in book.sheetnames
    assert AuditRun.objects.get().result == stored


def test_a_definition_of_another_version_is_told_and_the_figures_stay(
    cases, clinic, administrator, client, fetch, monkeypatch
):
    client.post(reverse("audit_keep"), PERIOD | {"unit": "man", "reference_set": "document", "title": "2025"})
    kept = AuditRun.objects.get()
    audit = storage.from_json(kept.result)
    assert audit.versions == catalogue.versions()
    assert words.definition_changed(audit) == []
    before = every_page(client, kept=kept)
    changed = catalogue.definitions() | {
        "complication": replace(catalogue.definitions()["complication"], version="2")
    }
    monkeypatch.setattr(catalogue, "definitions", lambda: changed)
    after = every_page(client, kept=kept)
    assert "Measures are defined otherwise since." in after
    assert "Complication after the operation (version 1, today 2)" in after
    assert [line["cases"] for line in AuditRun.objects.get().result["shares"]] == [
        line["cases"] for line in kept.result["shares"]
    ]
    for sentence in (row.value for row in words.lines_of(audit, "complication")):
        assert escape(sentence) in before
        assert escape(sentence) in after


def test_a_measure_that_is_there_no_more_keeps_its_name_and_its_lines(cases, clinic, administrator):
    changed = catalogue.changed({"gone": "3", "micro_noa": "1"}, ["gone", "micro_noa"])
    assert changed == {"gone": ("3", "")}
    assert words.measure_name("gone") == "gone"


def test_what_a_kept_audit_lacks_has_a_default():
    stored = json.loads(KEPT.read_text(encoding="utf-8"))
    audit = storage.from_json(stored)
    assert isinstance(audit, Audit)
    assert (audit.shares, audit.quantities, audit.changes, audit.strata) == ((), (), (), ())
    assert (audit.versions, audit.limits) == ({}, None)
    assert words.definition_changed(audit) == []
