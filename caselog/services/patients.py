"""What is recorded about a man himself. It is part of each of his cases."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.dictionary import OPERATION, PATIENT, Answers
from caselog.history import recorded
from caselog.models import Case, Clinic, Patient
from caselog.permissions import Permission, require, require_owner
from caselog.services import checks, doubts, merging, periods, rules
from caselog.services.answers import stored
from caselog.services.rules_patient import of_consent
from caselog.text import clean_text

# In a case his code is "patient_code"; here every answer goes by its column.
COLUMNS = {entry.attribute: entry for entry in OPERATION if entry.model == "patient"}


@recorded
def save_patient(
    *,
    by,
    clinic: Clinic,
    today: date,
    patient: Patient | None = None,
    version: int | None = None,
    base: merging.Base | None = None,
    reason: str = "",
    confirmed: doubts.Confirmations | None = None,
    **answers: Any,
) -> Patient:
    """Create a patient of the clinic, or change what is recorded about one.

    answers: by column, `code` among them; what is absent stays as it is. Each is answered by its
    owners, as the dictionary names them.
    version: of the patient that was read; None takes him as he stands.
    base: the answers of `dictionary.PATIENT` that were read; what others changed meanwhile is then kept,
    and what is absent was cleared.
    reason: why, for a man with a case of a locked period.
    confirmed: of what is unusual beside his newest signed operation, that it is right.

    Raises PermissionDenied, Stale, NeedsReason, Doubtful, or ValidationError by field.
    """
    require(by, Permission.CHANGE_PATIENTS, clinic)
    if patient is not None and patient.clinic_id != clinic.pk:
        raise ValidationError({"clinic": "the patient belongs to another clinic"})
    patient = _held(patient) if patient else Patient(clinic=clinic)
    theirs = {name: getattr(patient, name) for name in COLUMNS}
    answers = merging.turn(
        PATIENT,
        mine=answers if base else theirs | answers,
        theirs=theirs,
        base=base,
        version=version,
        stored_version=patient.version,
        message=_("Somebody else changed this patient meanwhile."),
    )
    about_him = _by_column(answers)
    changed = _differing(patient, about_him)
    require_owner(by, [COLUMNS[name].owners for name in changed], clinic)
    if errors := problems(about_him, today=today):
        raise ValidationError(errors)
    if patient.pk and (wrong := rules.of_birth_year(about_him["birth_year"], patient.cases.all())):
        raise ValidationError({"birth_year": wrong})
    periods.require_reason(reason, clinic, of_man=days_changed(patient, about_him))
    case = Case.objects.filter(patient=patient).followed_up().newest_first().first() if patient.pk else None
    asked = _unusual(case, about_him, changed) if case else []
    settled = doubts.settle(asked, case=case, confirmed=confirmed or {})
    try:
        with transaction.atomic():
            patient = write(patient, about_him)
    except IntegrityError as error:
        message = _("This clinic already has a patient with this code.")
        raise ValidationError({"code": message}) from error
    if case:
        doubts.remember(settled, case=case, by=by)
    return patient


def problems(answers: Answers, *, today: date) -> rules.Errors:
    """What keeps these answers, by column, from being saved, whichever man they are about."""
    try:
        Patient(**answers).clean_fields(exclude={"clinic", "code"} - set(answers))
    except ValidationError as error:
        return dict(error.message_dict)
    return {name: [message] for name, message in of_consent(answers, today).items()}


def answers_of(patient: Patient) -> dict[str, Any]:
    """What an administrator and a surgeon may both say of him."""
    return {entry.name: getattr(patient, entry.name) for entry in PATIENT}


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
    return days_of(patient) if patient.pk and _differing(patient, answers) else []


def days_of(patient: Patient) -> list[date]:
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


def _by_column(answers: Answers) -> dict[str, Any]:
    applies = dictionary.without_inapplicable(answers, PATIENT)
    found = {name: stored(entry.model_field, applies.get(name)) for name, entry in COLUMNS.items()}
    return found | {"code": clean_text(answers.get("code"))}


def _unusual(case: Case, about_him: Answers, changed: list[str]) -> list[doubts.Doubt]:
    known: dict[str, Any] = {"procedure_date": case.procedure_date, "age_at_procedure": case.age_at_procedure}
    return [
        doubt
        for doubt in checks.of_contradictions({**known, **about_him})
        if set(doubt.fields) & set(changed)
    ]


def _differing(patient: Patient, answers: dict[str, Any]) -> list[str]:
    return [name for name, answer in answers.items() if getattr(patient, name) != answer]


def _held(patient: Patient) -> Patient:
    """The man as he is stored, held with his cases until the end of the transaction."""
    hold(patient.clinic, Q(pk=patient.pk))
    return Patient.objects.get(pk=patient.pk)
