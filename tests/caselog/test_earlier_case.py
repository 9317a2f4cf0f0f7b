"""What a man's earlier case answers for the next one."""

from datetime import date

from caselog.services import cases

TODAY = date(2025, 6, 30)


def test_the_mans_earlier_case_answers_for_the_next_one(clinic, make_case, make_report):
    first = make_case(patient_code="K-7", procedure_date=date(2024, 2, 1), procedure="conventional_tese")
    make_report(first, right_sperm_found="none", disposition="discarded")
    filled = cases.from_earlier_case(clinic, code="K-7", on=TODAY)
    assert filled["earlier"] == first
    assert filled["attempt_number"] == 2
    assert filled["prior_retrieval"] == "none_found"
    assert filled["prior_on"] == date(2024, 2, 1)
    assert filled["prior_procedure"] == "conventional_tese"
    assert filled["klinefelter_status"] == "not_klinefelter"


def test_an_earlier_result_that_is_awaited_is_unknown_and_not_a_failure(clinic, make_case, make_report):
    case = make_case(patient_code="K-7")
    assert cases.from_earlier_case(clinic, code="K-7", on=TODAY)["prior_retrieval"] == "unknown"
    make_report(case, final=False, right_sperm_found="none", disposition=None)
    assert cases.from_earlier_case(clinic, code="K-7", on=TODAY)["prior_retrieval"] == "unknown"


def test_an_earlier_success_is_not_a_failure(clinic, make_case, make_report):
    make_report(make_case(patient_code="K-7"))
    assert cases.from_earlier_case(clinic, code="K-7", on=TODAY)["prior_retrieval"] == "found"


def test_nothing_is_filled_in_from_another_clinic_or_a_cancelled_case(clinic, other_clinic, make_case):
    make_case(patient_code="K-7", status="cancelled", status_reason="Fever")
    assert cases.from_earlier_case(clinic, code="K-7", on=TODAY) == {}
    make_case(patient_code="K-8")
    assert cases.from_earlier_case(other_clinic, code="K-8", on=TODAY) == {}


def test_a_case_is_not_its_own_earlier_case(clinic, make_case):
    case = make_case(patient_code="K-7")
    assert cases.from_earlier_case(clinic, code="K-7", on=TODAY, than=case) == {}
