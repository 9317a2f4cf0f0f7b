"""Several procedures in one operation: in the rate of none of them, and counted as left out."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from functools import partial
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from audit import storage, words
from audit.results import Part, Unit
from tests.audit import rows as made
from tests.audit.rows import audited, where

KEPT = Path(__file__).parents[1] / "data" / "kept-run.json"
YEAR = {"since": "2025-01-01", "until": "2025-12-31"}


# A man's first operation: conventional TESE and then micro-TESE, which found sperm.
row = partial(
    made.row,
    preceding_procedures=["conventional_tese"],
    right_weighing="balance",
    right_tissue_weight_mg=Decimal(500),
    right_sperm_found="motile",
)
MICRO, CONVENTIONAL = (
    {"preceding_procedures": []},
    {"preceding_procedures": [], "procedure": "conventional_tese"},
)


# Where it counts


@pytest.mark.parametrize("measure", ["micro_noa", "conventional_noa"])
@pytest.mark.parametrize("unit", Unit)
def test_it_is_left_out_of_the_rate_of_each_of_its_procedures(measure, unit):
    assert where([row()], measure, unit) == {"combined": ["A1"]}


def test_one_that_ended_conventionally_is_left_out_of_both_as_well():
    turned = row(preceding_procedures=["micro_tese"], procedure="conventional_tese")
    assert where([turned]) == where([turned], "conventional_noa") == {"combined": ["A1"]}


def test_a_needle_before_it_combines_too_and_is_of_no_other_technique():
    needled = row(preceding_procedures=["tesa"])
    assert where([needled]) == {"combined": ["A1"]}
    assert where([needled], "conventional_noa") == {}


def test_the_same_procedure_on_one_side_and_then_the_other_is_one_technique():
    assert where([row(preceding_procedures=["micro_tese"])]) == {"found": ["A1"]}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"result_status": "", "sperm_found": ""}, "combined"),
        ({"state": "draft"}, "draft"),
        ({"status": "abandoned"}, "abandoned"),
        ({"azoospermia_type": "uncertain"}, "uncertain_type"),
        ({"procedure": ""}, "not_recorded"),
    ],
    ids=str,
)
def test_it_goes_to_one_place(changes, part):
    assert where([row(**changes)]) == {part: ["A1"]}


def test_it_is_left_out_of_the_groups_of_micro_tese():
    klinefelter = row(klinefelter_status="mosaic")
    assert where([klinefelter], "klinefelter") == where([klinefelter], "c23_union") == {"combined": ["A1"]}
    assert where([row()], "klinefelter") == {}


@pytest.mark.parametrize("measure", ["micro_noa", "klinefelter", "c23_union"])
def test_what_comes_after_a_combined_operation_is_a_later_attempt(measure):
    later = row(on=2, klinefelter_status="mosaic", **MICRO)
    found = where([row(klinefelter_status="mosaic"), later], measure)
    assert found == {"combined": ["A1"], "repeat": ["A2"]}


def test_where_any_procedure_counts_it_counts():
    obstructive = row(azoospermia_type="oa", y_microdeletion="")
    assert where([obstructive], "obstructive") == {"found": ["A1"]}
    assert audited([obstructive]).quality.parts == {}


def test_it_uses_up_the_mans_first_attempt():
    again = row(on=2, **MICRO, attempt_number=2)
    assert where([row(), again]) == {"combined": ["A1"], "repeat": ["A2"]}


# What it does to the figures


def test_its_sperm_and_its_tissue_are_of_neither_technique():
    alone = [row(code, **MICRO, right_tissue_weight_mg=Decimal(100)) for code in "BC"]
    alone += [row(code, **CONVENTIONAL, right_tissue_weight_mg=Decimal(600)) for code in "DE"]
    without, beside = audited(alone), audited([*alone, row()])
    assert beside.tissue == replace(without.tissue, combined=1)
    assert beside.difference == replace(without.difference, combined=1)
    for before, after in zip(without.comparisons, beside.comparisons, strict=True):
        combined = {Part.COMBINED: ("A1",)} if before.measure in ("micro_noa", "conventional_noa") else {}
        assert after == replace(before, cases={**before.cases, **combined})
    assert beside.quality.parts == {Part.COMBINED: ("A1",)}


def test_in_the_case_mix_it_stands_under_a_name_of_its_own():
    mix = [one for one in audited([row(), row("B", **MICRO)]).mix if one.dimension == "azoospermia_type"]
    assert [(one.procedure, one.men) for one in mix] == [("micro_tese", 1), ("combined", 1)]
    assert [words.procedure_name(one.procedure) for one in mix] == ["micro-TESE", "Combined"]


def test_a_procedure_that_no_measure_compares_stays_that():
    needles = row(preceding_procedures=["pesa"], procedure="tesa")
    assert audited([needles]).quality.parts == {Part.OTHER_PROCEDURE: ("A1",)}


def _only(stored, now):
    """Of what an audit says now the parts that the stored one has."""
    if isinstance(stored, dict):
        return {name: _only(part, now[name]) for name, part in stored.items()}
    if isinstance(stored, list):
        return [_only(*pair) for pair in zip(stored, now, strict=True)]
    return now


def test_an_audit_kept_before_they_were_counted_keeps_its_figures_and_says_nothing_of_them():
    stored = json.loads(KEPT.read_text(encoding="utf-8"))
    assert "combined" not in KEPT.read_text(encoding="utf-8")
    kept = storage.from_json(stored)
    assert (kept.difference.combined, kept.tissue.combined) == (0, 0)
    assert words.combined(kept.difference) == words.combined(kept.tissue) == ""
    again = json.loads(json.dumps(storage.to_json(kept)))
    assert (again["difference"].pop("combined"), again["tissue"].pop("combined")) == (0, 0)
    assert _only(stored, again) == stored


# What is said


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, ""), (1, "not counted: 1 combined operation"), (2, "not counted: 2 combined operations")],
)
def test_it_is_said_of_each_rate_of_the_difference_and_of_the_tissue(n, said):
    result = audited([row(code) for code in "AB"[:n]])
    micro = next(one for one in result.comparisons if one.measure == "micro_noa")
    assert (
        words.exclusions(micro) == words.combined(result.difference) == words.combined(result.tissue) == said
    )
    assert words.part_name(Part.COMBINED) == "Combined: several procedures in one operation"


def test_what_was_done_is_named_in_order():
    assert words.procedures(row(preceding_procedures=["tesa", "conventional_tese"])) == (
        "TESA, then Conventional TESE, then micro-TESE"
    )
    assert words.procedures(row(preceding_procedures=[], procedure="")) == "not recorded"


@pytest.fixture
def combined(make_case, make_report):
    """One combined operation with sperm, and a micro-TESE with sperm."""
    made = make_case(preceding_procedures=["conventional_tese"])
    make_report(made)
    make_report(make_case())
    return made


def behind(response):
    """The addresses of the combined operations that the page says it left out."""
    links = re.findall(r'href="([^"]*part=combined)"[^>]*>', response.content.decode())
    return [unescape(link) for link in links]


def test_the_pages_say_it_and_lead_to_the_case(combined, client, reader):
    client.force_login(reader)
    links = {
        name: behind(client.get(reverse(name), YEAR))
        for name in ("audit", "audit_tissue", "audit_laboratory")
    }
    measures = {
        name: [re.search(r"measure=(\w+)", link)[1] for link in found] for name, found in links.items()
    }
    assert measures == {
        "audit": ["conventional_noa", "micro_noa"],
        "audit_tissue": ["period"],
        "audit_laboratory": ["period"],
    }
    for link in {link for found in links.values() for link in found}:
        listed = client.get(link).content.decode()
        assert re.findall(r"<bdi>([\d-]+)</bdi></a></th>", listed) == [combined.number]
        assert "Conventional TESE, then micro-TESE" in listed


def test_the_api_counts_it_and_says_it(combined, api, reader, clinic):
    shown = api(reader).get(f"/api/v1/clinics/{clinic.pk}/audit/", YEAR).json()
    micro = next(one for one in shown["comparisons"] if one["measure"] == "micro_noa")
    assert (micro["known"], micro["cases"]["combined"]) == (1, [combined.number])
    assert micro["words"]["exclusions"] == "not counted: 1 combined operation"
    for name in ("difference", "tissue"):
        assert shown[name]["combined"] == 1
        assert shown[name]["words"]["combined"] == "not counted: 1 combined operation"


def test_the_workbook_says_it_on_every_sheet_that_it_concerns(combined, client, administrator):
    client.force_login(administrator)
    book = load_workbook(BytesIO(b"".join(client.get(reverse("audit_workbook"), YEAR))))
    said = {
        sheet.title: [[cell for cell in line if cell is not None] for line in sheet.values] for sheet in book
    }
    micro = next(line for line in said["Summary"] if line[0] == "micro-TESE")
    assert "not counted: 1 combined operation" in micro
    counted = [
        line for line in said["Difference and tissue"] if "Combined operations, in neither group" in line
    ]
    assert [line[2:] for line in counted] == [[1, "not counted: 1 combined operation"]] * 2
    why = "Combined: several procedures in one operation"
    assert [combined.number, why] in said["Cases left out"]
    assert ["Cases in no rate", why, 1, 2, 0.5] in said["Data quality"]
    listing = book["Line listing"]
    headings = [cell.value for cell in next(listing.iter_rows())]
    lines = [
        dict(zip(headings, line, strict=True)) for line in listing.iter_rows(values_only=True, min_row=2)
    ]
    line = next(line for line in lines if line["Case number"] == combined.number)
    assert line["Tried first in the same operation"] == "Conventional TESE"
    assert line["In: micro-TESE"] == line["In: Conventional TESE"] == why


def test_a_spreadsheet_may_say_it_too(tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text(
        "patient_code,azoospermia_type,preceding_procedures,procedure,sperm_found\n"
        "A,noa,conventional_tese,micro_tese,motile\n"
        "B,noa,TESA; cTESE,mTESE,none\n"
        "C,noa,,micro_tese,motile\n",
        encoding="utf-8",
    )
    call_command("audit", str(file), stdout=(out := StringIO()))
    said = out.getvalue()
    assert "1 of 1 man" in said
    assert said.count("  not counted: 2 combined operations\n") == 4
    call_command("audit", str(file), "--json", stdout=(out := StringIO()))
    printed = json.loads(out.getvalue())
    assert (printed["audit"]["difference"]["combined"], printed["audit"]["tissue"]["combined"]) == (2, 2)
    assert "not counted: 2 combined operations" in printed["sentences"]["tissue_ratio"]
