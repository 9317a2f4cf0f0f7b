"""Who answers what: the dictionary says it once, and the roles may do no less and no more."""

import pytest

from caselog import dictionary
from caselog.choices import Role
from caselog.forms.laboratory import LaboratoryForm
from caselog.forms.operation import OperationForm
from caselog.forms.patient import PatientForm
from caselog.permissions import PERMISSIONS, Permission

SURGEON, EMBRYOLOGIST, ADMINISTRATOR = Role.SURGEON, Role.EMBRYOLOGIST, Role.ADMINISTRATOR
# Beside the surgeon, who answers everything about the operation.
ALSO = {
    "patient_code": ADMINISTRATOR,
    "partner_birth_year": ADMINISTRATOR,
    "research_consent": ADMINISTRATOR,
    "research_consent_on": ADMINISTRATOR,
    **{
        f"{side}_{name}": EMBRYOLOGIST
        for side in ("right", "left")
        for name in ("weighing", "tissue_weight_mg", "wet_prep")
    },
}
# Each part is saved by one service, which asks for one permission.
SAVED_WITH = {
    "histology": Permission.RECORD_HISTOLOGY,
    "laboratory": Permission.REPORT_LABORATORY,
    "follow_up": Permission.FOLLOW_UP,
    "complication": Permission.FOLLOW_UP,
    "icsi": Permission.FOLLOW_UP,
}


def may(permission):
    return {role for role in Role if permission in PERMISSIONS[role]}


@pytest.mark.parametrize("entry", dictionary.OPERATION, ids=lambda entry: entry.name)
def test_the_operation_is_the_surgeons_and_some_of_it_another_ones_too(entry):
    assert set(entry.owners) == {SURGEON, ALSO.get(entry.name, SURGEON)}


@pytest.mark.parametrize("part", SAVED_WITH)
def test_the_owners_of_a_part_are_those_who_may_save_it(part):
    assert {frozenset(entry.owners) for entry in dictionary.PARTS[part]} == {frozenset(may(SAVED_WITH[part]))}


def names(entries):
    return {entry.name for entry in entries}


def test_whoever_answers_a_part_of_the_operation_has_a_form_for_it():
    of = {role: names(entry for entry in dictionary.OPERATION if role in entry.owners) for role in Role}
    assert of[SURGEON] == names(OperationForm.part)
    assert of[EMBRYOLOGIST] == names(LaboratoryForm.part) - names(dictionary.LABORATORY)
    # On his own page each answer goes by its column: there his code is "code".
    columns = {entry.attribute for entry in dictionary.OPERATION if ADMINISTRATOR in entry.owners}
    assert columns == names(PatientForm.part)
    assert of[Role.READER] == set()


def test_local_identifiers_are_the_administrators():
    assert {entry.owners for entry in dictionary.IDENTIFIERS} == {(ADMINISTRATOR,)}
