"""Every change stands in the history, whichever way it came: who, when, why, before, after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection

from audit.models import Adoption, AuditRun, AuditSettings, OwnFigure
from caselog.choices import Role
from caselog.history import acting
from caselog.history.tables import PASSING, recorded_models
from caselog.models import (
    Alert,
    Case,
    Change,
    Clinic,
    Complication,
    Confirmation,
    Draft,
    Favourite,
    Finding,
    FollowUp,
    Histology,
    IcsiCycle,
    LaboratoryReport,
    LocalIdentifiers,
    Measurement,
    Membership,
    Patient,
    Period,
    Query,
    QueryMessage,
    Receipt,
    Testis,
    User,
)

pytestmark = pytest.mark.django_db

RECORDED = recorded_models(apps)


def last_change(**row):
    return Change.objects.filter(**row).newest_first().first()


@pytest.fixture
def samples(clinic, surgeon, administrator, witness, reader):
    """For a table: the values of a new row, one column to change, and its next value."""

    def case_values():
        return {
            "clinic": clinic,
            "patient": Patient.objects.create(clinic=clinic, code=f"P-{Patient.objects.count()}"),
            "number": f"S-{Case.objects.count()}",
            "procedure_date": datetime(2025, 3, 4, tzinfo=UTC).date(),
            "created_by": surgeon,
        }

    def new_case():
        return Case.objects.create(**case_values())

    def testis_of_a_new_case():
        return Testis.objects.create(clinic=clinic, case=new_case(), side="left")

    def adoption_values():
        version = Adoption.objects.count() + 1
        values = {"clinic": clinic, "version": version, "reference_set": "document", "reason": "Ours"}
        return values | {"figure": "c17-micro", "tolerance": Decimal("0.125"), "adopted_by": administrator}

    def query_of_a_new_case():
        values = {"clinic": clinic, "case": new_case(), "owner": Role.SURGEON, "asked_by": reader}
        return Query.objects.create(**values)

    return {
        Clinic: lambda: ({"name": f"C {Clinic.objects.count()}"}, "synthetic", True),
        User: lambda: ({"email": f"u{User.objects.count()}@x.example", "name": "U"}, "name", "V"),
        Membership: lambda: (
            {"clinic": clinic, "user": administrator, "role": Role.READER},
            "role",
            Role.EMBRYOLOGIST,
        ),
        Patient: lambda: ({"clinic": clinic, "code": f"K {Patient.objects.count()}"}, "birth_year", 1988),
        LocalIdentifiers: lambda: (
            {
                "clinic": clinic,
                "patient": Patient.objects.create(clinic=clinic, code=f"I-{Patient.objects.count()}"),
                "hospital_number": "7001",
                "hospital_number_index": f"{Patient.objects.count():064x}",
                "recorded_by": administrator,
            },
            "hospital_number_index",
            "f" * 64,
        ),
        Case: lambda: (case_values(), "age_at_procedure", 41),
        Testis: lambda: (
            {"clinic": clinic, "case": Case.objects.create(**case_values()), "side": "right"},
            "samples_n",
            0,
        ),
        LaboratoryReport: lambda: (
            {"clinic": clinic, "case": Case.objects.create(**case_values()), "embryologist": witness},
            "search_minutes",
            0,
        ),
        Finding: lambda: (
            {"clinic": clinic, "testis": testis_of_a_new_case(), "sperm_found": "none"},
            "sperm_found",
            "motile",
        ),
        Measurement: lambda: (
            {"clinic": clinic, "case": new_case(), "analyte": "fsh", "result": "not_done"},
            "analyte",
            "lh",
        ),
        Histology: lambda: (
            {"clinic": clinic, "testis": testis_of_a_new_case(), "pattern": "sertoli_cell_only"},
            "pattern",
            "mixed",
        ),
        FollowUp: lambda: (
            {"clinic": clinic, "case": new_case(), "month": "3", "complications": "not_followed"},
            "follow_up_note",
            "moved away",
        ),
        Complication: lambda: ({"clinic": clinic, "case": new_case(), "kind": "pain"}, "onset_day", 0),
        IcsiCycle: lambda: (
            {"clinic": clinic, "case": new_case(), "started_on": datetime(2025, 4, 1, tzinfo=UTC).date()},
            "transferred_n",
            0,
        ),
        Confirmation: lambda: (
            {"clinic": clinic, "case": new_case(), "code": "a doubt", "about": "x", "confirmed_by": surgeon},
            "reason",
            "measured twice",
        ),
        Alert: lambda: (
            {"clinic": clinic, "case": new_case(), "kind": "germ_cell_neoplasia"},
            "action",
            "urologist told",
        ),
        Query: lambda: (
            {"clinic": clinic, "case": new_case(), "owner": Role.SURGEON, "asked_by": reader},
            "field",
            "sides",
        ),
        QueryMessage: lambda: (
            {"clinic": clinic, "query": query_of_a_new_case(), "said_by": reader, "text": "Which side?"},
            "text",
            "Left or right?",
        ),
        Period: lambda: (
            {
                "clinic": clinic,
                "since": datetime(2019, 1, 1, tzinfo=UTC).date(),
                "until": datetime(2019, 1, 31, tzinfo=UTC).date(),
            },
            "until",
            datetime(2019, 2, 28, tzinfo=UTC).date(),
        ),
        Adoption: lambda: (adoption_values(), None, None),
        AuditSettings: lambda: (
            {
                "clinic": clinic,
                "version": 1,
                "counts_only_below": 8,
                "compared_from": 20,
                "rate_in_funnel_from": 5,
                "takes_part": False,
                "reason": "Agreed",
                "changed_by": administrator,
            },
            None,
            None,
        ),
        OwnFigure: lambda: (
            {
                "clinic": clinic,
                "adoption": Adoption.objects.create(**adoption_values()),
                "measure": "micro_noa",
                "label": "Our years",
                "citation": "Our register",
                "population": "Men",
                "counted_in": "man",
                "lower": Decimal("0.42001"),
                "upper": Decimal("0.5"),
                "entered_on": date(2025, 6, 30),
                "next_review": date(2026, 6, 30),
            },
            None,
            None,
        ),
        AuditRun: lambda: (
            {"clinic": clinic, "kept_by": administrator, "result": {"n": [1, None]}},
            None,
            None,
        ),
    }


def assert_recorded(model, pk, action, actor, *, before=None, after=None):
    change = last_change(table=model._meta.db_table, row_id=pk)
    assert (change.action, change.actor_id) == (action, actor and actor.pk)
    assert change.reason == ("a sweep" if actor else "")
    assert abs(change.at - datetime.now(UTC)) < timedelta(minutes=1)
    for row, part in ((change.before, before), (change.after, after)):
        if part is None:
            assert row is None
        else:
            assert row == {**row, **part}
            columns = {field.column for field in model._meta.local_concrete_fields}
            assert set(row) == columns - {"password", "last_login"}


@pytest.mark.promise("HIS-1")
@pytest.mark.parametrize("inside", [True, False], ids=["in a service", "outside"])
@pytest.mark.parametrize("way", ["orm", "queryset", "bulk", "sql"])
@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model._meta.label)
def test_a_change_of_any_table_in_any_way_is_recorded(model, way, inside, samples, surgeon):
    values, name, value = samples[model]()
    actor = surgeon if inside else None
    with acting(by=actor, reason="a sweep" if actor else ""):
        new = model(**values)
        if way == "bulk":
            [row] = model.objects.bulk_create([new])
        elif way == "sql":
            row = insert_by_sql(new)
        else:
            new.save()
            row = new
        assert_recorded(model, row.pk, "insert", actor, after={"id": row.pk})
        if name is None:  # a kept run: the guards have their own tests
            return
        field = model._meta.get_field(name)
        old, next_value = ({field.column: as_json(one)} for one in (getattr(row, field.attname), value))
        change_by(way, row, field, value)
        assert_recorded(model, row.pk, "update", actor, before=old, after=next_value)
        pk = row.pk
        delete_by(way, row)
        assert_recorded(model, pk, "delete", actor, before=next_value)


def as_json(value):
    return value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)


def insert_by_sql(new):
    """The INSERT that the ORM would send, sent by hand: defaults and times are already filled in."""
    fields = [field for field in new._meta.local_concrete_fields if not field.primary_key]
    row = [field.get_db_prep_save(field.pre_save(new, True), connection) for field in fields]
    table, *columns = map(connection.ops.quote_name, [new._meta.db_table, *(f.column for f in fields)])
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING id", row)
        [new.pk] = cursor.fetchone()
    return new


def change_by(way, row, field, value):
    model = type(row)
    if way == "orm":
        setattr(row, field.name, value)
        row.save()
    elif way == "queryset":
        model.objects.filter(pk=row.pk).update(**{field.name: value})
    elif way == "bulk":
        setattr(row, field.name, value)
        model.objects.bulk_update([row], [field.name])
    else:
        table, column = map(connection.ops.quote_name, [model._meta.db_table, field.column])
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [as_json(value), row.pk])


def delete_by(way, row):
    if way == "orm":
        row.delete()
    elif way == "sql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(row._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])
    else:
        type(row).objects.filter(pk=row.pk).delete()


def test_every_table_of_both_packages_is_swept(samples):
    assert set(samples) == set(RECORDED)
    ours = {*apps.get_app_config("caselog").get_models(), *apps.get_app_config("audit").get_models()}
    passing = {model for model in ours if model._meta.db_table in PASSING}
    assert ours - set(RECORDED) == {Change, *passing}
    assert passing == {Draft, Receipt, Favourite}


def test_what_is_no_part_of_the_record_says_why():
    assert all(len(why) > 20 for why in PASSING.values())


def test_a_message_belongs_to_the_case_of_its_question(clinic, case, reader):
    query = Query.objects.create(clinic=clinic, case=case, owner=Role.SURGEON, asked_by=reader)
    said = QueryMessage.objects.create(clinic=clinic, query=query, said_by=reader, text="Which side?")
    assert last_change(table="caselog_querymessage", row_id=said.pk).case_id == case.pk


@pytest.mark.promise("HIS-1")
def test_a_service_is_recorded_with_its_person_case_and_clinic(make_case, surgeon, clinic):
    case = make_case()
    changes = Change.objects.filter(case_id=case.pk)
    assert {change.table for change in changes} == {"caselog_case", "caselog_testis"}
    assert {change.actor_id for change in changes} == {surgeon.pk}
    assert {change.clinic_id for change in changes} == {clinic.pk}


def test_a_clinic_is_its_own_clinic_and_a_finding_belongs_to_a_case(clinic, case, make_report):
    make_report(case)
    assert last_change(table="caselog_clinic", row_id=clinic.pk).clinic_id == clinic.pk
    finding = Finding.objects.filter(testis__case=case).first()
    assert last_change(table="caselog_finding", row_id=finding.pk).case_id == case.pk


def test_an_update_that_changes_nothing_records_nothing(clinic, case):
    before = Change.objects.count()
    Clinic.objects.filter(pk=clinic.pk).update(name=clinic.name)
    Case.objects.get(pk=case.pk).save()
    assert Change.objects.count() == before


def test_passwords_and_sign_ins_are_not_recorded(surgeon):
    before = Change.objects.count()
    surgeon.set_password("another horse battery")
    surgeon.last_login = datetime.now(UTC)
    surgeon.save()
    assert Change.objects.count() == before
    surgeon.name = "Sam Surgeon"
    surgeon.save()
    change = last_change()
    assert (change.before["name"], change.after["name"]) == ("Sami Surgeon", "Sam Surgeon")
    assert not {"password", "last_login"} & (set(change.before) | set(change.after))


def test_values_read_the_same_on_both_engines(make_case, administrator, clinic):
    case = make_case(right_tissue_weight_mg=Decimal("120.50"))
    signed = datetime(2025, 3, 4, 10, 0, 0, 120000, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(signed_at=signed)
    row = last_change(table="caselog_case").after
    assert row["procedure_date"] == "2025-03-04"
    assert row["signed_at"] == "2025-03-04T10:00:00.12+00:00"
    assert row["age_at_procedure"] == 34
    assert row["prior_procedure"] == ""
    right = last_change(table="caselog_testis", row_id=case.testes.get(side="right").pk).after
    left = last_change(table="caselog_testis", row_id=case.testes.get(side="left").pk).after
    assert (right["tissue_weight_mg"], right["samples_n"]) == (120.5, 6)
    assert (left["tissue_weight_mg"], left["samples_n"]) == (None, None)
    assert last_change(table="caselog_user", row_id=administrator.pk).after["is_active"] is True
    run = AuditRun.objects.create(
        clinic=clinic, kept_by=administrator, result={"rates": [0.5, None], "ok": True}
    )
    assert last_change(table="audit_auditrun", row_id=run.pk).after["result"] == run.result


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_an_instant_is_written_in_utc_whatever_the_session(clinic):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Baghdad'")
    Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
    assert last_change().after["created_at"].endswith("+00:00")
