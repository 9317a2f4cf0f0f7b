from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from caselog.models import Case, Clinic, Finding, LaboratoryReport, Membership, Patient, Testis, User
from caselog.permissions import Permission, permissions_of
from caselog.services import clinics, patients
from caselog.services.errors import Refused

TODAY = date(2025, 6, 30)


def test_whoever_runs_the_installation_makes_clinics_and_administers_them(db):
    founder = User.objects.create_superuser("founder@clinic.example", "x", name="Founder")
    clinic = clinics.create_clinic(by=founder, name="North")
    assert Permission.MANAGE_CLINIC in permissions_of(founder, clinic)


def test_nobody_else_makes_clinics(administrator):
    with pytest.raises(PermissionDenied):
        clinics.create_clinic(by=administrator, name="North")


def test_an_administrator_renames_the_clinic_and_a_surgeon_does_not(clinic, administrator, surgeon):
    clinics.rename_clinic(by=administrator, clinic=clinic, name="South")
    with pytest.raises(PermissionDenied):
        clinics.rename_clinic(by=surgeon, clinic=clinic, name="West")
    assert Clinic.objects.get(pk=clinic.pk).name == "South"


def test_a_new_person_gets_an_account_without_a_password(clinic, administrator):
    membership = clinics.add_member(
        by=administrator, clinic=clinic, email="New@Clinic.example", name="New", role="reader"
    )
    assert not membership.user.has_usable_password()


def test_somebody_known_keeps_the_account_whatever_the_case_of_the_address(clinic, administrator, surgeon):
    membership = clinics.add_member(
        by=administrator, clinic=clinic, email=surgeon.email.upper(), name="Other", role="reader"
    )
    assert membership.user == surgeon


@pytest.mark.parametrize("wrong", [{"role": "king"}, {"email": "nobody"}, {"name": ""}])
def test_a_wrong_person_is_refused_by_field(clinic, administrator, wrong):
    person = {"email": "new@clinic.example", "name": "New", "role": "reader"} | wrong
    with pytest.raises(ValidationError) as refused:
        clinics.add_member(by=administrator, clinic=clinic, **person)
    assert list(refused.value.message_dict) == list(wrong)
    assert not User.objects.filter(name="New").exists()


def test_a_role_is_held_once(clinic, administrator, surgeon):
    with pytest.raises(ValidationError):
        clinics.add_member(by=administrator, clinic=clinic, email=surgeon.email, name="", role="surgeon")


def test_only_administrators_add_people(clinic, surgeon):
    with pytest.raises(PermissionDenied):
        clinics.add_member(by=surgeon, clinic=clinic, email="x@clinic.example", name="X", role="reader")


def test_an_ended_membership_takes_every_permission_away(clinic, administrator, surgeon, case):
    clinics.end_membership(by=administrator, membership=surgeon.memberships.get())
    assert permissions_of(surgeon, clinic) == frozenset()
    assert not Case.objects.visible_to(surgeon).exists()


def test_a_clinic_keeps_an_administrator(clinic, administrator):
    with pytest.raises(Refused):
        clinics.end_membership(by=administrator, membership=administrator.memberships.get())


def test_only_administrators_end_memberships(clinic, surgeon, reader):
    with pytest.raises(PermissionDenied):
        clinics.end_membership(by=surgeon, membership=reader.memberships.get())


def test_a_suspended_person_may_do_nothing(clinic, surgeon):
    surgeon.is_active = False
    surgeon.save()
    assert permissions_of(surgeon, clinic) == frozenset()
    assert not Clinic.objects.visible_to(surgeon).exists()


def test_roles_add_up(clinic, member):
    both = member("surgeon", "administrator")
    assert {Permission.LOG_CASES, Permission.MANAGE_CLINIC} <= permissions_of(both, clinic)


@pytest.mark.promise("ACC-1")
@pytest.mark.parametrize(
    "model", [Case, Testis, LaboratoryReport, Finding, Patient, Membership], ids=lambda m: m.__name__
)
def test_no_row_of_another_clinic_is_visible(model, case, make_report, member, other_clinic, surgeon):
    make_report(case)
    assert model.objects.visible_to(surgeon).exists()
    stranger = member("administrator", clinic=other_clinic)
    assert not model.objects.visible_to(stranger).filter(clinic=case.clinic).exists()


def test_administrators_and_surgeons_change_a_patient_and_embryologists_do_not(
    clinic, administrator, surgeon, embryologist
):
    patient = patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code="K-1", birth_year=1990)
    patients.save_patient(today=TODAY, by=administrator, clinic=clinic, code="K-2", patient=patient)
    assert Patient.objects.get().code == "K-2"
    with pytest.raises(PermissionDenied):
        patients.save_patient(today=TODAY, by=embryologist, clinic=clinic, code="K-3", patient=patient)


def test_a_patient_code_is_used_once_in_a_clinic(clinic, surgeon, other_clinic, member):
    patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code="K-1")
    with pytest.raises(ValidationError):
        patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code="K-1")
    patients.save_patient(
        today=TODAY, by=member("surgeon", clinic=other_clinic), clinic=other_clinic, code="K-1"
    )


def test_a_patient_of_another_clinic_is_not_changed(clinic, other_clinic, surgeon, member):
    patient = patients.save_patient(
        today=TODAY, by=member("surgeon", clinic=other_clinic), clinic=other_clinic, code="K-1"
    )
    with pytest.raises(ValidationError):
        patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code="K-2", patient=patient)


def test_people_are_known_by_their_name_and_signed_in_by_any_case_of_their_address(surgeon):
    assert str(surgeon) == surgeon.get_full_name() == surgeon.get_short_name()
    assert User.objects.get_by_natural_key(surgeon.email.upper()) == surgeon


def test_a_person_needs_an_address(db):
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", "x")


def test_a_patient_code_is_one_however_it_is_typed(clinic, surgeon):
    patient = patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code=" K-\u200e1 ")
    assert patient.code == "K-1"
    with pytest.raises(ValidationError):
        patients.save_patient(today=TODAY, by=surgeon, clinic=clinic, code="k-1")


@pytest.mark.parametrize("year", [1920, 2015])
def test_a_birth_year_fits_the_operations_that_are_logged(clinic, surgeon, case, year):
    with pytest.raises(ValidationError) as refused:
        patients.save_patient(
            today=TODAY,
            by=surgeon,
            clinic=clinic,
            code=case.patient.code,
            birth_year=year,
            patient=case.patient,
        )
    assert list(refused.value.message_dict) == ["birth_year"]


def test_the_command_line_makes_a_clinic_for_somebody_without_further_rights(member):
    head = member()
    clinic = clinics.create_clinic(by=None, name="North", administrator=head)
    assert Permission.MANAGE_CLINIC in permissions_of(head, clinic)
    with pytest.raises(PermissionDenied):
        clinics.create_clinic(by=head, name="South", administrator=head)
    with pytest.raises(ValueError, match="administrator"):
        clinics.create_clinic(by=None, name="South")


def test_a_suspended_person_gets_no_role(clinic, administrator, member):
    suspended = member()
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    with pytest.raises(ValidationError) as refused:
        clinics.add_member(by=administrator, clinic=clinic, email=suspended.email, name="", role="reader")
    assert list(refused.value.message_dict) == ["email"]
    assert not suspended.memberships.exists()
