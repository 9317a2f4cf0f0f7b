"""What a surgeon does to a case."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import (
    RETRIEVED,
    CaseState,
    OperationStatus,
    PriorRetrieval,
    Role,
    Side,
    SpermFound,
)
from caselog.dictionary import OPERATION, Answers
from caselog.history import recorded
from caselog.models import Case, Clinic, Finding, Patient, Testis
from caselog.models.testis import WEIGHED
from caselog.permissions import Permission, require
from caselog.services.errors import Refused, Stale

_OF_CASE = [entry for entry in OPERATION if entry.model == "case"]
_TO_SAVE = ("patient_code", "procedure_date")
_FILLED_FROM_EARLIER = ("azoospermia_type", "primary_aetiology", "klinefelter_status", "y_microdeletion")


@recorded
def save_operation(
    *,
    by,
    clinic: Clinic,
    answers: Answers,
    today: date,
    case: Case | None = None,
    version: int | None = None,
    sign: bool = False,
) -> Case:
    """Save what a surgeon answered about one operation; with `sign`, complete it.

    answers: by the names of `dictionary.OPERATION`; what is absent counts as not answered.
    version: of the case that was read; None takes the case as it stands.

    Answers to questions that do not apply are dropped. Raises PermissionDenied, Stale, or
    ValidationError with the messages of each field by its name; nothing is saved then.
    """
    require(by, Permission.LOG_CASES, clinic)
    if case is not None and case.clinic_id != clinic.pk:
        raise ValueError("the case belongs to another clinic")
    given = {"status": OperationStatus.PERFORMED, **answers}
    answers = dictionary.without_inapplicable(given, OPERATION)
    complete = sign or (case is not None and not case.is_draft)
    errors = _wrong(answers, clinic=clinic, case=case, today=today, complete=complete)
    if errors := _weights_without_weighing(given) | errors:
        raise ValidationError(errors)

    if case is None:
        case = Case(clinic=clinic, created_by=by, number=_next_number(clinic, answers["procedure_date"]))
    else:
        _take_turn(case, version)
    case.patient = _patient(clinic, answers)
    for entry in _OF_CASE:
        setattr(case, entry.attribute, _stored(case, entry.attribute, answers.get(entry.name)))
    if sign and case.is_draft:
        case.state, case.signed_by, case.signed_at = CaseState.COMPLETE, by, timezone.now()
    case.save()
    _save_testes(case, answers)
    return case


@recorded
def delete_draft(*, by, case: Case) -> None:
    """Remove a draft that nobody signed and the laboratory has not touched."""
    require(by, Permission.LOG_CASES, case.clinic)
    if not case.is_draft:
        raise Refused(_("A signed case is never deleted. Mark it as cancelled instead."))
    if Finding.objects.filter(testis__case=case).exists() or hasattr(case, "laboratory_report"):
        raise Refused(_("The laboratory has already reported this case."))
    case.delete()


def answers_of(case: Case) -> dict[str, Any]:
    """The operation as a surgeon answered it: the inverse of `save_operation`."""
    sources: dict[str, Any] = {"patient": case.patient, "case": case}
    testes = {testis.side: testis for testis in case.testes.all()}
    return {
        entry.name: getattr(
            testes.get(entry.side) if entry.side else sources[entry.model], entry.attribute, None
        )
        for entry in OPERATION
    }


def from_earlier_case(clinic: Clinic, *, code: str, on: date, than: Case | None = None) -> dict[str, Any]:
    """What the man's earlier operation in this clinic answers already, and `earlier`, that case.

    Empty when there is none. Its result is the laboratory's final one; until that is there it
    is "unknown", which is not "no sperm found".
    """
    cases = Case.objects.filter(clinic=clinic, patient__code=code, procedure_date__lte=on).exclude(
        status=OperationStatus.CANCELLED
    )
    if than is not None:
        cases = cases.exclude(pk=than.pk).exclude(procedure_date=than.procedure_date, pk__gt=than.pk)
    earlier = cases.select_related("patient", "laboratory_report").newest_first().first()
    if earlier is None:
        return {}
    counted = cases.aggregate(highest=Max("attempt_number"))["highest"] or cases.count()
    return {
        "earlier": earlier,
        "birth_year": earlier.patient.birth_year,
        "attempt_number": counted + 1,
        "prior_retrieval": _result(earlier),
        "prior_procedure": earlier.procedure,
        **{name: getattr(earlier, name) for name in _FILLED_FROM_EARLIER},
    }


def _result(case: Case) -> str:
    report = getattr(case, "laboratory_report", None)
    if report is None or not report.is_final:
        return PriorRetrieval.UNKNOWN
    found = set(Finding.objects.filter(testis__case=case).values_list("sperm_found", flat=True))
    if found & set(RETRIEVED):
        return PriorRetrieval.FOUND
    return PriorRetrieval.NONE_FOUND if SpermFound.NONE in found else PriorRetrieval.UNKNOWN


def _wrong(answers, *, clinic, case, today, complete) -> dict[str, list]:
    """Every rule that the answers break, by field."""
    errors: dict[str, list] = {}

    def add(name, *messages):
        errors.setdefault(name, []).extend(messages)

    for entry in dictionary.missing(answers, OPERATION):
        if complete or entry.name in _TO_SAVE:
            add(entry.name, _("Answer this to sign the case.") if complete else _("A draft needs this."))
    for entry in OPERATION:
        value = answers.get(entry.name)
        if dictionary.is_blank(value) or entry.name == "surgeon":
            continue
        try:
            entry.model_field.clean(value, None)
        except ValidationError as error:
            add(entry.name, *error.messages)
    on = answers.get("procedure_date")
    if on and on > today:
        add("procedure_date", _("An operation cannot be logged before it happened."))
    surgeon = answers.get("surgeon")
    # Whoever operated then stays the surgeon of that case after leaving the clinic.
    recorded_before = case is not None and surgeon is not None and case.surgeon_id == surgeon.pk
    here = clinic.memberships.current().filter(role=Role.SURGEON)
    if surgeon and not recorded_before and not here.filter(user=surgeon).exists():
        add("surgeon", _("%(name)s is not a surgeon of this clinic.") % {"name": surgeon})
    age, born = answers.get("age_at_procedure"), answers.get("birth_year")
    if on and born and not 12 <= on.year - born <= 99:
        add("birth_year", _("This birth year makes him %(age)s years old.") % {"age": on.year - born})
    elif on and born and age is not None and abs(on.year - born - age) > 1:
        add("age_at_procedure", _("Born in %(born)s he was %(age)s.") % {"born": born, "age": on.year - born})
    for side in Side:
        weight = f"{side}_tissue_weight_mg"
        weighed = answers.get(f"{side}_weighing") in WEIGHED
        if weighed and answers.get(weight) is None and weight not in errors:
            add(weight, _("Give the weight, or say that it was not weighed."))
    _check_constraints(answers, errors)
    if case is not None:
        for testis in case.testes.filter(finding__isnull=False):
            if answers.get("sides") not in (testis.side, "both"):
                add(
                    "sides",
                    format_lazy(
                        _("The laboratory has already reported the {side}."), side=testis.get_side_display()
                    ),
                )
    return errors


# The constraint that a wrong answer breaks, and the field that the person should look at.
_BLAMED = {
    "case_aetiology_agrees_with_type": "primary_aetiology",
    "case_first_attempt_has_no_earlier_one": "attempt_number",
}


def _check_constraints(answers, errors) -> None:
    """Ask the database's own rules before writing, to say which field breaks one."""
    candidate = Case(
        **{
            e.attribute: _stored(None, e.attribute, answers.get(e.name))
            for e in _OF_CASE
            if e.name != "surgeon" and e.name not in errors
        }
    )
    for constraint in Case._meta.constraints:
        if (name := _BLAMED.get(constraint.name)) and name not in errors:
            try:
                constraint.validate(Case, candidate)
            except ValidationError as error:
                errors[name] = error.messages


def _weights_without_weighing(given: Answers) -> dict[str, list]:
    """A weight nobody said the weighing of: its question does not apply, yet it must not get lost."""
    return {
        f"{side}_weighing": [_("Say how this was weighed.")]
        for side in Side
        if given.get("sides") in (side.value, "both")
        and not dictionary.is_blank(given.get(f"{side}_tissue_weight_mg"))
        and dictionary.is_blank(given.get(f"{side}_weighing"))
    }


def _stored(_case, attribute, value):
    """The empty value of a column is "" for text and None for anything else."""
    column = Case._meta.get_field(attribute)
    return "" if value is None and column.empty_strings_allowed and not column.null else value


def _take_turn(case: Case, version: int | None) -> None:
    """Of two editors who read the same version, the first one saves; the second is told."""
    turn = Case.objects.filter(pk=case.pk)
    if version is not None:
        turn = turn.filter(version=version)
    if not turn.update(version=F("version") + 1):
        raise Stale(_("Somebody else saved this case while it was open here."))
    case.refresh_from_db()


def _next_number(clinic: Clinic, on: date) -> str:
    """2024-031: counted per clinic and year of operation."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)  # on SQLite the transaction itself is exclusive
    last = Case.objects.filter(clinic=clinic, number__startswith=f"{on.year}-").aggregate(last=Max("number"))
    count = int(last["last"].partition("-")[2]) if last["last"] else 0
    return f"{on.year}-{count + 1:04d}"


def _patient(clinic: Clinic, answers) -> Patient:
    patient, _created = Patient.objects.get_or_create(clinic=clinic, code=answers["patient_code"])
    born = answers.get("birth_year")
    if born != patient.birth_year and born is not None:
        patient.birth_year = born
        patient.save(update_fields=["birth_year"])
    return patient


def _save_testes(case: Case, answers) -> None:
    operated = [side for side in Side if case.sides in (side.value, "both")]
    case.testes.exclude(side__in=operated).delete()
    for side in operated:
        Testis.objects.update_or_create(
            case=case,
            side=side,
            defaults={
                "clinic": case.clinic,
                "weighing": answers.get(f"{side}_weighing") or "",
                "tissue_weight_mg": answers.get(f"{side}_tissue_weight_mg"),
                "samples_n": answers.get(f"{side}_samples_n"),
            },
        )
