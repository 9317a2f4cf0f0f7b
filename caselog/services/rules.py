"""What is wrong with a person's answers, by field: every rule at once, none of them twice."""

from collections import defaultdict
from datetime import date, time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CheckConstraint, Count, Min, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import (
    RETRIEVED,
    SPERM_DISPOSITIONS,
    CountCategory,
    OperationStatus,
    Role,
    Side,
    SpermFound,
)
from caselog.dictionary import HISTOLOGY, LABORATORY, OPERATION, REPORT, SHARED, Answers, Entry
from caselog.models import Case, Clinic, Patient
from caselog.models.case import EARLIEST_OPERATION
from caselog.models.testis import WEIGHED
from caselog.services.rules_hormones import of_hormones
from caselog.services.rules_operation import of_course
from caselog.services.rules_patient import of_known
from caselog.services.rules_people import of_assistant, of_witness

Errors = dict[str, list]
_OF_PEOPLE = ("surgeon", "assistant", "witness")
_DAY, _EARLY = 24 * 60, 6 * 60  # minutes
_TO_SAVE = ("patient_code", "procedure_date", "status")
# The constraint that a wrong answer breaks, and the field that the person should look at.
_BLAMED = {
    "case_aetiology_agrees_with_type": "primary_aetiology",
    "case_later_attempt_has_an_earlier_one": "attempt_number",
}
_TOLD = [one for one in Case._meta.constraints if isinstance(one, CheckConstraint) and one.name in _BLAMED]
_COLUMNS = {field.name for field in Case._meta.local_concrete_fields}


def of_operation(
    given: Answers, answers: Answers, *, clinic: Clinic, case: Case | None, today: date, complete: bool
) -> Errors:
    """given: all that was typed; answers: of that what applies."""
    errors = of_fields(OPERATION, answers)
    for entry in dictionary.missing(answers, OPERATION):
        if complete or entry.name in _TO_SAVE:
            errors[entry.name].append(
                _("Answer this to sign the case.") if complete else _("A draft needs this.")
            )
    patient = Patient.objects.filter(clinic=clinic, code__iexact=answers["patient_code"]).first()
    _about_the_date(answers, errors, today)
    if patient and not (case and case.patient_id == patient.pk):
        for name, message in of_known(patient, answers).items():
            errors[name].append(message)
    _about_the_man(answers, errors, patient, case)
    _about_the_surgeon(answers, errors, clinic, case)
    if message := of_assistant(answers, clinic=clinic, case=case):
        errors["assistant"].append(message)
    _about_the_weights(given, answers, errors)
    course = of_course(answers, today=today, complete=complete)
    for name, message in (of_hormones(OPERATION, given, answers) | course).items():
        if name not in errors:
            errors[name].append(message)
    _about_constraints(answers, errors)
    if case and hasattr(case, "laboratory_report"):
        _about_the_report(answers, errors, patient, case)
    if case and not case.is_draft:
        _about_the_follow_up(answers, errors, case)
    if case:
        _about_the_histology(answers, errors, case)
    return errors


def of_report(given: Answers, answers: Answers, *, case: Case, embryologist, final: bool) -> Errors:
    """given: all that was typed; answers: of that what applies."""
    errors = of_fields(REPORT, answers)
    if final:
        for entry in dictionary.missing(answers, LABORATORY):
            errors[entry.name].append(_("A final report needs this."))
    if not case.is_draft:
        for entry in dictionary.missing({**answers, "status": case.status}, SHARED):
            errors[entry.name].append(_("A signed operation needs this."))
    _about_the_weights(given, answers, errors)
    if message := of_witness(answers.get("witness"), case=case, embryologist=embryologist):
        errors["witness"].append(message)
    of_sides = {name: value for name, value in answers.items() if name.endswith("_sperm_found") and value}
    sampled = set(of_sides.values()) - {SpermFound.NOT_SAMPLED}
    for name, value in of_sides.items():
        if value == SpermFound.UNSPECIFIED:  # what a spreadsheet may not know, the bench does
            errors[name].append(_("Say whether the sperm moves: motile, or immotile only."))
    if final and of_sides and not sampled:
        for name in of_sides:
            errors[name].append(_("At least one side was sampled."))
    if sampled and not sampled & set(RETRIEVED) and answers.get("disposition") in SPERM_DISPOSITIONS:
        errors["disposition"].append(_("No sperm was found, so none can have been injected or frozen."))
    _about_other_sides(REPORT, given, answers, errors)
    _about_the_counts(answers, errors)
    _about_storage(given, answers, errors, case)
    _about_the_arrival(answers, errors, case)
    return errors


def of_histology(given: Answers, answers: Answers) -> Errors:
    """given: all that was typed; answers: of that what applies."""
    errors = of_fields(HISTOLOGY, answers)
    for side in Side:
        pattern, score = f"{side}_pattern", f"{side}_johnsen_mean"
        operated = answers.get("sides") in (side.value, "both")
        if operated and not dictionary.is_blank(given.get(score)) and score not in answers:
            message = _("A score is of tissue that was examined. Say what was seen, or clear the score.")
            errors[pattern if dictionary.is_blank(answers.get(pattern)) else score].append(message)
    _about_other_sides(HISTOLOGY, given, answers, errors)
    return errors


def of_fields(part: list[Entry], answers: Answers) -> Errors:
    """What each model field refuses by itself: codes out of vocabulary, numbers out of limits."""
    errors: Errors = defaultdict(list)
    for entry in part:
        value = answers.get(entry.name)
        if dictionary.is_blank(value) or entry.name in _OF_PEOPLE:
            continue
        try:
            entry.model_field.clean(value, None)
        except ValidationError as error:
            errors[entry.name] += [_limits(entry, value)] if _is_about_limits(error) else error.messages
    return errors


def _is_about_limits(error: ValidationError) -> bool:
    return any(problem.code in ("min_value", "max_value") for problem in error.error_list)


def _limits(entry: Entry, value) -> str:
    limits = {
        type(validator): validator.limit_value
        for validator in entry.model_field.validators
        if isinstance(validator, MinValueValidator | MaxValueValidator)
    }
    unit = f" {_(entry.unit)}" if entry.unit else ""
    return _("%(value)s is outside %(low)s to %(high)s%(unit)s. Check the number.") % {
        "value": value,
        "low": limits.get(MinValueValidator, 0),
        "high": limits[MaxValueValidator],
        "unit": unit,
    }


def of_birth_year(born: int | None, cases: QuerySet[Case], *more: date) -> list[str]:
    """What is wrong with it at the man's operations: `cases`, and those on `more` days."""
    if not born:
        return []
    days = sorted([*cases.values_list("procedure_date", flat=True), *more])
    ages = [day.year - born for day in (*days[:1], *days[-1:])]
    implausible = [age for age in ages if not 12 <= age <= 99]
    return [_("This birth year makes him %(age)s years old.") % {"age": age} for age in implausible[:1]]


def _about_other_sides(part: list[Entry], given: Answers, answers: Answers, errors: Errors) -> None:
    for entry in part:
        operated = not entry.side or answers.get("sides") in (entry.side, "both")
        if not operated and not dictionary.is_blank(given.get(entry.name)):
            message = _(
                "No tissue was taken from this side. Leave the answer out, or correct the case first."
            )
            errors[entry.name].append(message)


def _about_the_counts(answers: Answers, errors: Errors) -> None:
    for side in Side:
        category, exact = f"{side}_count_category", f"{side}_count_exact"
        counted, chosen = answers.get(exact), answers.get(category)
        if counted == 0 or chosen == CountCategory.ZERO:
            name = exact if counted == 0 else category
            errors[name].append(_("Sperm was found here, so the count is not 0. Put one of the two right."))
        elif counted is not None and chosen and chosen != CountCategory.of(counted):
            message = _("%(count)s is not within %(category)s. Put one of the two right.")
            errors[exact].append(message % {"count": counted, "category": CountCategory(chosen).label})


def _about_storage(given: Answers, answers: Answers, errors: Errors, case: Case) -> None:
    for entry in LABORATORY:
        of_frozen = entry.condition is not None and entry.condition.parent == "disposition"
        # Zero vials of nothing is no contradiction.
        if of_frozen and given.get(entry.name) and entry.name not in answers:
            message = _(
                "Nothing was frozen, so there is nothing to store. Clear this, or say what was frozen."
            )
            errors[entry.name].append(message)
    expiry = answers.get("consent_expiry")
    if expiry and expiry < case.procedure_date:
        message = _("The consent would have ended before the operation, on %(day)s. Check the year.")
        errors["consent_expiry"].append(message % {"day": date_format(case.procedure_date, "j M Y")})


def _about_the_arrival(answers: Answers, errors: Errors, case: Case) -> None:
    """Tissue comes after the first cut; after midnight too, which a time of day does not tell apart."""
    received, start = answers.get("received_at"), case.start_time
    if received and start and 0 < (_minutes(start) - _minutes(received)) % _DAY < _EARLY:
        message = _("The operation began at %(start)s, so its tissue came later. Check the time.")
        errors["received_at"].append(message % {"start": f"{start:%H:%M}"})


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


def _about_the_date(answers: Answers, errors: Errors, today: date) -> None:
    on = answers.get("procedure_date")
    if on and on > today:
        errors["procedure_date"].append(_("An operation cannot be logged before it happened."))
    if on and on < EARLIEST_OPERATION:
        message = _("Operations before %(year)s cannot be logged. Check the year.")
        errors["procedure_date"].append(message % {"year": EARLIEST_OPERATION.year})


def _about_the_man(answers: Answers, errors: Errors, patient: Patient | None, case: Case | None) -> None:
    on, given, age = (answers.get(name) for name in ("procedure_date", "birth_year", "age_at_procedure"))
    born = given or (patient and patient.birth_year)  # without an answer the stored one stays
    if not on or not born or {"birth_year", "procedure_date"} & set(errors):
        return
    others = Case.objects.filter(patient=patient)
    if case is not None:
        others = others.exclude(pk=case.pk)
    if wrong := of_birth_year(born, others, on):
        errors["birth_year"] += wrong
    elif age is not None and abs(on.year - born - age) > 1:
        message = _("Born in %(born)s he was %(age)s.") % {"born": born, "age": on.year - born}
        errors["age_at_procedure"].append(message)


def _about_the_follow_up(answers: Answers, errors: Errors, case: Case) -> None:
    """A man who was seen after his operation was operated on, and before that day."""
    seen = case.follow_ups.aggregate(first=Min("seen_on"), visits=Count("pk"))
    followed = seen["visits"] or case.complications.exists() or case.icsi_cycles.exists()
    if answers.get("status") == OperationStatus.CANCELLED and followed:
        errors["status"].append(_("A follow-up of this operation is recorded, so it was not cancelled."))
    on = answers.get("procedure_date")
    if on and seen["first"] and on >= seen["first"]:
        message = _("He was seen after the operation on %(day)s already. Check the date.")
        errors["procedure_date"].append(message % {"day": date_format(seen["first"], "j M Y")})


def _about_the_report(answers: Answers, errors: Errors, patient: Patient | None, case: Case) -> None:
    """What the laboratory reported stays true of the case: this man's tissue, from these sides."""
    if answers.get("status") != OperationStatus.PERFORMED:
        errors["status"].append(
            _("The laboratory has reported tissue of this case, so it was performed. Leave it so.")
        )
    if patient is None or patient.pk != case.patient_id:
        message = _("The laboratory has reported this case for %(code)s. Keep this code.")
        errors["patient_code"].append(message % {"code": case.patient.code})
    operated = {side.value for side in Side if answers.get("sides") in (side.value, "both")}
    reported = {testis.side: testis for testis in case.testes.filter(finding__isnull=False)}
    lost = [testis for side, testis in reported.items() if side not in operated]
    for testis in lost:
        message = _("The laboratory has already reported this: %(side)s.")
        errors["sides"].append(message % {"side": testis.get_side_display()})
    if case.laboratory_report.is_final and not lost and operated != set(reported):
        errors["sides"].append(_("The laboratory's final report is about one side. Keep that side."))


def _about_the_histology(answers: Answers, errors: Errors, case: Case) -> None:
    operated = [side for side in Side if answers.get("sides") in (side.value, "both")]
    for testis in case.testes.filter(histology__isnull=False).exclude(side__in=operated):
        message = _("There is histology of this: %(side)s. Clear it first, if it is not of this man.")
        errors["sides"].append(message % {"side": testis.get_side_display()})


def _about_the_surgeon(answers: Answers, errors: Errors, clinic: Clinic, case: Case | None) -> None:
    surgeon = answers.get("surgeon")
    # Whoever operated then stays the surgeon of that case after leaving the clinic.
    if not surgeon or (case and case.surgeon_id == surgeon.pk):
        return
    if not clinic.memberships.current().filter(role=Role.SURGEON, user=surgeon).exists():
        errors["surgeon"].append(_("%(name)s is not a surgeon of this clinic.") % {"name": surgeon})


def _about_the_weights(given: Answers, answers: Answers, errors: Errors) -> None:
    for side in Side:
        weight, weighing = f"{side}_tissue_weight_mg", f"{side}_weighing"
        if answers.get(weighing) in WEIGHED and answers.get(weight) is None and weight not in errors:
            errors[weight].append(_("Give the weight, or say that it was not weighed."))
        # Without its weighing the question does not apply, yet the weight must not get lost.
        operated = given.get("sides") in (side.value, "both")
        if operated and given.get(weight) is not None and dictionary.is_blank(given.get(weighing)):
            errors[weighing].append(_("Say how this was weighed."))


def _about_constraints(answers: Answers, errors: Errors) -> None:
    """Ask the database's own rules before writing, to say which field breaks one."""
    candidate = Case(
        **{
            entry.attribute: answers[entry.name]
            for entry in OPERATION
            if entry.model == "case" and entry.name not in (*_OF_PEOPLE, *errors)
            if not dictionary.is_blank(answers.get(entry.name))
        }
    )
    asked = [one for one in _TOLD if _BLAMED[one.name] not in errors]
    # In one query while they hold; then each by itself, to tell which is broken.
    together = CheckConstraint(name="together", condition=Q(*(one.condition for one in asked)))
    if asked and _broken(together, candidate):
        for one in asked:
            if messages := _broken(one, candidate):
                errors[_BLAMED[one.name]] += messages


def _broken(constraint: CheckConstraint, candidate: Case) -> list[str]:
    """What the constraint says if it is broken. It is sent what it reads, a few of a case's many columns."""
    unread = _COLUMNS - Q(constraint.condition).referenced_base_fields
    try:
        constraint.validate(Case, candidate, exclude=unread)
    except ValidationError as error:
        return error.messages
    return []
