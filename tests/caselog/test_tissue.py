"""Tissue is weighed and looked at by whoever gets to it: surgeon and embryologist answer for it both."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselog.history.reading import history_of
from caselog.models import Case, Confirmation, LaboratoryReport, Testis
from caselog.services import cases, doubts, laboratory
from caselog.services.errors import Doubtful, NeedsReason
from tests.caselog.pages import hidden_of, page_of

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 30)
REPORTS = "/api/v1/laboratory-reports/"
WHY = "weighed again"
ON_THE_FORM = {
    "right_weighing": "balance",
    "right_tissue_weight_mg_0": "120",
    "right_tissue_weight_mg_1": "mg",
    "left_weighing": "not_weighed",
}


@pytest.fixture
def report(embryologist, witness):
    """What the embryologist says of a case as it stands, beside the usual finding."""

    def make(case, *, by=embryologist, final=False, confirmed=None, reason="", **changes):
        case = Case.objects.get(pk=case.pk)
        usual = {
            "right_sperm_found": "motile",
            "left_sperm_found": "none",
            "processing_methods": ["mincing"],
            "search_minutes": 90,
            "disposition": "discarded",
            "witness": witness,
        }
        return laboratory.report(
            by=by, case=case, answers=usual | changes, final=final, reason=reason, confirmed=confirmed
        )

    return make


@pytest.fixture
def operate(surgeon):
    """The surgeon goes on with the operation as it stands, with these changes."""

    def make(case, *, sign=False, reason="", confirmed=None, base=None, **changes):
        case = Case.objects.get(pk=case.pk)
        return cases.save_operation(
            by=surgeon, clinic=case.clinic, case=case, answers=cases.answers_of(case) | changes,
            today=TODAY, sign=sign, reason=reason, confirmed=confirmed, base=base,
        )  # fmt: skip

    return make


@pytest.fixture
def unweighed(make_case):
    """A draft whose tissue went to the bench before anybody weighed it."""
    return make_case(sign=False, right_weighing=None, right_tissue_weight_mg=None, left_weighing=None)


@pytest.fixture
def typed(findings, witness):
    return findings(witness=witness.pk, search_minutes="90", disposition="discarded") | ON_THE_FORM


def right(case) -> Testis:
    return Testis.objects.get(case=case, side="right")


# The embryologist


def test_an_embryologist_weighs_what_the_surgeon_did_not(unweighed, report, embryologist):
    report(unweighed, right_weighing="balance", right_tissue_weight_mg=95, left_weighing="not_weighed")
    assert (right(unweighed).weighing, right(unweighed).tissue_weight_mg) == ("balance", 95)
    told = {answer.name: entry for entry in history_of(embryologist, unweighed) for answer in entry.changes}
    assert told["right_tissue_weight_mg"].actor == "Ela Embryologist"
    # The surgeon then signs without weighing it again.
    assert not cases.problems(
        clinic=unweighed.clinic, answers=cases.answers_of(Case.objects.get()), today=TODAY,
        case=Case.objects.get(), sign=True,
    )  # fmt: skip


def test_an_embryologist_corrects_it_and_the_operation_stays_signed_by_its_surgeon(case, report):
    report(case, right_tissue_weight_mg=125, right_wet_prep="motile")
    assert (right(case).tissue_weight_mg, right(case).wet_prep) == (125, "motile")
    now = Case.objects.get()
    assert (now.state, now.signed_by, now.signed_at) == ("complete", case.signed_by, case.signed_at)
    assert now.version == case.version + 1


def test_what_a_report_leaves_out_stays_as_the_surgeon_recorded_it(case, report):
    before = Testis.objects.order_by("pk").values_list("weighing", "tissue_weight_mg", "wet_prep")
    stored = list(before)
    report(case, final=True)
    assert list(before.all()) == stored
    assert Case.objects.get().version == case.version


def test_what_a_signed_operation_needs_is_not_taken_away(case, report):
    with pytest.raises(ValidationError) as refused:
        report(case, right_weighing=None, right_tissue_weight_mg=None)
    assert list(refused.value.message_dict) == ["right_weighing"]
    with pytest.raises(ValidationError) as refused:
        report(case, right_tissue_weight_mg=None)
    assert list(refused.value.message_dict) == ["right_tissue_weight_mg"]
    assert right(case).tissue_weight_mg == 120


def test_an_unusual_weight_is_asked_about_and_remembered(case, report):
    with pytest.raises(Doubtful) as doubtful:
        report(case, right_tissue_weight_mg=5000)
    confirmed = doubts.confirming(doubtful.value.doubts)
    report(case, right_tissue_weight_mg=5000, confirmed=confirmed)
    assert Confirmation.objects.get().code == "unusual.right_tissue_weight_mg"
    report(case, final=True)  # asked once


def test_what_was_seen_in_theatre_and_not_found_is_asked_about(case, report):
    seen = {"right_sperm_found": "none", "right_wet_prep": "motile"}
    with pytest.raises(Doubtful) as doubtful:
        report(case, final=True, **seen)
    assert [doubt.code for doubt in doubtful.value.doubts] == ["wet_prep.right"]
    report(case, final=True, confirmed=doubts.confirming(doubtful.value.doubts), **seen)


@pytest.mark.promise("HIS-3")
def test_beside_a_final_report_it_changes_only_with_a_reason(case, report, embryologist):
    report(case, final=True)
    with pytest.raises(NeedsReason):
        report(case, right_tissue_weight_mg=125)
    report(case, right_tissue_weight_mg=125, reason=WHY)
    assert right(case).tissue_weight_mg == 125
    assert history_of(embryologist, case)[0].reason == WHY


@pytest.mark.promise("HIS-3")
def test_in_a_locked_period_it_changes_only_with_a_reason(case, report, lock):
    lock()
    with pytest.raises(NeedsReason):
        report(case, right_tissue_weight_mg=125)
    report(case, right_tissue_weight_mg=125, reason=WHY)
    assert right(case).tissue_weight_mg == 125


@pytest.mark.parametrize("role", ["surgeon", "administrator", "reader"])
def test_nobody_else_writes_it_by_a_report(case, report, member, role):
    with pytest.raises(PermissionDenied):
        report(case, by=member(role), right_tissue_weight_mg=125)


def test_of_the_operation_an_embryologist_writes_nothing_else(case, report):
    report(case, right_samples_n=40, anaesthesia="spinal")
    assert (right(case).samples_n, Case.objects.get().anaesthesia) == (6, "general")


# The surgeon


@pytest.mark.promise("HIS-3")
def test_a_surgeon_changes_what_a_final_report_shows_only_with_a_reason(case, report, operate):
    report(case, final=True, right_tissue_weight_mg=125)
    before = LaboratoryReport.objects.get()
    with pytest.raises(NeedsReason, match="laboratory's report is final"):
        operate(case, right_tissue_weight_mg=130)
    operate(case, right_tissue_weight_mg=130, reason=WHY)
    after = LaboratoryReport.objects.get()
    assert (after.is_final, after.embryologist) == (True, before.embryologist)
    assert (after.finalised_at, after.version) == (before.finalised_at, before.version + 1)


def test_what_nobody_had_answered_in_a_draft_is_filled_in_after_a_final_report(unweighed, report, operate):
    report(unweighed, final=True)
    operate(unweighed, right_weighing="balance", right_tissue_weight_mg=95)
    assert right(unweighed).tissue_weight_mg == 95
    signed = operate(unweighed, left_weighing="not_weighed", sign=True)
    assert (signed.is_draft, LaboratoryReport.objects.get().version) == (False, 3)


@pytest.mark.promise("HIS-3")
def test_a_blank_of_a_signed_case_is_filled_in_beside_a_final_report_only_with_a_reason(
    case, report, operate, surgeon
):
    report(case, final=True)
    with pytest.raises(NeedsReason, match="laboratory's report is final"):
        operate(case, right_wet_prep="motile")
    assert right(case).wet_prep == ""
    operate(case, right_wet_prep="motile", reason=WHY)
    assert (right(case).wet_prep, LaboratoryReport.objects.get().version) == ("motile", 2)
    assert history_of(surgeon, case)[0].reason == WHY


def test_other_answers_of_the_operation_leave_the_report_alone(case, report, operate):
    report(case, final=True)
    operate(case, anaesthesia="spinal", right_samples_n=7)
    assert LaboratoryReport.objects.get().version == 1


# Both at once


@pytest.mark.promise("CON-1")
def test_two_answers_to_one_weight_are_both_shown(as_embryologist, case, typed, operate):
    url = reverse("laboratory_report", args=[case.pk])
    form = hidden_of(as_embryologist.get(url))
    operate(case, right_tissue_weight_mg=130)
    both = as_embryologist.post(url, form | typed | {"right_tissue_weight_mg_0": "125", "final": ""})
    assert both.status_code == 422
    page = page_of(both)
    assert "Two answers to one question" in page
    assert "Sami Surgeon" in page
    assert both.context["form"].answers["right_tissue_weight_mg"] == 125
    chosen = hidden_of(both) | typed | {"right_tissue_weight_mg_0": "125", "final": ""}
    assert as_embryologist.post(url, chosen | {"choose.right_tissue_weight_mg": "mine"}).status_code == 302
    assert right(case).tissue_weight_mg == 125


@pytest.mark.promise("CON-1")
def test_a_report_that_left_the_weight_alone_keeps_the_surgeons_new_one(
    as_embryologist, case, typed, operate
):
    url = reverse("laboratory_report", args=[case.pk])
    form = hidden_of(as_embryologist.get(url))
    operate(case, right_tissue_weight_mg=130)
    assert as_embryologist.post(url, form | typed | {"final": ""}).status_code == 302
    assert right(case).tissue_weight_mg == 130


# The pages


def test_the_card_shows_what_is_recorded_and_by_whom(as_embryologist, case):
    page = page_of(as_embryologist.get(reverse("laboratory_report", args=[case.pk])))
    assert re.search(r"Tissue weight: <bdi>120 mg</bdi>", page)
    assert "by <bdi>Sami Surgeon</bdi>" in page
    assert not re.search(r'<details class="folded tissue" open', page)


def test_the_surgeon_sees_what_the_embryologist_recorded(client, surgeon, unweighed, report):
    report(unweighed, right_weighing="balance", right_tissue_weight_mg=95)
    client.force_login(surgeon)
    page = page_of(client.get(reverse("case_operation", args=[unweighed.pk])))
    assert "by <bdi>Ela Embryologist</bdi>" in page


def test_it_is_weighed_on_the_form_in_any_unit_and_a_mistake_unfolds_it(as_embryologist, case, typed):
    url = reverse("laboratory_report", args=[case.pk])
    form = hidden_of(as_embryologist.get(url))
    wrong = as_embryologist.post(url, form | typed | {"right_tissue_weight_mg_0": "much", "final": ""})
    assert re.search(r'<details class="folded tissue" open', page_of(wrong))
    assert 'value="much"' in page_of(wrong)
    grams = {"right_tissue_weight_mg_0": "0.13", "right_tissue_weight_mg_1": "g"}
    assert as_embryologist.post(url, form | typed | grams | {"final": ""}).status_code == 302
    assert right(case).tissue_weight_mg == 130


def test_a_form_that_was_opened_before_these_questions_were_asked_takes_nothing_away(
    as_embryologist, case, typed
):
    old = {name: value for name, value in typed.items() if name not in ON_THE_FORM} | {"version": 0}
    url = reverse("laboratory_report", args=[case.pk])
    assert as_embryologist.post(url, old | {"final": ""}).status_code == 302
    assert right(case).tissue_weight_mg == 120


# Programs


def test_a_program_reads_and_corrects_it_with_the_report(api, embryologist, case, report):
    made = report(case)
    program, path = api(embryologist), f"{REPORTS}{made.pk}/"
    assert program.get(path).json()["right_tissue_weight_mg"] == "120.00"
    changed = program.patch(path, {"right_tissue_weight_mg": "125", "right_wet_prep": "motile", "version": 1})
    assert (changed.status_code, changed.json()["right_wet_prep"]) == (200, "motile")
    assert right(case).tissue_weight_mg == 125
    assert program.patch(path, {"right_samples_n": 3, "version": 2}).status_code == 400


@pytest.mark.promise("CON-1")
def test_a_program_that_read_the_old_weight_does_not_overwrite_the_surgeons_new_one(
    api, embryologist, case, report, operate
):
    made = report(case)
    program, path = api(embryologist), f"{REPORTS}{made.pk}/"
    read = program.get(path).headers["ETag"]
    operate(case, right_tissue_weight_mg=130)
    late = program.patch(path, {"right_tissue_weight_mg": "125"}, headers={"If-Match": read})
    assert late.status_code == 412
    assert right(case).tissue_weight_mg == 130


@pytest.mark.promise("CON-1")
def test_a_program_that_read_a_blank_does_not_overwrite_what_the_surgeon_filled_in(
    api, embryologist, unweighed, report, operate
):
    made = report(unweighed, final=True)
    program, path = api(embryologist), f"{REPORTS}{made.pk}/"
    read = program.get(path).headers["ETag"]
    operate(unweighed, right_weighing="balance", right_tissue_weight_mg=95)
    body = {"right_weighing": "balance", "right_tissue_weight_mg": "125", "reason": WHY}
    assert program.patch(path, body, headers={"If-Match": read}).status_code == 412
    assert right(unweighed).tissue_weight_mg == 95


def test_a_program_that_begins_a_report_overwrites_nothing_that_it_has_not_read(api, embryologist, case):
    program = api(embryologist)
    refused = program.post(REPORTS, {"case": case.pk, "right_tissue_weight_mg": "125"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["right_tissue_weight_mg"])
    body = {"case": case.pk, "right_tissue_weight_mg": "120", "right_wet_prep": "motile"}
    assert program.post(REPORTS, body).status_code == 201
    assert right(case).wet_prep == "motile"


def test_replacing_a_report_keeps_what_the_operation_holds(api, embryologist, case, report):
    made = report(case)
    body = {"right_sperm_found": "none", "left_sperm_found": "none", "version": 1}
    assert api(embryologist).put(f"{REPORTS}{made.pk}/", body).status_code == 200
    assert right(case).tissue_weight_mg == 120


@pytest.mark.parametrize("reported", [False, True])
def test_a_save_of_the_operation_asks_once_for_its_report(case, report, operate, reported):
    if reported:
        report(case, final=True)
    with CaptureQueriesContext(connection) as asked:
        operate(case)
    assert sum(f'FROM "{LaboratoryReport._meta.db_table}"' in one["sql"] for one in asked) == 1
