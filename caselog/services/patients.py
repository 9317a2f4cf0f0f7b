"""What is recorded about a man himself. It is part of each of his cases."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from caselog.history import recorded
from caselog.models import Case, Clinic, Patient
from caselog.permissions import Permission, require
from caselog.services import periods, rules
from caselog.services.errors import Stale
from caselog.text import clean_text


@recorded
def save_patient(
    *,
    by,
    clinic: Clinic,
    code: str,
    birth_year: int | None = None,
    patient: Patient | None = None,
    version: int | None = None,
    reason: str = "",
) -> Patient:
    """Create a patient of the clinic, or change one's code or birth year.

    version: of the patient that was read; None takes him as he stands.
    reason: why, for a man with a case of a locked period.

    Raises PermissionDenied, Stale, NeedsReason, or ValidationError by field.
    """
    require(by, Permission.CHANGE_PATIENTS, clinic)
    if patient is not None and patient.clinic_id != clinic.pk:
        raise ValidationError({"clinic": "the patient belongs to another clinic"})
    answers = {"code": clean_text(code), "birth_year": birth_year}
    candidate = Patient(clinic=clinic, **answers)
    candidate.clean_fields()
    if patient is not None:
        patient = _take_turn(patient, version)
        if errors := rules.of_birth_year(birth_year, patient.cases.all()):
            raise ValidationError({"birth_year": errors})
        periods.require_reason(reason, clinic, of_man=days_changed(patient, answers))
    try:
        with transaction.atomic():
            return write(patient or candidate, answers)
    except IntegrityError as error:
        message = _("This clinic already has a patient with this code.")
        raise ValidationError({"code": message}) from error


Held = list[tuple[int, int, date]]  # of each case: its man, its key, its day


def hold(clinic: Clinic, men: Q) -> Held:
    """Hold these men and their cases until the end of the transaction, and say which cases these are.

    Asked first of all, and everywhere in the same order, so that no two wait for each other.
    """
    found = Patient.objects.filter(men, clinic=clinic).order_by("pk").select_for_update(no_key=True)
    held = list(found.values_list("pk", flat=True))
    cases = Case.objects.filter(patient__in=held).order_by("pk").select_for_update()
    return list(cases.values_list("patient", "pk", "procedure_date"))


def days_changed(patient: Patient, answers: dict[str, Any]) -> list[date]:
    """The days of the man's cases, when these answers about him, by column, are others than his."""
    if patient.pk is None or not _differing(patient, answers):
        return []
    return list(Case.objects.filter(patient=patient).values_list("procedure_date", flat=True))


def write(patient: Patient, answers: dict[str, Any], *, saving: Case | None = None) -> Patient:
    """Write what these answers, by column, change about a man who is held, or who is new.

    All his cases are of another version then. saving: the one that the caller writes.
    """
    changed = _differing(patient, answers)
    for name in changed:
        setattr(patient, name, answers[name])
    if patient.pk is None:
        patient.save()
    elif changed:
        patient.version += 1
        patient.save(update_fields=[*changed, "version"])
        of_him = Case.objects.filter(patient=patient)
        others = of_him.exclude(pk=saving.pk) if saving and saving.pk else of_him
        others.update(version=F("version") + 1)
    return patient


def _differing(patient: Patient, answers: dict[str, Any]) -> list[str]:
    return [name for name, answer in answers.items() if getattr(patient, name) != answer]


def _take_turn(patient: Patient, version: int | None) -> Patient:
    hold(patient.clinic, Q(pk=patient.pk))
    stored = Patient.objects.get(pk=patient.pk)
    if version not in (None, stored.version):
        raise Stale(_("Somebody else changed this patient meanwhile."))
    return stored
