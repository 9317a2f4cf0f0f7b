"""The page, the API and the workbook say the same of one audit."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from audit import words
from audit.results import Unit
from audit.statistics import Interval
from tests.audit.pages import every_page

PERIOD = {"since": "2025-01-01", "until": "2025-12-31", "reference_set": "document"}
CLOSE = "/api/v1/audit-runs/close/"
DASH = "—"


@pytest.fixture
def cases(make_case, make_report):
    """Found, none, pending, abandoned, a man who came back and one who failed elsewhere before what
    is recorded as attempt 1; obstructive ones only as a draft.
    """
    found = make_case()
    make_report(found)
    make_report(make_case(), right_sperm_found="none", disposition="discarded")
    make_report(make_case(klinefelter_status="non_mosaic", primary_aetiology="klinefelter"))
    make_report(make_case(procedure="conventional_tese"))
    make_report(make_case(prior_retrieval="none_found", attempt_number=1))
    make_case()
    make_case(status="abandoned", status_reason="Anaesthetic problem")
    make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa", sign=False)
    make_case(
        patient_code=found.patient.code,
        procedure_date=date(2025, 4, 1),
        attempt_number=2,
        prior_retrieval="found",
    )


def text(html: str) -> str:
    """As it is seen: without what a link to the cases says to a screen reader only."""
    seen = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", html)
    words = " ".join(unescape(re.sub(r"<[^>]*>", "", seen)).split(" ")).strip()
    return re.sub(r"\s*\u00a0/\u00a0\s*", "\u00a0/\u00a0", words)


def on_the_page(html: str) -> dict[str, tuple]:
    said = {}
    for measure, line in re.findall(r'<tbody role="rowgroup" id="(\w+)">(.*?)</tbody>', html, re.DOTALL):
        found, known = (int(n) for n in re.findall(r'class="n"[^>]*>(\d+)', line)[:2])
        rate = re.search(r'<span class="rate">(.*?)</span>', line)
        interval = re.search(r'<span class="no-break">\((.*?)\)</span>', line)
        wide = re.search(r'<span class="wide">(.*?)</span>', line)
        links = re.findall(r'<a class="to-cases" href="[^"]*part=(\w+)">(.*?)</a>', line, re.DOTALL)
        pending = [text(link) for part, link in links if part == "pending"]
        said[measure] = (
            found,
            known,
            text(rate[1]) if rate else DASH,
            text(interval[1]) if interval else DASH,
            text(wide[1]) if wide else DASH,
            text(re.search(r'<span class="verdict">(.*?)</span>', line, re.DOTALL)[1]),
            "".join(pending),
            [text(link) for part, link in links if part != "pending"],
        )
    return said


def by_the_api(audit: dict) -> dict[str, tuple]:
    said = {}
    for one in audit["comparisons"]:
        limits = one["interval"]
        said[one["measure"]] = (
            one["found"],
            one["known"],
            DASH if one["rate"] is None else words.percent(one["rate"]),
            words.interval(Interval(limits["lower"], limits["upper"])) if limits else DASH,
            one["words"]["wide"] or DASH,
            one["words"]["verdict"],
            one["words"]["pending"],
            listed(one["words"]["exclusions"]),
        )
    return said


def in_the_workbook(book: Workbook) -> dict[str, tuple]:
    heads, *rows = book["Summary"].values
    said = {}
    for values in rows[: len(MEASURES)]:
        row = dict(zip(heads, values, strict=True))
        rate = row["Rate"]
        lower, upper, wide_lower, wide_upper = (
            row[f"{end} ({level} %)"] for level in ("95", "99.8") for end in ("From", "To")
        )
        said[row["Measure"]] = (
            row["Sperm found"],
            row["With a final result"],
            rate if rate == DASH else words.percent(rate),
            lower if lower == DASH else words.interval(Interval(lower, upper)),
            DASH if wide_lower == DASH else said_wide(Interval(wide_lower, wide_upper)),
            row["Verdict"],
            row["With the pending results"] or "",
            listed(row["Left out"] or ""),
        )
    return {measure: said[words.measure_name(measure)] for measure in MEASURES}


def said_wide(limits: Interval) -> str:
    return f"{words.percent(0.998, 1)}: {words.interval(limits)}"


MEASURES = (
    "obstructive",
    "conventional_noa",
    "micro_noa",
    "failed_before",
    "klinefelter",
    "genetic",
    "c23_union",
)


def listed(exclusions: str) -> list[str]:
    return exclusions.removeprefix("not counted: ").split(", ") if exclusions else []


def agreed(page: str, answer: dict, workbook) -> dict[str, tuple]:
    """What all three say of each rate, and of the level in the same words."""
    book = load_workbook(BytesIO(b"".join(workbook)))
    told = on_the_page(page)
    assert told == by_the_api(answer)
    assert told == in_the_workbook(book)
    level = answer["words"]["level"]
    assert level in page
    assert level in [line[1] for line in book["Cover"].values]
    return told


@pytest.mark.promise("XLS-1")
@pytest.mark.parametrize("unit", Unit)
def test_the_page_the_api_and_the_workbook_agree(cases, client, api, administrator, clinic, unit):
    asked = PERIOD | {"unit": unit.value}
    client.force_login(administrator)
    html = client.get(reverse("audit"), asked).content.decode()
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    page = agreed(html, answer, client.get(reverse("audit_workbook"), asked))
    assert answer["level"] == "live"
    micro = page["micro_noa"]
    assert page["failed_before"][1] == (2 if unit is Unit.TESTIS else 1)
    assert micro[6]
    assert "1 abandoned" in micro[7]


@pytest.mark.promise("XLS-1")
@pytest.mark.parametrize("reference_set", ["document", "both"])
def test_every_figure_of_the_api_stands_on_one_of_the_pages(
    cases, client, api, administrator, clinic, reference_set
):
    asked = PERIOD | {"reference_set": reference_set}
    client.force_login(administrator)
    shown = text(every_page(client, asked))
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    figures = [*of_the_rates(answer), *of_the_rest(answer)]
    assert len(figures) > 100
    assert [figure for figure in figures if figure not in shown] == []


def of_the_rates(answer: dict) -> Iterator[str]:
    """What stands beside the rates; they and their verdicts are compared above."""
    for one in answer["comparisons"]:
        yield from (*one["words"]["readings"], one["words"]["reference"], one["words"]["disagreement"])
        if one["known"]:
            counts = (one["beside"] | one["case_mix"]).values()
            yield from (f"{count['found']}\u00a0/\u00a0{count['known']}" for count in counts)
            yield f"{limits(one['wilson'])}. For comparison"
        if one["pending"]:
            yield from (f"({limits(one[bound])})" for bound in ("worst", "best"))


def of_the_rest(answer: dict) -> Iterator[str]:
    yield from (answer["words"]["chance"], answer["fingerprint"])
    for name in ("difference", "tissue"):
        said = answer[name]["words"]
        yield from (
            *said["references"],
            *(said.get(part, "") for part in (name, "ratio", "weighed", "combined")),
        )
    for name in ("shares", "quantities", "changes", "strata"):
        for one in answer[name]:
            yield from (figure_in(sentence) for sentence in one["words"]["sentences"])


def figure_in(sentence: str) -> str:
    """Of "Idiopathic, micro-TESE: 1 of 2, too few for a percentage" what follows the counts."""
    told = sentence.partition(": ")[2]
    return re.sub(r"^\d+ of \d+, ", "", told).partition(", ")[0]


def limits(of: dict) -> str:
    return words.interval(Interval(of["lower"], of["upper"]))


@pytest.mark.promise("XLS-1")
def test_they_agree_on_a_closed_audit_whose_verdicts_differ_from_the_live_ones(
    cases, client, api, administrator, clinic
):
    client.force_login(administrator)
    live = on_the_page(client.get(reverse("audit"), PERIOD).content.decode())
    pk = api(administrator).post(CLOSE, PERIOD | {"clinic": clinic.pk, "title": "2025"}).json()["id"]
    html = client.get(reverse("audit_run", args=[pk])).content.decode()
    answer = api(administrator).get(f"/api/v1/audit-runs/{pk}/").json()["audit"]
    closed = agreed(html, answer, client.get(reverse("audit_run_workbook", args=[pk])))
    assert answer["level"] == "closed"
    where_word = 5
    for measure, said in closed.items():
        assert [*said[:where_word], *said[where_word + 1 :]] == [
            *live[measure][:where_word],
            *live[measure][where_word + 1 :],
        ]
    assert "judged at" in live["conventional_noa"][where_word]
    assert "judged at" not in closed["conventional_noa"][where_word]
