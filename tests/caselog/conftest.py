"""Who is signed in, what they type, a locked period, and many cases for pages that cost the same."""

from datetime import date, timedelta

import pytest

from caselog.models import Case, Finding, LaboratoryReport, Patient, Testis
from caselog.services import periods

NEWEST = date(2025, 6, 30)
SPRING = {"since": date(2025, 3, 1), "until": date(2025, 5, 31)}


@pytest.fixture
def as_surgeon(client, surgeon):
    client.force_login(surgeon)
    return client


@pytest.fixture
def as_embryologist(client, embryologist):
    client.force_login(embryologist)
    return client


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def lock(clinic, administrator):
    """lock() locks the spring in which the usual case was operated on, whatever is missing; or other days."""

    def make(**days):
        period = periods.open_period(by=administrator, clinic=clinic, **days or SPRING)
        periods.close_period(by=administrator, period=period, today=NEWEST, reason="a test")
        return periods.lock_period(by=administrator, period=period, reason="a test")

    return make


@pytest.fixture
def reported(make_case, make_report):
    """A signed case of the right testis with its final report."""
    return make_report(make_case(sides="right", left_weighing=None)).case


@pytest.fixture
def typed(surgeon):
    """What a browser sends for a usual micro-TESE on the right; None leaves a question out."""

    def make(**changes):
        data = {
            "patient_code": "K-0231",
            "age_at_procedure": "34",
            "azoospermia_type": "noa",
            "primary_aetiology": "idiopathic",
            "klinefelter_status": "not_klinefelter",
            "y_microdeletion": "none",
            "prior_retrieval": "no_prior",
            "attempt_number": "1",
            "procedure_date_0": "4",
            "procedure_date_1": "Mar",
            "procedure_date_2": "2025",
            "surgeon": str(surgeon.pk),
            "status": "performed",
            "procedure": "micro_tese",
            "sides": "right",
            "anaesthesia": "general",
            "right_weighing": "balance",
            "right_tissue_weight_mg_0": "120",
            "right_tissue_weight_mg_1": "mg",
        } | changes
        return {name: value for name, value in data.items() if value is not None}

    return make


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
