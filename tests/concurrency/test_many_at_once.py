"""Many people at one record at the same moment, over HTTP, through the real server."""

import html
import re
import time
from collections import Counter
from random import random

import pytest
from django.db import connection

WRITERS, EACH = 2, 200
SECONDS = 60
# A person does not write all the time; without pauses the server alone would be measured.
PAUSE = 0.3
CASES, REPORTS = "cases/", "laboratory-reports/"
# A field of its own for each editor, as the form takes it and as the API shows it.
FIELDS = {
    "age_at_procedure": ("34", 34),
    "right_tissue_weight_mg_0": ("120", "120.00"),
    "left_tissue_weight_mg_0": ("80", "80.00"),
    "right_samples_n": ("6", 6),
    "left_samples_n": ("7", 7),
    "anaesthesia": ("spinal", "spinal"),
    "attempt_number": ("2", 2),
    "azoospermia_type": ("noa", "noa"),
}


@pytest.mark.promise("CON-1")
def test_no_save_of_400_is_lost_when_programs_add_one_to_the_same_number(server, person, at_once):
    """Each reads, adds one and writes, as the naive programs do that lost 298 of 400."""
    path = f"{REPORTS}{server.report}/"

    def add(number):
        program, refused, saved = person(number), 0, 0
        seen = program.api("GET", path)
        while saved < EACH:
            changed = {"search_minutes": seen.json()["search_minutes"] + 1}
            wrote = program.api("PATCH", path, changed, **{"If-Match": seen.headers["etag"]})
            if wrote.status == 200:
                seen, saved = wrote, saved + 1
            else:
                assert wrote.status == 412, wrote.text
                time.sleep(random() / 10)  # or the two would go on in step
                seen, refused = program.api("GET", path), refused + 1
        return refused

    refused = at_once([lambda number=number: add(number) for number in range(WRITERS)])
    assert person(0).api("GET", path).json()["search_minutes"] == WRITERS * EACH
    assert sum(refused) > 0  # they did meet


def opened(editor, path) -> dict:
    """The form as a browser without JavaScript sends it back, untouched."""
    page = editor.page("GET", path).text
    form = page[page.index('<form class="answers"') :].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in attributes:
            values = found.setdefault(html.unescape(attributes["name"]), [])
            values.append(html.unescape(attributes.get("value", "")))
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)
    return found


@pytest.mark.promise("CON-1")
def test_eight_windows_that_were_open_together_are_all_saved(server, person, at_once):
    path = f"/cases/{server.case}/operation/"
    editors = [person(number) for number in range(len(FIELDS))]
    forms = [opened(editor, path) for editor in editors]

    def save(editor, form, name, typed):
        return editor.page("POST", path, form | {name: typed, "draft": ""})

    jobs = zip(editors, forms, FIELDS.items(), strict=True)
    answers = at_once([lambda e=e, f=f, n=n, t=t: save(e, f, n, t[0]) for e, f, (n, t) in jobs])
    assert {answer.status for answer in answers} == {302}
    case = person(0).api("GET", f"{CASES}{server.case}/").json()
    assert {name: case[name.removesuffix("_0")] for name in FIELDS} == {
        name: shown for name, (_typed, shown) in FIELDS.items()
    }


def new_case(server, code):
    return {"clinic": server.clinic, "patient_code": code, "procedure_date": "2025-03-04"}


@pytest.mark.promise("CON-3")
def test_one_key_ten_times_at_once_makes_one_record(server, person, at_once):
    body, key = new_case(server, "K-ONCE"), {"Idempotency-Key": "once"}
    programs = [person(0) for _time in range(10)]
    answers = at_once([lambda p=p: p.api("POST", CASES, body, **key) for p in programs])
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    found = person(0).api("GET", f"{CASES}?patient_code=K-ONCE").json()["results"]
    assert len([case for case in found if case["patient_code"] == "K-ONCE"]) == 1


@pytest.mark.promise("CON-3")
def test_one_form_ten_times_at_once_makes_one_case_and_leads_to_it(server, person, at_once):
    browser = person(1)
    form = opened(browser, "/cases/new/") | {"patient_code": "K-TAPS", "draft": ""}
    taps = [person(1) for _time in range(10)]
    for tap in taps:
        tap.cookies = dict(browser.cookies)
    answers = at_once([lambda t=t: t.page("POST", "/cases/new/", form) for t in taps])
    assert {answer.status for answer in answers} == {302}
    assert len({answer.headers["location"] for answer in answers}) == 1


@pytest.mark.promise("CON-2")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no lock on the whole database")
def test_twenty_writers_for_a_minute_never_meet_a_locked_database(server, person, at_once):
    ends = time.monotonic() + SECONDS

    def write(number):
        program, said = person(number), Counter()
        while time.monotonic() < ends:
            made = program.api("POST", CASES, new_case(server, f"W{number}-{said.total()}"))
            said[made.status] += 1
            path = f"{CASES}{made.json().get('id')}/"
            said[program.api("PATCH", path, {"age_at_procedure": 34}, **{"If-Match": '"1"'}).status] += 1
            said[program.page("GET", path.replace(CASES, "/cases/")).status] += 1
            time.sleep(random() * 2 * PAUSE)
        return said

    done = at_once([lambda number=number: write(number) for number in range(20)])
    said = sum(done, Counter())
    assert set(said) == {200, 201}, said
    assert all(counted[201] for counted in done)  # all of them wrote
    assert "locked" not in server.log.read_text()
