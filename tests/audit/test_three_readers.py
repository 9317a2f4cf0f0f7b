"""The page, the API and the workbook say the same of one audit."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from audit import words
from audit.results import Unit
from audit.statistics import Interval

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


@pytest.mark.promise("XLS-1")
@pytest.mark.parametrize("unit", Unit)
def test_the_page_the_api_and_the_workbook_agree(cases, client, api, administrator, clinic, unit):
    asked = PERIOD | {"unit": unit.value}
    client.force_login(administrator)
    html = client.get(reverse("audit"), asked).content.decode()
    page = on_the_page(html)
    answer = api(administrator).get(f"/api/v1/clinics/{clinic.pk}/audit/", asked).json()
    book = load_workbook(BytesIO(b"".join(client.get(reverse("audit_workbook"), asked))))
    assert page == by_the_api(answer)
    assert page == in_the_workbook(book)
    level = answer["words"]["level"]
    assert level.startswith("Judged at 99.8")
    assert level in html
    assert level in [line[1] for line in book["Cover"].values]
    micro = page["micro_noa"]
    assert page["failed_before"][1] == (2 if unit is Unit.TESTIS else 1)
    assert micro[6]
    assert "1 abandoned" in micro[7]
