"""What an embryologist reports."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from caselog import dictionary
from caselog.choices import ResultStatus
from caselog.dictionary import LABORATORY, REPORT, SHARED, Answers, Entry, is_blank
from caselog.history import recorded
from caselog.models import Case, Finding, LaboratoryReport, Testis, User
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

    answers: by the names of `dictionary.REPORT`. Of what the operation holds too (`dictionary.SHARED`)
    what is absent stays as it is, and the operation stays signed by whoever signed it.
    version: of the report that was read; None takes it as it stands, 0 says that there was none.
    base: the answers that were read; what others changed meanwhile is then kept, and what is absent
    was cleared.
    reason: why, to amend a final report or one in a locked period. An amended report stays final,
    so that no audit loses it meanwhile, and stays its embryologist's: the history names who amended it.
    embryologist: whose work it is, where `by` enters it for them; it is `by` who makes it final.
    confirmed: of what is unusual, that it is right; of preliminary reports nothing is asked.

    Raises PermissionDenied, Refused for a case without tissue, NeedsReason, Stale, Doubtful, or
    ValidationError with the messages of each field; nothing is saved then.
    """
    require(by, Permission.REPORT_LABORATORY, case.clinic)
    # One report at a time per case: on PostgreSQL by this lock, on SQLite by the transaction.
    held = Case.objects.select_for_update().prefetch_related("laboratory_report", "testes__finding")
    case = held.get(pk=case.pk)
    testes = {testis.side: testis for testis in case.testes.all()}
    if not case.performed or not testes:
        raise Refused(_("No tissue was taken in this case, so there is nothing to report."))
    existing = getattr(case, "laboratory_report", None)
    before = answers_of(case)
    if version == 0 and base is None and (unread := _unread(before, answers)):
        raise ValidationError(unread)
    answers = merging.turn(
        REPORT,
        mine={**_kept(before, base), **answers, "sides": case.sides},
        theirs={**before, "sides": case.sides},
        base=base,
        version=version,
        stored_version=existing.version if existing else 0,
        message=_("Somebody else saved this case while it was open here."),
    )
    amended = existing is not None and existing.is_final
    if amended and not reason.strip():
        raise NeedsReason(_("This report is final. It changes only with a reason: say why."))
    periods.require_reason(reason, case.clinic, case.procedure_date)
    final = final or amended
    if errors := _problems(by=by, case=case, given=answers, final=final, embryologist=embryologist):
        raise ValidationError(errors)
    answers = _asked(answers, case)
    changed = changes_of_shared(before, answers)
    asked = checks.of_report(answers) if final else []
    if final or not case.is_draft:
        asked += checks.of_limits(changed, {**answers, "procedure": case.procedure})
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
        finding = getattr(testis, "finding", None) or Finding(testis=testis, clinic=case.clinic)
        assign(finding, [entry for entry in LABORATORY if entry.side == side], answers)
        if finding.sperm_found:
            finding.save()
        elif finding.pk:
            finding.delete()
    existing.save()
    _save_shared(case, testes, changed, answers)
    doubts.remember(settled, case=case, by=by)
    return existing


def problems(
    *,
    by,
    case: Case,
    answers: Answers,
    final: bool,
    base: merging.Base | None = None,
    embryologist: User | None = None,
) -> rules.Errors:
    """What keeps `report` from saving these answers, by field; empty when nothing does."""
    given = {**_kept(answers_of(case, SHARED), base), **answers, "sides": case.sides}
    return _problems(by=by, case=case, given=given, final=final, embryologist=embryologist)


def _problems(*, by, case: Case, given: Answers, final: bool, embryologist: User | None) -> rules.Errors:
    whose = embryologist_of(case, by=embryologist or by)
    errors = rules.of_report(given, _asked(given, case), case=case, embryologist=whose, final=final)
    if embryologist and (message := rules_people.of_embryologist(embryologist, case.clinic)):
        errors["embryologist"].append(message)
    return errors


def embryologist_of(case: Case, *, by) -> User:
    """Whose work the report is when `by` saves it: a final one stays that of its embryologist."""
    existing = getattr(case, "laboratory_report", None)
    return existing.embryologist if existing and existing.is_final else by


def _asked(answers: Answers, case: Case) -> dict[str, Any]:
    return dictionary.without_inapplicable({**answers, "sides": case.sides}, REPORT)


def answers_of(case: Case, part: list[Entry] = REPORT) -> dict[str, Any]:
    """What an embryologist is asked about one case, blank where there is no answer yet."""
    rows: dict[tuple[str, str], Any] = {("laboratoryreport", ""): getattr(case, "laboratory_report", None)}
    for testis in case.testes.all():
        rows[("testis", testis.side)] = testis
        rows[("finding", testis.side)] = getattr(testis, "finding", None)
    return {
        entry.name: getattr(rows[entry.model, entry.side], entry.attribute, None)
        for entry in part
        if (entry.model, entry.side) in rows
    }


def changes_of_shared(before: Answers, answers: Answers) -> list[Entry]:
    """What of the operation's own answers becomes another one."""
    names = merging.differing(SHARED, before, answers)
    return [entry for entry in SHARED if entry.name in names]


def _kept(stored: Answers, base: merging.Base | None) -> dict[str, Any]:
    """What stays unless it is answered: with a base, what is absent was cleared."""
    return {} if base else {entry.name: stored[entry.name] for entry in SHARED if entry.name in stored}


def _unread(stored: Answers, given: Answers) -> dict[str, str]:
    """Whoever begins a report has not read what is recorded of the tissue, and does not overwrite it."""
    message = _("“%(stored)s” is recorded already. Leave this out, and correct it once the report is there.")
    return {
        name: message % {"stored": merging.as_text(stored[name])}
        for name in merging.differing(SHARED, given, stored)
        if name in given and not is_blank(stored.get(name))
    }


def _save_shared(case: Case, testes: dict[str, Testis], changed: list[Entry], answers: Answers) -> None:
    """The case is of another version then, for surgeons who have it open; nothing of it is signed anew."""
    for side in dict.fromkeys(entry.side for entry in changed):
        assign(testes[side], [entry for entry in SHARED if entry.side == side], answers)
        testes[side].save()
    if changed:
        Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
