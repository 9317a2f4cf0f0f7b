"""The shared cast: a clinic with its people, and cases made through the services."""

from datetime import date
from itertools import count

import pytest

from caselog.choices import Role
from caselog.models import Clinic, Membership, User
from caselog.services import cases, laboratory

TODAY = date(2025, 6, 30)
PASSWORD = "correct horse battery"
_numbers = count(1)


@pytest.fixture(autouse=True)
def _test_settings(settings):
    # The manifest needs collected files, and hashing must not dominate the suite.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def clinic(db):
    return Clinic.objects.create(name=f"Clinic {next(_numbers)}")


@pytest.fixture
def other_clinic(db):
    return Clinic.objects.create(name=f"Other clinic {next(_numbers)}")


@pytest.fixture
def member(db, clinic):
    """member("surgeon") is a new person with that role in `clinic`; several roles may be named."""

    def make(*roles, clinic=clinic, name=""):
        number = next(_numbers)
        user = User.objects.create_user(
            f"person{number}@clinic.example", PASSWORD, name=name or f"Person {number}"
        )
        for role in roles:
            Membership.objects.create(clinic=clinic, user=user, role=Role(role))
        return user

    return make


@pytest.fixture
def surgeon(member):
    return member("surgeon", name="Sami Surgeon")


@pytest.fixture
def embryologist(member):
    return member("embryologist", name="Ela Embryologist")


@pytest.fixture
def witness(member):
    return member("embryologist", name="Wim Witness")


@pytest.fixture
def administrator(member):
    return member("administrator", name="Amal Administrator")


@pytest.fixture
def reader(member):
    return member("reader", name="Rana Reader")


def operation_answers(**changes):
    """A usual micro-TESE, complete; None takes an answer away."""
    answers = {
        "patient_code": f"K-{next(_numbers):04d}",
        "procedure_date": date(2025, 3, 4),
        "age_at_procedure": 34,
        "azoospermia_type": "noa",
        "primary_aetiology": "idiopathic",
        "klinefelter_status": "not_klinefelter",
        "y_microdeletion": "none",
        "prior_retrieval": "no_prior",
        "attempt_number": 1,
        "status": "performed",
        "procedure": "micro_tese",
        "sides": "both",
        "anaesthesia": "general",
        "right_weighing": "balance",
        "right_tissue_weight_mg": 120,
        "right_samples_n": 6,
        "left_weighing": "not_weighed",
    } | changes
    return {name: value for name, value in answers.items() if value is not None}


def laboratory_answers(**changes):
    """A usual final report on both sides: motile sperm in the right one; needs a witness."""
    answers = {
        "right_sperm_found": "motile",
        "left_sperm_found": "none",
        "processing_methods": ["mincing"],
        "search_minutes": 90,
        "disposition": "frozen",
    } | changes
    return {name: value for name, value in answers.items() if value is not None}


@pytest.fixture
def answers():
    return operation_answers


@pytest.fixture
def findings():
    return laboratory_answers


@pytest.fixture
def make_case(clinic, surgeon):
    """A signed case; with sign=False a draft. Takes the answers that differ from the usual."""

    def make(*, sign=True, by=surgeon, clinic=clinic, **changes):
        return cases.save_operation(
            by=by, clinic=clinic, answers=operation_answers(surgeon=by) | changes, today=TODAY, sign=sign
        )

    return make


@pytest.fixture
def case(make_case):
    return make_case()


@pytest.fixture
def make_report(embryologist, witness):
    def make(case, *, final=True, **changes):
        sides = {testis.side for testis in case.testes.all()}
        usual = laboratory_answers(
            right_sperm_found="motile" if "right" in sides else None,
            left_sperm_found=("none" if "right" in sides else "motile") if "left" in sides else None,
        )
        return laboratory.report(
            by=embryologist, case=case, answers=usual | {"witness": witness} | changes, final=final
        )

    return make
