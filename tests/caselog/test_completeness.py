"""How complete a case, a field and a clinic are."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from caselog.models import Case, Confirmation
from caselog.services import cases, completeness, doubts, laboratory

PERIOD = {"since": "2025-01-01", "until": "2025-12-31"}


def of_case(case):
    case = Case.objects.get(pk=case.pk)
    return completeness.of_case(case, cases.answers_of(case) | laboratory.answers_of(case))


def names(entries):
    return {entry.name for entry in entries}


def of_clinic():
    return completeness.of_clinic(completeness.readable(Case.objects.newest_first()))


def test_what_is_expected_grows_with_the_answers(make_case):
    bare = of_case(
        make_case(sign=False, azoospermia_type="", primary_aetiology="", y_microdeletion="", sides="")
    )
    typed = of_case(make_case(sign=False, y_microdeletion=""))
    assert "y_microdeletion" not in names(bare.expected)
    assert {"y_microdeletion"} < names(typed.expected)
    assert len(bare.expected) < len(typed.expected)


def test_a_signed_and_finally_reported_case_is_complete(case, make_report):
    waiting = of_case(case)
    assert names(waiting.missing) >= {"right_sperm_found", "search_minutes", "witness"}
    make_report(case)
    done = of_case(case)
    assert (done.is_complete, done.answered) == (True, len(done.expected))


def test_an_operation_that_was_not_performed_owes_no_report(make_case):
    cancelled = make_case(status="cancelled", status_reason="Fever")
    assert of_case(cancelled).is_complete


@pytest.fixture
def unusual(make_case, make_report):
    case = make_case(sign=False)
    Case.objects.filter(pk=case.pk).update(right_testis_volume_ml=Decimal(55), weight_kg=Decimal(300))
    make_report(case)
    return case


def test_an_unusual_answer_is_no_answer_until_somebody_confirms_it(unusual, surgeon):
    of_this = of_case(unusual)
    assert {"right_testis_volume_ml", "weight_kg"} <= names(of_this.doubtful)
    assert of_this.answered < len(of_this.expected)
    for doubt in doubts.doubts_of(cases.answers_of(Case.objects.get(pk=unusual.pk))):
        Confirmation.objects.create(
            clinic=unusual.clinic, case=unusual, code=doubt.code, about=doubt.about, confirmed_by=surgeon
        )
    assert of_case(unusual).is_complete


def test_a_clinic_counts_its_cases_and_each_field(make_case, make_report, unusual):
    make_report(make_case())
    make_case(sign=False, anaesthesia="")
    found = of_clinic()
    assert (found.cases, found.complete) == (3, 1)
    assert [case for case, _entries in found.doubtful] == [unusual]
    anaesthesia = next(one for one in found.required if one.entry.name == "anaesthesia")
    assert (anaesthesia.answered, anaesthesia.asked) == (2, 3)
    weight = next(one for one in found.required if one.entry.name == "weight_kg")
    assert (weight.answered, weight.asked) == (0, 1)
    fsh = next(one for one in found.optional if one.entry.name == "fsh_result")
    assert (fsh.answered, fsh.asked) == (0, 3)


def test_a_draft_and_a_preliminary_report_complete_no_case(make_case, make_report):
    make_report(make_case(), final=False)
    assert (of_clinic().cases, of_clinic().complete) == (1, 0)
    draft = make_case(sign=False)
    make_report(draft)
    assert of_case(draft).is_complete
    assert (of_clinic().cases, of_clinic().complete) == (2, 0)


def test_a_signed_operation_that_was_not_performed_is_complete_without_a_report(make_case):
    make_case(status="cancelled", status_reason="Fever")
    make_case(status="cancelled", status_reason="Fever", sign=False)
    assert (of_clinic().cases, of_clinic().complete) == (2, 1)


def test_the_page_says_what_completes_a_case(client, reader, case):
    client.force_login(reader)
    page = client.get(reverse("data_quality"), PERIOD).content.decode()
    assert "Follow-up does not count." in page


def test_the_case_page_says_how_many_are_answered_and_what_is_missing(client, reader, make_case):
    draft = make_case(sign=False, anaesthesia="")
    client.force_login(reader)
    page = client.get(reverse("case_detail", args=[draft.pk])).content.decode()
    of_this = of_case(draft)
    assert f"{of_this.answered} of {len(of_this.expected)} answered" in page
    missing = page.split("<p>Missing</p>")[1].split("</ul>")[0]
    assert "Anaesthesia" in missing


def test_the_page_counts_the_period_that_was_asked_for(client, reader, make_case, make_report):
    make_report(make_case())
    make_case(procedure_date=date(2024, 12, 31))
    client.force_login(reader)
    page = client.get(reverse("data_quality"), PERIOD)
    assert (page.context["found"].cases, page.context["found"].complete) == (1, 1)


def test_days_are_told_as_a_median_of_five_cases_at_least(client, reader, make_case, make_report):
    today = timezone.localdate()
    asked = {"since": today.isoformat(), "until": today.isoformat()}
    client.force_login(reader)
    for back in range(4):
        make_report(make_case(procedure_date=date(2025, 3, 1 + back)))
    few = client.get(reverse("data_quality"), asked).context["delays"]
    assert (few.entry.cases, few.entry.days, few.final.days) == (4, None, None)
    make_case(procedure_date=date(2025, 3, 5))
    enough = client.get(reverse("data_quality"), asked).context["delays"]
    assert (enough.entry.cases, enough.entry.days) == (5, (today - date(2025, 3, 3)).days)
    assert (enough.final.cases, enough.final.days) == (4, None)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "1/2/2025"}, "is not a date"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "before the first"),
    ],
)
def test_a_period_that_makes_no_sense_is_told_and_stays(client, reader, asked, said):
    client.force_login(reader)
    page = client.get(reverse("data_quality"), asked)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert asked["since"] in page.content.decode()


@pytest.mark.promise("ACC-1")
def test_no_case_of_another_clinic_is_counted(client, member, other_clinic, case):
    client.force_login(member("administrator", clinic=other_clinic))
    assert client.get(reverse("data_quality"), PERIOD).context["found"].cases == 0


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_page_costs_the_same_however_many_cases(
    client, administrator, many, count, django_assert_max_num_queries
):
    many(count)
    client.force_login(administrator)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("data_quality"), {"since": "2020-01-01", "until": "2026-01-01"})
    assert page.context["found"].cases == count
    assert len(page.content) < 100_000
