"""A man's name and hospital number, in a clinic that chose to keep them: for its administrators alone."""

import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caselog.history import recorded
from caselog.models import Clinic, LocalIdentifiers, Patient
from caselog.models.encrypted import blind_indexes
from caselog.permissions import Permission, require
from caselog.services.errors import Refused
from caselog.text import clean_text


@recorded
def switch_identifiers(*, by, clinic: Clinic, keeps: bool) -> Clinic:
    """Let the clinic keep names and hospital numbers, or not. It stops only when it holds none any more."""
    require(by, Permission.KEEP_IDENTIFIERS, clinic)
    clinic = _held(clinic)
    if keeps and not settings.IDENTIFIER_KEYS:
        raise Refused(
            _(
                "This installation has no key to encrypt them with. "
                "Whoever runs it sets CASELOG_IDENTIFIER_KEYS first."
            )
        )
    if not keeps and (men := men_with_identifiers(clinic)):
        message = ngettext(
            "The identifiers of %(n)s man are still kept. Remove them first.",
            "The identifiers of %(n)s men are still kept. Remove them first.",
            men,
        )
        raise Refused(message % {"n": men})
    clinic.keeps_identifiers = keeps
    clinic.save(update_fields=["keeps_identifiers"])
    return clinic


@recorded
def record_identifiers(*, by, patient: Patient, name: str, hospital_number: str) -> LocalIdentifiers | None:
    """Keep who the man is; with both blank, keep it no longer.

    Raises PermissionDenied, Refused where the clinic keeps none, or ValidationError by field.
    """
    require(by, Permission.KEEP_IDENTIFIERS, patient.clinic)
    if not _held(patient.clinic).keeps_identifiers:
        raise Refused(_("This clinic keeps no local identifiers."))
    kept = LocalIdentifiers.objects.filter(patient=patient).first()
    found = kept or LocalIdentifiers(clinic=patient.clinic, patient=patient)
    before = (found.name, found.hospital_number)
    # Marks that join letters, or keep them apart, belong to a name; to a number they do not.
    found.name = " ".join(unicodedata.normalize("NFC", name).split())
    found.hospital_number = clean_text(hospital_number)
    if (found.name, found.hospital_number) == before:
        return kept  # encrypted anew it would look like a change
    if not (found.name or found.hospital_number):
        found.delete()
        return None
    indexes = _indexes(found.hospital_number, patient.clinic)
    found.recorded_by, found.hospital_number_index = by, next(iter(indexes), "")
    found.clean_fields()
    _refuse_of_another_man(indexes, patient)
    found.save()
    return found


def identifiers_of(*, by, patient: Patient) -> LocalIdentifiers | None:
    """Raises PermissionDenied, or Unreadable without the key."""
    require(by, Permission.KEEP_IDENTIFIERS, patient.clinic)
    return LocalIdentifiers.objects.filter(patient=patient).select_related("recorded_by").first()


def find_patient(*, by, clinic: Clinic, hospital_number: str) -> Patient | None:
    """The man with exactly this number; found without decrypting anything."""
    require(by, Permission.KEEP_IDENTIFIERS, clinic)
    indexes = _indexes(clean_text(hospital_number), clinic)
    return Patient.objects.filter(clinic=clinic, identifiers__hospital_number_index__in=indexes).first()


def men_with_identifiers(clinic: Clinic) -> int:
    return LocalIdentifiers.objects.filter(clinic=clinic).count()


@recorded
def encrypt_anew(*, by: None) -> int:  # noqa: ARG001  # nobody: a command
    """Write everything with the first key, so that the others can be taken away; says of how many men."""
    every = list(LocalIdentifiers.objects.select_for_update(of=("self",)).select_related("clinic"))
    for one in every:
        # Past save(), because who recorded it, and when, stays as it is.
        LocalIdentifiers.objects.filter(pk=one.pk).update(
            name=one.name,
            hospital_number=one.hospital_number,
            hospital_number_index=next(iter(_indexes(one.hospital_number, one.clinic)), ""),
        )
    return len(every)


def _held(clinic: Clinic) -> Clinic:
    """The clinic as it is stored, held until the end of the transaction: keeping may stop meanwhile."""
    return Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)


def _indexes(hospital_number: str, clinic: Clinic) -> list[str]:
    return blind_indexes(hospital_number, clinic=clinic.pk) if hospital_number else []


def _refuse_of_another_man(indexes: list[str], patient: Patient) -> None:
    other = LocalIdentifiers.objects.filter(clinic=patient.clinic, hospital_number_index__in=indexes)
    code = other.exclude(patient=patient).values_list("patient__code", flat=True).first()
    if code:
        message = _("Patient %(code)s of this clinic has this hospital number already.")
        raise ValidationError({"hospital_number": message % {"code": code}})
