"""What is recorded after the operation: visits, complications, ICSI cycles."""

from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from caselog import visits
from caselog.choices import FollowUpMonth
from caselog.models import Case, Change, Complication, Confirmation, FollowUp, IcsiCycle, Measurement
from caselog.services import cases, follow_up
from caselog.services.doubts import confirming
from caselog.services.errors import Doubtful, Refused, Stale
from caselog.services.rules_follow_up import timing

TODAY = date(2025, 6, 30)
OPERATED = date(2025, 3, 4)  # as `make_case` has it
BEFORE, TOMORROW = OPERATED - timedelta(days=1), TODAY + timedelta(days=1)
SEEN = {"complications": "none_known", "seen_on": date(2025, 6, 2)}
TESTOSTERONE = {
    "testosterone_result": "measured",
    "testosterone_value": Decimal("12.4"),
    "testosterone_unit": "nmol_l",
}
HAEMATOMA = {"kind": "haematoma", "onset_day": 4, "grade": "2"}
CYCLE = {"started_on": date(2025, 4, 1), "sperm_source": "frozen"}


@pytest.fixture
def visit(case, surgeon):
    def save(*, month="3", by=surgeon, of=None, version=None, confirmed=None, **answers):
        return follow_up.save_visit(
            by=by,
            case=of or case,
            month=month,
            answers=answers or SEEN,
            today=TODAY,
            version=version,
            confirmed=confirmed or {},
        )

    return save


@pytest.fixture
def complication(case, surgeon):
    def save(*, by=surgeon, record=None, version=None, confirmed=None, **answers):
        return follow_up.save_complication(
            by=by,
            case=case,
            complication=record,
            answers=HAEMATOMA | answers,
            today=TODAY,
            version=version,
            confirmed=confirmed or {},
        )

    return save


@pytest.fixture
def cycle(case, surgeon):
    def save(*, by=surgeon, record=None, version=None, confirmed=None, **answers):
        return follow_up.save_cycle(
            by=by,
            case=case,
            cycle=record,
            answers=CYCLE | answers,
            today=TODAY,
            version=version,
            confirmed=confirmed or {},
        )

    return save


def refusals(call) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.message_dict


# Who, and of which cases


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", True), ("administrator", True), ("embryologist", False), ("reader", False)],
)
@pytest.mark.parametrize("what", ["visit", "complication", "cycle"])
def test_surgeons_and_administrators_follow_up(request, member, role, allowed, what):
    save, person = request.getfixturevalue(what), member(role)
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        save(by=person)


def test_nobody_follows_up_in_another_clinic(visit, member, other_clinic):
    with pytest.raises(PermissionDenied):
        visit(by=member("surgeon", clinic=other_clinic))


@pytest.mark.parametrize("what", ["visit", "complication", "cycle"])
def test_removing_needs_the_same_permission(request, what, reader, surgeon):
    record = request.getfixturevalue(what)()
    with pytest.raises(PermissionDenied):
        follow_up.remove(by=reader, record=record)
    follow_up.remove(by=surgeon, record=record, version=1)
    assert not type(record).objects.exists()


def test_a_draft_and_a_cancelled_operation_have_no_follow_up(make_case, visit):
    with pytest.raises(Refused, match="Sign the case first"):
        visit(of=make_case(sign=False))
    with pytest.raises(Refused, match="cancelled"):
        visit(of=make_case(status="cancelled", status_reason="Fever"))
    visit(of=make_case(status="abandoned", status_reason="Bleeding"))


# A visit


def test_a_visit_is_kept_as_it_was_answered(visit):
    saved = visit(**SEEN, **TESTOSTERONE, replacement_started="no", follow_up_note="Well")
    again = FollowUp.objects.get(pk=saved.pk)
    answers = follow_up.answers_of_visit(again)
    assert {name: answers[name] for name in SEEN | TESTOSTERONE} == SEEN | TESTOSTERONE
    assert (answers["replacement_started"], answers["follow_up_note"]) == ("no", "Well")
    assert Measurement.objects.get().canonical == Decimal("12.4")


def test_nobody_followed_him_is_not_none_known(visit):
    nobody = visit(complications="not_followed", seen_on=date(2025, 6, 2), **TESTOSTERONE)
    assert (nobody.complications, nobody.seen_on) == ("not_followed", None)
    assert not Measurement.objects.exists()
    assert visit(month="6", complications="none_known", seen_on=date(2025, 6, 29)).seen_on


def test_zero_is_a_volume_and_a_blank_is_none(visit):
    with pytest.raises(Doubtful) as asked:
        visit(**SEEN, right_testis_volume_ml=Decimal(0))
    saved = visit(**SEEN, right_testis_volume_ml=Decimal(0), confirmed=confirming(asked.value.doubts))
    answers = follow_up.answers_of_visit(FollowUp.objects.get(pk=saved.pk))
    assert answers["right_testis_volume_ml"] == 0
    assert answers["left_testis_volume_ml"] is None


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"complications": ""}, "complications", "Answer this"),
        ({"seen_on": None}, "seen_on", "Answer this"),
        ({"seen_on": TOMORROW}, "seen_on", "still to come"),
        ({"seen_on": OPERATED}, "seen_on", "not after the operation, which was on 4 Mar 2025"),
        ({"complications": "perhaps"}, "complications", "perhaps"),
        ({"testosterone_value": Decimal(3)}, "testosterone_result", "measured"),
        ({"testosterone_result": "measured"}, "testosterone_value", "Give the value"),
        (TESTOSTERONE | {"testosterone_unit": ""}, "testosterone_unit", "unit"),
        (TESTOSTERONE | {"testosterone_value": Decimal(350)}, "testosterone_value", "outside 0 to 120"),
        (TESTOSTERONE | {"testosterone_taken_on": BEFORE}, "testosterone_taken_on", "not after"),
        (TESTOSTERONE | {"testosterone_taken_on": TOMORROW}, "testosterone_taken_on", "to come"),
        ({"left_testis_volume_ml": Decimal(61)}, "left_testis_volume_ml", "outside 0 to 60"),
    ],
)  # fmt: skip
def test_a_visit_that_cannot_be_is_refused_at_its_field(visit, changes, field, said):
    messages = refusals(lambda: visit(**(SEEN | changes)))
    assert set(messages) == {field}
    assert said in messages[field][0]
    assert not FollowUp.objects.exists()


def test_there_is_one_visit_a_month_and_it_can_be_changed(visit):
    first = visit(**SEEN, **TESTOSTERONE)
    again = visit(**SEEN, testosterone_result="not_done", version=first.version)
    assert (again.pk, again.version) == (first.pk, 2)
    measured = Measurement.objects.get()
    assert (measured.result, measured.value) == ("not_done", None)


@pytest.mark.parametrize("version", [0, 2])
def test_the_second_of_two_is_told(visit, version):
    visit()
    with pytest.raises(Stale):
        visit(version=version)


def test_the_hormones_of_a_visit_are_not_those_before_the_operation(make_case, visit):
    before = {"testosterone_result": "measured", "testosterone_value": 9, "testosterone_unit": "nmol_l"}
    case = make_case(**before)
    saved = visit(of=case, **SEEN, **TESTOSTERONE)
    assert cases.answers_of(Case.objects.get(pk=case.pk))["testosterone_value"] == 9
    assert follow_up.answers_of_visit(saved)["testosterone_value"] == Decimal("12.4")


def test_an_unusual_value_is_asked_about_once_and_who_said_so_is_kept(visit, surgeon):
    odd = SEEN | TESTOSTERONE | {"testosterone_value": Decimal("0.5")}
    with pytest.raises(Doubtful) as asked:
        visit(**odd)
    assert [doubt.fields[0] for doubt in asked.value.doubts] == ["testosterone_value"]
    visit(**odd, confirmed=confirming(asked.value.doubts))
    visit(**odd)
    assert Confirmation.objects.get().confirmed_by == surgeon


def test_a_visit_outside_its_weeks_is_taken_and_told(visit):
    early = visit(month="6", complications="none_known", seen_on=date(2025, 6, 29))
    assert timing(early, OPERATED) == "9 weeks earlier than 6 months."
    usual = visit()
    assert timing(usual, OPERATED) == ""


# Complications


def test_a_complication_is_kept_changed_and_removed(complication, surgeon):
    first = complication()
    again = complication(record=first, grade="3a", onset_day=0, version=1)
    assert (again.pk, again.grade, again.onset_day, again.version) == (first.pk, "3a", 0, 2)
    with pytest.raises(Stale):
        complication(record=first, version=1)
    follow_up.remove(by=surgeon, record=again, version=2)
    assert not Complication.objects.exists()
    with pytest.raises(Stale):
        follow_up.remove(by=surgeon, record=again)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": ""}, "kind", "Answer this"),
        ({"grade": ""}, "grade", "Answer this"),
        ({"onset_day": None}, "onset_day", "Answer this"),
        ({"grade": "6"}, "grade", "6"),
        ({"onset_day": 731}, "onset_day", "outside 0 to 730"),
        ({"onset_day": 119}, "onset_day", "Day 119 after the operation is still to come"),
    ],
)
def test_a_complication_that_cannot_be_is_refused_at_its_field(complication, changes, field, said):
    messages = refusals(lambda: complication(**changes))
    assert set(messages) == {field}
    assert said in messages[field][0]


def test_a_complication_against_none_known_is_asked_about_from_both_ends(visit, complication):
    visit()
    with pytest.raises(Doubtful) as asked:
        complication()
    assert "3 months" in str(asked.value.doubts[0].message)
    assert not Complication.objects.exists()
    saved = complication(confirmed=confirming(asked.value.doubts))
    assert follow_up.denied(FollowUp.objects.all(), [saved]) == [FollowUp.objects.get()]

    with pytest.raises(Doubtful) as asked:
        visit(month="6", complications="none_known", seen_on=date(2025, 6, 29))
    assert "Haematoma" in str(asked.value.doubts[0].message)


def test_a_complication_after_the_visit_contradicts_nothing(visit, complication):
    visit()
    late = complication(onset_day=100)
    assert follow_up.denied(FollowUp.objects.all(), [late]) == []
    visit(replacement_started="no", **SEEN)


# ICSI


def test_a_cycle_is_kept_with_its_outcomes(cycle):
    born = {"clinical_pregnancy": "yes", "live_birth": "yes", "gestation_weeks": 38, "birthweight_g": 3100}
    saved = cycle(mii_injected_n=9, two_pn_n=6, transferred_n=1, fetuses_n=1, pregnancy_loss="no", **born)
    answers = follow_up.answers_of_cycle(IcsiCycle.objects.get(pk=saved.pk))
    assert {name: answers[name] for name in born} == born
    assert answers["two_pn_n"] == 6
    again = cycle(record=saved, version=1, mii_injected_n=9)
    assert (again.version, again.clinical_pregnancy, again.birthweight_g) == (2, "", None)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"started_on": None}, "started_on", "Answer this"),
        ({"started_on": TOMORROW}, "started_on", "to come"),
        ({"mii_injected_n": 4, "two_pn_n": 5}, "two_pn_n", "5 of 4 cannot be"),
        ({"two_pn_n": 5}, "mii_injected_n", "how many were injected"),
        ({"live_birth": "yes"}, "clinical_pregnancy", "needs a clinical pregnancy"),
        ({"live_birth": "yes", "clinical_pregnancy": "no"}, "clinical_pregnancy", "needs a clinical"),
        ({"clinical_pregnancy": "yes", "birthweight_g": 3000}, "live_birth", "Say whether"),
        ({"mii_injected_n": 61}, "mii_injected_n", "outside 0 to 60"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused_at_its_field(cycle, changes, field, said):
    messages = refusals(lambda: cycle(**changes))
    assert set(messages) == {field}
    assert said in messages[field][0]


def test_a_pregnancy_that_goes_on_has_no_birth_yet(cycle):
    assert cycle(clinical_pregnancy="yes", live_birth="pending").live_birth == "pending"


def test_what_is_odd_about_a_cycle_is_asked_about(case, cycle, make_report):
    make_report(case, right_sperm_found="none", left_sperm_found="none", disposition="discarded")
    with pytest.raises(Doubtful) as asked:
        cycle(started_on=BEFORE, clinical_pregnancy="yes", transferred_n=0)
    codes = {doubt.code for doubt in asked.value.doubts}
    assert codes == {"icsi.before_operation", "icsi.pregnant_without_transfer", "icsi.no_sperm"}


def test_more_embryos_transferred_than_oocytes_fertilised_are_asked_about(cycle):
    with pytest.raises(Doubtful) as asked:
        cycle(mii_injected_n=4, two_pn_n=2, transferred_n=5)
    (doubt,) = asked.value.doubts
    assert (doubt.code, doubt.fields) == ("icsi.transferred_of_fertilised", ("transferred_n", "two_pn_n"))
    assert cycle(mii_injected_n=4, two_pn_n=2, transferred_n=2).transferred_n == 2
    assert cycle(transferred_n=2).two_pn_n is None


def test_a_record_of_another_case_is_not_changed_through_this_one(make_case, surgeon, cycle):
    with pytest.raises(ValueError, match="another case"):
        follow_up.save_cycle(by=surgeon, case=make_case(), cycle=cycle(), answers=CYCLE, today=TODAY)


# The operation stays true to it


def test_an_operation_that_was_followed_up_is_not_called_off_or_moved_past_it(case, visit, surgeon):
    visit()
    usual = {"by": surgeon, "clinic": case.clinic, "case": case, "today": TODAY}
    answers = cases.answers_of(case)
    late = refusals(
        lambda: cases.save_operation(**usual, answers=answers | {"procedure_date": SEEN["seen_on"]})
    )
    assert "seen after the operation on 2 Jun 2025" in late["procedure_date"][0]
    off = {"status": "cancelled", "status_reason": "Fever"}
    called_off = refusals(lambda: cases.save_operation(**usual, answers=answers | off))
    assert "so it was not cancelled" in called_off["status"][0]


# History


@pytest.mark.promise("HIS-1")
@pytest.mark.parametrize("what", ["visit", "complication", "cycle"])
def test_every_change_is_in_the_history_of_the_case(request, what, case, surgeon):
    record = request.getfixturevalue(what)()
    follow_up.remove(by=surgeon, record=record)
    told = Change.objects.filter(table=type(record)._meta.db_table, row_id=record.pk).order_by("id")
    assert [change.action for change in told] == ["insert", "delete"]
    assert {(change.case_id, change.actor_id) for change in told} == {(case.pk, surgeon.pk)}


# Who is due


def test_a_follow_up_is_due_for_six_weeks_to_either_side(case):
    first, last = (visits.window(OPERATED, "3").first, visits.window(OPERATED, "3").last)
    assert (last - first) == timedelta(weeks=12)
    due = {
        day: (
            Case.objects.follow_up_due("3", day).exists(),
            Case.objects.follow_up_overdue("3", day).exists(),
        )
        for day in (first - timedelta(days=1), first, last, last + timedelta(days=1))
    }
    assert list(due.values()) == [(False, False), (True, False), (True, False), (False, True)]


@pytest.mark.parametrize("answers", [SEEN, {"complications": "not_followed"}])
def test_whatever_is_recorded_ends_the_wait_for_its_month_alone(case, visit, answers):
    visit(**answers)
    assert not Case.objects.follow_up_due("3", TODAY).exists()
    assert Case.objects.follow_up_due("6", date(2025, 9, 3)).exists()


def test_drafts_and_cancelled_operations_are_never_due(make_case):
    make_case(sign=False)
    make_case(status="cancelled", status_reason="Fever")
    assert Case.objects.follow_up_counts(TODAY) == {"due": 0, "overdue": 0}


def test_the_counts_are_those_of_the_lists(make_case, visit, django_assert_num_queries):
    for day in (date(2025, 3, 4), date(2025, 1, 10), date(2023, 5, 5)):
        make_case(procedure_date=day)
    visit(of=make_case(procedure_date=date(2025, 3, 4)))
    lists = {
        "due": sum(Case.objects.follow_up_due(month, TODAY).count() for month in FollowUpMonth),
        "overdue": sum(Case.objects.follow_up_overdue(month, TODAY).count() for month in FollowUpMonth),
    }
    assert min(lists.values()) > 0
    with django_assert_num_queries(1):
        assert Case.objects.follow_up_counts(TODAY) == lists


def test_the_refusals_are_read_in_arabic_too(visit):
    with translation.override("ar"):
        assert refusals(lambda: visit(complications=""))["complications"]
