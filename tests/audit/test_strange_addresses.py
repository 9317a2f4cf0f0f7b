"""Whatever an address of the audit asks, it is answered or refused: never with an error of ours."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit import services
from audit.results import Filters
from audit.urls import urlpatterns
from caselog.selection import RULES

pytestmark = pytest.mark.slow  # a sweep over every address

ANYWHERE = ["x", "\0", "9" * 40]
NO_DATES = ["", "٢٠٢٥-٠١-٠١", "9999-12-31", "0001-01-01"]
NO_NUMBERS = ["١٢", "-1", "1e400", "a:b:c", "micro_noa:quarter:2025-9"]
STRANGE = {"since": ANYWHERE + NO_DATES, "until": ANYWHERE + NO_DATES}
FILTERS = ("since", "until", "unit", "reference_set", "share", *RULES)
ASKED = ("measure", "part", "page", "closed", "clinic", "version", "format", "unheard_of")
NAMED = {"pk": 1, "version": 1, "measure": "micro_noa", "figure": "c17-micro"}
FIGURE = {"measure": "micro_noa", "part": "found"}
# What each address asks besides the filters, which are asked for one by one where they are alone.
OWN = {
    "audit": FILTERS,
    "audit_cases": ("measure", "part", "page"),
    "audit_time": ("measure", "page", "since", "until"),
    "audit_between": ("measure", "since", "until"),
    "audit_close": ("since", "until", "reference_set", "title"),
    "audit_runs": ("page", "closed"),
    "audit_run_cases": ("measure", "part", "page"),
    "audit_run_time": ("measure", "page"),
    "clinics/{clinic}/audit/": FILTERS,
    "clinics/{clinic}/audit/time/": ("measure", "since", "until"),
    "clinics/{clinic}/audit/between/": ("measure", "since", "until"),
    "audit-runs/": ("page", "closed", "clinic"),
    "own-figures/": ("page", "clinic"),
    "audit-settings/": ("page", "clinic"),
    "reference-adoptions/": ("page", "clinic"),
}
PAGES = {one.name: [*one.pattern.converters] for one in urlpatterns}
PROGRAMS = [
    *(f"clinics/{{clinic}}/audit/{part}" for part in ("", "time/", "between/", "case-mix/")),
    "clinics/{clinic}/audit/measures/micro_noa/",
    *(f"audit-runs/{part}" for part in ("", "{run}/", "{run}/again/", "{run}/shared/")),
    "own-figures/",
    "audit-settings/",
    "reference-adoptions/",
]


@pytest.fixture
def kept(make_case, make_report, administrator, clinic):
    make_report(make_case())
    return services.keep_run(
        by=administrator, clinic=clinic, filters=Filters(), title="Kept", now=timezone.now()
    )


def questions(name):
    for value in ANYWHERE + NO_DATES + NO_NUMBERS:
        yield FIGURE | dict.fromkeys(FILTERS, value) if name in OWN else dict.fromkeys(FILTERS + ASKED, value)
    for asked in OWN.get(name, ()):
        for value in STRANGE.get(asked, ANYWHERE + NO_NUMBERS):
            yield {"since": "", "until": ""} | FIGURE | {asked: value} if "cases" in name else {asked: value}


def failures(client, address, name):
    client.raise_request_exception = False
    found = [(question, client.get(address, question).status_code) for question in questions(name)]
    assert found
    return [(question, status) for question, status in found if status >= 500]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_breaks_at_what_is_asked(kept, client, administrator, name):
    client.force_login(administrator)
    named = {part: (NAMED | {"pk": kept.pk})[part] for part in PAGES[name]}
    assert failures(client, reverse(name, kwargs=named), name) == []


@pytest.mark.parametrize("path", PROGRAMS)
def test_no_program_breaks_it_either(kept, api, administrator, clinic, path):
    address = "/api/v1/" + path.format(clinic=clinic.pk, run=kept.pk)
    assert failures(api(administrator), address, path) == []


@pytest.mark.parametrize("pk", [0, 2**63, 10**40])
def test_a_number_beyond_every_key_is_nothing(kept, client, api, administrator, pk):
    client.force_login(administrator)
    client.raise_request_exception = False
    for name, parts in PAGES.items():
        if {"pk", "version"} & {*parts}:
            named = {part: (NAMED | {"pk": pk, "version": pk})[part] for part in parts}
            assert client.get(reverse(name, kwargs=named), FIGURE).status_code == 404, name
    program = api(administrator)
    program.raise_request_exception = False
    for path in (
        f"clinics/{pk}/audit/",
        f"clinics/{pk}/audit/between/",
        f"audit-runs/{pk}/",
        f"own-figures/{pk}/",
    ):
        assert program.get(f"/api/v1/{path}").status_code == 404, path
