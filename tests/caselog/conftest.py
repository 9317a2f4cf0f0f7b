"""Cases by the thousand, for the pages that must cost the same however many there are."""

from datetime import date, timedelta

import pytest

from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis

NEWEST = date(2025, 6, 30)


@pytest.fixture
def many(clinic, surgeon, unguarded):
    """Many drafts of as many men, several a day, each with a preliminary report."""

    @unguarded()
    def make(count: int):
        men = Patient.objects.bulk_create(
            Patient(clinic=clinic, code=f"M-{number:05d}") for number in range(count)
        )
        cases = Case.objects.bulk_create(
            Case(
                clinic=clinic,
                patient=man,
                number=f"2025-{number + 1:04d}",
                procedure_date=NEWEST - timedelta(days=number // 3),
                procedure="micro_tese",
                sides="both",
                surgeon=surgeon,
                created_by=surgeon,
            )
            for number, man in enumerate(men)
        )
        testes = Testis.objects.bulk_create(
            Testis(clinic=clinic, case=case, side=side) for case in cases for side in ("right", "left")
        )
        Finding.objects.bulk_create(
            Finding(clinic=clinic, testis=testis, sperm_found="none") for testis in testes
        )
        LaboratoryReport.objects.bulk_create(
            LaboratoryReport(clinic=clinic, case=case, embryologist=surgeon) for case in cases
        )
        return cases

    return make
