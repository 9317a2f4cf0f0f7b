"""The database itself refuses what the services refuse, and is asked by them in one query."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from caselog.history import acting
from caselog.models import Case, Patient
from caselog.services import cases

TODAY = date(2025, 6, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"azoospermia_type": "oa"},
        {"primary_aetiology": "vasectomy"},
        {"attempt_number": 2},
        {"attempt_number": 0},
        {"prior_procedure": "tesa"},
        {"age_at_procedure": 8},
        {"klinefelter_status": ""},
        {"y_microdeletion": ""},
        {"status": "abandoned"},
        {"status": "cancelled", "status_reason": "Fever"},
        {"sides": ""},
        {"signed_by": None},
        {"state": "finished"},
        {"anaesthesia": "hypnosis"},
    ],
    ids=str,
)
def test_the_database_itself_refuses(case, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weighing": "not_weighed"},
        {"tissue_weight_mg": None},
        {"tissue_weight_mg": -1},
        {"tissue_weight_mg": 20_001},
        {"samples_n": 201},
        {"side": "middle"},
    ],
    ids=str,
)
def test_the_database_itself_refuses_a_testis(case, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        case.testes.filter(side="right").update(**wrong)


@pytest.mark.parametrize(
    "change", [{"status": "abandoned", "status_reason": "x"}, {"sides": "both"}, {"sides": "left"}], ids=str
)
def test_the_database_keeps_a_reported_case_unless_a_reason_is_given(reported, surgeon, change):
    rows = Case.objects.filter(pk=reported.pk)
    with pytest.raises(IntegrityError, match="only with a reason"), acting(by=surgeon):
        rows.update(**change)
    with acting(by=surgeon, reason="read the paper again"):
        rows.update(**change)


def test_the_database_keeps_the_man_of_a_reported_case(reported, clinic, surgeon):
    another = Patient.objects.create(clinic=clinic, code="ANOTHER")
    with pytest.raises(IntegrityError, match="only with a reason"), acting(by=surgeon):
        Case.objects.filter(pk=reported.pk).update(patient=another)


def test_the_database_never_deletes_a_signed_case(case, surgeon):
    case.testes.all().delete()
    with pytest.raises(IntegrityError, match="never deleted"), acting(by=surgeon, reason="please"):
        Case.objects.filter(pk=case.pk).delete()


def test_the_database_itself_refuses_a_code_in_another_case(clinic):
    Patient.objects.create(clinic=clinic, code="K-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.create(clinic=clinic, code="k-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"primary_aetiology": "cbavd"},
        {"attempt_number": 2},
        {"primary_aetiology": "cbavd", "attempt_number": 2},
    ],
)
def test_each_rule_of_the_database_that_is_broken_is_told_at_its_field(clinic, surgeon, answers, wrong):
    told = cases.problems(clinic=clinic, answers=answers(surgeon=surgeon, **wrong), today=TODAY)
    said = {
        "primary_aetiology": ["This cause does not go with this type of azoospermia."],
        "attempt_number": [
            "A later attempt has an earlier one. Correct the attempt number or the earlier retrieval."
        ],
    }
    assert told == {name: said[name] for name in wrong}


def test_rules_of_the_database_that_hold_are_asked_in_one_query(clinic, surgeon, answers):
    with CaptureQueriesContext(connection) as asked:
        cases.problems(clinic=clinic, answers=answers(surgeon=surgeon), today=TODAY)
    assert sum("_check" in one["sql"] for one in asked) == 1
