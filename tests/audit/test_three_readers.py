"""The page, the API and the workbook say the same of one audit."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from audit import words
from audit.results import Unit
from audit.statistics import Interval
from tests.audit.pages import every_page

PERIOD = {"since": "2025-01-01", "until": "2025-12-31", "reference_set": "document"}
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
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split(" ")).strip()


def on_the_page(html: str) -> dict[str, tuple]:
    said = {}
    for measure, line in re.findall(r'<tbody role="rowgroup" id="(\w+)">(.*?)</tbody>', html, re.DOTALL):
        found, known = (int(n) for n in re.findall(r'class="n"[^>]*>(\d+)', line)[:2])
        rate = re.search(r'<span class="rate">(.*?)</span>', line)
        interval = re.search(r'<span class="no-break">\((.*?)\)</span>', line)
        links = re.findall(r'<a class="to-cases" href="[^"]*part=(\w+)">(.*?)</a>', line, re.DOTALL)
        pending = [text(link) for part, link in links if part == "pending"]
        said[measure] = (
            found,
            known,
            text(rate[1]) if rate else DASH,
            text(interval[1]) if interval else DASH,
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
            one["words"]["verdict"],
            one["words"]["pending"],
            listed(one["words"]["exclusions"]),
        )
    return said


def in_the_workbook(file: BytesIO) -> dict[str, tuple]:
    heads, *rows = load_workbook(file)["Summary"].values
    said = {}
    for values in rows[: len(MEASURES)]:
        row = dict(zip(heads, values, strict=True))
        rate, lower, upper = row["Rate"], row["From (95 %)"], row["To (95 %)"]
        said[row["Measure"]] = (
            row["Sperm found"],
            row["With a final result"],
            rate if rate == DASH else words.percent(rate),
            lower if lower == DASH else words.interval(Interval(lower, upper)),
            row["Verdict"],
            row["With the pending results"] or "",
            listed(row["Left out"] or ""),
        )
    return {measure: said[words.measure_name(measure)] for measure in MEASURES}


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


@pytest.mark.promise("XLS-1")
@pytest.mark.parametrize("unit", Unit)
def test_the_page_the_api_and_the_workbook_agree(cases, client, api, administrator, clinic, unit):
    asked = PERIOD | {"unit": unit.value}
    client.force_login(administrator)
    page = on_the_page(client.get(reverse("audit"), asked).content.decode())
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    book = in_the_workbook(BytesIO(b"".join(client.get(reverse("audit_workbook"), asked))))
    assert page == by_the_api(answer)
    assert page == book
    micro = page["micro_noa"]
    assert page["failed_before"][1] == (2 if unit is Unit.TESTIS else 1)
    assert micro[5]
    assert "1 abandoned" in micro[6]


@pytest.mark.promise("XLS-1")
@pytest.mark.parametrize("reference_set", ["document", "both"])
def test_every_figure_of_the_api_stands_on_one_of_the_pages(
    cases, client, api, administrator, clinic, reference_set
):
    asked = PERIOD | {"reference_set": reference_set}
    client.force_login(administrator)
    shown = text(every_page(client, asked))
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    missing = [figure for figure in figures_of(answer) if figure not in shown]
    assert missing == []


def figures_of(answer: dict) -> list[str]:
    """All that the API says, as the pages write it; the rates and their verdicts are compared above."""
    said = [answer["words"]["chance"], *answer["words"]["contradictions"][:0]]
    for one in answer["comparisons"]:
        said += [*one["words"]["readings"], one["words"]["reference"], one["words"]["disagreement"]]
        said += [f"{count['found']} / {count['known']}" for count in one["beside"].values()]
        said += [f"{count['found']} / {count['known']}" for count in one["case_mix"].values()]
        said += [f"({limits(one[name])})" for name in ("worst", "best") if one["pending"] and one[name]]
        said += [f"{limits(one['wilson'])}." for _ in [1] if one["wilson"]]
    for one in (answer["difference"], answer["tissue"]):
        said += one["words"]["references"]
    said += [answer["difference"]["words"]["difference"], answer["difference"]["words"]["pending"]]
    said += [answer["tissue"]["words"]["ratio"], answer["tissue"]["words"]["weighed"]]
    for name in ("shares", "quantities", "changes", "strata"):
        said += [
            sentence.partition(": ")[2].split(", ")[1]
            for one in answer[name]
            for sentence in one["words"]["sentences"]
            if sentence.partition(": ")[2].count(", ")
        ]
    said += [answer["fingerprint"]]
    return [one for one in said if one]


def limits(of: dict) -> str:
    return words.interval(Interval(of["lower"], of["upper"]))
