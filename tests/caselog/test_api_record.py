"""What hangs on a case, over the API: histology, follow-up, complications, ICSI, questions; and periods."""

from datetime import date

import pytest

from caselog.dictionary import COMPLICATION, FOLLOW_UP, HISTOLOGY, ICSI
from caselog.models import Complication, FollowUp, Histology, IcsiCycle, Period, Query

API = "/api/v1/"
VISIT = {
    "month": "3",
    "complications": "none_known",
    "seen_on": "2025-06-03",
    "testosterone_result": "measured",
    "testosterone_value": "12.5000",
    "testosterone_unit": "nmol_l",
    "testosterone_taken_on": "2025-06-02",
    "replacement_started": "no",
    "right_testis_volume_ml": "9.5",
    "ultrasound": "normal",
}
HAEMATOMA = {"kind": "haematoma", "onset_day": 0, "grade": "1", "complication_note": "small"}
CYCLE = {"started_on": "2025-05-01", "sperm_source": "frozen", "mii_injected_n": 8, "two_pn_n": 0}
PATTERN = {"right_pattern": "mixed", "right_johnsen_mean": "6.5", "left_pattern": "not_done"}
OF_CASE = [
    pytest.param("follow-ups/", VISIT, FollowUp, FOLLOW_UP, id="follow-up"),
    pytest.param("complications/", HAEMATOMA, Complication, COMPLICATION, id="complication"),
    pytest.param("icsi-cycles/", CYCLE, IcsiCycle, ICSI, id="cycle"),
    pytest.param("histology/", PATTERN, Histology, HISTOLOGY, id="histology"),
]


@pytest.fixture
def program(surgeon, api):
    return api(surgeon)


def errors_of(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["errors"]


def made(program, address, body, case):
    answer = program.post(API + address, body | {"case": case.pk})
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE)
def test_an_answer_is_read_back_under_the_name_it_was_given(program, case, address, body, model, part):
    shown = made(program, address, body, case)
    assert {name: shown[name] for name in body} == body
    assert {entry.name for entry in part} <= set(shown)
    assert program.get(f"{API}{address}{shown['id']}/").json() == shown
    assert program.get(API + address).json()["results"] == [shown]


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE)
def test_a_change_names_the_version_that_was_read(program, case, address, body, model, part):
    shown = made(program, address, body, case)
    url, name = f"{API}{address}{shown['id']}/", list(body)[-1]
    without = program.patch(url, {name: body[name]})
    assert without.status_code == 428
    value = {"complication_note": "large", "two_pn_n": 3, "left_pattern": "normal", "ultrasound": "lesion"}[
        name
    ]
    changed = program.patch(url, {name: value, "version": shown["version"]})
    assert changed.status_code == 200, changed.content
    assert changed.json() == shown | {name: value, "version": changed.json()["version"]}
    late = program.patch(url, {name: body[name], "version": shown["version"]})
    assert late.status_code == 409
    assert late.json()["version"] == changed.json()["version"] != shown["version"]


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE)
def test_what_is_no_field_or_not_the_callers_to_set_is_refused(program, case, address, body, model, part):
    surplus = {"clinic": case.clinic_id, "id": 7, "colour": "blue"}
    assert set(errors_of(program.post(API + address, body | surplus | {"case": case.pk}))) == set(surplus)
    assert not model.objects.exists()


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE[:3])
def test_there_is_no_follow_up_of_a_draft(program, make_case, address, body, model, part):
    answer = program.post(API + address, body | {"case": make_case(sign=False).pk})
    assert errors_of(answer, 409)
    assert not model.objects.exists()


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE[:3])
def test_what_was_recorded_by_mistake_is_taken_away(program, case, address, body, model, part):
    shown = made(program, address, body, case)
    read = {"If-Match": f'"{shown["version"]}"'}
    assert program.delete(f"{API}{address}{shown['id']}/", headers=read).status_code == 204
    assert not model.objects.exists()


def test_a_month_has_one_follow_up(program, case):
    made(program, "follow-ups/", VISIT, case)
    assert errors_of(program.post(f"{API}follow-ups/", VISIT | {"case": case.pk}), 409)


def test_a_wrong_answer_is_named(program, case):
    late = VISIT | {"case": case.pk, "seen_on": "2031-01-01", "testosterone_unit": "iu_l"}
    assert set(errors_of(program.post(f"{API}follow-ups/", late))) >= {"seen_on", "testosterone_unit"}
    more = CYCLE | {"case": case.pk, "two_pn_n": 9}
    assert "two_pn_n" in errors_of(program.post(f"{API}icsi-cycles/", more))


def test_lists_are_filtered_by_case_and_clinic(program, make_case, clinic):
    one, other = make_case(), make_case()
    made(program, "complications/", HAEMATOMA, one)
    of_one = program.get(f"{API}complications/", {"case": one.pk, "clinic": clinic.pk}).json()["results"]
    of_other = program.get(f"{API}complications/", {"case": other.pk}).json()["results"]
    assert (len(of_one), of_other) == (1, [])


@pytest.mark.parametrize(("address", "body", "model", "part"), OF_CASE)
def test_a_list_asks_the_database_as_often_for_many_as_for_one(
    program, make_case, address, body, model, part, django_assert_max_num_queries
):
    for _number in range(4):
        made(program, address, body, make_case())
    with django_assert_max_num_queries(9):
        assert len(program.get(API + address).json()["results"]) == 4


def test_histology_is_recorded_once_and_then_changed(program, case):
    made(program, "histology/", PATTERN, case)
    assert errors_of(program.post(f"{API}histology/", PATTERN | {"case": case.pk}), 409)


# Questions --------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_closed(api, reader, surgeon, case):
    asks, answers = api(reader), api(surgeon)
    asked = asks.post(f"{API}queries/", {"case": case.pk, "field": "anaesthesia", "text": "Really?"})
    assert asked.status_code == 201
    assert (asked.json()["owner"], asked.json()["asked_by"]) == ("surgeon", reader.pk)
    url = f"{API}queries/{asked.json()['id']}/"
    said = answers.patch(url, {"text": "Yes."}).json()
    assert [turn["text"] for turn in said["messages"]] == ["Really?", "Yes."]
    assert answers.patch(url, {"closed": True}).status_code == 403
    closed = asks.patch(url, {"closed": True, "text": "Thank you."}).json()
    assert (closed["closed_by"], len(closed["messages"])) == (reader.pk, 3)
    assert errors_of(answers.patch(url, {"text": "More"}), 409)


def test_a_question_about_nothing_is_refused(api, reader, case):
    asked = api(reader).post(f"{API}queries/", {"case": case.pk, "field": "colour", "text": "Why?"})
    assert set(errors_of(asked)) == {"field"}
    assert not Query.objects.exists()


# Periods ----------------------------------------------------------------------------------------


def test_a_period_goes_one_step_at_a_time(api, administrator, clinic):
    program = api(administrator)
    body = {"clinic": clinic.pk, "since": "2020-01-01", "until": "2020-12-31"}
    period = program.post(f"{API}periods/", body).json()
    url = f"{API}periods/{period['id']}/"
    assert errors_of(program.patch(url, {"state": "locked"}), 409)
    assert program.patch(url, {"state": "closed"}).json()["closed_by"] == administrator.pk
    assert program.patch(url, {"state": "locked"}).json()["state"] == "locked"
    assert errors_of(program.patch(url, {"state": "closed"}), 409)
    assert program.patch(url, {"state": "closed", "reason": "A late case"}).json()["state"] == "closed"
    assert program.patch(url, {"state": "open"}).json()["closed_at"] is None
    assert program.delete(url).status_code == 204
    assert not Period.objects.exists()


def test_periods_do_not_overlap(api, administrator, clinic):
    Period.objects.create(clinic=clinic, since=date(2020, 1, 1), until=date(2020, 12, 31))
    body = {"clinic": clinic.pk, "since": "2020-12-31", "until": "2021-12-31"}
    assert errors_of(api(administrator).post(f"{API}periods/", body))
    assert Period.objects.count() == 1
