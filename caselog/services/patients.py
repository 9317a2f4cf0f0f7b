"""What is recorded about a man himself."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from caselog.history import recorded
from caselog.models import Clinic, Patient
from caselog.permissions import Permission, require
from caselog.services import rules
from caselog.text import clean_text


@recorded
def save_patient(
    *, by, clinic: Clinic, code: str, birth_year: int | None = None, patient: Patient | None = None
) -> Patient:
    """Create a patient of the clinic, or change one's code or birth year. Raises ValidationError by field."""
    require(by, Permission.CHANGE_PATIENTS, clinic)
    if patient is not None and patient.clinic_id != clinic.pk:
        raise ValidationError({"clinic": "the patient belongs to another clinic"})
    patient = patient or Patient(clinic=clinic)
    patient.code, patient.birth_year = clean_text(code), birth_year
    patient.full_clean(validate_constraints=False)
    if patient.pk and (errors := rules.of_birth_year(birth_year, patient.cases.all())):
        raise ValidationError({"birth_year": errors})
    try:
        with transaction.atomic():
            patient.save()
    except IntegrityError as error:
        message = _("This clinic already has a patient with this code.")
        raise ValidationError({"code": message}) from error
    return patient
