"""Adjusted figures on their page, in the API, behind each number and in a kept audit."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from audit import again, again_words, services, storage, words
from audit.api.case_mix import CaseMixSerializer
from tests.audit import year
from tests.audit.pages import text_of
from tests.audit.year import NOW, PERIOD

MIX, CASES = reverse("audit_case_mix"), reverse("audit_cases")
YEAR = replace(year.YEAR, reference_set="both")
KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"
KEY = "adjusted:document:micro_noa"


@pytest.fixture
def cases(make_case, make_report):
    """Micro-TESE: sperm in one of two men, a third result pending. An obstructive man with sperm; a draft."""
    made = [make_case() for _ in range(3)]
    make_report(made[0])
    make_report(made[1], right_sperm_found="none", disposition="discarded")
    obstructive = make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa")
    make_report(obstructive)
    return [*made, obstructive, make_case(sign=False)]


@pytest.fixture
def fetch(look):
    return lambda url=MIX, **asked: look(url, **asked)


@pytest.fixture
def kept(cases, keep):
    return keep(filters=YEAR)


def audit_of(clinic, user, filters=YEAR):
    return services.run(user=user, clinic=clinic, filters=filters, now=NOW)[0]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("reference_set", ["document", "literature", "both"])
def test_the_page_says_the_figures_of_the_audit(
    cases, fetch, client, clinic, reader, language, reference_set
):
    client.cookies["caselog_language"] = language
    page = fetch(reference_set=reference_set)
    audit = audit_of(clinic, reader, replace(YEAR, reference_set=reference_set))
    assert len(audit.adjusted) == (2 if reference_set == "both" else 1)
    with translation.override(language):
        for one in audit.adjusted:
            for say in ("judgement", "difference", "ratio", "expected", "awaited", "in_one_sentence"):
                assert escape(getattr(words.adjusted, say)(one)) in page
            for sentence in words.adjusted.without_figure_said(one):
                assert escape(sentence) in page
            for taken in one.figures:
                assert escape(words.adjusted.taken(taken)) in page
                assert escape(words.text(taken.reference, "population")) in page
        for unknown in words.adjusted.not_adjusted_for():
            assert escape(unknown) in page


def test_a_reader_finds_observed_expected_and_who_is_left_out(cases, fetch):
    said = text_of(fetch())
    assert "2 Sperm found / 3 With a final result" in said  # as links, each with its name
    assert "Not enough cases: of 3 men any number could be chance" in said
    assert "1 result pending, not counted" in said
    assert "In none of these: 1 draft" in said
    assert "FSH, testosterone and other hormones" in said


def test_each_number_leads_to_its_cases(cases, fetch):
    page = fetch()
    found, none, pending, obstructive, draft = (case.number for case in cases)
    whole = "adjusted:document:"
    for key, part, numbers in [
        (KEY, "found", {found}),
        (KEY, "known", {found, none}),
        (KEY, "pending", {pending}),
        (whole, "found", {found, obstructive}),
        (whole, "known", {found, none, obstructive}),
        (whole, "pending", {pending}),
        (whole, "draft", {draft}),
    ]:
        assert f"measure={quote(key, safe='')}&amp;part={part}" in page
        behind = fetch(CASES, measure=key, part=part)
        listed = set(re.findall(r"<bdi>(\d{4}-\d+)</bdi></a>", behind))
        assert listed == numbers, (key, part)
    assert "Case-mix adjusted, Source document, micro-TESE: Sperm found" in fetch(
        CASES, measure=KEY, part="found"
    )
    assert "Case-mix adjusted, Source document: Draft" in fetch(CASES, measure=whole, part="draft")
    assert fetch(CASES, status=404, measure=KEY, part="guess")


def test_the_case_mix_stands_here_and_no_more_on_the_overview(cases, fetch):
    assert 'id="mix"' in fetch()
    assert 'id="mix"' not in fetch(reverse("audit"))


def test_a_period_without_operations_says_so(fetch, clinic):
    assert "No operation lies in this period" in fetch(since="2019-01-01", until="2019-12-31")


def test_the_page_names_the_methods_it_uses_and_no_others(cases, fetch):
    page = fetch()
    for page_of_method in ("case-mix", "which-reference", "pending-results"):
        for name, _explanation in words.method_names(page_of_method):
            assert escape(name) in page
    assert "Wilson interval" not in page


def test_the_api_says_the_same_numbers_and_words(cases, api, reader, clinic):
    path = f"/api/v1/clinics/{clinic.pk}/audit/"
    alone = api(reader).get(f"{path}case-mix/", PERIOD | {"reference_set": "both"}).json()
    whole = api(reader).get(path, PERIOD | {"reference_set": "both"}).json()
    assert tuple(alone) == CaseMixSerializer.parts
    assert alone == {name: whole[name] for name in alone}
    audit = audit_of(clinic, reader)
    for one, shown in zip(audit.adjusted, alone["adjusted"], strict=True):
        assert shown["result"]["observed"] == one.result.observed == 2
        assert shown["words"]["judgement"] == words.adjusted.judgement(one)
        assert shown["words"]["left_out"] == ["1 draft"]
        assert [taken["words"]["figure"] for taken in shown["figures"]] == [
            words.adjusted.taken(taken) for taken in one.figures
        ]


def test_a_stranger_gets_neither_page_nor_figures(cases, client, api, member, other_clinic, clinic):
    stranger = member("administrator", clinic=other_clinic)
    assert api(stranger).get(f"/api/v1/clinics/{clinic.pk}/audit/case-mix/", PERIOD).status_code == 404
    client.force_login(stranger)
    assert (
        cases[0].number not in client.get(CASES, PERIOD | {"measure": KEY, "part": "found"}).content.decode()
    )


def test_none_of_it_stands_in_what_may_leave_the_clinic(cases, client, api, administrator, clinic):
    client.force_login(administrator)
    page = client.get(MIX, PERIOD | {"share": "outside"}).content.decode()
    assert 'id="adjusted"' not in page
    path = f"/api/v1/clinics/{clinic.pk}/audit/case-mix/"
    assert api(administrator).get(path, PERIOD | {"share": "outside"}).status_code == 400
    assert (
        "adjusted"
        not in api(administrator)
        .get(f"/api/v1/clinics/{clinic.pk}/audit/", PERIOD | {"share": "outside"})
        .json()
    )


def test_a_kept_audit_holds_and_shows_them(kept, client, reader, clinic):
    stored = storage.from_json(json.loads(json.dumps(kept.result)))
    assert stored.adjusted == audit_of(clinic, reader).adjusted
    client.force_login(reader)
    page = client.get(reverse("audit_run_case_mix", args=[kept.pk])).content.decode()
    for one in stored.adjusted:
        assert escape(words.adjusted.judgement(one)) in page
    assert 'id="mix"' in page
    assert (
        f"{reverse('audit_run_cases', args=[kept.pk])}?measure={quote(KEY, safe='')}&amp;part=found" in page
    )


def test_a_late_result_is_told_when_the_kept_audit_is_made_again(kept, cases, make_report, reader):
    assert services.again(user=reader, kept=kept, now=NOW).same_figures
    make_report(cases[2])
    found = services.again(user=reader, kept=kept, now=NOW)
    assert "adjusted" in found.beside
    assert "the figures adjusted for the case mix" in again_words.beside(found.beside)


def test_a_run_kept_before_figures_were_adjusted_shows_its_mix_and_lacks_nothing(kept, client, administrator):
    older = storage.from_json(json.loads(KEPT.read_text(encoding="utf-8")))
    assert older.adjusted == ()
    now = storage.from_json(kept.result)
    assert again.compared(replace(now, adjusted=()), now).beside == ()
    assert again.compared(now, replace(now, adjusted=now.adjusted[:1])).beside == ("adjusted",)


@pytest.mark.parametrize("n", [1, 6])
def test_it_takes_as_many_queries_whatever_the_number_of_cases(
    make_case, make_report, n, client, reader, django_assert_max_num_queries
):
    for _man in range(n):
        make_report(make_case())
    client.force_login(reader)
    with django_assert_max_num_queries(15):
        page = client.get(MIX, PERIOD | {"reference_set": "both"})
    assert len(page.content) < 200_000
