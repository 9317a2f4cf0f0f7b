import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path

import cattrs.preconf.json
import pytest

from audit import reference
from audit.measures import BY_ID, DIFFERENCE, TISSUE
from audit.reference import Reading, ReferenceErrors, ReferenceFigure
from audit.reference_rules import KEYS, READING_KEYS
from audit.statistics import clopper_pearson

DOCUMENT = Path(__file__).parents[2] / "docs" / "source-document.ar.txt"
FIGURE = """
[[figures]]
id = "example"
measure = "micro_noa"
primary = true
kind = "rate"
label = "Example 2020"
citation = "Example, Journal 2020"
population_en = "Men"
population_ar = "رجال"
unit = "man"
found = 6
known = 10
band_from = "exact"
verdict = true
checked_by = "A reviewer"
checked_on = 2026-01-01
next_review = 2027-01-01
"""


@pytest.fixture
def read(tmp_path):
    """read(old, new) reads a faultless set in which `old` has become `new`."""
    others = [measure for measure in (*BY_ID, DIFFERENCE, TISSUE) if measure != "micro_noa"]
    heading = f"""
id = "example"
version = "1"
title_en = "Example"
title_ar = "مثال"
about_en = "An example."
about_ar = "مثال."
without_reference = {others}
"""

    def make(old="", new="", add=""):
        faultless = heading + FIGURE
        assert old in faultless
        path = tmp_path / "example.toml"
        path.write_text(faultless.replace(old, new, 1) + add if old else faultless + add, encoding="utf-8")
        return reference.read(path)

    return make


@pytest.fixture
def faults(read):
    def find(old="", new="", add=""):
        with pytest.raises(ReferenceErrors) as errors:
            read(old, new, add)
        return errors.value.faults

    return find


# The shipped sets -----------------------------------------------------------


def test_the_document_is_the_usual_set():
    assert reference.names() == ["document", "literature"]
    assert reference.load().id == "document"
    assert reference.load("document") is reference.load("document")


def test_a_set_that_is_not_there_is_refused():
    with pytest.raises(KeyError, match="guideline"):
        reference.load("guideline")


@pytest.mark.parametrize("figure", reference.load("document").figures, ids=lambda figure: figure.id)
def test_each_quote_stands_in_the_document_word_for_word(figure):
    assert figure.quote in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("measure", "claim", "lower", "upper"),
    [
        ("obstructive", "C5", 0.95, 1.0),
        ("conventional_noa", "C16", 0.30, 0.40),
        ("micro_noa", "C17", 0.60, 0.70),
    ],
)
def test_the_bands_of_the_document(measure, claim, lower, upper):
    figure = reference.load("document").figure_for(measure)
    assert (figure.claim, figure.lower, figure.upper, figure.tolerance) == (claim, lower, upper, 0.10)
    assert figure.verdict


def test_the_document_gives_the_difference_a_direction_and_no_number():
    figure = reference.load("document").figure_for(DIFFERENCE)
    assert (figure.claim, figure.direction) == ("C10", "higher")
    assert (figure.estimate, figure.lower, figure.upper) == (None, None, None)


@pytest.mark.parametrize("name", reference.names())
def test_tissue_per_man_is_never_judged_by_a_figure_per_sample(name):
    figure = reference.load(name).figure_for(TISSUE)
    assert (figure.verdict, figure.no_verdict) == (False, "other_unit")


@pytest.mark.parametrize("name", reference.names())
@pytest.mark.parametrize("measure", ["failed_before", "klinefelter", "genetic", "c23_union"])
def test_no_verdict_is_given_on_the_groups_of_the_ambiguous_claim(name, measure):
    figure = reference.load(name).figure_for(measure)
    assert figure is None or not figure.verdict


@pytest.mark.parametrize(
    ("measure", "readings"),
    [
        ("failed_before", {"absolute": (0.60, 0.60)}),  # their old rate is 0, and 1.6 times 0 is nothing
        ("klinefelter", {"absolute": (0.60, 0.60), "relative": (0.48, 0.64)}),
        ("genetic", {"absolute": (0.60, 0.60), "relative": (0.48, 0.64)}),
        ("c23_union", {"absolute": (0.60, 0.60), "relative": (0.48, 0.64)}),
    ],
)
def test_the_ambiguous_claim_is_kept_with_its_readings(measure, readings):
    figure = reference.load("document").figure_for(measure)
    assert figure.no_verdict == "ambiguous"
    assert {reading.id: (reading.lower, reading.upper) for reading in figure.readings} == readings


@pytest.mark.parametrize(
    ("measure", "figure"),
    [
        ("obstructive", "esteves-2014-obstructive"),
        ("conventional_noa", "corona-2019-conventional"),
        ("micro_noa", "corona-2019-micro"),
        (DIFFERENCE, "aja-2022-difference"),
        (TISSUE, "schlegel-1999-tissue"),
        ("klinefelter", "ramasamy-2009-men"),
        ("failed_before", "franco-2016-failed-before"),
        ("c23_union", "franco-2016-union"),
    ],
)
def test_the_figure_of_the_literature_beside_each_measure(measure, figure):
    assert reference.load("literature").figure_for(measure).id == figure


def test_no_pooled_figure_stands_beside_genetic_causes():
    literature = reference.load("literature")
    assert literature.figure_for("genetic") is None
    context = literature.figures_for("genetic")
    assert [(figure.found, figure.known) for figure in context] == [(0, 7), (0, 23), (9, 12)]


def test_an_exact_band_is_computed_from_its_counts():
    figure = reference.load("literature").figure_for("obstructive")
    exact = clopper_pearson(146, 146)
    assert (figure.lower, figure.upper, figure.estimate) == (exact.lower, 1.0, 1.0)
    assert 0.975 < figure.lower < 0.9751


def test_counts_that_a_source_does_not_print_are_not_invented():
    figures = {figure.id: figure for figure in reference.load("literature").figures}
    pooled = figures["corona-2019-micro"]
    assert (pooled.found, pooled.known, pooled.lower, pooled.upper) == (None, None, 0.42, 0.49)
    percentage = figures["ramasamy-2005-micro"]
    assert (percentage.found, percentage.known, percentage.lower) == (None, 460, None)


@pytest.mark.parametrize("name", reference.names())
def test_every_figure_has_been_read_by_somebody_and_will_be_again(name):
    for figure in reference.load(name).figures:
        assert figure.checked_by
        assert figure.checked_on == date(2026, 11, 22)
        assert figure.next_review == date(2027, 11, 22)


@pytest.mark.parametrize("name", reference.names())
def test_a_figure_can_be_kept_as_json_and_read_back_unchanged(name):
    converter = cattrs.preconf.json.make_converter()
    for figure in reference.load(name).figures:
        assert converter.loads(converter.dumps(figure), ReferenceFigure) == figure


def test_texts_are_found_by_language():
    figure = reference.load("document").figure_for("klinefelter")
    assert reference.text(figure, "population", "en") == "Men with Klinefelter syndrome"
    assert reference.text(figure, "population", "ar") == "مرضى متلازمة كلاينفلتر"
    assert reference.text(figure, "population", "tr") == "Men with Klinefelter syndrome"


# The rules ------------------------------------------------------------------


def test_the_rules_know_every_field_of_a_figure():
    of_a_clinic = {"own", "usual_tolerance", "tolerance_reason"}
    assert set(KEYS) == {field.name for field in fields(ReferenceFigure)} - of_a_clinic
    assert set(READING_KEYS) == {field.name for field in fields(Reading)}


def test_a_faultless_set_is_read(read):
    figure = read().figure_for("micro_noa")
    assert (figure.estimate, figure.tolerance, figure.no_verdict) == (0.6, 0.10, "")


def test_what_a_set_says_of_all_its_figures_counts_for_each(read):
    figure = read("[[figures]]", "[defaults]\ntolerance = 0.05\n[[figures]]").figures[0]
    assert figure.tolerance == 0.05


@pytest.mark.parametrize(
    ("old", "new", "figure", "field"),
    [
        ('id = "example"\nmeasure', 'id = ""\nmeasure', "figure 1", "id"),
        ('measure = "micro_noa"', 'measure = "micro"', "example", "measure"),
        ('measure = "micro_noa"\n', "", "example", "measure"),
        ('kind = "rate"', 'kind = "percentage"', "example", "kind"),
        ('unit = "man"\n', "", "example", "unit"),
        ("found = 6", "found = 11", "example", "found"),
        ("found = 6", "found = -1", "example", "found"),
        ("known = 10\n", "", "example", "found"),
        ("known = 10", "known = 0", "example", "band_from"),
        ("found = 6", 'found = "6"', "example", "found"),
        ("found = 6", "found = true", "example", "found"),
        ("found = 6", "found = 6.5", "example", "found"),
        ('"exact"', '"exact"\nlower = 0.2\nupper = 0.4', "example", "band_from"),
        ('"exact"', '"published"', "example", "band_from"),
        ('"exact"', '"published"\nlower = 0.7\nupper = 0.4', "example", "lower"),
        ('"exact"', '"published"\nlower = 0.7', "example", "lower"),
        ('"exact"', '"published"\nlower = 30\nupper = 40', "example", "upper"),
        ('"exact"', '"floor"\nlower = 0.9\nupper = 0.95', "example", "upper"),
        ("verdict = true", "verdict = true\ntolerance = 10", "example", "tolerance"),
        ("verdict = true", "verdict = false", "example", "no_verdict"),
        ("verdict = true", 'verdict = true\nno_verdict = "ambiguous"', "example", "no_verdict"),
        ("primary = true\n", "", "example", "verdict"),
        ("primary = true\n", "", "", "primary"),
        ('citation = "Example, Journal 2020"\n', "", "example", "citation"),
        ('label = "Example 2020"\n', "", "example", "label"),
        ('label = "Example 2020"', 'claim = "16"\nlabel = "x"\nquote = "x"', "example", "claim"),
        ('label = "Example 2020"', 'claim = "C16"\nlabel = "x"', "example", "quote"),
        ('label = "Example 2020"', 'label = "x"\ndoi = "doi.org/10.1/x"', "example", "doi"),
        ('population_ar = "رجال"\n', "", "example", "population_ar"),
        ('population_ar = "رجال"', 'population_ar = "رجال"\nnote_en = "A note."', "example", "note_ar"),
        ('checked_by = "A reviewer"\n', "", "example", "checked_by"),
        ("checked_on = 2026-01-01\n", "", "example", "checked_on"),
        ("checked_on = 2026-01-01", 'checked_on = "2026-01-01"', "example", "checked_on"),
        ("checked_on = 2026-01-01", "checked_on = 2026-01-01T10:00:00", "example", "checked_on"),
        ("next_review = 2027-01-01", "next_review = 2026-01-01", "example", "next_review"),
        ("unit = ", "populaton_en = ", "example", "populaton_en"),
        ('id = "example"', 'id = "other"', "", "id"),
        ('version = "1"\n', "", "", "version"),
        ('title_ar = "مثال"\n', "", "", "title_ar"),
        ("without_reference = ['", "without_reference = ['any', '", "", "without_reference"),
        ("without_reference = ['", "without_reference = ['micro_noa', '", "", "primary"),
        ("without_reference = ['obstructive', ", "without_reference = [", "", "primary"),
        ("[[figures]]\n", "[figures]\n", "", "figures"),
    ],
)
def test_a_fault_names_its_figure_and_field(faults, old, new, figure, field):
    found = faults(old, new)
    assert (figure, field) in [(fault.figure, fault.field) for fault in found]
    assert all(fault.rule and fault.remedy for fault in found)


def test_an_id_is_used_once(faults):
    again = FIGURE.replace("primary = true\n", "").replace("verdict = true\n", "")
    assert [(fault.figure, fault.field) for fault in faults(add=again)] == [("example", "id")]


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        ('lower = 0.5, upper = 0.6, text_en = "a", text_ar = "ا"', "id"),
        ('id = "a", lower = 0.6, upper = 0.5, text_en = "a", text_ar = "ا"', "lower"),
        ('id = "a", text_en = "a", text_ar = "ا"', "lower"),
        ('id = "a", lower = 0.5, upper = 6, text_en = "a", text_ar = "ا"', "upper"),
        ('id = "a", lower = 0.5, upper = 0.6, text_en = "a"', "text_ar"),
        ('id = "a", lower = 0.5, upper = 0.6, text_en = "a", text_ar = 1', "text_ar"),
    ],
)
def test_a_fault_in_a_reading_names_the_reading(faults, reading, field):
    found = faults(add=f"readings = [{{ {reading} }}]")
    assert ("example, reading 1", field) in [(fault.figure, fault.field) for fault in found]


def test_all_faults_are_reported_at_once(faults):
    found = faults(
        FIGURE, FIGURE.replace("found = 6", "found = 11").replace("2027", "2025").replace("rate", "odds")
    )
    assert {fault.field for fault in found} >= {"found", "next_review", "kind"}


def test_a_report_says_value_rule_and_remedy(read):
    with pytest.raises(ReferenceErrors) as errors:
        read("found = 6", "found = 11")
    assert str(errors.value).splitlines() == [
        "example.toml, faults: 1",
        "example, found = 11: is more than known (10); write k as found and n as known",
    ]


@pytest.mark.parametrize("broken", [b"id = ", b'id = "\xff"'])
def test_a_file_that_cannot_be_read_is_a_fault_too(tmp_path, broken):
    path = tmp_path / "example.toml"
    path.write_bytes(broken)
    with pytest.raises(ReferenceErrors, match="is not TOML in UTF-8"):
        reference.read(path)


def test_figures_that_are_no_tables_are_faults(faults):
    text = 'figures = ["one"]\n'
    assert ("figure 1", "figure") in [(fault.figure, fault.field) for fault in faults(FIGURE, text)]


def test_the_shipped_files_are_plain_toml():
    for name in reference.names():
        written = tomllib.loads((reference.FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        assert written["id"] == name
