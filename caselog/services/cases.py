"""What a surgeon does to a case."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import CaseState, OperationStatus, Side
from caselog.dictionary import OPERATION, Answers
from caselog.history import recorded
from caselog.models import Case, Change, Clinic, Finding, Histology, Patient, Testis
from caselog.models.change import Action
from caselog.permissions import Permission, require
from caselog.services import checks, doubts, earlier, merging, patients, periods, rules, tissue
from caselog.services.answers import assign, measurements_of, save_measurements, stored
from caselog.services.errors import Refused, Stale
from caselog.services.rules_patient import ABOUT_HIM, is_known
from caselog.text import clean_text

_OF_CASE = [entry for entry in OPERATION if entry.model == "case"]
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
    base: merging.Base | None = None,
    sign: bool = False,
    reason: str = "",
    confirmed: doubts.Confirmations | None = None,
) -> Case:
    """Save what a surgeon answered about one operation; with `sign`, complete it.

    answers: by the names of `dictionary.OPERATION`; what is absent counts as not answered.
    version: of the case that was read; None takes the case as it stands.
    base: the answers that were read; what others changed meanwhile is then kept.
    reason: why, for a case of a locked period, a man with one whose own data change, or what a final
    report shows too.
    confirmed: of what is unusual, that it is right; of drafts nothing is asked.

    Whoever changes a signed operation signs it anew. Answers to questions that do not apply are
    dropped. Raises PermissionDenied, Stale, NeedsReason, Doubtful, or
    ValidationError with the messages of each field by its name; nothing is saved then.
    """
    require(by, Permission.LOG_CASES, clinic)
    if case is not None and case.clinic_id != clinic.pk:
        raise ValueError("the case belongs to another clinic")
    # Before the rules read them, so that a laboratory report waits or is seen.
    code = Q(code__iexact=clean_text(answers.get("patient_code")))
    held = patients.hold(clinic, code | Q(pk=case.patient_id) if case else code)
    read: Answers = {}
    if case is not None:
        case = _take_turn(case)
        read = answers_of(case)
        answers = merging.turn(
            OPERATION,
            mine=_tidied(answers),
            theirs=read,
            base=base,
            version=version,
            stored_version=case.version,
            message=_("Somebody else saved this case while it was open here."),
        )
    if errors := problems(clinic=clinic, answers=answers, today=today, case=case, sign=sign):
        raise ValidationError(errors)

    answers = dictionary.without_inapplicable(_tidied(answers), OPERATION)
    before = case.procedure_date if case else None
    patient, about_him = _patient(clinic, answers, of=case)
    of_man = patients.days_changed(patient, about_him)
    periods.require_reason(reason, clinic, answers["procedure_date"], before, of_man=of_man)
    signed = sign or (case is not None and not case.is_draft)
    asked = _doubts(answers, patient, case, held) if signed else []
    if case is not None:
        tissue.beside_report(case, before=read, answers=answers, reason=reason)
    settled = doubts.settle(asked, case=case, confirmed=confirmed or {})
    if case is None:
        case = Case(clinic=clinic, created_by=by, number=_next_number(clinic, answers["procedure_date"]))
    else:
        case.version += 1
    case.patient = _save_patient(patient, about_him, case)
    assign(case, _OF_CASE, answers)
    if signed:
        case.state, case.signed_by, case.signed_at = CaseState.COMPLETE, by, timezone.now()
    case.save()
    _save_testes(case, answers)
    save_measurements(OPERATION, answers, case=case)
    doubts.remember(settled, case=case, by=by)
    return case


def problems(
    *, clinic: Clinic, answers: Answers, today: date, case: Case | None = None, sign: bool = False
) -> rules.Errors:
    """What keeps `save_operation` from saving these answers, by field; empty when nothing does."""
    given = _tidied(answers)
    asked = dictionary.without_inapplicable(given, OPERATION)
    complete = sign or (case is not None and not case.is_draft)
    return rules.of_operation(given, asked, clinic=clinic, case=case, today=today, complete=complete)


@recorded
def delete_draft(*, by, case: Case, version: int | None = None, reason: str = "") -> None:
    """Remove a draft that nobody signed and the laboratory has not touched.

    version: of the case that was read; None takes it as it stands.
    """
    require(by, Permission.LOG_CASES, case.clinic)
    case = _take_turn(case)  # a colleague may have signed it meanwhile
    if version not in (None, case.version):
        raise Stale(_("Somebody else saved this case while it was open here."))
    if not case.is_draft:
        raise Refused(_("A signed case is never deleted. Mark it as cancelled instead."))
    if Finding.objects.filter(testis__case=case).exists() or hasattr(case, "laboratory_report"):
        raise Refused(_("The laboratory has already reported this case."))
    if Histology.objects.filter(testis__case=case).exists() or case.alerts.exists():
        raise Refused(_("There is histology of this case. It is not deleted any more."))
    if case.queries.exists():
        raise Refused(_("Questions were asked about this case, so it stays."))
    periods.require_reason(reason, case.clinic, case.procedure_date)
    case.delete()


def answers_of(case: Case) -> dict[str, Any]:
    """The operation as a surgeon answered it: the inverse of `save_operation`."""
    rows: dict[tuple[str, str], Any] = {("patient", ""): case.patient, ("case", ""): case}
    rows |= {("testis", testis.side): testis for testis in case.testes.all()}
    before = [row for row in case.measurements.all() if row.follow_up_id is None]
    return {
        entry.name: getattr(rows.get((entry.model, entry.row)), entry.attribute, None) for entry in OPERATION
    } | measurements_of(OPERATION, before)


def from_earlier_case(clinic: Clinic, *, code: str, on: date, than: Case | None = None) -> dict[str, Any]:
    """What the man's earlier operation in this clinic answers already, and `earlier`, that case.

    Empty when there is none. Its result is the laboratory's final one; until that is there it
    is "unknown", which is not "no sperm found".
    """
    of_man = earlier.of_man(Q(clinic=clinic, patient__code__iexact=clean_text(code)))
    known = earlier.known(of_man, on=on, case=than.pk if than else None)
    if not known:
        return {}
    last = (
        Case.objects.select_related("patient").filter(clinic=clinic, number=known["earlier_number"]).first()
    )
    if last is None:  # a draft that was deleted meanwhile
        return {}
    return {
        "earlier": last,
        "birth_year": last.patient.birth_year,
        "attempt_number": known["earlier_attempts"] + 1,
        "prior_retrieval": known["earlier_retrieval"],
        "prior_on": known["earlier_on"],
        "prior_procedure": known["earlier_procedure"],
        **{name: getattr(last, name) for name in _FILLED_FROM_EARLIER},
    }


def _tidied(answers: Answers) -> dict[str, Any]:
    """Without the spaces around a text, so that nothing but spaces is no answer."""
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in answers.items()}
    return {
        "status": OperationStatus.PERFORMED,
        **stripped,
        "patient_code": clean_text(answers.get("patient_code")),
    }


def _doubts(answers: Answers, patient: Patient, case: Case | None, held: patients.Held) -> list[checks.Doubt]:
    """Beside the answers stands what the clinic knows of him, and what the laboratory found already."""
    own, on = case.pk if case else None, answers["procedure_date"]
    of_man: list[earlier.Operation] = []
    if any(man == patient.pk and other != own and day <= on for man, other, day in held):
        of_man = earlier.of_man(Q(patient=patient))
    found = checks.of_operation({**answers, **earlier.known(of_man, on=on, case=own)})
    if case and hasattr(case, "laboratory_report") and case.laboratory_report.is_final:
        of_sides = Finding.objects.filter(testis__case=case).values_list("testis__side", "sperm_found")
        found += checks.of_theatre({**answers, **{f"{side}_sperm_found": best for side, best in of_sides}})
    return found


def _take_turn(case: Case) -> Case:
    """The case as it is stored, held until the end of the transaction."""
    # On SQLite the transaction itself is exclusive.
    held = Case.objects.select_for_update().prefetch_related("laboratory_report")
    stored = held.filter(pk=case.pk).first()
    if stored is None:
        raise Stale(_("Somebody else deleted this case while it was open here."))
    return stored


def _next_number(clinic: Clinic, on: date) -> str:
    """2024-0031: counted per clinic and year of operation. The number of a deleted draft stays used."""
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    year = f"{on.year}-"
    # By length first: as text, 2024-9999 stands after 2024-10000.
    of_year = Case.objects.filter(clinic=clinic, number__startswith=year)
    last = of_year.order_by(Length("number").desc(), "-number").first()
    # Only the history knows a deleted one. It came after the last one that is left, or that one counts.
    later = Change.objects.filter(table=Case._meta.db_table, row_id__gt=last.pk if last else 0)
    deleted = later.filter(clinic_id=clinic.pk, action=Action.DELETE).values_list("before__number", flat=True)
    numbers = [last.number] if last else []
    numbers += [number for number in deleted if number.startswith(year)]
    count = max((int(number.partition("-")[2]) for number in numbers), default=0)
    return f"{year}{count + 1:04d}"


def _patient(clinic: Clinic, answers: Answers, *, of: Case | None) -> tuple[Patient, dict[str, Any]]:
    """The man, and what is to be written about him, by column.

    In his own case that is every answer; a new one, or another man's so far, only adds what was not known.
    """
    code = answers["patient_code"]
    patient = Patient.objects.filter(clinic=clinic, code__iexact=code).first()
    patient = patient or Patient(clinic=clinic, code=code)
    read = of is not None and of.patient_id == patient.pk
    given = {entry.attribute: stored(entry.model_field, answers.get(entry.name)) for entry in ABOUT_HIM}
    return patient, {
        name: value
        for name, value in given.items()
        if read or not (dictionary.is_blank(value) or is_known(getattr(patient, name)))
    }


def _save_patient(patient: Patient, about_him: dict[str, Any], case: Case) -> Patient:
    if patient.pk:
        return patients.write(patient, about_him, saving=case)
    try:
        with transaction.atomic():
            return patients.write(patient, about_him)
    except IntegrityError as error:
        message = _("Somebody else logged this patient at the same moment. Save again.")
        raise ValidationError({"patient_code": message}) from error


def _save_testes(case: Case, answers: Answers) -> None:
    operated = [side for side in Side if case.sides in (side.value, "both")]
    testes = {testis.side: testis for testis in case.testes.all()}
    for testis in testes.values():
        if testis.side not in operated:
            testis.delete()
    for side in operated:
        testis = testes.get(side.value) or Testis(case=case, side=side, clinic=case.clinic)
        assign(
            testis, [entry for entry in OPERATION if entry.side == side and entry.model == "testis"], answers
        )
        testis.save()
