from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from caselog.models import Case
from caselog.services import cases
from caselog.services.errors import Stale

TODAY = date(2025, 6, 30)


def test_two_answers_save_a_draft(clinic, surgeon):
    case = cases.save_operation(
        by=surgeon,
        clinic=clinic,
        answers={"patient_code": "K-1", "procedure_date": TODAY},
        today=TODAY,
    )
    assert case.is_draft
    assert case.number == "2025-0001"


def test_the_second_of_two_editors_is_told(case, surgeon, answers):
    changed = answers(patient_code=case.patient.code, surgeon=surgeon, anaesthesia="spinal")
    cases.save_operation(by=surgeon, clinic=case.clinic, case=case, version=1, answers=changed, today=TODAY)
    with pytest.raises(Stale):
        cases.save_operation(
            by=surgeon, clinic=case.clinic, case=case, version=1, answers=changed, today=TODAY
        )
