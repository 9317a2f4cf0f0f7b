"""What is said of a man's earlier attempt, beside the clinic's own earlier case of him."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselog.models import Case, Confirmation
from caselog.services import cases, completeness, doubts, unsettled
from caselog.services.errors import Doubtful

TODAY = date(2025, 6, 30)
FIRST = {"patient_code": "K-7", "procedure_date": date(2024, 2, 1), "procedure": "conventional_tese"}
FAILED = {"right_sperm_found": "none", "disposition": "discarded"}
# What the form fills in from that case when its result is final.
AGREEING = {
    "attempt_number": 2,
    "prior_retrieval": "none_found",
    "prior_procedure": "conventional_tese",
    "prior_on": date(2024, 2, 1),
}
WHY = "The other clinic's report"
ELSEWHERE = AGREEING | {"prior_on": date(2024, 9, 1), "prior_procedure": "tesa", "attempt_number": 3}


@pytest.fixture
def first(make_case, make_report):
    """Conventional TESE on 1 February 2024, no sperm found."""
    case = make_case(**FIRST)
    make_report(case, **FAILED)
    return case


@pytest.fixture
def save(clinic, surgeon, answers):
    """His operation of 4 March 2025, signed."""

    def make(*, sign=True, case=None, found=(), **changes):
        return cases.save_operation(
            by=surgeon,
            clinic=clinic,
            answers=answers(**{"surgeon": surgeon, "patient_code": "K-7"} | AGREEING | changes),
            today=TODAY,
            sign=sign,
            case=case,
            confirmed=doubts.confirming(found, reason=WHY),
        )

    return make


def asked(save, **changes):
    with pytest.raises(Doubtful) as refused:
        save(**changes)
    return refused.value.doubts


def test_what_agrees_is_not_asked_about(first, save):
    assert save().attempt_number == 2
    assert not Confirmation.objects.filter(case__attempt_number=2).exists()


def test_what_the_form_fills_in_is_not_asked_about(first, save, clinic, make_case, make_report):
    make_report(make_case(**FIRST | ELSEWHERE | {"procedure_date": date(2024, 11, 1)}))
    known = cases.from_earlier_case(clinic, code="K-7", on=date(2025, 3, 4))
    filled = {name: known[name] for name in AGREEING}
    assert filled == {
        "attempt_number": 4,
        "prior_retrieval": "found",
        "prior_procedure": "conventional_tese",
        "prior_on": date(2024, 11, 1),
    }
    assert save(**filled).attempt_number == 4


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        (
            {"prior_retrieval": "no_prior", "attempt_number": 1},
            "prior_retrieval",
            "He was operated on in this clinic on 1 Feb 2024, case 2024-0001. Check both.",
        ),
        (
            {"prior_retrieval": "found"},
            "prior_retrieval",
            "His case 2024-0001 of 1 Feb 2024 has the final result: no sperm found. Check both.",
        ),
        (
            {"prior_retrieval": "unknown"},
            "prior_retrieval",
            "His case 2024-0001 of 1 Feb 2024 has the final result: no sperm found. Check both.",
        ),
        (
            {"prior_procedure": "micro_tese"},
            "prior_procedure",
            "His case 2024-0001 of 1 Feb 2024 was: Conventional TESE. Check both.",
        ),
        (
            {"prior_on": date(2023, 2, 1)},
            "prior_on",
            "He was operated on later than that, on 1 Feb 2024, case 2024-0001. Check the date.",
        ),
        (
            {"attempt_number": 3},
            "attempt_number",
            "His case 2024-0001 of 1 Feb 2024 was attempt 1. Check the attempt number.",
        ),
        (
            ELSEWHERE | {"attempt_number": 2},
            "attempt_number",
            "His case 2024-0001 of 1 Feb 2024 was attempt 1. Check the attempt number.",
        ),
    ],
    ids=str,
)
def test_what_contradicts_the_clinics_own_case_is_asked_about(first, save, changes, field, said):
    (found,) = asked(save, **changes)
    assert (found.code, found.fields, found.message) == (f"earlier.{field}", (field,), said)
    assert found.needs_reason
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        ELSEWHERE,
        ELSEWHERE | {"attempt_number": 4, "prior_retrieval": "found"},
        {"prior_on": None},
        {"prior_procedure": None},
    ],
    ids=str,
)
def test_an_attempt_elsewhere_since_and_a_blank_are_no_contradiction(first, save, changes):
    assert save(**changes).pk


def test_attempt_1_after_another_is_one_question(first, save):
    assert [doubt.code for doubt in asked(save, attempt_number=1)] == ["first_after_another"]


def test_a_result_that_is_awaited_contradicts_nothing(make_case, make_report, save):
    make_report(make_case(**FIRST), final=False, right_sperm_found="none", disposition=None)
    assert save(prior_retrieval="found").pk


@pytest.mark.parametrize(
    "other",
    [
        {"patient_code": "K-8"},
        {"procedure_date": date(2025, 3, 5)},
        {"status": "cancelled", "status_reason": "Fever"},
    ],
    ids=str,
)
def test_another_man_a_later_day_and_a_cancelled_operation_contradict_nothing(make_case, save, other):
    make_case(**FIRST | other)
    assert save(prior_retrieval="no_prior", attempt_number=1).pk


def test_a_case_of_another_clinic_contradicts_nothing(make_case, save, other_clinic, member):
    make_case(**FIRST, clinic=other_clinic, by=member("surgeon", clinic=other_clinic))
    assert save(prior_retrieval="no_prior", attempt_number=1).pk


def test_a_draft_is_not_asked(first, save):
    assert save(sign=False, prior_retrieval="found").is_draft


def test_it_is_asked_once_and_remembered_with_who_and_why(first, save, surgeon):
    found = asked(save, prior_retrieval="found")
    case = save(prior_retrieval="found", found=found)
    kept = case.confirmations.get()
    assert (kept.code, kept.confirmed_by, kept.reason) == ("earlier.prior_retrieval", surgeon, WHY)
    assert save(case=case, prior_retrieval="found", age_at_procedure=35).version == 2
    assert [doubt.code for doubt in asked(save, case=case, prior_retrieval="unknown")] == [kept.code]


def test_it_is_asked_anew_when_the_earlier_case_says_something_else(first, save, surgeon, clinic):
    found = asked(save, prior_procedure="micro_tese")
    case = save(prior_procedure="micro_tese", found=found)
    cases.save_operation(
        by=surgeon, clinic=clinic, case=first, answers=cases.answers_of(first) | {"procedure": "tesa"},
        today=TODAY,
    )  # fmt: skip
    (again,) = asked(save, case=case, prior_procedure="micro_tese", found=found)
    assert again.message == "His case 2024-0001 of 1 Feb 2024 was: TESA. Check both."


def test_only_a_man_with_an_earlier_case_costs_a_query(make_case, make_report, save):
    make_case(**FIRST | {"procedure_date": date(2025, 3, 5), "patient_code": "K-9"})
    nobody = {"prior_retrieval": "no_prior", "attempt_number": 1, "patient_code": "K-9"}
    with CaptureQueriesContext(connection) as without:
        save(**nobody)
    make_report(make_case(**FIRST), **FAILED)
    with CaptureQueriesContext(connection) as with_one:
        save()
    assert len(with_one) - len(without) == 1


# Where nobody was asked: the earlier result came later


@pytest.fixture
def overtaken(make_case, make_report, save):
    """Signed while the earlier result was awaited, which since is final: none found."""
    earlier = make_case(**FIRST)
    case = save(prior_retrieval="unknown")
    make_report(earlier, **FAILED)
    return case


def test_a_contradiction_that_nobody_confirmed_is_found(overtaken, make_case):
    make_case()
    found = [(one.case, one.field) for one in unsettled.contradictions(Case.objects.all())]
    assert found == [(overtaken.pk, "prior_retrieval")]


def test_putting_it_right_or_confirming_it_settles_it(overtaken, save):
    save(
        case=overtaken,
        prior_retrieval="unknown",
        found=asked(save, case=overtaken, prior_retrieval="unknown"),
    )
    assert unsettled.contradictions(Case.objects.all()) == []
    overtaken.confirmations.all().delete()
    assert unsettled.contradictions(Case.objects.all()) != []
    save(case=overtaken)
    assert unsettled.contradictions(Case.objects.all()) == []


def test_finding_them_takes_one_query(overtaken, django_assert_num_queries):
    with django_assert_num_queries(1):
        unsettled.contradictions(Case.objects.all())


def test_home_and_the_case_say_it(overtaken, client, surgeon):
    client.force_login(surgeon)
    home = client.get(reverse("home")).content.decode()
    assert "1 case with a contradiction" in home
    page = client.get(reverse("case_detail", args=[overtaken.pk])).content.decode()
    assert "has the final result: no sperm found. Check both." in page


def test_an_answer_in_doubt_makes_the_record_incomplete(overtaken):
    found = completeness.of_clinic(completeness.readable(Case.objects.all()))
    [(case, entries)] = found.doubtful
    assert (case, [entry.name for entry in entries]) == (overtaken, ["prior_retrieval"])


# On the form, and over the API


@pytest.fixture
def typed(surgeon):
    return {
        "patient_code": "K-7", "age_at_procedure": "34", "azoospermia_type": "noa",
        "primary_aetiology": "idiopathic", "klinefelter_status": "not_klinefelter", "y_microdeletion": "none",
        "prior_retrieval": "found", "prior_procedure": "conventional_tese", "attempt_number": "2",
        "procedure_date_0": "4", "procedure_date_1": "Mar", "procedure_date_2": "2025",
        "surgeon": str(surgeon.pk), "status": "performed", "procedure": "micro_tese", "sides": "right",
        "anaesthesia": "general", "right_weighing": "not_weighed", "sign": "",
    }  # fmt: skip


def test_the_form_asks_where_the_answer_stands_and_signs_what_is_confirmed(first, client, surgeon, typed):
    client.force_login(surgeon)
    page = client.post(reverse("case_new"), typed)
    assert page.status_code == 422
    (check,) = page.context["form"].checks
    assert check.name == "prior_retrieval"
    assert "has the final result: no sperm found. Check both." in page.content.decode()
    ticked = typed | {f"confirm.{check.doubt.code}": check.doubt.about}
    assert client.post(reverse("case_new"), ticked).status_code == 422, "and the reason"
    why = {f"reason.{check.doubt.code}": WHY}
    assert client.post(reverse("case_new"), ticked | why).status_code == 302
    kept = Case.objects.newest_first().first().confirmations.get()
    assert (kept.confirmed_by, kept.reason) == (surgeon, WHY)


def test_the_api_asks_too(first, api, surgeon, clinic, answers):
    body = answers(clinic=clinic.pk, surgeon=surgeon.pk, patient_code="K-7", sign=True, **AGREEING)
    body |= {"procedure_date": "2025-03-04", "prior_on": "2024-02-01", "prior_retrieval": "found"}
    refused = api(surgeon).post("/api/v1/cases/", body)
    assert refused.status_code == 409
    assert list(refused.json()["errors"]) == ["prior_retrieval"]
    [doubt] = refused.json()["doubts"]
    said = [{"code": doubt["code"], "about": doubt["about"], "reason": WHY}]
    assert api(surgeon).post("/api/v1/cases/", body | {"confirm": said}).status_code == 201
