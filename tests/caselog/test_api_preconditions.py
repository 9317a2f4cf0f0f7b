"""ETag, If-Match: no program overwrites another one's change. Idempotency-Key: a retry makes one record."""

import pytest

from caselog.models import Case, LaboratoryReport, Patient

CASES, REPORTS = "/api/v1/cases/", "/api/v1/laboratory-reports/"


@pytest.fixture
def program(api, surgeon):
    return api(surgeon)


@pytest.fixture
def bench(api, embryologist):
    return api(embryologist)


def test_a_record_carries_its_version_as_its_tag(program, case):
    read = program.get(f"{CASES}{case.pk}/")
    assert read.headers["ETag"] == '"1"'
    changed = program.patch(f"{CASES}{case.pk}/", {"anaesthesia": "spinal"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')


def test_a_list_has_no_tag(program, case):
    assert "ETag" not in program.get(CASES).headers


@pytest.mark.promise("CON-1")
@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_of_another_version_is_refused(program, case, method):
    body = {"patient_code": case.patient.code, "procedure_date": "2025-03-05", "age_at_procedure": 35}
    program.patch(f"{CASES}{case.pk}/", {"anaesthesia": "spinal"}, headers={"If-Match": '"1"'})
    stale = getattr(program, method)(f"{CASES}{case.pk}/", body, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert list(stale.json()["errors"]) == ["version"]
    assert stale.json()["version"] == 2
    assert Case.objects.get().age_at_procedure == 34


@pytest.mark.parametrize("header", [{}, {"If-Match": "*"}, {"If-Match": ""}])
def test_a_change_that_does_not_say_what_it_read_is_refused(program, case, header):
    answer = program.patch(f"{CASES}{case.pk}/", {"anaesthesia": "spinal"}, headers=header)
    assert answer.status_code == 428
    assert list(answer.json()["errors"]) == ["version"]
    assert Case.objects.get().anaesthesia == "general"


@pytest.mark.parametrize("tag", ["1", '"x"', '"99999999999"', '"1", "2"', "W/1"])
def test_a_tag_that_is_none_of_ours_changes_nothing(program, case, tag):
    answer = program.patch(f"{CASES}{case.pk}/", {"anaesthesia": "spinal"}, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert Case.objects.get().anaesthesia == "general"


def test_a_tag_that_was_weakened_by_compression_is_the_same_version(program, case):
    read = program.get(f"{CASES}{case.pk}/", headers={"Accept-Encoding": "gzip"})
    assert read.headers["ETag"] == 'W/"1"'
    headers = {"If-Match": read.headers["ETag"]}
    assert program.patch(f"{CASES}{case.pk}/", {"age_at_procedure": 35}, headers=headers).status_code == 200


def test_a_report_carries_its_version_too(bench, case, make_report):
    report = make_report(case, final=False)
    url = f"{REPORTS}{report.pk}/"
    assert bench.get(url).headers["ETag"] == '"1"'
    assert bench.patch(url, {"search_minutes": 80}, headers={"If-Match": '"1"'}).status_code == 200
    assert bench.patch(url, {"search_minutes": 70}, headers={"If-Match": '"1"'}).status_code == 412
    assert bench.patch(url, {"search_minutes": 70}).status_code == 428
    assert LaboratoryReport.objects.get().search_minutes == 80


# A retried request


@pytest.fixture
def body(clinic):
    return {"clinic": clinic.pk, "patient_code": "K-1", "procedure_date": "2025-03-04"}


def keyed(key="a"):
    return {"Idempotency-Key": key}


@pytest.mark.promise("CON-3")
def test_the_same_request_under_the_same_key_makes_one_record(program, body):
    first, again = (program.post(CASES, body, headers=keyed()) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Case.objects.count() == 1


def test_another_key_or_none_makes_another_record(program, body):
    for headers in (keyed("a"), keyed("b"), {}, {}):
        assert program.post(CASES, body, headers=headers).status_code == 201
    assert Case.objects.count() == 4


def test_a_key_that_came_with_another_request_is_refused(program, body):
    program.post(CASES, body, headers=keyed())
    other = program.post(CASES, body | {"patient_code": "K-2"}, headers=keyed())
    assert other.status_code == 422
    assert other.json()["errors"]["non_field_errors"]
    assert Case.objects.count() == 1


def test_a_key_is_of_one_person_and_one_kind_of_record(program, api, member, clinic, body):
    program.post(CASES, body, headers=keyed())
    assert api(member("surgeon")).post(CASES, body, headers=keyed()).status_code == 201
    patient = program.post("/api/v1/patients/", {"clinic": clinic.pk, "code": "K-9"}, headers=keyed())
    assert patient.status_code == 201
    assert (Case.objects.count(), Patient.objects.count()) == (2, 2)


def test_a_refused_request_uses_no_key_up(program, body):
    assert program.post(CASES, body | {"age_at_procedure": 500}, headers=keyed()).status_code == 400
    assert program.post(CASES, body, headers=keyed()).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(program, body, key):
    assert program.post(CASES, body, headers=keyed(key)).status_code == 400
    assert not Case.objects.exists()


def test_a_report_is_made_once_too(bench, case):
    body = {"case": case.pk, "search_minutes": 80}
    first, again = (bench.post(REPORTS, body, headers=keyed()) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert LaboratoryReport.objects.get().version == 1
