"""The document and the literature beside one rate: two answers, and why."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import pgettext
from openpyxl import load_workbook

from audit import reference, report, services, storage, words
from audit.api.shapes import AuditSerializer
from audit.results import Unit
from audit.statistics import Verdict
from audit.workbook import write
from tests.audit.rows import audited, men
from tests.audit.sentences import said as plain

NO_NOTES = ()


@pytest.fixture(scope="module")
def rows():
    """240 of 500 men: 48 %, exact interval 43.5–52.5 %."""
    return men(240, 500)


@pytest.fixture(scope="module")
def both(rows):
    return audited(rows, reference_set="both")


def micro(audit):
    return next(one for one in audit.comparisons if one.measure == "micro_noa")


def test_48_percent_is_below_one_source_and_within_the_other(both):
    document, literature = micro(both).judged
    assert document.rate == literature.rate == 0.48
    assert (document.reference.id, document.verdict) == ("c17-micro", Verdict.BELOW)
    assert (literature.reference.id, literature.verdict) == ("corona-2019-micro", Verdict.WITHIN)
    assert plain(words.verdict(document)) == (
        "Below the document's 60–70 % (also at 99.8 %): rates over 53 % are excluded"
    )
    assert plain(words.verdict(literature)) == "Within the 42–49 % of Corona 2019, tolerance ±10 points"


def test_it_says_why_one_rate_is_called_two_things(both):
    assert plain(words.disagreement(micro(both))) == (
        "One rate, several answers: "
        "Below the document's 60–70 % (also at 99.8 %): rates over 53 % are excluded; "
        "Within the 42–49 % of Corona 2019, tolerance ±10 points. "
        "The interval is the same, 44–52 %; the references differ."
    )


def test_where_the_sources_agree_there_is_nothing_to_explain(rows):
    assert words.disagreement(micro(audited(men(0, 100), reference_set="both"))) == ""
    assert words.disagreement(micro(audited(rows))) == ""


def test_each_of_the_two_says_what_it_says_alone(rows, both):
    for name, beside in zip(("document", "literature"), micro(both).judged, strict=True):
        assert replace(beside, also=()) == micro(audited(rows, reference_set=name))


def test_chance_counts_the_verdicts_of_both(rows, both):
    alone = [audited(rows, reference_set=name) for name in ("document", "literature")]
    assert both.cells_judged == sum(one.cells_judged for one in alone) == 2
    assert both.expected_false_below == pytest.approx(sum(one.expected_false_below for one in alone))


def test_the_difference_and_the_tissue_stand_beside_both_too(both):
    assert [one.reference.id for one in both.difference.judged] == ["c10-difference", "aja-2022-difference"]
    assert [one.reference.id for one in both.tissue.judged] == ["c18-tissue", "schlegel-1999-tissue"]


def test_in_units_without_a_verdict_neither_gives_one(rows):
    assert {one.verdict for one in micro(audited(rows, reference_set="both", unit=Unit.ATTEMPT)).judged} == {
        None
    }


def test_it_is_kept_and_read_back_whole(both):
    again = storage.from_json(json.loads(json.dumps(storage.to_json(both))))
    assert again == both
    assert [one.id for one in again.references] == ["document", "literature"]
    document, literature = services.references_of(again)
    assert "c17-micro" in {figure.id for figure in document.figures}
    assert "corona-2019-micro" in {figure.id for figure in literature.figures}


def test_the_api_gives_the_words_of_each_reference(both):
    shown = next(one for one in AuditSerializer(both).data["comparisons"] if one["measure"] == "micro_noa")
    [also] = shown["also"]
    assert shown["verdict"] == "below"
    assert also["verdict"] == "within"
    assert plain(also["words"]["verdict"]).startswith("Within the 42–49 %")
    assert plain(shown["words"]["disagreement"]).startswith("One rate, several answers")


def test_the_text_report_has_a_line_for_each_reference(both):
    said = plain("\n".join(report.lines(both, NO_NOTES)))
    assert "Below the document's 60–70 %" in said
    assert "Within the 42–49 % of Corona 2019" in said
    assert "the references differ" in said
    assert "Compare with: Both, side by side" in said


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_workbook_has_a_row_for_each_reference(both, rows, language):
    file = io.BytesIO()
    write(both, reference.named("both"), rows, language, file)
    book = load_workbook(file)
    summary = [row for row in book.worksheets[1].values if row[1:3] == (240, 500)]
    with translation.override(language):
        assert [row[8] for row in summary[:2]] == [words.verdict(one) for one in micro(both).judged]
        title = pgettext("sheet", "Reference figures")
    assert "C17" in summary[0][0]
    assert "Corona 2019" in summary[1][0]
    figures = {
        figure.citation for one in reference.named("both") for figure in one.figures if figure.citation
    }
    sheet = [str(cell) for row in book[title].values for cell in row]
    assert figures <= set(sheet)


def test_the_command_stands_both_side_by_side_without_a_database(tmp_path, capsys):
    lines = ["patient_code,procedure_date,azoospermia_type,procedure,sides,sperm_found"]
    lines += [f"K-{n},2024-03-04,NOA,micro-TESE,right,{'motile' if n < 24 else 'none'}" for n in range(50)]
    file = tmp_path / "cases.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    call_command("audit", str(file), reference="both", json=True)
    made = json.loads(capsys.readouterr().out)["audit"]
    found = next(one for one in made["comparisons"] if one["measure"] == "micro_noa")
    assert (found["found"], found["known"], len(found["also"])) == (24, 50, 1)


# Reviews ----------------------------------------------------------------------


def later(audit, day):
    return replace(audit, made_at=audit.made_at.replace(year=day.year, month=day.month, day=day.day))


def test_figures_past_their_review_are_named(both):
    assert words.overdue_figures(both) == []
    due = reference.load("document").figure_for("micro_noa").next_review
    said = words.overdue_figures(later(both, date(due.year, due.month, due.day + 1)))
    assert any(
        one.startswith("C17, ") and "Review overdue: its source was to be read again by" in one
        for one in said
    )
    assert len(said) == len(set(said))


def test_the_workbook_and_the_report_say_that_a_review_is_overdue(both, rows):
    late = later(both, date(2030, 1, 1))
    assert "Review overdue" in "\n".join(report.lines(late, NO_NOTES))
    file = io.BytesIO()
    write(late, reference.named("both"), rows, "en", file)
    book = load_workbook(file)
    for sheet in ("Cover", "Summary", "Reference figures"):
        assert "Review overdue" in "\n".join(str(cell) for row in book[sheet].values for cell in row), sheet
