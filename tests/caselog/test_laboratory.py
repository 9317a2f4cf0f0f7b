from contextlib import nullcontext
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from caselog.dictionary import LABORATORY, is_blank
from caselog.models import Case, Finding, LaboratoryReport
from caselog.services import laboratory
from caselog.services.errors import Refused, Stale


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("surgeon", False), ("embryologist", True), ("administrator", False), ("reader", False)],
)
def test_only_embryologists_report(case, member, findings, role, allowed):
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        laboratory.report(by=member(role), case=case, answers=findings(), final=False)
    assert LaboratoryReport.objects.filter(case=case).exists() == allowed


def test_a_final_report_keeps_a_finding_for_each_side(case, make_report, embryologist, witness):
    report = make_report(case)
    assert report.is_final
    assert (report.embryologist, report.witness, report.finalised_by) == (embryologist, witness, embryologist)
    found = {finding.testis.side: finding.sperm_found for finding in Finding.objects.all()}
    assert found == {"right": "motile", "left": "none"}


@pytest.mark.parametrize(
    "absent",
    [
        "right_sperm_found",
        "left_sperm_found",
        "processing_methods",
        "search_minutes",
        "disposition",
        "witness",
    ],
)
def test_a_final_report_needs_each_of_its_answers(case, make_report, absent):
    with pytest.raises(ValidationError) as refused:
        make_report(case, **{absent: None})
    assert absent in refused.value.message_dict
    assert not LaboratoryReport.objects.exists()


def test_a_preliminary_report_may_leave_answers_out(case, embryologist):
    report = laboratory.report(
        by=embryologist, case=case, answers={"right_sperm_found": "motile"}, final=False
    )
    assert not report.is_final
    assert report.search_minutes is None


@pytest.mark.parametrize("disposition", ["frozen", "both", "tissue_frozen"])
def test_a_final_report_says_how_many_vials_were_frozen(case, make_report, disposition):
    with pytest.raises(ValidationError) as refused:
        make_report(case, disposition=disposition, vials_n=None)
    assert list(refused.value.message_dict) == ["vials_n"]
    assert not make_report(case, final=False, disposition=disposition, vials_n=None).is_final
    assert make_report(case, disposition=disposition, vials_n=1).is_final


def test_a_search_of_zero_minutes_is_an_answer(case, make_report):
    assert make_report(case, search_minutes=0).search_minutes == 0


@pytest.mark.parametrize("final", [False, True])
def test_what_is_stored_is_read_once_to_save_a_report(case, make_report, final):
    make_report(case, final=False)
    with CaptureQueriesContext(connection) as asked:
        make_report(Case.objects.get(pk=case.pk), final=final)
    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    for model in (LaboratoryReport, Finding):
        assert sum(f'FROM "{model._meta.db_table}"' in sql for sql in read) == 1


def test_the_witness_is_another_person(case, make_report, embryologist):
    with pytest.raises(ValidationError) as refused:
        make_report(case, witness=embryologist)
    assert list(refused.value.message_dict) == ["witness"]


def test_the_witness_works_in_the_clinic(case, make_report, member, other_clinic):
    with pytest.raises(ValidationError) as refused:
        make_report(case, witness=member("embryologist", clinic=other_clinic))
    assert list(refused.value.message_dict) == ["witness"]


@pytest.mark.parametrize("disposition", ["fresh", "frozen", "both"])
def test_sperm_that_was_not_found_is_neither_injected_nor_frozen(case, make_report, disposition):
    with pytest.raises(ValidationError) as refused:
        make_report(case, right_sperm_found="none", disposition=disposition)
    assert list(refused.value.message_dict) == ["disposition"]


def test_at_least_one_side_was_sampled(case, make_report):
    with pytest.raises(ValidationError) as refused:
        make_report(case, right_sperm_found="not_sampled", left_sperm_found="not_sampled")
    assert set(refused.value.message_dict) == {"right_sperm_found", "left_sperm_found"}


def test_the_laboratory_says_whether_the_sperm_moves(case, make_report):
    with pytest.raises(ValidationError) as refused:
        make_report(case, right_sperm_found="found_unspecified")
    assert list(refused.value.message_dict) == ["right_sperm_found"]


def test_every_wrong_answer_is_named_at_once(case, make_report, embryologist):
    with pytest.raises(ValidationError) as refused:
        make_report(
            case,
            right_sperm_found="perhaps",
            processing_methods=["magic"],
            search_minutes=9999,
            disposition="sold",
            witness=embryologist,
        )
    assert set(refused.value.message_dict) == {
        "right_sperm_found",
        "processing_methods",
        "search_minutes",
        "disposition",
        "witness",
    }


def test_a_finding_for_a_side_that_was_not_operated_on_is_refused_by_its_name(make_case, make_report):
    case = make_case(sides="right")
    with pytest.raises(ValidationError, match="No tissue was taken from this side") as refused:
        make_report(case, left_sperm_found="motile")
    assert list(refused.value.message_dict) == ["left_sperm_found"]
    assert not Finding.objects.exists()
    make_report(case, left_sperm_found="")
    assert [finding.testis.side for finding in Finding.objects.all()] == ["right"]


def test_a_final_report_is_not_changed(case, make_report):
    make_report(case)
    with pytest.raises(Refused):
        make_report(case, search_minutes=5)


def test_of_two_reports_written_together_the_second_is_refused(case, make_report, embryologist, findings):
    make_report(case, final=False)
    with pytest.raises(Stale):
        laboratory.report(by=embryologist, case=case, answers=findings(), final=False, version=0)


def test_a_preliminary_report_becomes_final(case, make_report):
    first = make_report(case, final=False, right_sperm_found="none", disposition=None)
    report = make_report(case)
    assert (report.pk, report.version, report.is_final) == (first.pk, 2, True)
    assert Finding.objects.get(testis__side="right").sperm_found == "motile"


@pytest.mark.parametrize("status", ["abandoned", "cancelled"])
def test_there_is_nothing_to_report_without_tissue(make_case, make_report, status):
    case = make_case(status=status, status_reason="Fever")
    with pytest.raises(Refused):
        make_report(case)


def test_the_worklist_is_what_awaits_a_final_result_oldest_first(make_case, make_report):
    newer = make_case(procedure_date=date(2025, 5, 1))
    older = make_case(procedure_date=date(2025, 1, 1))
    preliminary = make_case(procedure_date=date(2025, 2, 1))
    make_report(preliminary, final=False)
    make_report(make_case())
    make_case(status="abandoned", status_reason="No access")
    make_case(sign=False, sides=None)
    draft = make_case(sign=False, procedure_date=date(2025, 6, 1))
    assert list(Case.objects.awaiting_laboratory()) == [older, preliminary, newer, draft]


@pytest.mark.parametrize(
    "wrong",
    [
        {"search_minutes": None},
        {"search_minutes": 2881},
        {"disposition": ""},
        {"disposition": "sold"},
        {"processing_methods": []},
        {"processing_methods": ["mincing", "magic"]},
        {"witness": None},
        {"finalised_by": None},
        {"result_status": "preliminary"},
    ],
    ids=str,
)
def test_the_database_itself_refuses(case, make_report, wrong):
    make_report(case)
    with pytest.raises(Exception, match=r"(?i)constraint|final") as refused, transaction.atomic():
        LaboratoryReport.objects.filter(case=case).update(**wrong)
    assert isinstance(refused.value, IntegrityError) or "final" in str(refused.value)


def test_the_database_itself_refuses_a_witness_of_ones_own_work(case, make_report, embryologist):
    make_report(case, final=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        LaboratoryReport.objects.filter(case=case).update(witness=embryologist)


def test_several_methods_read_back_in_their_order(case, make_report):
    make_report(case, processing_methods=["wash", "mincing"])
    assert LaboratoryReport.objects.get().processing_methods == ["wash", "mincing"]


def test_the_answers_of_a_report_read_back(case, make_report, witness):
    make_report(case)
    read = laboratory.answers_of(Case.objects.get(pk=case.pk), LABORATORY)
    assert {name: answer for name, answer in read.items() if not is_blank(answer)} == {
        "right_sperm_found": "motile",
        "left_sperm_found": "none",
        "processing_methods": ["mincing"],
        "search_minutes": 90,
        "disposition": "frozen",
        "vials_n": 2,
        "witness": witness,
    }
