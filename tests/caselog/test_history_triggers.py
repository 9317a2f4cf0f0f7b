"""The triggers stand where they should, and the guards among them refuse what they should."""

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from audit.models import AuditRun
from caselog.choices import ResultStatus
from caselog.history import acting, guards, triggers
from caselog.history import sqlite as history_sqlite
from caselog.history.tables import PASSING, tables
from caselog.models import Case, Change, Clinic, Finding, LaboratoryReport, Patient, Testis

pytestmark = pytest.mark.django_db
TRANSACTIONAL = pytest.mark.django_db(transaction=True)
ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'")
ON_POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'")


def run_sql(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def database_checks():
    return checks.run_checks(tags=[checks.Tags.database], databases=["default"])


def every_trigger():
    return sorted(triggers.present(connection))


@pytest.mark.promise("HIS-1")
def test_one_trigger_less_fails_the_system_check_and_migrating_puts_it_back():
    assert database_checks() == []
    standing = every_trigger()
    # On SQLite nothing empties a table at once, so what passes needs no trigger there.
    passing = set() if connection.vendor == "postgresql" else set(PASSING)
    assert {table for table, _name in standing} == {model._meta.db_table for model in tables(apps)} - passing
    for table, name in standing:
        run_sql(triggers._ENGINES[connection.vendor].DROP.format(table=table, name=name))
        [error] = database_checks()
        assert (error.id, error.level) == ("caselog.E001", checks.ERROR)
        assert f": {name} on {table}." in error.msg
        triggers.install(connection)
    assert database_checks() == []
    assert every_trigger() == standing


@pytest.mark.promise("HIS-1")
def test_without_its_trigger_a_change_would_go_unseen(clinic):
    """What the check is for: nothing else notices."""
    triggers.remove(connection)
    before = Change.objects.count()
    Clinic.objects.filter(pk=clinic.pk).update(name="unseen")
    assert Change.objects.count() == before
    assert database_checks() != []


@ON_SQLITE
def test_a_trigger_that_says_something_else_is_not_ours():
    run_sql('DROP TRIGGER "caselog_history_caselog_case_update"')
    run_sql(
        "CREATE TRIGGER caselog_history_caselog_case_update AFTER UPDATE ON caselog_case BEGIN SELECT 1; END"
    )
    assert triggers.missing_triggers(connection) == [("caselog_case", "caselog_history_caselog_case_update")]


def test_a_guard_that_asks_something_else_is_not_ours_and_is_replaced(final, monkeypatch, embryologist):
    """As after an upgrade whose release changed a guard and brought no migration."""
    with monkeypatch.context() as earlier:
        earlier.setattr(guards, "_of_columns", lambda guard, _model: replace(guard, when="TRUE"))
        triggers.install(connection)
    assert "update on caselog_laboratoryreport" in database_checks()[0].msg
    triggers.install(connection)
    assert triggers.missing_triggers(connection) == []
    with acting(by=embryologist):
        LaboratoryReport.objects.filter(pk=final.pk).update(version=F("version") + 1)


@ON_POSTGRESQL
def test_a_disabled_trigger_is_missing():
    run_sql("ALTER TABLE caselog_case DISABLE TRIGGER caselog_history")
    assert triggers.missing_triggers(connection) == [("caselog_case", "caselog_history")]
    triggers.install(connection)
    assert triggers.missing_triggers(connection) == []


def test_a_trigger_that_stands_as_it_should_is_left_alone():
    """PostgreSQL would lock its table for everybody, and every server that starts would do it."""
    with CaptureQueriesContext(connection) as queries:
        triggers.install(connection)
    assert not [query for query in queries if re.match(r"\s*(CREATE|DROP) TRIGGER", query["sql"])]


def test_a_trigger_of_an_earlier_release_goes(clinic):
    run_sql(
        {
            "sqlite": "CREATE TRIGGER caselog_old AFTER UPDATE ON caselog_clinic BEGIN SELECT 1; END",
            "postgresql": "CREATE TRIGGER caselog_old BEFORE TRUNCATE ON caselog_clinic"
            " EXECUTE FUNCTION caselog_refuse_truncate()",
        }[connection.vendor]
    )
    assert ("caselog_clinic", "caselog_old") in every_trigger()
    triggers.install(connection)
    assert ("caselog_clinic", "caselog_old") not in every_trigger()


def test_the_check_looks_only_into_databases_it_is_given():
    triggers.remove(connection)
    assert checks.run_checks(tags=[checks.Tags.database]) == []


def test_tables_that_no_migration_made_yet_miss_nothing(monkeypatch):
    triggers.remove(connection)
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["caselog_clinic"])
    assert triggers.missing_triggers(connection) == []


@TRANSACTIONAL
def test_migrating_puts_triggers_back_before_it_looks_for_them(monkeypatch):
    triggers.remove(connection)
    call_command("migrate", "--check", skip_checks=False)
    call_command("migrate", verbosity=0, skip_checks=False)
    assert triggers.missing_triggers(connection) == []
    triggers.remove(connection)
    with monkeypatch.context() as broken:
        broken.setattr(triggers, "_execute", lambda *_: None)
        with pytest.raises(SystemCheckError, match=r"caselog\.E001"):
            call_command("migrate", verbosity=0, skip_checks=False)
    triggers.install(connection)


@TRANSACTIONAL
def test_a_rebuilt_table_that_other_triggers_name_has_its_own_again_after_migrating(case):
    triggers.before_migrating("default", plan=[("a migration", False)])
    longer = models.CharField(max_length=40, blank=True)
    longer.set_attributes_from_name("weighing")
    usual = Testis._meta.get_field("weighing")
    for before, after in ((usual, longer), (longer, usual)):
        with connection.schema_editor() as editor:
            editor.alter_field(Testis, before, after, strict=True)
    triggers.after_migrating("default")
    assert triggers.missing_triggers(connection) == []
    Testis.objects.filter(case=case).update(samples_n=3)
    assert Change.objects.newest_first().first().after["samples_n"] == 3


def test_migrating_nothing_leaves_the_triggers_alone():
    triggers.before_migrating("default", plan=[])
    assert triggers.missing_triggers(connection) == []


def test_the_history_is_neither_edited_nor_deleted(clinic, surgeon):
    changes = Change.objects.all()
    for attempt in (lambda: changes.update(reason="another"), changes.delete, changes.first().delete):
        with pytest.raises(IntegrityError, match="is never edited"), acting(by=surgeon, reason="please"):
            attempt()
    with pytest.raises(IntegrityError, match="The history is never edited"):
        run_sql("DELETE FROM caselog_change")


@ON_SQLITE
def test_a_replacing_insert_does_not_pass_the_guards(clinic):
    change = Change.objects.first()
    with pytest.raises(IntegrityError, match="The history is never edited"):
        run_sql(
            'INSERT OR REPLACE INTO caselog_change (id, at, reason, "table", row_id, action, after)'
            " VALUES (%s, '2025-01-01', '', 'x', 1, 'insert', '{}')",
            change.pk,
        )


@pytest.fixture
def run(clinic, administrator):
    return AuditRun.objects.create(clinic=clinic, kept_by=administrator, result={"figures": []})


def test_a_kept_run_is_never_changed(run, administrator):
    runs = AuditRun.objects.filter(pk=run.pk)
    for attempt in (lambda: runs.update(title="Better"), run.delete, run.save):
        with (
            pytest.raises(IntegrityError, match="A kept audit run"),
            acting(by=administrator, reason="please"),
        ):
            attempt()


@ON_POSTGRESQL
def test_no_table_is_emptied_past_the_history():
    for table in ("caselog_change", "caselog_patient", "audit_auditrun"):
        with pytest.raises(IntegrityError, match=f"{table} is emptied row by row"):
            run_sql(f"TRUNCATE {table} CASCADE")


@pytest.fixture
def final(case, make_report):
    return make_report(case)


def changes_of_a_final_report(report):
    """Each way to change what a final report says, by name."""
    reports = LaboratoryReport.objects.filter(pk=report.pk)
    findings = Finding.objects.filter(testis__case=report.case)
    reopened = {"result_status": ResultStatus.PRELIMINARY, "finalised_at": None, "finalised_by": None}
    return {
        "edit the report": lambda: reports.update(search_minutes=1),
        "save the report": report.save,
        "reopen it": lambda: reports.update(**reopened),
        "delete it": reports.delete,
        "edit a finding": lambda: findings.update(sperm_found="none"),
        "delete a finding": findings.delete,
        "edit it by SQL": lambda: run_sql(
            "UPDATE caselog_laboratoryreport SET search_minutes = 1 WHERE id = %s", report.pk
        ),
    }


@pytest.mark.promise("HIS-3")
def test_a_final_report_changes_only_with_a_reason(final, embryologist):
    for name, attempt in changes_of_a_final_report(final).items():
        with pytest.raises(IntegrityError, match="only with a reason"), acting(by=embryologist):
            attempt()
        with acting(by=embryologist, reason=f"correction: {name}"), transaction.atomic():
            attempt()
            transaction.set_rollback(True)


@pytest.mark.promise("HIS-3")
def test_of_a_final_report_only_the_next_version_needs_no_reason(final, embryologist):
    """A surgeon who fills in what it shows too has no reason to give."""
    reports = LaboratoryReport.objects.filter(pk=final.pk)
    with acting(by=embryologist):
        reports.update(version=F("version") + 1)
    assert reports.get().version == final.version + 1
    for changes in (
        {"version": F("version") - 1},
        {"version": F("version") + 2},
        {"version": F("version") + 1, "search_minutes": 1},
        {"version": F("version") + 1, "search_minutes": None},
        {"version": F("version") + 1, "processing_methods": []},
    ):
        with pytest.raises(IntegrityError, match="only with a reason"), acting(by=embryologist):
            reports.update(**changes)


@pytest.mark.promise("HIS-3")
def test_the_reason_and_the_old_value_are_kept(final, embryologist):
    with acting(by=embryologist, reason="slides read again"):
        Finding.objects.filter(testis__case=final.case, testis__side="right").update(sperm_found="immotile")
    change = Change.objects.newest_first().first()
    assert (change.reason, change.actor_id) == ("slides read again", embryologist.pk)
    assert (change.before["sperm_found"], change.after["sperm_found"]) == ("motile", "immotile")


@pytest.mark.promise("HIS-3")
def test_a_finding_is_not_added_or_moved_to_a_final_report_without_a_reason(
    make_case, make_report, embryologist
):
    report = make_report(make_case(sides="right", left_weighing=None))
    left = Testis.objects.create(clinic=report.clinic, case=report.case, side="left")
    elsewhere = make_case()
    stray = Finding.objects.create(
        clinic=report.clinic, testis=elsewhere.testes.get(side="left"), sperm_found="none"
    )
    for attempt in (
        lambda: Finding.objects.create(clinic=report.clinic, testis=left, sperm_found="motile"),
        lambda: Finding.objects.filter(pk=stray.pk).update(testis=left),
    ):
        with pytest.raises(IntegrityError, match="only with a reason"), acting(by=embryologist):
            attempt()


def test_a_preliminary_report_changes_freely_and_becomes_final(case, make_report):
    make_report(case, final=False)
    make_report(case, final=False, right_sperm_found="none", left_sperm_found="motile", search_minutes=30)
    assert make_report(case).is_final


@TRANSACTIONAL
@pytest.mark.parametrize("turn", [1, 2])
def test_transactional_tests_empty_the_guarded_tables_and_keep_the_triggers(turn, final, run):
    """The second turn finds nothing of the first, and every trigger."""
    assert Case.objects.count() == AuditRun.objects.count() == 1
    assert triggers.missing_triggers(connection) == []
    assert Change.objects.filter(table="caselog_laboratoryreport").count() == 1


@TRANSACTIONAL
def test_flushing_a_database_is_refused(final):
    with pytest.raises((CommandError, DatabaseError)):
        call_command("flush", interactive=False, verbosity=0)
    assert LaboratoryReport.objects.filter(pk=final.pk, finalised_at__lte=datetime.now(UTC)).exists()


@ON_SQLITE
@TRANSACTIONAL
def test_another_program_cannot_change_a_recorded_table(tmp_path, clinic):
    copy = sqlite3.connect(tmp_path / "copy.sqlite3")
    connection.connection.backup(copy)
    with pytest.raises(sqlite3.OperationalError, match="no such function: caselog_actor"):
        copy.execute("UPDATE caselog_clinic SET name = 'by hand'")
    copy.close()


def test_a_kind_of_column_without_a_decided_form_stops_the_migration():
    field = models.DurationField()
    field.set_attributes_from_name("lasted")
    with pytest.raises(NotImplementedError, match="DurationField"):
        history_sqlite._value(field, "NEW")


def test_a_row_stays_in_the_clinic_of_what_it_hangs_on(case, make_report, clinic, other_clinic):
    report = make_report(case)
    rows = [case.patient, case, case.testes.first(), report, case.testes.first().finding]
    for row in rows:
        with pytest.raises(IntegrityError), acting(by=None, reason="please"):
            type(row).objects.filter(pk=row.pk).update(clinic=other_clinic)
    stranger = Patient.objects.create(clinic=other_clinic, code="K-1")
    with pytest.raises(IntegrityError, match="another clinic"), acting(by=None, reason="please"):
        Case.objects.filter(pk=case.pk).update(patient=stranger)
    with pytest.raises(IntegrityError, match="another clinic"), transaction.atomic():
        Testis.objects.create(clinic=other_clinic, case=case, side="left")


@pytest.mark.parametrize("found", ["nothing", "not_sampled"])
def test_a_final_report_has_a_finding(case, make_report, found):
    reports = LaboratoryReport.objects.filter(pk=make_report(case, final=False).pk)
    if found == "nothing":
        Finding.objects.all().delete()
    else:
        Finding.objects.update(sperm_found=found)
    who = reports.get().embryologist
    with pytest.raises(IntegrityError, match="has a finding"), transaction.atomic():
        reports.update(result_status="final", finalised_by=who, finalised_at=datetime.now(UTC))
