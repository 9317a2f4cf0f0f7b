"""What an embryologist reports."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import ResultStatus
from caselog.dictionary import LABORATORY, Answers
from caselog.history import recorded
from caselog.models import Case, Finding, LaboratoryReport, User
from caselog.permissions import Permission, require
from caselog.services import checks, doubts, merging, periods, rules, rules_people
from caselog.services.answers import assign
from caselog.services.errors import NeedsReason, Refused

_OF_REPORT = [entry for entry in LABORATORY if entry.model == "laboratoryreport"]


@recorded
def report(
    *,
    by,
    case: Case,
    answers: Answers,
    final: bool,
    version: int | None = None,
    base: merging.Base | None = None,
    reason: str = "",
    embryologist: User | None = None,
    confirmed: doubts.Confirmations | None = None,
) -> LaboratoryReport:
    """Record what the laboratory found in the tissue of one case, preliminary or final.

    answers: by the names of `dictionary.LABORATORY`.
    version: of the report that was read; None takes it as it stands, 0 says that there was none.
    base: the answers that were read; what others changed meanwhile is then kept.
    reason: why, to amend a final report or one in a locked period. An amended report stays final,
    so that no audit loses it meanwhile, and stays its embryologist's: the history names who amended it.
    embryologist: whose work it is, where `by` enters it for them; it is `by` who makes it final.
    confirmed: of what is unusual, that it is right; of preliminary reports nothing is asked.

    Raises PermissionDenied, Refused for a case without tissue, NeedsReason, Stale, Doubtful, or
    ValidationError with the messages of each field; nothing is saved then.
    """
    require(by, Permission.REPORT_LABORATORY, case.clinic)
    # One report at a time per case: on PostgreSQL by this lock, on SQLite by the transaction.
    case = Case.objects.select_for_update().get(pk=case.pk)
    testes = {testis.side: testis for testis in case.testes.all()}
    if not case.performed or not testes:
        raise Refused(_("No tissue was taken in this case, so there is nothing to report."))
    existing = LaboratoryReport.objects.filter(case=case).first()
    answers = merging.turn(
        LABORATORY,
        mine={**answers, "sides": case.sides},
        theirs={**answers_of(case), "sides": case.sides},
        base=base,
        version=version,
        stored_version=existing.version if existing else 0,
        message=_("A colleague reported this case while it was open here."),
    )
    amended = existing is not None and existing.is_final
    if amended and not reason.strip():
        raise NeedsReason(_("This report is final. It changes only with a reason: say why."))
    periods.require_reason(reason, case.clinic, case.procedure_date)
    final = final or amended
    if errors := problems(by=by, case=case, answers=answers, final=final, embryologist=embryologist):
        raise ValidationError(errors)
    answers = _asked(answers, case)
    seen = {f"{side}_wet_prep": testis.wet_prep for side, testis in testes.items()}
    asked = checks.of_report({**answers, **seen}) if final else []
    settled = doubts.settle(asked, case=case, confirmed=confirmed or {})

    if existing is None:
        existing = LaboratoryReport(case=case, clinic=case.clinic, version=0)
    existing.embryologist = embryologist_of(case, by=embryologist or by)
    assign(existing, _OF_REPORT, answers)
    existing.version += 1
    if final and not amended:
        existing.result_status = ResultStatus.FINAL
        existing.finalised_by, existing.finalised_at = by, timezone.now()
    # The findings first: once the report is final its findings cannot change.
    for side, testis in testes.items():
        finding = Finding.objects.filter(testis=testis).first() or Finding(testis=testis, clinic=case.clinic)
        assign(finding, [entry for entry in LABORATORY if entry.side == side], answers)
        if finding.sperm_found:
            finding.save()
        elif finding.pk:
            finding.delete()
    existing.save()
    doubts.remember(settled, case=case, by=by)
    return existing


def problems(
    *, by, case: Case, answers: Answers, final: bool, embryologist: User | None = None
) -> rules.Errors:
    """What keeps `report` from saving these answers, by field; empty when nothing does."""
    whose = embryologist_of(case, by=embryologist or by)
    errors = rules.of_report(answers, _asked(answers, case), case=case, embryologist=whose, final=final)
    if embryologist and (message := rules_people.of_embryologist(embryologist, case.clinic)):
        errors["embryologist"].append(message)
    return errors


def embryologist_of(case: Case, *, by) -> User:
    """Whose work the report is when `by` saves it: a final one stays that of its embryologist."""
    existing = getattr(case, "laboratory_report", None)
    return existing.embryologist if existing and existing.is_final else by


def _asked(answers: Answers, case: Case) -> dict[str, Any]:
    return dictionary.without_inapplicable({**answers, "sides": case.sides}, LABORATORY)


def answers_of(case: Case) -> dict[str, Any]:
    """The laboratory's answers about one case, blank where there is no report."""
    existing = getattr(case, "laboratory_report", None)
    rows: dict[str, Any] = {t.side: getattr(t, "finding", None) for t in case.testes.all()} | {"": existing}
    return {
        entry.name: getattr(rows[entry.side], entry.attribute, None)
        for entry in LABORATORY
        if entry.side in rows
    }
