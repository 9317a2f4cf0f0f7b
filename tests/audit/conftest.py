"""Many cases at once, which the services would take minutes to make."""

from copy import copy

import pytest
from django.utils import translation

from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis


@pytest.fixture(autouse=True)
def _language_of_its_own():
    """A page in Arabic leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def many_cases(case, make_report):
    """many_cases(n): n men, each a signed and reported copy of one case that the services made."""
    make_report(case)
    case.refresh_from_db()
    testes = list(case.testes.select_related("finding"))

    def make(n: int) -> None:
        clinic = case.clinic
        men = Patient.objects.bulk_create(Patient(clinic=clinic, code=f"M-{i:05d}") for i in range(1, n))
        copies = Case.objects.bulk_create(
            _copy(case, patient=man, number=f"2024-{i:05d}") for i, man in enumerate(men)
        )
        for testis in testes:
            sides = Testis.objects.bulk_create(_copy(testis, case=one) for one in copies)
            Finding.objects.bulk_create(_copy(testis.finding, testis=side) for side in sides)
        # Last: the database lets nobody add to what a final report says.
        LaboratoryReport.objects.bulk_create(_copy(case.laboratory_report, case=one) for one in copies)

    return make


def _copy(record, **changes):
    another = copy(record)
    another.pk = None
    for name, value in changes.items():
        setattr(another, name, value)
    return another
