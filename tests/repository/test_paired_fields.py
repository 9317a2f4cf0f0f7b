"""Who and when are one answer: the database takes both or neither."""

from contextlib import suppress
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from django.utils import timezone

from caselog.history import triggers
from caselog.models import Alert, Case, Membership, Period, Query, User

# Half a pair that is meant, with the reason.
ALONE: dict[str, str] = {}


def our_models():
    return [*apps.get_app_config("caselog").get_models(), *apps.get_app_config("audit").get_models()]


def halves(model):
    """The verbs of this table: verb → (its `_at` or None, its `_by` or None)."""
    verbs = {}
    for field in model._meta.local_concrete_fields:
        verb, _underscore, ending = field.name.rpartition("_")
        if (ending == "at" and isinstance(field, models.DateTimeField)) or (
            ending == "by" and field.related_model is not None
        ):
            verbs.setdefault(verb, {})[ending] = field
    return {verb: (pair.get("at"), pair.get("by")) for verb, pair in verbs.items()}


def unpaired(model):
    """The nullable halves whose other half is absent or always filled."""
    found = []
    for at, by in halves(model).values():
        found += [
            f"{model._meta.label}.{half.name}"
            for half, other in ((at, by), (by, at))
            if half is not None and half.null and not (other is not None and other.null)
        ]
    return found


def pairs():
    return [
        pytest.param(model, at, by, id=f"{model._meta.label}.{at.name}")
        for model in our_models()
        for at, by in halves(model).values()
        if at is not None and by is not None and at.null and by.null
    ]


def accepted_halves(model, at, by, person):
    """The halves that the database takes alone, tried on a row that has neither."""
    row = model._default_manager.filter(**{f"{at.name}__isnull": True, f"{by.name}__isnull": True}).first()
    assert row is not None, f"make a {model._meta.label} without {at.name} in the fixture `rows`"
    accepted = []
    for half, value in ((at, timezone.now()), (by, person)):
        with suppress(IntegrityError), transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(**{half.name: value})
            accepted.append(half.name)
    return accepted


@pytest.fixture
def rows(clinic, make_case, make_report, reader):
    """A row of each table that has a pair, with the pair empty."""
    draft = make_case(sign=False)
    make_report(make_case(), final=False)
    Alert.objects.create(clinic=clinic, case=draft, kind="germ_cell_neoplasia")
    Period.objects.create(clinic=clinic, since=date(2025, 1, 1), until=date(2025, 12, 31))
    Query.objects.create(clinic=clinic, case=draft, owner="surgeon", asked_by=reader)


@pytest.mark.parametrize(("model", "at", "by"), pairs())
def test_the_database_refuses_who_without_when_and_when_without_who(model, at, by, rows, administrator):
    assert accepted_halves(model, at, by, administrator) == []


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_no_who_or_when_that_may_be_empty_stands_alone(model):
    assert [half for half in unpaired(model) if half not in ALONE] == []


def test_the_exceptions_still_exist():
    for name in ALONE:
        label, _dot, field = name.rpartition(".")
        assert apps.get_model(label)._meta.get_field(field).null


def test_the_sweep_sees_the_pairs_that_there_are():
    verbs = {(param.values[0], param.values[1].name) for param in pairs()}
    assert {(Membership, "ended_at"), (Case, "signed_at")} <= verbs


@isolate_apps("caselog")
def test_the_sweep_sees_a_half_that_stands_alone():
    class Alone(models.Model):
        opened_at = models.DateTimeField(null=True)
        closed_at = models.DateTimeField()
        closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
        kept_at = models.DateTimeField()

        class Meta:
            app_label = "caselog"

    assert unpaired(Alone) == ["caselog.Alone.opened_at", "caselog.Alone.closed_by"]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_sees_a_pair_that_no_constraint_holds(rows, administrator, monkeypatch):
    others = [one for one in Membership._meta.constraints if one.name != "membership_ended_whole"]
    [held] = [one for one in Membership._meta.constraints if one not in others]
    at, by = halves(Membership)["ended"]
    triggers.remove(connection)  # SQLite rebuilds no table under them
    with monkeypatch.context() as without:
        without.setattr(Membership._meta, "constraints", others)
        with connection.schema_editor() as editor:
            editor.remove_constraint(Membership, held)
        accepted = accepted_halves(Membership, at, by, administrator)
    Membership.objects.update(ended_at=None, ended_by=None)
    with connection.schema_editor() as editor:
        editor.add_constraint(Membership, held)
    triggers.install(connection)
    assert accepted == ["ended_at", "ended_by"]
    assert accepted_halves(Membership, at, by, administrator) == []
