"""An upgrade keeps data: a populated database of the first release, migrated to the newest, loses nothing."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.apps import apps as current_apps
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from caselog.history import triggers
from caselog.models import Case, Change

pytestmark = [pytest.mark.slow, pytest.mark.engine]

FIRST = [("caselog", "0001_initial"), ("audit", "0001_initial")]
# Django's own lists of models and permissions grow.
BY_DESIGN = {"django_content_type", "auth_permission"}
OLD = "upgraded"  # the alias of a database of this test's own
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
AWKWARD = '\'; DROP TABLE "caselog_case"; -- é ر ‏ \N{GRINNING FACE}\n\t=1+1'

# Of a case, whose codes need no other answer.
VOCABULARIES = [
    "azoospermia_type", "primary_aetiology", "klinefelter_status", "prior_retrieval", "procedure", "sides",
    "anaesthesia", "status",
]  # fmt: skip


@contextmanager
def database(tmp_path):
    """An empty one on the engine of the run."""
    usual = connections.settings["default"]
    on_sqlite = connections["default"].vendor == "sqlite"
    name = str(tmp_path / "old.sqlite3") if on_sqlite else f"caselog_upgrade_{os.getpid()}"
    connections.settings[OLD] = {**usual, "NAME": name, "CONN_MAX_AGE": 0}
    if not on_sqlite:
        _on_the_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    try:
        yield connections[OLD]
    finally:
        connections[OLD].close()
        del connections[OLD], connections.settings[OLD]
        if not on_sqlite:
            _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_the_server(*statements):
    with connections["default"]._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@dataclass
class Upgrade:
    tables: dict[str, type[models.Model]]  # of the first release
    before: dict[str, tuple[list[str], list[tuple]]]  # its columns and rows, by table
    connection: BaseDatabaseWrapper  # to the database after the upgrade


@pytest.fixture(scope="module")
def upgrade(tmp_path_factory, django_db_blocker):
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        database(tmp_path_factory.mktemp("upgrade")) as connection,
    ):
        patch.setattr(settings, "MIGRATION_MODULES", {})  # also where the suite runs without migrations
        for label, name in FIRST:
            call_command("migrate", label, name, database=OLD, verbosity=0)
        loader = MigrationExecutor(connection).loader
        for label in sorted(loader.migrated_apps - {label for label, _name in FIRST}):
            call_command("migrate", label, database=OLD, verbosity=0)
        then = loader.project_state(FIRST).apps
        with transaction.atomic(using=OLD):
            fill(then)
        before = rows_of(connection)
        call_command("migrate", database=OLD, verbosity=0)
        ours = [model for label, _name in FIRST for model in then.get_app_config(label).get_models()]
        yield Upgrade({model._meta.db_table: model for model in ours}, before, connection)


def fill(then):
    """Every column of every table filled and, where it may be, empty; every code of every vocabulary."""
    make = Maker(then)
    clinics = [make("clinic", name=name, synthetic=name == "B", created_at=NOON) for name in ("A", "B")]
    people = [
        make("user", name=AWKWARD[:90] + mail, email=f"{mail}@x.example", password="!") for mail in "abc"
    ]
    make.model("user").objects.using(OLD).filter(name__endswith="a").update(
        last_login=NOON, is_superuser=True
    )
    for role in codes_of(make.model("membership"), "role"):
        make("membership", clinic=clinics[0], user=people[0], role=role)
    make("membership", clinic=clinics[1], user=people[1], role="reader", ended_at=NOON, ended_by=people[0])
    for clinic in clinics:
        fill_clinic(make, clinic, people)
    for since in (None, date(2024, 1, 1)):
        make.audit_run(
            clinic=clinics[0], kept_by=people[0], title=AWKWARD[:100], since=since, until=since, unit="man",
            reference_set="document", reference_version="1", product_version="1", fingerprint="f" * 64,
            result={"rate": 0.1, "none": None, "text": AWKWARD, "zero": 0},
        )  # fmt: skip


def fill_clinic(make, clinic, people):
    men = [
        make("patient", clinic=clinic, code=f"K-{n}", birth_year=born)
        for n, born in enumerate((None, 1900, 2100))
    ]
    make("patient", clinic=clinic, code="٣ Ω ß"[:20], birth_year=1984)
    draft = make.case(clinic, men[0], people[0])
    for name in VOCABULARIES:
        for code in codes_of(type(draft), name):
            make.case(clinic, men[1], people[0], **{name: code})
    for code in codes_of(type(draft), "y_microdeletion"):
        make.case(clinic, men[1], people[1], azoospermia_type="noa", y_microdeletion=code)
    for code in codes_of(type(draft), "prior_procedure"):
        make.case(clinic, men[1], None, prior_retrieval="found", attempt_number=11, prior_procedure=code)
    make.case(clinic, men[1], people[0], status="abandoned", status_reason=AWKWARD[:200])
    make.signed(clinic, men[2], people)
    slip = make.case(clinic, men[0], people[0])
    slip.delete(using=OLD)  # of which the history has the only trace
    for result in codes_of(make.model("finding"), "sperm_found"):
        for weighing, weight in (
            ("balance", "0.00"),
            ("estimated", "20000"),
            ("not_weighed", None),
            ("", None),
        ):
            case = make.signed(clinic, men[2], people)
            make.reported(case, people, result, weighing, weight)


class Maker:
    """Makes rows with the models of that time, in the database of that time."""

    def __init__(self, then):
        self.then, self.numbers = then, count(1)

    def model(self, name):
        return self.then.get_model("caselog", name)

    def __call__(self, name, /, **columns):
        return self.model(name).objects.using(OLD).create(**columns)

    def audit_run(self, **columns):
        return self.then.get_model("audit", "auditrun").objects.using(OLD).create(**columns)

    def case(self, clinic, man, surgeon, **columns):
        number = next(self.numbers)
        usual = {
            "number": f"2025-{number:04d}",
            "procedure_date": date(1970, 1, 1) + timedelta(days=number * 60),
            "surgeon": surgeon,
            "created_by_id": self.model("user").objects.using(OLD).first().pk,
        }
        return self("case", clinic=clinic, patient=man, **usual | columns)

    def signed(self, clinic, man, people):
        return self.case(
            clinic, man, people[0], state="complete", signed_at=NOON, signed_by=people[0], version=7,
            age_at_procedure=99, azoospermia_type="noa", primary_aetiology="unknown", sides="both",
            klinefelter_status="unknown", y_microdeletion="not_tested", prior_retrieval="no_prior",
            attempt_number=1, procedure="micro_tese", anaesthesia="general",
        )  # fmt: skip

    def reported(self, case, people, result, weighing, weight):
        for side in ("right", "left"):
            samples = 0 if side == "right" else None
            testis = self(
                "testis", clinic=case.clinic, case=case, side=side, weighing=weighing, samples_n=samples,
                tissue_weight_mg=weight and Decimal(weight),
            )  # fmt: skip
            self("finding", clinic=case.clinic, testis=testis, sperm_found=result)
        final = weighing == "balance" and result != "not_sampled"
        whole = {
            "processing_methods": ["mincing", "wash"], "search_minutes": 0, "disposition": "discarded",
            "witness": people[1], "result_status": "final", "finalised_at": NOON, "finalised_by": people[0],
        }  # fmt: skip
        report = self("laboratoryreport", clinic=case.clinic, case=case, embryologist=people[0])
        if final:
            for name, value in whole.items():
                setattr(report, name, value)
            report.save(using=OLD)


def codes_of(model, name):
    return [code for code, _label in model._meta.get_field(name).choices]


def rows_of(connection, columns=None):
    """Every table but the list of migrations: its columns, and its rows as the engine stores them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table == "django_migrations" or (columns and table not in columns):
                continue
            if columns:
                names = columns[table]
            else:
                names = [
                    column.name for column in connection.introspection.get_table_description(cursor, table)
                ]
            quoted = ", ".join(connection.ops.quote_name(name) for name in names)
            cursor.execute(f"SELECT {quoted} FROM {connection.ops.quote_name(table)} ORDER BY 1")
            found[table] = (names, cursor.fetchall())
    return found


def test_the_first_release_was_filled_with_all_kinds_of_values(upgrade):
    """What is nowhere to be seen could be lost unseen."""
    empty = [
        (table, name)
        for table, model in upgrade.tables.items()
        for place, name in enumerate(upgrade.before[table][0])
        if not _shows_all(model, name, {repr(row[place]) for row in upgrade.before[table][1]})
    ]
    # Nobody acts here, so the history names nobody and no reason.
    assert empty == [("caselog_change", "actor_id"), ("caselog_change", "reason")]


def _shows_all(model, column, values):
    field = next(field for field in model._meta.local_concrete_fields if field.column == column)
    return bool(values - {"None", "''"}) and ("None" in values or not field.null)


@pytest.mark.promise("DUR-6")
def test_an_upgrade_changes_no_row(upgrade):
    after = rows_of(upgrade.connection, {table: names for table, (names, _rows) in upgrade.before.items()})
    assert sum(len(rows) for _names, rows in upgrade.before.values()) > 500
    assert {table for table, rows in upgrade.before.items() if rows != after.get(table)} <= BY_DESIGN


def test_after_an_upgrade_the_code_reads_every_row(upgrade):
    for label, _name in FIRST:
        for model in current_apps.get_app_config(label).get_models():
            list(model._base_manager.using(OLD).all())  # every column that the code asks for is there


def test_after_an_upgrade_the_history_is_at_work_again(upgrade):
    assert triggers.missing_triggers(upgrade.connection) == []
    changes = Change.objects.using(OLD).count()
    draft = Case.objects.using(OLD).filter(state="draft").first()
    draft.karyotype = "46,XY"
    draft.save(using=OLD)
    assert Change.objects.using(OLD).count() == changes + 1
    signed = Case.objects.using(OLD).filter(state="complete", testes=None).first()
    with pytest.raises(IntegrityError), transaction.atomic(using=OLD):
        signed.delete(using=OLD)
