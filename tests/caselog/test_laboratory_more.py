"""What a laboratory report may hold beside the minimum, and what of it cannot be."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from caselog.models import Finding, LaboratoryReport
from caselog.services import laboratory

MORE = {
    "right_count_category": "11_100",
    "right_count_exact": 40,
    "right_spermatids": "round",
    "left_spermatids": "elongated",
    "identity_checked": "yes",
    "found_when": "first_search",
    "received_at": time(10, 5),
    "containers_n": 6,
    "embryologists_n": 2,
    "vials_n": 3,
    "storage_location": "Tank 2",
    "consent_expiry": date(2035, 3, 4),
    "laboratory_note": "Few, but lively.",
}


@pytest.fixture
def refused(embryologist, witness, findings):
    """refused(case, **changes) are the fields at which a final report is refused."""

    def make(case, **changes):
        answers = findings(witness=witness, **changes)
        with pytest.raises(ValidationError) as problem:
            laboratory.report(by=embryologist, case=case, answers=answers, final=True)
        assert not LaboratoryReport.objects.filter(case=case).exists()
        return problem.value.message_dict

    return make


def test_everything_that_was_reported_reads_back(case, make_report):
    make_report(case, **MORE)
    case.refresh_from_db()
    read = laboratory.answers_of(case)
    assert {name: read[name] for name in MORE} == MORE


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"disposition": "discarded", "vials_n": 3}, "vials_n", "Nothing was frozen"),
        ({"disposition": "fresh", "storage_location": "Tank 2"}, "storage_location", "Nothing was frozen"),
        (
            {"disposition": "fresh", "consent_expiry": date(2035, 1, 1)},
            "consent_expiry",
            "Nothing was frozen",
        ),
        ({"consent_expiry": date(2025, 3, 3)}, "consent_expiry", "before the operation, on 4 Mar 2025"),
        ({"right_count_exact": 0}, "right_count_exact", "the count is not 0"),
        ({"right_count_category": "0"}, "right_count_category", "the count is not 0"),
        (
            {"right_count_category": "1_10", "right_count_exact": 11},
            "right_count_exact",
            "11 is not within 1–10",
        ),
        ({"vials_n": 201}, "vials_n", "outside 0 to 200"),
        ({"containers_n": 0}, "containers_n", "outside 1 to 60"),
        ({"embryologists_n": 10}, "embryologists_n", "outside 1 to 9"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(case, refused, changes, field, words):
    problems = refused(case, **changes)
    assert set(problems) == {field}
    assert words in problems[field][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"consent_expiry": date(2025, 3, 4)},
        {"right_count_category": "1_10", "right_count_exact": 10},
        {"right_count_category": "over_1000", "right_count_exact": 1001},
        {"disposition": "discarded", "vials_n": 0},
        {"vials_n": 0},
    ],
)
def test_what_is_just_possible_is_taken(case, make_report, changes):
    assert make_report(case, **changes).is_final


def test_a_count_of_nothing_found_does_not_apply(case, make_report):
    make_report(case, left_count_category="1_10", left_count_exact=4)
    left = Finding.objects.get(testis__side="left")
    assert (left.count_category, left.count_exact) == ("", None)


@pytest.mark.parametrize(
    ("start", "received", "fits"),
    [
        (time(9, 30), time(9, 29), False),
        (time(9, 30), time(9, 30), True),
        (time(9, 30), time(13, 0), True),
        (time(23, 30), time(0, 20), True),
        (time(0, 20), time(23, 30), False),
        (None, time(3, 0), True),
    ],
)
def test_tissue_comes_after_the_operation_began_and_maybe_after_midnight(
    make_case, make_report, refused, start, received, fits
):
    case = make_case(start_time=start)
    if fits:
        assert make_report(case, received_at=received).is_final
    else:
        assert set(refused(case, received_at=received)) == {"received_at"}


def test_the_database_stores_nothing_about_what_was_not_frozen(case, make_report):
    make_report(case, final=False, disposition="frozen", vials_n=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        LaboratoryReport.objects.update(disposition="discarded")


# The page


@pytest.fixture
def typed(witness):
    def make(**changes):
        return {
            "right_sperm_found": "motile",
            "left_sperm_found": "none",
            "processing_methods": ["mincing"],
            "search_minutes": "90",
            "disposition": "frozen",
            "vials_n": "2",
            "witness": witness.pk,
            "version": 0,
            "final": "",
        } | changes

    return make


@pytest.fixture
def post(client, embryologist):
    client.force_login(embryologist)
    return lambda case, data: client.post(reverse("laboratory_report", args=[case.pk]), data)


def test_naming_the_witness_says_that_the_identity_was_checked(case, post, typed):
    post(case, typed())
    assert LaboratoryReport.objects.get().identity_checked == "yes"


def test_what_was_said_about_the_identity_stays(case, post, typed):
    post(case, typed(identity_checked="no"))
    assert LaboratoryReport.objects.get().identity_checked == "no"


def test_a_report_without_a_witness_says_nothing_about_the_identity(case, post, typed):
    post(case, {name: value for name, value in typed().items() if name not in ("witness", "final")})
    assert LaboratoryReport.objects.get().identity_checked == ""


def test_the_usual_report_comes_first_and_the_rest_is_folded(case, client, embryologist):
    client.force_login(embryologist)
    form = client.get(reverse("laboratory_report", args=[case.pk])).context["form"]
    of_cards = [question.name for specimen in form.specimens for question in specimen.questions]
    assert of_cards == ["right_sperm_found", "left_sperm_found"]
    usual = ["processing_methods", "search_minutes", "disposition", "vials_n", "witness", "identity_checked"]
    assert [question.name for question in form.questions] == usual
    more = [question.name for group in form.more.groups for question in group.questions]
    shared = [question.name for specimen in form.specimens for question in specimen.shared]
    assert sorted([*of_cards, *shared, *usual, *more]) == sorted(form.fields)


def test_a_mistake_in_the_folded_part_unfolds_it(case, post, typed):
    page = post(case, typed(containers_n="many")).content.decode()
    assert 'id="section-more" open' in page
    assert 'value="many"' in page


def test_a_count_of_zero_is_not_offered_where_sperm_was_found(case, client, embryologist):
    client.force_login(embryologist)
    page = client.get(reverse("laboratory_report", args=[case.pk])).content.decode()
    assert 'name="right_count_category" value="1_10"' in page
    assert 'name="right_count_category" value="0"' not in page


def test_what_was_found_in_each_testis_is_read_under_its_name(case, make_report, client, reader):
    make_report(case, **MORE)
    client.force_login(reader)
    page = client.get(reverse("laboratory_report", args=[case.pk])).content.decode()
    right = page.partition('id="specimen-right"')[2].partition("</section>")[0]
    assert "11–100" in right
    assert "Round" in right
    assert "How many" not in page.partition('id="specimen-left"')[2].partition("</section>")[0]
