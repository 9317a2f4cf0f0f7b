"""What an import leaves to a colleague is told; what the record has already is not."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselog.models import Case
from caselog.services import follow_up
from tests.caselog.importing import TODAY, imported, workbook

TISSUE = ["right_weighing", "right_tissue_weight_mg", "right_wet_prep", "left_weighing"]
AS_RECORDED = ["Weighed on a balance", "120.0", "", "not_weighed"]


@pytest.fixture
def bring(tmp_path, clinic):
    """What comes of a file with these sheets, brought in by this person."""
    return lambda by, **sheets: imported(workbook(tmp_path / "record.xlsx", **sheets), by, clinic, confirm="")


@pytest.fixture
def tissue(bring, case):
    """What is told of a file that says this of the tissue of a case which is here."""

    def told(by, answers, **others):
        key = [case.patient.code, case.procedure_date]
        headings = ["patient_code", "procedure_date", "search_minutes", "result_status", *TISSUE, *others]
        return bring(by, Cases=[headings, [*key, 30, "preliminary", *answers, *others.values()]]).not_read

    return told


def test_tissue_that_the_record_says_alike_is_not_told_as_left_out(tissue, embryologist):
    assert tissue(embryologist, AS_RECORDED, shoe_size=43) == ["shoe_size"]


@pytest.mark.parametrize(
    ("place", "said"), [(0, "estimated"), (1, "130"), (2, "motile"), (3, "balance"), (1, "much")]
)
def test_tissue_that_the_record_says_otherwise_or_not_at_all_is_told(tissue, case, embryologist, place, said):
    answers = [said if at == place else answer for at, answer in enumerate(AS_RECORDED)]
    assert tissue(embryologist, answers) == [TISSUE[place]]
    assert Case.objects.get().testes.get(side="right").tissue_weight_mg == 120


def test_grams_are_compared_as_milligrams(bring, case, embryologist):
    def told(weight):
        headings = ["patient_code", "procedure_date", "search_minutes", "result_status", "right tissue (g)"]
        row = [case.patient.code, case.procedure_date, 30, "preliminary", weight]
        return bring(embryologist, Cases=[headings, row]).not_read

    assert told(0.12) == []
    assert told(120) == ["right tissue (g)"]


@pytest.fixture
def mine(case):
    """What an embryologist could record of it."""
    return [
        ["patient_code", "procedure_date", "search_minutes"],
        [case.patient.code, case.procedure_date, None],
    ]


@pytest.fixture
def visits(case, surgeon):
    """The three visits of a file, of which the record has the first one."""
    usual = {"complications": "not_followed"}
    follow_up.save_visit(by=surgeon, case=case, month="3", answers=usual, today=TODAY, version=0)
    key = [case.patient.code, case.procedure_date]
    return [
        ["patient_code", "procedure_date", "month", "complications"],
        [*key, "3 months", "not_followed"],
        [*key, 12, "not_followed"],
        [*key, "some day", "not_followed"],
    ]


def test_a_row_that_is_here_is_not_told_as_left_to_a_colleague(bring, case, visits, mine, embryologist):
    assert bring(embryologist, Cases=mine, follow_up=visits).withheld == {"follow_up": 2}
    assert bring(embryologist, Cases=mine, follow_up=visits[:2]).withheld == {}
    assert case.follow_ups.count() == 1


def test_of_two_rows_alike_only_the_one_that_is_here_is_not_told(bring, case, mine, surgeon, embryologist):
    told = {"kind": "haematoma", "onset_day": 0, "grade": "1"}
    follow_up.save_complication(by=surgeon, case=case, answers=told, today=TODAY)
    row = [case.patient.code, case.procedure_date, *told.values()]
    rows = [["patient_code", "procedure_date", *told], row, row]
    done = bring(embryologist, Cases=mine, complication=rows)
    assert done.withheld == {"complication": 1}


def test_of_a_man_who_is_not_here_every_row_is_told(bring, visits, mine, embryologist):
    strange = [visits[0], ["X-404", *visits[1][1:]], [None, None, 3, "not_followed"]]
    done = bring(embryologist, Cases=mine, follow_up=strange)
    assert done.withheld == {"follow_up": 2}


def test_each_further_operation_with_its_report_costs_at_most_31_queries(bring, member):
    """Each is saved by its own services, so the cost grows with the rows; it is not to grow unseen."""
    both = member("surgeon", "embryologist")

    def queries(*codes):
        answers = {
            "state": "Draft",
            "azoospermia_type": "noa",
            "status": "performed",
            "procedure": "micro_tese",
            "sides": "both",
            "right_sperm_found": "motile",
            "left_sperm_found": "none",
            "search_minutes": 0,
            "result_status": "preliminary",
        }
        rows = [[code, date(2025, 3, 4), *answers.values()] for code in codes]
        with CaptureQueriesContext(connection) as asked:
            done = bring(both, Cases=[["patient_code", "procedure_date", *answers], *rows])
        assert (len(done.made), done.added) == (len(codes), {"laboratory": len(codes)})
        return len(asked)

    assert queries("B-1", "B-2", "B-3", "B-4") - queries("A-1", "A-2") <= 2 * 31
