"""Laboratory reports over the API."""

from datetime import date

import pytest

from caselog.models import LaboratoryReport
from caselog.services import cases

URL = "/api/v1/laboratory-reports/"


@pytest.fixture
def program(embryologist, api):
    return api(embryologist)


@pytest.fixture
def body(witness, findings):
    def make(**changes):
        return findings(witness=witness.pk, **changes)

    return make


def errors_of(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def test_a_report_is_preliminary_unless_it_says_final(program, case, embryologist, body):
    made = program.post(URL, body(case=case.pk))
    assert made.status_code == 201
    shown = made.json()
    assert (shown["case"], shown["result_status"], shown["embryologist"]) == (
        case.pk,
        "preliminary",
        embryologist.pk,
    )
    assert shown | body() == shown
    assert program.get(f"{URL}{shown['id']}/").json() == shown


def test_the_case_links_to_its_report(program, make_case, make_report):
    case = make_case()
    assert program.get(f"/api/v1/cases/{case.pk}/").json()["laboratory_report"] is None
    report = make_report(case)
    assert program.get(f"/api/v1/cases/{case.pk}/").json()["laboratory_report"] == report.pk


def test_what_is_missing_in_a_final_report_is_named(program, case, body):
    answer = program.post(URL, body(case=case.pk, final=True, search_minutes=None, left_sperm_found=None))
    assert set(errors_of(answer)) == {"search_minutes", "left_sperm_found"}
    assert not LaboratoryReport.objects.exists()


def test_a_side_that_was_not_operated_on_has_no_finding(program, make_case, body):
    case = make_case(sides="right")
    refused = program.post(URL, body(case=case.pk, left_sperm_found="motile"))
    assert list(errors_of(refused)) == ["left_sperm_found"]
    made = program.post(URL, body(case=case.pk, left_sperm_found=""))
    assert (made.json()["right_sperm_found"], made.json()["left_sperm_found"]) == ("motile", "")


def test_a_side_that_was_taken_away_meanwhile_is_refused_by_its_name(
    program, make_case, make_report, surgeon, answers
):
    case = make_case()
    report = make_report(case, final=False, left_sperm_found=None)
    only_right = answers(surgeon=surgeon, patient_code=case.patient.code, sides="right", left_weighing=None)
    cases.save_operation(
        by=surgeon, clinic=case.clinic, case=case, answers=only_right, today=date(2025, 6, 30)
    )
    for method in (program.patch, program.put):
        refused = method(f"{URL}{report.pk}/", {"version": 1, "left_sperm_found": "none"})
        assert list(errors_of(refused)) == ["left_sperm_found"]


def test_no_minute_of_search_is_an_answer(program, case, make_report):
    report = make_report(case, final=False)
    changed = program.patch(f"{URL}{report.pk}/", {"version": 1, "search_minutes": 0})
    assert changed.status_code == 200
    assert changed.json()["search_minutes"] == 0
    assert LaboratoryReport.objects.get().search_minutes == 0
    kept = program.patch(f"{URL}{report.pk}/", {"version": 2, "disposition": "frozen"})
    assert kept.json()["search_minutes"] == 0
    taken_away = program.patch(f"{URL}{report.pk}/", {"version": 3, "search_minutes": None})
    assert taken_away.json()["search_minutes"] is None


def test_a_change_of_some_answers_keeps_the_others_and_makes_the_report_final(program, case, make_report):
    report = make_report(case, final=False, search_minutes=None)
    changed = program.patch(f"{URL}{report.pk}/", {"version": 1, "search_minutes": 45, "final": True})
    assert changed.status_code == 200
    shown = changed.json()
    assert (shown["result_status"], shown["search_minutes"], shown["right_sperm_found"]) == (
        "final",
        45,
        "motile",
    )


def test_a_replacement_takes_away_what_it_does_not_name(program, case, make_report):
    report = make_report(case, final=False)
    shown = program.put(f"{URL}{report.pk}/", {"version": 1, "left_sperm_found": "none"}).json()
    assert (shown["right_sperm_found"], shown["left_sperm_found"], shown["processing_methods"]) == (
        "",
        "none",
        [],
    )
    assert (shown["disposition"], shown["search_minutes"], shown["witness"]) == ("", None, None)


def test_the_second_of_two_editors_is_told(program, case, make_report):
    report = make_report(case, final=False)
    program.patch(f"{URL}{report.pk}/", {"version": 1, "search_minutes": 10})
    stale = program.patch(f"{URL}{report.pk}/", {"version": 1, "search_minutes": 20})
    assert list(errors_of(stale, 409)) == ["version"]
    assert stale.json()["version"] == 2
    assert LaboratoryReport.objects.get().search_minutes == 10


def test_a_case_is_reported_once(program, case, make_report, body):
    make_report(case, final=False)
    assert errors_of(program.post(URL, body(case=case.pk)), 409)


@pytest.mark.promise("HIS-3")
def test_a_final_report_is_not_changed(program, case, make_report):
    report = make_report(case)
    for method in (program.patch, program.put):
        assert errors_of(method(f"{URL}{report.pk}/", {"version": 1, "search_minutes": 10}), 409)
    assert program.delete(f"{URL}{report.pk}/").status_code == 405
    assert LaboratoryReport.objects.get().search_minutes == 90


def test_a_case_without_tissue_has_nothing_to_report(program, make_case, body):
    cancelled = make_case(status="cancelled", status_reason="Fever")
    assert errors_of(program.post(URL, body(case=cancelled.pk)), 409)


@pytest.mark.promise("ACC-2")
@pytest.mark.parametrize(
    "field",
    [
        "id",
        "clinic",
        "embryologist",
        "result_status",
        "reported_at",
        "finalised_by",
        "finalised_at",
        "version",
    ],
)
def test_what_is_not_the_callers_to_say_is_refused_by_its_name(
    program, case, make_report, reader, field, body
):
    extra = {field: reader.pk}
    assert list(errors_of(program.post(URL, body(case=case.pk) | extra))) == [field]
    if field != "version":
        report = make_report(case, final=False)
        assert list(errors_of(program.patch(f"{URL}{report.pk}/", {"version": 1} | extra))) == [field]
        assert list(errors_of(program.put(f"{URL}{report.pk}/", {"version": 1} | extra))) == [field]


def test_a_report_does_not_move_to_another_case(program, case, make_case, make_report):
    answer = program.patch(
        f"{URL}{make_report(case, final=False).pk}/", {"version": 1, "case": make_case().pk}
    )
    assert list(errors_of(answer)) == ["case"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"right_sperm_found": "plenty"}, "right_sperm_found"),
        ({"processing_methods": "mincing"}, "processing_methods"),
        ({"processing_methods": ["mincing", "magic"]}, "processing_methods"),
        ({"processing_methods": [["mincing"]]}, "processing_methods"),
        ({"search_minutes": 2881}, "search_minutes"),
        ({"disposition": None}, "disposition"),
        ({"witness": "Wim"}, "witness"),
    ],
    ids=str,
)
def test_an_answer_that_is_wrong_is_refused_by_its_name(program, case, body, wrong, name):
    assert list(errors_of(program.post(URL, body(case=case.pk) | wrong))) == [name]


def test_the_witness_is_another_person_of_this_clinic(
    program, case, body, embryologist, member, other_clinic
):
    for person in (embryologist, member("embryologist", clinic=other_clinic)):
        answer = program.post(URL, body(case=case.pk) | {"witness": person.pk})
        assert list(errors_of(answer)) == ["witness"]


def test_codes_come_back_in_the_order_given_and_once(program, case, body):
    made = program.post(URL, body(case=case.pk, processing_methods=["wash", "mincing", "wash"]))
    assert made.json()["processing_methods"] == ["wash", "mincing"]
