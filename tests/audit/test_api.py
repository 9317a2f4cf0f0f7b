"""Audits over the API: the numbers and the words of the page."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from audit import services, storage, words
from audit.models import AuditRun
from audit.results import Filters, Unit

RUNS = "/api/v1/audit-runs/"
PERIOD = {"since": "2025-01-01", "until": "2025-12-31"}
NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def program(administrator, api):
    return api(administrator)


@pytest.fixture
def cases(make_case, make_report):
    """Three men with micro-TESE, sperm in one of two; the third result is awaited. One obstructive draft."""
    found, none, _pending = (make_case() for _ in range(3))
    make_report(found)
    make_report(none, right_sperm_found="none", disposition="discarded")
    make_case(azoospermia_type="oa", primary_aetiology="vasectomy", procedure="tesa", sign=False)


@pytest.fixture
def live(program, clinic):
    def ask(**asked):
        answer = program.get(f"/api/v1/clinics/{clinic.pk}/audit/", asked)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def errors_of(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


LINES = ("shares", "quantities", "changes", "strata")


def without_words(said):
    """The numbers alone, at any depth."""
    if isinstance(said, list):
        return [without_words(one) for one in said]
    if isinstance(said, dict):
        return {name: without_words(value) for name, value in said.items() if name != "words"}
    return said


def without_its_time(audit: dict) -> dict:
    """And without the series that a kept audit holds beside what a live one says."""
    return {name: value for name, value in audit.items() if name not in ("made_at", "over_time")}


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("reference_set", ["document", "literature"])
def test_the_api_says_the_numbers_of_the_service(cases, live, clinic, administrator, unit, reference_set):
    filters = Filters(
        since=date(2025, 1, 1), until=date(2025, 12, 31), unit=unit, reference_set=reference_set
    )
    audit, _rows = services.run(user=administrator, clinic=clinic, filters=filters, now=NOW)
    shown = live(**PERIOD, unit=unit.value, reference_set=reference_set)
    for name, value in without_its_time(storage.to_json(audit)).items():
        if name in LINES:
            assert [one | {"words": None} for one in value] == [one | {"words": None} for one in shown[name]]
            assert [one["words"]["sentences"] for one in shown[name]] == [
                words.sentences(line) for line in getattr(audit, name)
            ]
        elif name == "adjusted":
            assert without_words(shown[name]) == value
        elif name not in {"comparisons", "difference", "tissue"}:
            assert shown[name] == value, name
    for comparison, stored, one in zip(
        audit.comparisons, storage.to_json(audit)["comparisons"], shown["comparisons"], strict=True
    ):
        assert one == stored | {"rate": comparison.rate, "words": one["words"]}
        assert one["words"]["rate"] == words.rate(comparison)
        assert one["words"]["verdict"] == words.verdict(comparison)
    assert shown["difference"]["words"]["difference"] == words.difference(audit.difference)
    assert shown["tissue"]["words"]["ratio"] == words.tissue(audit.tissue)


def test_a_pending_result_is_neither_found_nor_missing(cases, live):
    micro = next(one for one in live(**PERIOD)["comparisons"] if one["measure"] == "micro_noa")
    assert (micro["found"], micro["known"], micro["pending"], micro["rate"]) == (1, 2, 1, 0.5)


def test_no_case_is_no_rate_and_not_zero(live):
    shown = live(**PERIOD)
    assert {one["rate"] for one in shown["comparisons"]} == {None}
    assert {one["known"] for one in shown["comparisons"]} == {0}


def test_what_is_not_asked_is_as_on_the_page_and_a_blank_day_is_no_limit(live):
    usual = live()["filters"]
    assert (usual["unit"], usual["reference_set"]) == ("man", "document")
    assert usual["since"].endswith("-01")
    assert usual["since"] < usual["until"]
    unlimited = live(since="", until="")["filters"]
    assert (unlimited["since"], unlimited["until"]) == (None, None)


def test_the_words_are_in_the_language_that_is_accepted_and_the_numbers_are_the_same(live, program, clinic):
    path, arabic = f"/api/v1/clinics/{clinic.pk}/audit/", {"Accept-Language": "ar"}
    shown = program.get(path, PERIOD, headers=arabic).json()
    with translation.override("ar"):
        assert shown["words"]["reference_set"] == words.reference_set_name("document")
    english = live(**PERIOD)
    assert shown["words"]["reference_set"] != english["words"]["reference_set"]
    assert shown["fingerprint"] == english["fingerprint"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"since": "04/03/2024"}, "since"),
        ({"until": "x"}, "until"),
        ({"since": "2025-01-02", "until": "2025-01-01"}, "until"),
        ({"unit": "couple"}, "unit"),
        ({"reference_set": "rumour"}, "reference_set"),
        ({"sinse": "2025-01-01"}, "sinse"),
    ],
    ids=str,
)
def test_a_filter_that_is_wrong_is_refused_by_its_name(program, clinic, asked, name):
    assert list(errors_of(program.get(f"/api/v1/clinics/{clinic.pk}/audit/", asked))) == [name]
    body = {"clinic": clinic.pk, "title": "2025"} | asked
    assert list(errors_of(program.post(RUNS, body))) == [name]
    assert not AuditRun.objects.exists()


def test_a_kept_run_is_the_audit_of_its_day(cases, program, clinic, administrator, live, make_case):
    made = program.post(RUNS, {"clinic": clinic.pk, "title": "2025"} | PERIOD)
    assert made.status_code == 201
    shown = made.json()
    assert (shown["title"], shown["kept_by"], shown["since"]) == ("2025", administrator.pk, "2025-01-01")
    assert without_its_time(shown["audit"]) == without_its_time(live(**PERIOD))
    assert [one["measure"] for one in shown["audit"]["over_time"]][-1] == "micro_noa"
    make_case()
    assert program.get(f"{RUNS}{shown['id']}/").json() == shown
    assert without_its_time(shown["audit"]) != without_its_time(live(**PERIOD))


def test_the_list_of_kept_runs_leaves_the_figures_out(program, clinic):
    made = program.post(RUNS, {"clinic": clinic.pk, "title": "2025"}).json()
    listed = program.get(f"{RUNS}?clinic={clinic.pk}").json()["results"]
    assert listed == [{name: value for name, value in made.items() if name != "audit"}]
    assert program.get(f"{RUNS}?clinic=0").json()["results"] == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_kept_run_never_changes(program, clinic, method):
    made = program.post(RUNS, {"clinic": clinic.pk, "title": "2025"}).json()
    path = f"{RUNS}{made['id']}/"
    assert getattr(program, method)(path, {"title": "2024"}).status_code == 405
    assert program.get(path).json() == made


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize(
    "field", ["id", "kept_by", "kept_at", "result", "audit", "fingerprint", "reference_version"]
)
def test_what_is_not_the_callers_to_say_is_refused_by_its_name(program, clinic, field):
    body = {"clinic": clinic.pk, "title": "2025", field: 1}
    assert list(errors_of(program.post(RUNS, body))) == [field]
    assert not AuditRun.objects.exists()


@pytest.mark.parametrize("absent", ["clinic", "title"])
def test_a_kept_run_has_a_clinic_and_a_title(program, clinic, absent):
    body = {"clinic": clinic.pk, "title": "2025"}
    del body[absent]
    assert list(errors_of(program.post(RUNS, body))) == [absent]


def test_a_clinic_that_is_not_the_callers_is_refused_by_its_name(program, other_clinic):
    for pk in (other_clinic.pk, 0):
        assert list(errors_of(program.post(RUNS, {"clinic": pk, "title": "2025"}))) == ["clinic"]


@pytest.mark.parametrize("n", [0, 12])
def test_the_audit_and_the_runs_take_few_queries(
    program, clinic, make_case, make_report, n, django_assert_max_num_queries
):
    for _ in range(n):
        make_report(make_case())
    if n:
        program.post(RUNS, {"clinic": clinic.pk, "title": "2025"})
        kept = AuditRun.objects.get()
        for _ in range(n - 1):
            kept.pk = None
            kept.save()
    for path in (f"/api/v1/clinics/{clinic.pk}/audit/?since=&until=", RUNS):
        with django_assert_max_num_queries(11):
            assert program.get(path).status_code == 200


# A retried request


KEYED = {"Idempotency-Key": "a"}


@pytest.mark.promise("CON-3")
def test_the_same_request_under_the_same_key_keeps_one_run(program, cases, clinic, make_case):
    asked = PERIOD | {"clinic": clinic.pk, "title": "Spring"}
    first = program.post(RUNS, asked, headers=KEYED)
    make_case()  # the run is of the records as they stood
    again = program.post(RUNS, asked, headers=KEYED)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert AuditRun.objects.count() == 1


def test_another_key_or_none_keeps_another_run(program, clinic):
    asked = {"clinic": clinic.pk, "title": "Spring"}
    for headers in (KEYED, {"Idempotency-Key": "b"}, {}, {}):
        assert program.post(RUNS, asked, headers=headers).status_code == 201
    assert AuditRun.objects.count() == 4


def test_a_key_that_came_with_another_request_is_refused(program, clinic):
    asked = {"clinic": clinic.pk, "title": "Spring"}
    program.post(RUNS, asked, headers=KEYED)
    other = program.post(RUNS, asked | {"title": "Summer"}, headers=KEYED)
    assert other.status_code == 422
    assert other.json()["errors"]["non_field_errors"]
    assert AuditRun.objects.get().title == "Spring"


def test_a_key_is_of_one_person_and_a_refused_request_uses_none_up(program, api, member, clinic):
    asked = {"clinic": clinic.pk, "title": "Spring"}
    assert program.post(RUNS, asked | {"unit": "couple"}, headers=KEYED).status_code == 400
    assert program.post(RUNS, asked, headers=KEYED).status_code == 201
    assert api(member("reader")).post(RUNS, asked, headers=KEYED).status_code == 403
    assert api(member("administrator")).post(RUNS, asked, headers=KEYED).status_code == 201
    assert AuditRun.objects.count() == 2


def test_the_description_names_the_key(clinic):
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"][RUNS]["post"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in described["parameters"]}
    assert "422" in described["responses"]
