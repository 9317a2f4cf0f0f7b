"""The pages that look for contradictions find what the case itself says."""

from datetime import time
from decimal import Decimal

import pytest

from caselog.dictionary import OPERATION
from caselog.models import Case, Confirmation
from caselog.services import completeness, doubts, unsettled
from caselog.services.contradictions import CHECKS
from tests.caselog.doubted import DELETED


def test_every_question_says_which_answers_it_reads(answers, findings):
    """The pages that look for contradictions read those alone."""

    class Read(dict):
        def get(self, name, default=None):
            read.add(name)
            return super().get(name, default)

    for check in CHECKS:
        read = set()
        for given in (*CONTRADICTING, {}):
            check.question(Read(answers(**given) | findings(**given)))
        assert {*check.fields} <= read <= {*check.fields, *check.also, *check.known}, check.code


CONTRADICTING = [
    {"age_at_procedure": None, "birth_year": 1950, "partner_birth_year": 1950},
    {"height_cm": 200, "weight_kg": Decimal(50)},
    {"karyotype": "47,XXY"},
    {"primary_aetiology": "klinefelter"},
    {"klinefelter_status": "not_tested", "y_microdeletion": "not_tested"},
    {"prior_retrieval": "found"},
    {"planned_procedure": "micro_tese"} | DELETED,
    {"anaesthesia": "local_block"},
    {"start_time": time(23, 0), "end_time": time(1, 0)},
    {"start_time": time(9, 0), "end_time": time(10, 0), "operative_minutes": 120},
    {"medication": ["none", "hcg"]},
    {"left_wet_prep": "motile"},
    {"right_wet_prep": "motile", "right_sperm_found": "none", "disposition": "tissue_frozen", "vials_n": 2},
]


@pytest.mark.parametrize("given", CONTRADICTING, ids=str)
def test_what_a_page_finds_is_what_the_case_itself_says(make_case, make_report, given):
    of_operation = {entry.name for entry in OPERATION}
    case = make_case(**{name: value for name, value in given.items() if name in of_operation})
    make_report(case, **{name: value for name, value in given.items() if name not in of_operation})
    assert unsettled.contradictions(Case.objects.all()) == []
    [read] = completeness.readable(Case.objects.all())
    said = {doubt.code: doubt for doubt in doubts.doubts_of(completeness.answers_of(read))}
    assert said
    for check in CHECKS:
        case.confirmations.all().delete()
        for doubt in said.values():
            Confirmation.objects.create(
                clinic=case.clinic, case=case, confirmed_by=case.signed_by, code=doubt.code,
                about="something else" if doubt.code == check.code else doubt.about,
            )  # fmt: skip
        found = [(one.case, one.field) for one in unsettled.contradictions(Case.objects.all())]
        assert found == ([(case.pk, check.fields[0])] if check.code in said else [])
