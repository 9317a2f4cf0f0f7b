"""The cast of the audit's tests: spreadsheets, a kept year, clinics and surgeons side by side."""

from dataclasses import replace

import pytest

from audit import services, settings
from audit.limits import Limits
from caselog.models import Clinic
from tests.audit.sheets import HEAD, read_lines
from tests.audit.year import NOW, PERIOD, YEAR


@pytest.fixture
def cases(tmp_path):
    """The rows of a CSV text; the heads of more columns, and rows of text."""

    def read(*rows, more=""):
        return read_lines(tmp_path, ",".join(filter(None, [HEAD, more])), *rows)

    return read


@pytest.fixture
def keep(clinic, administrator):
    """The year as it is now, kept; of other cases, by somebody else or on another day where that is said."""

    def make(**changes):
        usual = {"by": administrator, "clinic": clinic, "filters": YEAR, "title": "The year 2025", "now": NOW}
        return services.keep_run(**usual | changes)

    return make


@pytest.fixture
def audit(clinic, reader):
    """The year's audit as it is now, under the filters that are named."""

    def make(**filters):
        asked = replace(YEAR, **filters)
        return services.run(user=reader, clinic=clinic, filters=asked, now=NOW)[0]

    return make


@pytest.fixture
def look(client, reader):
    """A page about the year, as a reader sees it."""

    def fetch(url, status=200, user=reader, **asked):
        client.force_login(user)
        response = client.get(url, PERIOD | asked)
        assert response.status_code == status
        return response.content.decode()

    return fetch


@pytest.fixture
def takes_part(member):
    def change(clinic, *, takes_part=True, **limits):
        by = member("administrator", clinic=clinic)
        settings.change(by=by, clinic=clinic, limits=Limits(**limits), takes_part=takes_part, reason="Agreed")

    return change


@pytest.fixture
def others(men_of, takes_part):
    """Three clinics that take part, of which nobody here is a member."""

    def make(sizes=(8, 9, 10)):
        clinics = [Clinic.objects.create(name=f"Secret {n}") for n in sizes]
        for clinic, n in zip(clinics, sizes, strict=True):
            men_of(n, clinic=clinic)
            takes_part(clinic)
        return clinics

    return make


@pytest.fixture
def theatre(men_of, member, surgeon):
    """Five surgeons: two with 25 and 20 men, two with 30, one with 19."""
    people = {"Sami Surgeon": surgeon} | {
        name: member("surgeon", name=name) for name in ("Bilal", "Chadi", "Dima", "Elif")
    }
    for name, n in {"Sami Surgeon": 24, "Bilal": 20, "Chadi": 30, "Dima": 30, "Elif": 19}.items():
        men_of(n, surgeon=people[name])
    return people
