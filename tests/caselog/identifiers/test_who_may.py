"""Names and hospital numbers: off by default, for administrators, and one number of one man."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from caselog.models import Change, Clinic, LocalIdentifiers, Membership, Patient
from caselog.services import identifiers
from caselog.services.errors import Refused
from tests.caselog.identifiers.man import NAME, NUMBER

pytestmark = pytest.mark.django_db


def test_it_is_off_by_default(case, administrator):
    assert not Clinic.objects.get(pk=case.clinic_id).keeps_identifiers
    with pytest.raises(Refused, match="keeps no local identifiers"):
        identifiers.record_identifiers(
            by=administrator, patient=case.patient, name=NAME, hospital_number=NUMBER
        )
    assert not LocalIdentifiers.objects.exists()


@pytest.mark.parametrize("role", ["surgeon", "embryologist", "reader"])
def test_only_administrators_switch_record_read_and_find(role, kept, clinic, member):
    person = member(role)
    for attempt in (
        lambda: identifiers.switch_identifiers(by=person, clinic=clinic, keeps=False),
        lambda: identifiers.record_identifiers(by=person, patient=kept.patient, name="x", hospital_number=""),
        lambda: identifiers.identifiers_of(by=person, patient=kept.patient),
        lambda: identifiers.find_patient(by=person, clinic=clinic, hospital_number=NUMBER),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert LocalIdentifiers.objects.get().name == NAME


def test_an_administrator_of_another_clinic_reaches_nothing(kept, clinic, other_clinic, member):
    stranger = member("administrator", clinic=other_clinic)
    with pytest.raises(PermissionDenied):
        identifiers.identifiers_of(by=stranger, patient=kept.patient)
    assert identifiers.find_patient(by=stranger, clinic=other_clinic, hospital_number=NUMBER) is None


def test_the_indexes_of_two_clinics_are_not_comparable(kept, other_clinic, administrator):
    Membership.objects.create(clinic=other_clinic, user=administrator, role="administrator")
    identifiers.switch_identifiers(by=administrator, clinic=other_clinic, keeps=True)
    there = Patient.objects.create(clinic=other_clinic, code="X-1")
    same = identifiers.record_identifiers(by=administrator, patient=there, name="", hospital_number=NUMBER)
    assert same.hospital_number_index != kept.hospital_number_index


def test_a_hospital_number_is_of_one_man(kept, make_case, record):
    other = make_case().patient
    with pytest.raises(ValidationError) as refused:
        record(other, hospital_number=NUMBER.lower())
    assert list(refused.value.message_dict) == ["hospital_number"]
    assert kept.patient.code in refused.value.messages[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalIdentifiers.objects.create(
            clinic=kept.clinic,
            patient=other,
            hospital_number="other",
            hospital_number_index=kept.hospital_number_index,
            recorded_by=kept.recorded_by,
        )


def test_identifiers_belong_to_the_clinic_of_the_man(kept, other_clinic):
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalIdentifiers.objects.update(clinic=other_clinic)


def test_too_long_a_name_is_refused_by_its_field(case, record):
    with pytest.raises(ValidationError) as refused:
        record(case.patient, name="x" * 101)
    assert list(refused.value.message_dict) == ["name"]


def test_saving_the_same_again_is_no_change(kept, case, record):
    changes = Change.objects.count()
    assert record(case.patient) == kept
    assert Change.objects.count() == changes


def test_the_history_says_who_recorded_them(kept, administrator, clinic):
    change = Change.objects.get(table="caselog_localidentifiers")
    assert (change.actor_id, change.clinic_id) == (administrator.pk, clinic.pk)


def test_switching_off_waits_until_nothing_is_kept(kept, clinic, case, record, administrator):
    with pytest.raises(Refused, match="1 man"):
        identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=False)
    record(case.patient, name=" ", hospital_number="")
    assert not LocalIdentifiers.objects.exists()
    assert not identifiers.switch_identifiers(by=administrator, clinic=clinic, keeps=False).keeps_identifiers
