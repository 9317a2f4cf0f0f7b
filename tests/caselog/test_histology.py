"""What the pathologist wrote, and the alert that germ cell neoplasia raises."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from caselog.dictionary import HISTOLOGY
from caselog.models import Alert, Case, Histology
from caselog.services import alerts, cases, histology
from caselog.services.errors import NeedsReason, Refused, Stale
from caselog.services.merging import Base, Conflict, texts

USUAL = {
    "right_pattern": "hypospermatogenesis",
    "right_johnsen_mean": Decimal("6.5"),
    "left_pattern": "mixed",
}
NEOPLASIA = {"right_pattern": "germ_cell_neoplasia", "left_pattern": "mixed"}


@pytest.fixture
def record(surgeon):
    """record(case, right_pattern="mixed") is the histology as a surgeon writes it down."""

    def make(case, by=surgeon, *, reason="", base=None, **answers):
        return histology.record_histology(by=by, case=case, answers=answers, reason=reason, base=base)

    return make


def stored(case):
    return histology.answers_of(Case.objects.get(pk=case.pk))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", True), ("embryologist", True), ("administrator", False), ("reader", False)],
)
def test_surgeons_and_embryologists_record_histology(case, member, record, role, allowed):
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        record(case, member(role), **USUAL)
    assert Histology.objects.exists() == allowed


def test_nobody_records_it_in_another_clinic(case, member, other_clinic, record):
    with pytest.raises(PermissionDenied):
        record(case, member("surgeon", clinic=other_clinic), **USUAL)


def test_what_was_recorded_reads_back(case, record):
    record(case, **USUAL)
    assert stored(case) == {**USUAL, "left_johnsen_mean": None}


def test_one_side_may_come_before_the_other_and_a_blank_takes_a_side_away(case, record):
    record(case, right_pattern="mixed")
    assert [row.testis.side for row in Histology.objects.all()] == ["right"]
    record(case, left_pattern="normal")
    assert [row.testis.side for row in Histology.objects.all()] == ["left"]


def test_a_side_that_was_not_operated_on_has_none(make_case, record):
    case = make_case(sides="left", left_weighing="not_weighed", right_weighing=None)
    with pytest.raises(ValidationError, match="No tissue was taken from this side") as refused:
        record(case, **USUAL)
    assert list(refused.value.message_dict) == ["right_pattern", "right_johnsen_mean"]
    record(case, left_pattern=USUAL["left_pattern"])
    assert [row.testis.side for row in Histology.objects.all()] == ["left"]


def test_there_is_no_histology_without_tissue(make_case, record):
    case = make_case(status="cancelled", status_reason="Fever", procedure=None, sides=None, anaesthesia=None)
    with pytest.raises(Refused, match="No tissue"):
        record(case, **USUAL)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"right_johnsen_mean": Decimal("6.5")}, "right_pattern"),
        ({"right_pattern": "not_done", "right_johnsen_mean": Decimal("6.5")}, "right_johnsen_mean"),
        ({"right_pattern": "mixed", "right_johnsen_mean": Decimal("10.5")}, "right_johnsen_mean"),
        ({"right_pattern": "mixed", "right_johnsen_mean": Decimal("6.55")}, "right_johnsen_mean"),
        ({"left_pattern": "tumour"}, "left_pattern"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_its_field(case, record, answers, field):
    with pytest.raises(ValidationError) as refused:
        record(case, **answers)
    assert set(refused.value.message_dict) == {field}
    assert not Histology.objects.exists()


def test_the_database_keeps_a_score_without_a_specimen_out(case):
    testis = case.testes.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Histology.objects.create(
            testis=testis, clinic=case.clinic, pattern="not_done", johnsen_mean=Decimal("5")
        )


def read_now(case) -> Base:
    return Base(texts(HISTOLOGY, stored(case)))


def test_of_two_who_read_the_same_histology_neither_loses_a_word(case, record):
    read = read_now(case)
    record(case, right_pattern="mixed", base=read)
    record(case, left_pattern="normal", base=read)
    assert (stored(case)["right_pattern"], stored(case)["left_pattern"]) == ("mixed", "normal")
    with pytest.raises(Conflict) as conflict:
        record(case, right_pattern="normal", base=read)
    assert conflict.value.names == ["right_pattern"]
    assert stored(case)["right_pattern"] == "mixed"
    record(case, right_pattern="normal", base=read_now(case))
    assert stored(case)["right_pattern"] == "normal"


def test_an_old_version_of_the_histology_saves_nothing(case, surgeon):
    read = histology.version_of(stored(case))
    for answers in (USUAL, NEOPLASIA):
        with nullcontext() if answers is USUAL else pytest.raises(Stale):
            histology.record_histology(by=surgeon, case=case, answers=answers, version=read)
    assert stored(case)["right_pattern"] == USUAL["right_pattern"]


def test_in_a_locked_period_it_changes_with_a_reason(case, record, lock):
    lock()
    with pytest.raises(NeedsReason):
        record(case, **USUAL)
    record(case, **USUAL, reason="The pathologist reported late.")
    assert stored(case)["right_pattern"] == "hypospermatogenesis"


def test_a_side_with_histology_stays_with_its_operation(case, record, surgeon, answers):
    record(case, **USUAL)
    changed = answers(surgeon=surgeon, patient_code=case.patient.code, sides="right", left_weighing=None)
    with pytest.raises(ValidationError) as refused:
        cases.save_operation(
            by=surgeon, clinic=case.clinic, answers=changed, today=date(2025, 6, 30), case=case
        )
    assert "There is histology of this: Left testis" in str(refused.value.message_dict["sides"])


def test_a_draft_with_histology_is_not_deleted(make_case, record, surgeon):
    draft = make_case(sign=False)
    record(draft, **USUAL)
    with pytest.raises(Refused, match="histology"):
        cases.delete_draft(by=surgeon, case=draft)


# Germ cell neoplasia


def test_germ_cell_neoplasia_raises_an_alert_and_other_findings_none(case, make_case, record):
    record(make_case(), **USUAL)
    assert not Alert.objects.exists()
    record(case, **NEOPLASIA)
    alert = Alert.objects.open().get()
    assert (alert.case, alert.kind) == (case, "germ_cell_neoplasia")


def test_one_open_alert_is_enough(case, record):
    record(case, **NEOPLASIA)
    record(case, **NEOPLASIA | {"left_pattern": "germ_cell_neoplasia"})
    assert Alert.objects.count() == 1


def test_a_correction_does_not_take_an_alert_away_that_nobody_acknowledged(case, record):
    record(case, **NEOPLASIA)
    record(case, **USUAL)
    assert Alert.objects.open().count() == 1


def test_an_acknowledged_alert_comes_back_only_with_a_new_finding(case, record, surgeon):
    record(case, **NEOPLASIA)
    alerts.acknowledge(by=surgeon, alert=Alert.objects.get(), action="Urologist told.")
    record(case, **NEOPLASIA | {"right_johnsen_mean": Decimal("2")})
    assert not Alert.objects.open().exists()
    record(case, **NEOPLASIA | {"left_pattern": "germ_cell_neoplasia"})
    assert Alert.objects.open().count() == 1


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", True), ("embryologist", False), ("administrator", False), ("reader", False)],
)
def test_only_a_surgeon_acknowledges_an_alert(case, member, record, role, allowed):
    record(case, **NEOPLASIA)
    by = member(role)
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        alerts.acknowledge(by=by, alert=Alert.objects.get(), action=" Urologist told. ")
    alert = Alert.objects.get()
    assert (alert.acknowledged_by, alert.action) == ((by, "Urologist told.") if allowed else (None, ""))


def test_a_surgeon_of_another_clinic_neither_sees_nor_acknowledges_it(case, member, record, other_clinic):
    record(case, **NEOPLASIA)
    stranger = member("surgeon", clinic=other_clinic)
    assert not Alert.objects.visible_to(stranger).exists()
    with pytest.raises(PermissionDenied):
        alerts.acknowledge(by=stranger, alert=Alert.objects.get(), action="Told.")


@pytest.mark.parametrize("action", ["", "   ", "x" * 201])
def test_an_acknowledgement_says_what_was_done(case, record, surgeon, action):
    record(case, **NEOPLASIA)
    with pytest.raises(ValidationError) as refused:
        alerts.acknowledge(by=surgeon, alert=Alert.objects.get(), action=action)
    assert set(refused.value.message_dict) == {"action"}
    assert Alert.objects.open().exists()


def test_the_second_who_acknowledges_is_told_what_the_first_did(case, record, surgeon, member):
    record(case, **NEOPLASIA)
    alert = Alert.objects.get()
    alerts.acknowledge(by=surgeon, alert=alert, action="Urologist told.")
    with pytest.raises(Refused, match=r"Sami Surgeon .* Urologist told\."):
        alerts.acknowledge(by=member("surgeon"), alert=alert, action="Done again.")
    assert Alert.objects.get().action == "Urologist told."
