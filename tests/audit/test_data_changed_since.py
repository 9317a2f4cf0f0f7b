"""A kept audit says how much of its period changed after it was kept, and stays as it was."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit import services
from audit.models import AuditRun
from audit.results import Filters
from caselog.models import Case
from caselog.services import cases as case_services
from caselog.services import follow_up, patients
from tests.audit.saving import TODAY, save
from tests.audit.year import NOW, YEAR

pytestmark = pytest.mark.slow  # keeps whole audits

RUNS = reverse("audit_runs")


@pytest.fixture
def waiting(make_case):
    """A case of the period whose result is still to come."""
    return make_case()


@pytest.fixture
def kept(waiting, make_case, make_report, keep):
    make_report(make_case())
    return keep()


@pytest.fixture
def page_of(client, reader):
    def fetch(url):
        client.force_login(reader)
        response = client.get(url)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return fetch


def run_url(kept):
    return reverse("audit_run", args=[kept.pk])


def test_a_late_result_is_told_on_the_run_and_in_the_list(kept, waiting, make_report, page_of):
    before = AuditRun.objects.filter(pk=kept.pk).values().get()
    assert "No case changed" in page_of(RUNS)
    make_report(waiting)
    for page in (page_of(run_url(kept)), page_of(RUNS)):
        assert "1 case of its period was changed since. Of these, 1 by a late laboratory result." in page
    assert "The data has changed since this audit was kept." in page_of(run_url(kept))
    assert reverse("case_detail", args=[waiting.pk]) in page_of(run_url(kept))
    assert AuditRun.objects.filter(pk=kept.pk).values().get() == before


def test_a_change_of_the_operation_is_no_late_result(kept, waiting, page_of):
    save(waiting, search_minutes=1, anaesthesia="spinal")
    page = page_of(run_url(kept))
    assert "1 case of its period was changed since." in page
    assert "late laboratory" not in page


def test_what_the_surgeon_changes_beside_a_report_is_no_late_result(kept, page_of):
    reported = Case.objects.get(laboratory_report__isnull=False)
    version = reported.laboratory_report.version
    save(reported, reason="Weighed again", right_tissue_weight_mg=130)
    reported.laboratory_report.refresh_from_db()
    assert reported.laboratory_report.version == version + 1
    page = page_of(run_url(kept))
    assert "1 case of its period was changed since." in page
    assert "late laboratory" not in page


def test_what_it_did_not_count_is_told_apart(kept, waiting, page_of):
    save(waiting, infertility_months=30)
    page = page_of(run_url(kept))
    assert "What it counted is unchanged." in page
    assert "1 case of its period was changed since." in page


def test_other_periods_change_nothing_of_it(kept, make_case, page_of):
    make_case(procedure_date=date(2024, 12, 31))
    assert "The data is unchanged since." in page_of(run_url(kept))
    assert "No case changed" in page_of(RUNS)


def test_a_follow_up_changes_the_data_and_is_no_late_result(kept, waiting, surgeon, page_of):
    seen = {"complications": "none_known", "seen_on": date(2025, 6, 2)}
    follow_up.save_visit(by=surgeon, case=waiting, month="3", answers=seen, today=TODAY)
    assert "The data has changed since this audit was kept." in page_of(run_url(kept))
    assert "1 case of its period was changed since." in page_of(RUNS)
    assert "late laboratory result" not in page_of(RUNS)


def test_a_run_without_dates_is_about_every_case(clinic, administrator, make_case, page_of):
    run = services.keep_run(by=administrator, clinic=clinic, filters=Filters(), title="All", now=NOW)
    make_case(procedure_date=date(1999, 5, 6))
    assert "1 case of its period was changed since." in page_of(run_url(run))


def test_an_earlier_run_counts_what_a_later_one_already_saw(
    kept, waiting, make_report, clinic, administrator
):
    make_report(waiting)
    later = services.keep_run(by=administrator, clinic=clinic, filters=YEAR, title="Again", now=NOW)
    since = services.changed_since(user=administrator, clinic=clinic, runs=[kept, later])
    assert (len(since[kept.pk].cases), since[kept.pk].late_results) == (1, 1)
    assert since[later.pk].cases == []


def test_only_whoever_sees_the_audits_of_a_clinic_is_told(kept, member, other_clinic):
    with pytest.raises(PermissionDenied):
        services.changed_since(
            user=member("administrator", clinic=other_clinic), clinic=kept.clinic, runs=[kept]
        )


def test_the_cases_of_another_clinic_do_not_count(kept, other_clinic, member, answers, page_of):
    stranger = member("surgeon", clinic=other_clinic)
    case_services.save_operation(
        by=stranger, clinic=other_clinic, answers=answers(surgeon=stranger), today=TODAY, sign=True
    )
    assert "No case changed" in page_of(RUNS)


def test_a_changed_birth_year_changes_every_case_of_the_man(kept, waiting, surgeon, page_of):
    man = {"patient": waiting.patient, "code": waiting.patient.code, "birth_year": 1990}
    patients.save_patient(today=TODAY, by=surgeon, clinic=kept.clinic, **man)
    for page in (page_of(run_url(kept)), page_of(RUNS)):
        assert "1 case of its period was changed since." in page


def test_a_new_man_is_no_change_of_an_audited_case(kept, surgeon, page_of):
    patients.save_patient(today=TODAY, by=surgeon, clinic=kept.clinic, code="NEW-1")
    assert "No case changed" in page_of(RUNS)


def test_a_deleted_draft_of_the_period_is_told_without_a_link(
    clinic, administrator, surgeon, make_case, page_of
):
    draft = make_case(sign=False)
    run = services.keep_run(by=administrator, clinic=clinic, filters=YEAR, title="The year", now=NOW)
    case_services.delete_draft(by=surgeon, case=draft)
    page = page_of(run_url(run))
    assert "The data has changed since" in page
    assert "1 case of its period was changed since." in page
    assert draft.number in page
    assert reverse("case_detail", args=[draft.pk]) not in page
    assert "No case changed" not in page_of(RUNS)


@pytest.mark.parametrize(("to", "told"), [(date(2024, 12, 31), True), (date(2025, 3, 5), True)])
def test_a_case_moved_out_of_the_period_is_told(kept, waiting, to, told, page_of):
    save(waiting, procedure_date=to)
    page = page_of(run_url(kept))
    assert ("1 case of its period was changed since." in page) == told
    assert waiting.number in page


def test_a_case_of_another_period_that_was_moved_within_it_is_not_told(kept, make_case, page_of):
    elsewhere = make_case(procedure_date=date(2024, 12, 31))
    save(elsewhere, procedure_date=date(2024, 12, 30))
    assert "No case changed" in page_of(RUNS)


@pytest.mark.parametrize("runs", [1, 10])
def test_the_list_costs_the_same_however_much_changed(
    kept, runs, clinic, administrator, make_case, client, reader, django_assert_max_num_queries
):
    for number in range(runs):
        services.keep_run(
            by=administrator, clinic=clinic, filters=YEAR, title=f"No. {number}", now=timezone.now()
        )
        make_case()
    client.force_login(reader)
    with django_assert_max_num_queries(10):
        client.get(RUNS)
