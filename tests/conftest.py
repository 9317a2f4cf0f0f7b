"""The shared cast: a clinic with its people, and cases made through the services."""

import gc
import os
import tempfile
from contextlib import contextmanager
from copy import copy
from datetime import date, timedelta
from itertools import count
from pathlib import Path

# Before the settings load: the suite needs no set-up and writes nothing into the tree.
os.environ.setdefault("CASELOG_MODE", "demo")
_home = tempfile.TemporaryDirectory(prefix="caselog-tests-")
os.environ.setdefault("CASELOG_HOME", _home.name)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caselog.settings")

import django

django.setup()

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from rest_framework.test import APIClient

from caselog.choices import FROZEN, Role
from caselog.history import triggers
from caselog.models import Case, Clinic, Finding, LaboratoryReport, Membership, Patient, Testis, User
from caselog.services import cases, doubts, laboratory
from caselog.services.errors import Doubtful
from caselog.services.tokens import create_token

TODAY = date(2025, 6, 30)
PASSWORD = "correct horse battery"
LONGEST = {
    "test_every_page.py",
    "test_many_at_once.py",
    "test_access.py",
    "test_wheel.py",
    "test_upgrade.py",
    "test_demo.py",
}
_numbers = count(1)


def pytest_collection_modifyitems(items):
    for item in items:
        if {"client", "api"} & set(item.fixturenames):
            item.add_marker(pytest.mark.http)
    # Last, a long file would run alone while the other processes wait.
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What is loaded by now stays to the end: walking over it again and again takes a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def _english():
    """A request in Arabic leaves its language behind for the next test."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _test_settings(settings):
    # The manifest needs collected files, and hashing must not dominate the suite.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture(autouse=True, scope="session")
def _static_folder():
    """The live server starts before a test's settings hold, and whitenoise warns of a missing folder."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards():
    """A transactional test ends by emptying the tables, which the history's guards refuse.

    Django's flush sends post_migrate when it is done, and that puts the triggers back.
    """
    flush = TransactionTestCase._fixture_teardown

    def teardown(self):
        for alias in self._databases_names(include_mirrors=False):
            triggers.remove(connections[alias])
        flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


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
        "magnification": "microscope",
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
    if answers["disposition"] in FROZEN:
        answers = {"vials_n": 2} | answers
    return {name: value for name, value in answers.items() if value is not None}


@pytest.fixture
def answers():
    return operation_answers


@pytest.fixture
def findings():
    return laboratory_answers


@pytest.fixture
def make_case(clinic, surgeon):
    """A signed case; with sign=False a draft. Takes the answers that differ from the usual.

    Whoever signs it has confirmed what is unusual in them.
    """

    def make(*, sign=True, by=surgeon, clinic=clinic, **changes):
        answers = operation_answers(surgeon=by) | changes
        asked = {"by": by, "clinic": clinic, "answers": answers, "today": TODAY, "sign": sign}
        try:
            return cases.save_operation(**asked)
        except Doubtful as doubtful:
            said = doubts.confirming(doubtful.doubts, reason="Discussed")
            return cases.save_operation(**asked, confirmed=said)

    return make


@pytest.fixture
def case(make_case):
    return make_case()


@pytest.fixture
def make_report(embryologist, witness):
    def make(case, *, final=True, **changes):
        sides = {testis.side for testis in case.testes.all()}
        usual = {
            "right_sperm_found": "motile" if "right" in sides else None,
            "left_sperm_found": ("none" if "right" in sides else "motile") if "left" in sides else None,
            "witness": witness,
        }
        answers = laboratory_answers(**usual | changes)
        seen = {f"{testis.side}_wet_prep": testis.wet_prep for testis in case.testes.all()}
        return laboratory.report(
            by=embryologist,
            case=case,
            answers=answers,
            final=final,
            confirmed=doubts.confirming(doubts.doubts_of(answers | seen), reason="Discussed"),
        )

    return make


@pytest.fixture
def unguarded(db):
    """A context for rows by the thousand: history and guards would take most of the time."""

    @contextmanager
    def without_triggers():
        triggers.remove(connection)
        yield
        triggers.install(connection)

    return without_triggers


@pytest.fixture
def men_of(case, make_report, unguarded):
    """men_of(n): n men more, each with a signed and reported copy of one case.

    Of another clinic or surgeon where one is named. With `newest` the copies are of that day and those
    before it, one a day.
    """
    make_report(case)
    case.refresh_from_db()
    testes = list(case.testes.select_related("finding"))

    @unguarded()
    def make(n, *, clinic=None, surgeon=None, newest=None):
        clinic, there = clinic or case.clinic, Case.objects.count()
        of = {"clinic": clinic, "surgeon": surgeon or case.surgeon}
        men = Patient.objects.bulk_create(
            Patient(clinic=clinic, code=f"M-{i:05d}") for i in range(there, there + n)
        )
        copies = [_copy(case, patient=man, number=f"2020-{i:05d}", **of) for i, man in enumerate(men, there)]
        for days, one in enumerate(copies if newest else []):
            one.procedure_date = newest - timedelta(days)
        Case.objects.bulk_create(copies)
        for testis in testes:
            sides = Testis.objects.bulk_create(_copy(testis, case=one, clinic=clinic) for one in copies)
            Finding.objects.bulk_create(_copy(testis.finding, testis=side, clinic=clinic) for side in sides)
        LaboratoryReport.objects.bulk_create(
            _copy(case.laboratory_report, case=one, clinic=clinic) for one in copies
        )

    return make


@pytest.fixture
def many_cases(men_of):
    """many_cases(n): so many more that there are n cases in all."""
    return lambda n, newest=None: men_of(n - Case.objects.count(), newest=newest)


def _copy(record, **changes):
    another = copy(record)
    another.pk = None
    for name, value in changes.items():
        setattr(another, name, value)
    return another


@pytest.fixture
def api():
    """api(person) is a program that acts for this person by a token; api() is nobody's."""

    def sign_in(person=None):
        program = APIClient()
        program.default_format = "json"
        if person is not None:
            _token, secret = create_token(by=person, days=30)
            program.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        return program

    return sign_in
