"""What is unusual is asked once, at signing, and remembered with who confirmed it and why."""

from datetime import date
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.core.exceptions import ValidationError

from caselog.models import Case, Confirmation, LaboratoryReport
from caselog.services import cases, checks, completeness, doubts, laboratory
from caselog.services.doubts import Confirmed
from caselog.services.errors import Doubtful
from tests.caselog.doubted import DELETED, codes

OTHERWISE = {"none_found": "found", "found": "unknown", "unknown": "none_found"}


@pytest.fixture
def save(clinic, surgeon, answers):
    def make(*, sign=True, confirmed=None, case=None, **changes):
        return cases.save_operation(
            by=surgeon,
            clinic=clinic,
            answers=answers(surgeon=surgeon, patient_code="K-1", **changes),
            today=date(2025, 6, 30),
            sign=sign,
            case=case,
            confirmed=confirmed,
        )

    return make


def asked(save, **changes):
    with pytest.raises(Doubtful) as refused:
        save(**changes)
    return refused.value.doubts


def test_a_draft_is_never_asked(save):
    assert save(sign=False, anaesthesia="local_block").is_draft
    assert not Confirmation.objects.exists()


def test_signing_asks_and_saves_nothing(save):
    assert codes(asked(save, anaesthesia="local_block")) == ["local_micro_tese"]
    assert not Case.objects.exists()


def test_a_confirmed_case_is_signed_and_remembers_who_confirmed_what(save, surgeon):
    found = asked(save, anaesthesia="local_block")
    case = save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    kept = Confirmation.objects.get()
    assert (kept.case, kept.code, kept.about) == (case, "local_micro_tese", found[0].about)
    assert (kept.confirmed_by, kept.clinic, kept.reason) == (surgeon, case.clinic, "")


def test_the_same_answers_are_not_asked_again(save):
    found = asked(save, anaesthesia="local_block")
    case = save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    save(case=case, anaesthesia="local_block", right_tissue_weight_mg=90)
    assert Confirmation.objects.count() == 1


def test_a_changed_answer_is_asked_anew_whatever_was_ticked_before(save):
    weight = "right_tissue_weight_mg"
    found = asked(save, right_tissue_weight_mg=2000)
    case = save(right_tissue_weight_mg=2000, confirmed=doubts.confirming(found))
    again = asked(save, case=case, right_tissue_weight_mg=3000, confirmed=doubts.confirming(found))
    assert codes(again) == [f"unusual.{weight}"]
    assert again[0].about != found[0].about


def test_a_weight_read_back_with_its_decimals_is_the_same_answer(save):
    case = save(
        right_tissue_weight_mg=2000,
        confirmed=doubts.confirming(asked(save, right_tissue_weight_mg=2000)),
    )
    read = cases.answers_of(Case.objects.get(pk=case.pk))
    assert read["right_tissue_weight_mg"] == Decimal("2000.00")
    assert doubts.settle(checks.of_operation(read), case=case, confirmed={}) == []


@pytest.mark.parametrize(
    ("reason", "allowed"), [("", False), ("  ", False), ("Their wish, after advice", True)]
)
def test_a_complete_deletion_needs_a_reason_and_is_never_blocked(save, reason, allowed):
    (found,) = asked(save, **DELETED)
    assert found.needs_reason
    said = {found.code: Confirmed(found.about, reason)}
    if not allowed:
        assert codes(asked(save, **DELETED, confirmed=said)) == ["complete_deletion"]
        return
    case = save(**DELETED, confirmed=said)
    assert not case.is_draft
    assert case.confirmations.get().reason == reason


def test_a_reason_that_is_too_long_is_refused_and_not_cut(save):
    (found,) = asked(save, **DELETED)
    most = "x" * 200
    (again,) = asked(save, **DELETED, confirmed={found.code: Confirmed(found.about, most + "y")})
    assert again.message == f"{found.message} The reason has 201 characters. Shorten it to 200."
    assert (again.code, again.about) == (found.code, found.about)
    case = save(**DELETED, confirmed={found.code: Confirmed(found.about, f" {most} ")})
    assert case.confirmations.get().reason == most


@pytest.mark.parametrize("earlier", ["none_found", "found", "unknown"])
def test_an_earlier_retrieval_without_an_earlier_attempt_is_asked_once(save, surgeon, earlier):
    given = {"prior_retrieval": earlier, "attempt_number": 1}
    found = asked(save, **given)
    assert codes(found) == ["first_after_another"]
    case = save(**given, confirmed=doubts.confirming(found))
    kept = case.confirmations.get()
    assert (kept.code, kept.confirmed_by) == ("first_after_another", surgeon)
    save(case=case, **given, right_tissue_weight_mg=90)  # not asked again
    assert codes(asked(save, case=case, **given | {"prior_retrieval": OTHERWISE[earlier]})) == codes(found)


def test_a_later_attempt_without_an_earlier_retrieval_is_refused(save):
    with pytest.raises(ValidationError) as refused:
        save(prior_retrieval="no_prior", attempt_number=2)
    assert list(refused.value.message_dict) == ["attempt_number"]


def test_attempt_1_after_another_makes_the_case_incomplete_until_it_is_confirmed(save):
    given = {"prior_retrieval": "none_found", "attempt_number": 1}
    case = save(**given, confirmed=doubts.confirming(asked(save, **given)))

    def completed():
        [read] = completeness.readable(Case.objects.filter(pk=case.pk))
        return completeness.of_case(read, completeness.answers_of(read))

    assert completed().doubtful == ()
    case.confirmations.all().delete()
    assert [entry.name for entry in completed().doubtful] == ["prior_retrieval", "attempt_number"]
    assert not completed().is_complete


def test_nothing_is_remembered_when_the_case_cannot_be_saved(save, monkeypatch):
    found = asked(save, anaesthesia="local_block")
    monkeypatch.setattr(cases, "save_measurements", Mock(side_effect=ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        save(anaesthesia="local_block", confirmed=doubts.confirming(found))
    assert not Confirmation.objects.exists()


def test_a_final_report_asks_and_a_preliminary_one_does_not(case, embryologist, witness, findings):
    given = findings(witness=witness, search_minutes=3)
    laboratory.report(by=embryologist, case=case, answers=given, final=False)
    with pytest.raises(Doubtful) as refused:
        laboratory.report(by=embryologist, case=case, answers=given, final=True)
    assert not LaboratoryReport.objects.get().is_final
    report = laboratory.report(
        by=embryologist,
        case=case,
        answers=given,
        final=True,
        confirmed=doubts.confirming(refused.value.doubts),
    )
    assert report.is_final
    assert case.confirmations.get().confirmed_by == embryologist


def test_the_theatre_and_the_laboratory_are_compared(make_case, embryologist, witness, findings):
    case = make_case(left_wet_prep="motile")
    with pytest.raises(Doubtful) as refused:
        laboratory.report(by=embryologist, case=case, answers=findings(witness=witness), final=True)
    assert codes(refused.value.doubts) == ["wet_prep.left"]


def test_an_amendment_asks_too(case, make_report, embryologist, witness, findings):
    make_report(case)
    with pytest.raises(Doubtful):
        laboratory.report(
            by=embryologist,
            case=case,
            answers=findings(witness=witness, search_minutes=1500),
            final=True,
            reason="The clock was read wrongly",
        )
