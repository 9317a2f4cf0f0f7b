"""The story of a case, as the people of its clinic read it."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from caselog.history import acting
from caselog.history.reading import Answer, history_of
from caselog.models import Case, Change, Testis
from caselog.services import cases, doubts

TODAY = date(2025, 6, 30)


@pytest.fixture
def change_case(surgeon, clinic):
    def change(case, **changes):
        answers = cases.answers_of(case) | changes
        return cases.save_operation(
            by=surgeon,
            clinic=clinic,
            case=case,
            answers=answers,
            today=TODAY,
            confirmed=doubts.confirming(doubts.doubts_of(answers)),
        )

    return change


def told(entry):
    return {answer.label: (answer.before, answer.after) for answer in entry.changes}


def test_a_story_tells_who_did_what_newest_first(case, make_report, reader):
    make_report(case, final=False)
    make_report(case)
    story = history_of(reader, case)
    assert [(entry.what, entry.action, entry.actor) for entry in story] == [
        ("Laboratory report", "update", "Ela Embryologist"),
        ("Laboratory report", "insert", "Ela Embryologist"),
        ("Left testis: finding", "insert", "Ela Embryologist"),
        ("Right testis: finding", "insert", "Ela Embryologist"),
        ("Left testis", "insert", "Sami Surgeon"),
        ("Right testis", "insert", "Sami Surgeon"),
        ("Operation", "insert", "Sami Surgeon"),
    ]
    assert [entry.at for entry in story] == sorted((entry.at for entry in story), reverse=True)
    assert told(story[0]) == {"Result": ("Preliminary", "Final")}


def test_codes_dates_people_and_numbers_are_told_in_words(case, make_report, reader):
    make_report(case, processing_methods=["mincing", "wash"])
    story = {entry.what: told(entry) for entry in history_of(reader, case)}
    assert story["Operation"]["Patient"] == (None, case.patient.code)
    assert story["Operation"]["Surgeon"] == (None, "Sami Surgeon")
    assert story["Operation"]["Date of operation"] == (None, "4 Mar 2025")
    assert story["Operation"]["Azoospermia type"] == (None, "Non-obstructive")
    assert story["Operation"]["Age at operation"] == (None, "34 years")
    assert story["Operation"]["State"] == (None, "Signed")
    assert story["Laboratory report"]["Processing"] == (None, "Mincing, Wash")
    assert story["Laboratory report"]["Witness"] == (None, "Wim Witness")
    assert story["Right testis: finding"] == {"Sperm found": (None, "Motile")}


def test_zero_and_not_answered_stay_apart(case, change_case, reader):
    change_case(case, right_samples_n=0)
    change_case(case, right_samples_n=None)
    change_case(case, right_tissue_weight_mg=Decimal("0.50"))
    change_case(case, right_tissue_weight_mg=0)
    weight = Testis._meta.get_field("tissue_weight_mg").verbose_name.capitalize()
    told_of_sides = [entry for entry in history_of(reader, case) if entry.what == "Right testis"]
    assert [entry.changes for entry in told_of_sides[:4]] == [
        (Answer(weight, "0.5 mg", "0 mg", "right_tissue_weight_mg"),),
        (Answer(weight, "120 mg", "0.5 mg", "right_tissue_weight_mg"),),
        (Answer("Samples", "0", "—", "right_samples_n"),),
        (Answer("Samples", "6", "0", "right_samples_n"),),
    ]


def test_a_new_row_tells_only_what_was_answered_and_a_removed_one_what_is_lost(
    make_case, change_case, reader
):
    case = make_case(sign=False, anaesthesia=None)
    change_case(case, sides="right", left_weighing=None)
    removed, changed, *_testes, made = history_of(reader, case)
    assert (removed.what, removed.action) == ("Left testis", "delete")
    assert all(answer.after is None and answer.before for answer in removed.changes)
    assert (changed.what, told(changed)) == ("Operation", {"Side": ("Both", "Right")})
    assert "Anaesthesia" not in told(made)
    assert all(answer.before is None and answer.after != "—" for answer in made.changes)


def test_the_reason_is_told_and_nobody_is_nobody(case, surgeon, reader):
    Case.objects.filter(pk=case.pk).update(age_at_procedure=35)
    with acting(by=surgeon, reason="typing error"):
        Case.objects.filter(pk=case.pk).update(age_at_procedure=36)
    corrected, by_hand, *_rest = history_of(reader, case)
    assert (corrected.actor, corrected.reason) == ("Sami Surgeon", "typing error")
    assert (by_hand.actor, by_hand.reason) == (None, "")


def test_counters_and_keys_are_not_told(case, reader):
    before = history_of(reader, case)
    Case.objects.filter(pk=case.pk).update(version=9)
    assert Change.objects.newest_first().first().after["version"] == 9
    assert history_of(reader, case) == before


def test_what_raw_sql_wrote_is_told_as_it_stands(case, reader, surgeon):
    change = Change.objects.filter(case_id=case.pk).first()
    Change.objects.create(
        at=change.at, clinic_id=change.clinic_id, case_id=case.pk, table="caselog_case", row_id=case.pk,
        action="update",
        before={"procedure_date": "2025-03-04", "surgeon_id": 10**9, "procedure": "open"},
        after={"procedure_date": "soon", "surgeon_id": surgeon.pk, "procedure": "tesa"},
    )  # fmt: skip
    assert told(history_of(reader, case)[0]) == {
        "Date of operation": ("4 Mar 2025", "soon"),
        "Surgeon": (str(10**9), "Sami Surgeon"),
        "Procedure performed": ("open", "TESA"),
    }


def test_a_story_is_told_in_the_language_of_its_reader(case, reader):
    with translation.override("ar"):
        dates = [told(entry) for entry in history_of(reader, case) if entry.what][-1]
    assert any(after == "4 مارس 2025" for _before, after in dates.values())


def test_a_story_costs_two_queries_however_long(
    case, reader, change_case, make_report, django_assert_num_queries
):
    make_report(case, final=False)
    for age in range(20, 40):
        case = change_case(case, age_at_procedure=age)
    with django_assert_num_queries(2):
        assert len(history_of(reader, case)) > 20


def test_people_of_other_clinics_and_people_who_left_are_told_nothing(
    case, member, other_clinic, reader, surgeon
):
    assert history_of(surgeon, case)
    assert history_of(reader, case)
    assert history_of(member("administrator", clinic=other_clinic), case) == []
    reader.is_active = False
    reader.save()
    assert history_of(reader, case) == []


def test_changes_are_visible_in_ones_own_clinics_only(case, member, other_clinic, surgeon):
    stranger = member("administrator", clinic=other_clinic)
    assert Change.objects.visible_to(surgeon).filter(case_id=case.pk).exists()
    assert not Change.objects.visible_to(stranger).filter(case_id=case.pk).exists()


def test_another_case_has_another_story(case, make_case, change_case, reader):
    before = history_of(reader, case)
    change_case(make_case(), age_at_procedure=20)
    assert history_of(reader, case) == before
