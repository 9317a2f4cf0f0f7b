"""A clinic that keeps identifiers, under a key of the tests."""

import pytest

from caselog.models import Patient
from caselog.services import identifiers
from tests.caselog.identifiers.man import NAME, NUMBER, OLD


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.IDENTIFIER_KEYS = (OLD,)


@pytest.fixture
def keeping(clinic, administrator):
    return identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=True)


@pytest.fixture
def record(keeping, administrator):
    def keep(patient, name=NAME, hospital_number=NUMBER, by=administrator):
        return identifiers.record_identifiers(
            by=by, patient=Patient.objects.get(pk=patient.pk), name=name, hospital_number=hospital_number
        )

    return keep


@pytest.fixture
def kept(case, record):
    return record(case.patient)
