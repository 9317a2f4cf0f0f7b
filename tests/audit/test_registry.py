"""The database counts what the audit counts row by row."""

from datetime import date
from itertools import product

import pytest

from audit import comparison, reference, registry
from audit.results import Filters, Level, Unit
from caselog import dataset, rates
from caselog.models import Membership
from caselog.services import laboratory
from tests.conftest import laboratory_answers

pytestmark = pytest.mark.django_db
PERIODS = [
    {},
    {"since": date(2025, 3, 1), "until": date(2025, 4, 30)},
    {"since": date(2025, 3, 5)},
    {"until": date(2025, 3, 4)},
]
SELECTIONS = [
    {"attempt": "later"},
    {"attempt": "first", "since": date(2025, 3, 5)},
    {"procedure": "conventional_tese"},
    {"azoospermia_type": "oa"},
]
UNITS = [Unit.MAN, Unit.ATTEMPT]


def by_rows(user, clinics, filters):
    """(clinic, measure): (found, known, pending), by the engine that reads each case."""
    figures = {}
    for clinic in clinics:
        rows = dataset.cases_of(user, clinic, since=filters.since, until=filters.until, chosen=filters)
        audit = comparison.audit(
            rows, filters=filters, references=reference.named("document"), clinic="", synthetic=False,
            source="clinic", made_by="", made_at=None, level=Level.LIVE,
        )  # fmt: skip
        for one in audit.comparisons:
            if one.measure in registry.RATES and (one.known or one.pending):
                figures[clinic.pk, one.measure] = (one.found, one.known, one.pending)
    return figures


def by_database(user, filters):
    counted = rates.by_clinic(user, registry.asked(filters))
    return {(one.of, one.population): (one.found, one.known, one.pending) for one in counted}


@pytest.fixture
def register(make_case, make_report, clinic, other_clinic, member):
    """Two clinics with every special case; operations lie between March and May 2025."""

    def operated(code, day, *, report=None, final=True, **changes):
        case = make_case(patient_code=code, procedure_date=day, **changes)
        if report is not None:
            make_report(case, final=final, **report)
        return case

    march, april, may = date(2025, 3, 4), date(2025, 4, 4), date(2025, 5, 4)
    none = {"right_sperm_found": "none", "left_sperm_found": "none", "disposition": "discarded"}
    again = {"attempt_number": 2, "prior_retrieval": "none_found"}
    conventional = {"procedure": "conventional_tese", "magnification": None}
    obstructive = {
        "azoospermia_type": "oa", "primary_aetiology": "vasectomy", "y_microdeletion": None,
        "procedure": "tesa", "magnification": None,
    }  # fmt: skip

    # One side of two with sperm; none at all; immotile only; spermatids and no sperm.
    operated("one side", march, report={"right_sperm_found": "none", "left_sperm_found": "motile"})
    operated("none", march, report=none)
    operated("immotile", april, report={"right_sperm_found": "immotile"})
    operated("spermatids", april, report=none | {"right_spermatids": "round"})
    operated("not sampled", april, report={"right_sperm_found": "not_sampled", "left_sperm_found": "none",
                                           "disposition": "discarded"})  # fmt: skip
    # He failed and came back; and one whose first operation lies before a period.
    operated("repeat", march, report=none)
    operated("repeat", april, report={}, **again)
    operated("crossed over", march, report=none, **conventional)
    operated("crossed over", may, report={}, **again)
    # One whose first result is awaited does not count by the second.
    operated("awaited", march)
    operated("awaited", april, report={}, **again)
    operated("preliminary", april, report={}, final=False)
    # Two techniques in one sitting, and what comes after it.
    operated("combined", march, report={}, preceding_procedures=["conventional_tese"])
    operated("combined", may, report={}, **again)
    # Twice on one day: the attempt number says which was first.
    operated("one day", april, report={}, **again)
    operated("one day", april, report=none, **conventional)
    # Not performed, not signed, not certain: none of these uses up the first operation.
    stopped = {"status": "abandoned", "status_reason": "Anaesthesia"}
    operated("abandoned", march, **stopped)
    operated("abandoned", april, report={}, **again)
    make_case(patient_code="cancelled", status="cancelled", status_reason="Fever", procedure=None, sides=None,
              anaesthesia=None, magnification=None, right_weighing=None, right_tissue_weight_mg=None,
              right_samples_n=None, left_weighing=None)  # fmt: skip
    make_case(patient_code="draft", sign=False)
    operated("signed later", march, sign=False)
    operated("signed later", april, report={}, **again)
    uncertain = {"azoospermia_type": "uncertain", "primary_aetiology": "unknown", "y_microdeletion": None}
    operated("uncertain", march, report={}, **uncertain)
    operated("uncertain", april, report={}, **again)
    operated("obstructive", april, report={"right_sperm_found": "motile"}, **obstructive)
    operated("obstructive, both", april, report={}, **obstructive | {"preceding_procedures": ["pesa"]})
    operated("mesa", may, **obstructive | {"procedure": "mesa", "magnification": "microscope"})
    operated("tesa", march, report=none, procedure="tesa", magnification=None)

    elsewhere = member("surgeon", clinic=other_clinic)
    bench, witness = (member("embryologist", clinic=other_clinic) for _ in range(2))
    case = make_case(by=elsewhere, clinic=other_clinic, patient_code="repeat", surgeon=elsewhere)
    laboratory.report(by=bench, case=case, answers=laboratory_answers(witness=witness), final=True)
    return [clinic, other_clinic]


@pytest.fixture
def of_both(register, member):
    user = member("reader", clinic=register[0])
    Membership.objects.create(clinic=register[1], user=user, role="reader")
    return user


def test_the_database_counts_what_is_counted_row_by_row(register, of_both):
    for unit, chosen in product(UNITS, [*PERIODS, *SELECTIONS]):
        filters = Filters(unit=unit, **chosen)
        assert by_database(of_both, filters) == by_rows(of_both, register, filters) != {}, filters


def test_the_special_cases_are_there(register, of_both):
    """By men, counted by hand from the register above."""
    counted = by_database(of_both, Filters())
    here = register[0].pk
    # Found: one side, immotile, abandoned, signed later. Not found: none, spermatids, not sampled, repeat.
    assert counted[here, "micro_noa"] == (4, 8, 2)
    assert counted[here, "conventional_noa"] == (0, 2, 0)
    assert counted[here, "obstructive"] == (2, 2, 1)
    assert counted[register[1].pk, "micro_noa"] == (1, 1, 0)


def test_only_clinics_that_one_may_see_are_counted(register, reader, member):
    assert {clinic for clinic, _measure in by_database(reader, Filters())} == {register[0].pk}
    nobody = member(clinic=register[0])
    assert by_database(nobody, Filters()) == {}


def test_of_other_clinics_no_key_is_told(register, reader):
    asked = registry.asked(Filters())
    both = {clinic.pk: 1 for clinic in register}
    assert rates.of_others(reader, asked, from_known=both) == [rates.Counted(None, "micro_noa", 1, 1, 0)]
    assert rates.of_others(reader, asked, from_known={register[1].pk: 2}) == []
    assert rates.of_others(reader, asked, from_known={register[0].pk: 1}) == []


def test_a_surgeons_men_are_those_whose_first_operation_the_surgeon_did(
    make_case, make_report, member, surgeon, reader, clinic
):
    second = member("surgeon")
    make_report(make_case(patient_code="A", procedure_date=date(2025, 3, 4)))
    again = {"attempt_number": 2, "prior_retrieval": "found", "procedure_date": date(2025, 4, 4)}
    make_report(make_case(patient_code="A", by=second, **again))
    asked = registry.asked(Filters())
    assert rates.by_surgeon(reader, clinic, asked) == [rates.Counted(surgeon.pk, "micro_noa", 1, 1, 0)]
    attempts = rates.by_surgeon(reader, clinic, registry.asked(Filters(unit=Unit.ATTEMPT)))
    assert {one.of: one.known for one in attempts} == {surgeon.pk: 1, second.pk: 1}


def test_a_filter_on_one_surgeon_is_left_out(register, of_both, surgeon):
    assert by_database(of_both, Filters(surgeon=surgeon.pk)) == by_database(of_both, Filters())


def test_testes_are_not_counted_in_the_database():
    with pytest.raises(ValueError, match="testes"):
        registry.asked(Filters(unit=Unit.TESTIS))


@pytest.mark.parametrize("n", [1, 4])
def test_one_query_counts_any_number_of_clinics(
    make_case, make_report, reader, clinic, n, django_assert_num_queries
):
    for _man in range(n):
        make_report(make_case())
    with django_assert_num_queries(1):
        (counted,) = rates.by_clinic(reader, registry.asked(Filters()))
    assert counted == rates.Counted(clinic.pk, "micro_noa", n, n, 0)
