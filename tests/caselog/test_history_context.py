"""The database knows who acts and why, exactly as long as they do."""

import threading

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from caselog.history import acting, recorded
from caselog.models import Change, Clinic

pytestmark = pytest.mark.django_db


def last_change():
    return Change.objects.newest_first().first()


def test_a_service_names_its_person_and_reason(clinic, surgeon):
    @recorded
    def rename(*, by, clinic, reason=None):
        Clinic.objects.filter(pk=clinic.pk).update(name=reason or "no reason")

    rename(by=surgeon, clinic=clinic, reason="moved")
    assert (last_change().actor_id, last_change().reason) == (surgeon.pk, "moved")
    rename(by=surgeon, clinic=clinic, reason=None)
    assert (last_change().actor_id, last_change().reason) == (surgeon.pk, "")


def test_a_change_that_fails_leaves_no_history(clinic, surgeon):
    before = Change.objects.count()

    @recorded
    def half_done(*, by):
        Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
        Clinic.objects.create(name=clinic.name)

    with pytest.raises(IntegrityError):
        half_done(by=surgeon)
    assert Change.objects.count() == before
    Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
    assert (last_change().actor_id, last_change().reason) == (None, "")


def test_the_person_inside_counts_until_the_inside_ends(clinic, surgeon, administrator):
    def who(name):
        Clinic.objects.filter(pk=clinic.pk).update(name=name)
        change = last_change()
        return change.actor_id, change.reason

    with acting(by=administrator, reason="outer"):
        assert who("1") == (administrator.pk, "outer")
        with acting(by=surgeon):
            assert who("2") == (surgeon.pk, "outer")
            with acting(by=surgeon, reason="inner"):
                assert who("3") == (surgeon.pk, "inner")
            assert who("4") == (surgeon.pk, "outer")
        assert who("5") == (administrator.pk, "outer")
        with pytest.raises(RuntimeError), acting(by=surgeon, reason="failed"):
            raise RuntimeError
        assert who("6") == (administrator.pk, "outer")
        with acting(by=None):
            assert who("7") == (None, "outer")
    assert who("8") == (None, "")


def test_an_error_of_the_database_inside_does_not_leak_the_person_inside(clinic, surgeon, administrator):
    with acting(by=administrator, reason="outer"):
        with pytest.raises(IntegrityError), acting(by=surgeon, reason="inner"):
            Clinic.objects.create(name=clinic.name)
        Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
    assert (last_change().actor_id, last_change().reason) == (administrator.pk, "outer")


@pytest.mark.django_db(transaction=True)
def test_naming_the_person_costs_one_query_on_postgresql_and_none_on_sqlite(clinic, surgeon):
    with CaptureQueriesContext(connection) as queries, acting(by=surgeon), acting(by=surgeon):
        Clinic.objects.filter(pk=clinic.pk).update(synthetic=True)
    told = [query["sql"] for query in queries if "set_config" in query["sql"]]
    assert len(told) == (1 if connection.vendor == "postgresql" else 0)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_behind_when_the_transaction_ends(clinic, surgeon):
    with acting(by=surgeon, reason="before"):
        Clinic.objects.filter(pk=clinic.pk).update(name="inside")
    Clinic.objects.filter(pk=clinic.pk).update(name="after")
    assert (last_change().actor_id, last_change().reason) == (None, "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT caselog_actor(), caselog_reason()")
        assert cursor.fetchone() == (None, "")


@pytest.mark.django_db(transaction=True)
def test_each_thread_acts_for_its_own_person(clinic, surgeon, administrator):
    seen = []

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT caselog_actor()")
            seen.append(cursor.fetchone()[0])
        connection.close()

    with acting(by=surgeon):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert seen == [None]
