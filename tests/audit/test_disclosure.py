"""What may leave the clinic: small counts suppressed, others rounded, nothing told by subtraction."""

import json
import re
from dataclasses import fields
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from audit import storage, words
from audit.disclosure import disclose
from audit.disclosure.cells import Relation, is_small, related, rounded, suppressed
from audit.results import Unit
from audit.statistics import clopper_pearson
from audit.web.views import VIEWS
from audit.workbook.shared import write
from tests.audit.pages import text_of
from tests.audit.rows import audited, row
from tests.audit.sentences import said as plain
from tests.audit.shared_cases import operations, reader_of, true_counts

WHY = "suppressed: fewer than 8, or it would give such a count away"


def men(found, none, **changes):
    return [
        row(f"{changes.get('procedure', 'micro_tese')}-{number:03d}-", sperm_found=finding, **changes)
        for finding, n in (("motile", found), ("none", none))
        for number in range(len(finding) * 100, len(finding) * 100 + n)
    ]


def micro(*rows, **filters):
    shared = disclose(audited([one for group in rows for one in group], **filters))
    return next(one for one in shared.rates if one.measure == "micro_noa")


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (8, 10), (9, 10), (12, 10), (13, 15), (17, 15), (18, 20), (146, 145)]
)
def test_a_count_is_rounded_to_the_nearest_five(count, shown):
    assert rounded(count) == shown


@pytest.mark.parametrize(
    ("found", "none", "said"),
    [
        (0, 0, "no men with a final result"),
        (30, 22, "30 of 50 men, 60 % (45–74 %)"),
        (0, 25, "0 of 25 men, 0 % (0–14 %)"),  # zero is a result
        (25, 0, "25 of 25 men, 100 % (86–100 %)"),  # and so is zero failures
        (7, 30, f"* of 35, {WHY}"),
        (30, 7, f"* of 35, {WHY}"),  # failures are counts too
        (3, 4, f"* of *, {WHY}"),
        (0, 7, f"* of *, {WHY}"),  # else each of a few men is known to have none
        (8, 8, "10 of 15 men, 67 % (38–88 %)"),
    ],
)
def test_a_rate_is_shown_rounded_or_suppressed_with_all_that_tells_it(found, none, said):
    one = micro(men(found, none))
    assert plain(words.shared_rate(one)) == said
    suppressed_rate = WHY in said
    assert (one.judgements == ()) is suppressed_rate
    assert (one.interval is None) is (suppressed_rate or not found + none)


def test_a_verdict_is_made_of_the_rounded_counts_and_says_nothing_more():
    one = micro(men(5 * 8, 5 * 27))
    assert (one.found, one.known) == (40, 175)
    assert one.interval == clopper_pearson(40, 175)
    verdict = plain(words.shared_verdict(one, one.judged[0]))
    assert verdict == "Below the document's 60–70 % (also at 99.8 %): rates over 30 % are excluded"
    assert one.judged[0].outlook is None


def test_a_suppressed_rate_has_no_verdict():
    assert words.shared_verdict(micro(men(3, 4)), None) == f"No verdict: {WHY}"


def test_few_awaited_results_are_suppressed_and_many_rounded():
    waiting = {"result_status": "preliminary", "sperm_found": ""}
    few = micro(men(40, 40), [row(f"P{n:03d}-", **waiting) for n in range(4)])
    many = micro(men(40, 40), [row(f"P{n:03d}-", **waiting) for n in range(14)])
    assert (few.pending, many.pending) == (None, 15)
    assert words.shared_pending(few) == "Results pending: *"
    assert words.shared_verdict(few, few.judged[0]) == "Not enough cases (results pending: *)"


@pytest.mark.parametrize("unit", Unit)
def test_the_same_cases_give_the_same_shared_audit_in_every_unit(unit):
    audit = audited(operations(1, 200), unit=unit)
    assert disclose(audit) == disclose(audit)
    assert all(one.unit is unit for one in disclose(audit).rates)


@pytest.mark.parametrize("n", [40, 120, 300, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_no_small_count_can_be_told_by_subtraction(seed, n):
    audit = audited(operations(seed, n))
    limits = reader_of(disclose(audit)).works_it_out()
    small = {name: count for name, count in true_counts(audit) if is_small(count) and name in limits}
    assert small
    for name, count in small.items():
        least, most = limits[name]
        assert least <= count <= most, name
        assert min(most, 7) - max(least, 1) + 1 >= 5, (name, count, limits[name])


@pytest.mark.parametrize("n", [40, 120, 300])
def test_all_sums_at_once_leave_four_values_at_least(n):
    audit = audited(operations(0, n))
    reader = reader_of(disclose(audit))
    reader.works_it_out()
    for name, count in true_counts(audit):
        if is_small(count) and name in reader.limits:
            least, most = reader.solves_it(name)
            assert least - 1e-6 <= count <= most + 1e-6, name
            assert min(most, 7) - max(least, 1) + 1 > 4 - 1e-6, (name, count)


def test_without_the_second_step_it_could_be_told():
    """The example of docs/methods/disclosure.md: 22 men in two groups of 21 and 1."""
    counts = {"all": 22, "many": 21, "few": 1}
    relation = related(counts, "all", ["many", "few"])
    assert relation == Relation("all", ("many", "few"))
    gone = suppressed(counts, [relation], shown=[*counts], first=(), together={})
    assert gone == {"few", "many"}
    alone = suppressed(counts, [], shown=[*counts], first=(), together={})
    assert alone == {"few"}


def test_no_count_that_is_shown_is_one_that_was_counted():
    """Each is 0, a multiple of 5 or nothing, wherever it stands."""
    shared = disclose(audited(operations(2, 300)))
    counts = [shared.cases]
    for part in (shared.rates, shared.overlaps, shared.strata, shared.shares, shared.mix, shared.left_out):
        for one in part:
            names = {field.name for field in fields(one)} & {"found", "known", "pending", "men", "cases"}
            counts += [getattr(one, name) for name in names]
    assert {None, 0} <= set(counts)
    assert all(count is None or count % 5 == 0 for count in counts)


def test_names_cases_and_what_was_typed_stay_in_the_clinic():
    rows = [*operations(3, 120), row("Typed", status="abandoned", status_reason="Dr Haddad was ill")]
    rows += [row(f"H{n:03d}-", histology="as Mr Nasser said") for n in range(20)]
    audit = audited(rows, surgeon_name="Dr Haddad", surgeon=7)
    told = json.dumps(storage.plain(disclose(audit)), ensure_ascii=False)
    whole = json.dumps(storage.to_json(audit), ensure_ascii=False)
    for secret in ("Haddad", "Nasser", "Typed", "M0001-", "Amal", audit.fingerprint):
        assert secret in whole
        assert secret not in told


def workbook(shared):
    file = BytesIO()
    write(shared, "en", file)
    return file


def test_every_part_of_the_workbook_is_free_of_cases_formulas_and_true_counts():
    rows = operations(4, 311)
    audit = audited(rows)
    shared = disclose(audit)
    file = workbook(shared)
    parts = {name: ZipFile(file).read(name).decode() for name in ZipFile(file).namelist()}
    told = " ".join(parts.values())
    assert not [one.case_number for one in rows if f">{one.case_number}<" in told]
    assert not re.search(r"M\d{4}-", told)
    assert "<f>" not in told
    assert audit.fingerprint not in told
    assert not [name for name in parts if "chart" in name or "drawing" in name or "external" in name]
    numbers = {
        value
        for sheet in load_workbook(file)
        for line in sheet.iter_rows(min_row=2, values_only=True)
        for value in line
        if isinstance(value, int)
    }
    assert numbers
    assert all(value % 5 == 0 for value in numbers)


def test_the_workbook_says_on_its_cover_that_it_may_leave_the_clinic():
    cover = load_workbook(workbook(disclose(audited(operations(5, 60)))))["Cover"]
    said = " ".join(str(value) for line in cover.values for value in line if value)
    assert "This is disclosure-controlled: it may leave the clinic." in said
    assert f"*: {WHY}." in said


@pytest.fixture
def many(make_case, make_report):
    for number in range(9):
        nothing = {} if number else {"right_sperm_found": "none", "disposition": "discarded"}
        make_report(make_case(), **nothing)
    make_case(status="abandoned", status_reason="Dr Haddad was ill")


ASKED = {"since": "", "until": "", "share": "outside"}


def test_page_api_and_workbook_share_the_same(many, client, api, administrator, clinic):
    client.force_login(administrator)
    page = text_of(client.get(reverse("audit"), ASKED))
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", ASKED).json()
    book = load_workbook(BytesIO(b"".join(client.get(reverse("audit_workbook"), ASKED))))
    sheet = [dict(zip(next(book["Summary"].values), line, strict=True)) for line in book["Summary"].values]
    rate = next(one for one in answer["rates"] if one["measure"] == "micro_noa")
    line = next(one for one in sheet if one["Measure"] == "micro-TESE")
    assert (rate["found"], rate["known"], rate["pending"]) == (None, 10, 0)
    assert (line["Sperm found"], line["With a final result"], line["Rate"]) == ("*", 10, "—")
    assert rate["words"]["rate"] == line["In words"] == f"* of 10, {WHY}"
    assert line["Verdict"] == f"No verdict: {WHY}"
    assert "micro-TESE Men with non-obstructive azoospermia, micro-TESE Sperm found / Men * / 10" in page
    assert f"Verdict No verdict: {WHY}" in page
    for told in (page, json.dumps(answer), " ".join(str(v) for s in book for r in s.values for v in r)):
        assert "Haddad" not in told
        assert str(administrator) not in told
        assert "This is disclosure-controlled: it may leave the clinic." in told


def test_a_shared_page_leads_to_no_case_and_no_other_page_shows_more(many, client, administrator):
    client.force_login(administrator)
    page = client.get(reverse("audit"), ASKED).content.decode()
    assert reverse("audit_cases") not in page
    asked = ASKED | {"measure": "micro_noa", "part": "found"}
    assert client.get(reverse("audit_cases"), asked).status_code == 404


def test_every_page_of_the_audit_shows_the_same_shared_one(many, client, administrator):
    client.force_login(administrator)
    pages = [reverse(name) for name in VIEWS] + [reverse("audit_measure", args=["micro_noa"])]
    assert len(pages) > 5
    for page in pages:
        said = client.get(page, ASKED)
        assert "This is disclosure-controlled: it may leave the clinic." in text_of(said), page
        assert not re.search(r"2025-\d{4}|href=\"/cases/\d|part=", said.content.decode()), page


def test_who_may_not_export_sees_the_page_and_no_file(many, client, api, reader, clinic):
    client.force_login(reader)
    page = client.get(reverse("audit"), ASKED)
    assert page.status_code == 200
    assert reverse("audit_workbook") not in page.content.decode()
    assert client.get(reverse("audit_workbook"), ASKED).status_code == 403


def test_another_word_for_sharing_is_refused(client, api, administrator, clinic):
    client.force_login(administrator)
    assert client.get(reverse("audit"), {"share": "everybody"}).status_code == 422
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", {"share": "everybody"})
    assert set(answer.json()["errors"]) == {"share"}


def test_a_kept_run_is_shared_the_same_way(many, client, api, administrator, clinic):
    run = api(administrator).post(
        "/api/v1/audit-runs/", {"clinic": clinic.pk, "title": "For Dr Haddad", "since": None, "until": None}
    )
    pk = run.json()["id"]
    client.force_login(administrator)
    page = client.get(reverse("audit_run", args=[pk]), {"share": "outside"})
    answer = api(administrator).get(f"/api/v1/audit-runs/{pk}/shared/").json()
    file = b"".join(client.get(reverse("audit_run_workbook", args=[pk]), {"share": "outside"}))
    assert "Haddad" not in page.content.decode()
    assert "Haddad" not in json.dumps(answer)
    assert all(
        b"Haddad" not in ZipFile(BytesIO(file)).read(name) for name in ZipFile(BytesIO(file)).namelist()
    )
    rate = next(one for one in answer["rates"] if one["measure"] == "micro_noa")
    assert (rate["found"], rate["known"]) == (None, 10)
    assert f"* of 10, {WHY}" in rate["words"]["rate"]
    assert "* / 10" in text_of(page)


def test_the_command_shares_a_spreadsheet_without_its_name(tmp_path):
    said, out = StringIO(), tmp_path / "out.xlsx"
    call_command("audit", "tests/data/ghalayini-2011.csv", "--share-outside", "--out", str(out), stdout=said)
    told = plain(said.getvalue())
    assert "25 of 70 men, 36 % (25–48 %)" in told
    assert f"ypospermatogenesis, Conventional TESE: * of 25, {WHY}" in told
    assert "Sertoli" not in told  # as somebody typed it
    assert "ghalayini" not in told
    assert all(b"ghalayini" not in ZipFile(out).read(name) for name in ZipFile(out).namelist())
    said = StringIO()
    call_command("audit", "tests/data/ghalayini-2011.csv", "--share-outside", "--json", stdout=said)
    shared = json.loads(said.getvalue())
    assert plain(shared["sentences"]["conventional_noa"][0]) == "25 of 70 men, 36 % (25–48 %)"
    assert shared["shared"]["cases"] == 135
