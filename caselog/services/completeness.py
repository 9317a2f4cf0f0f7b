"""How complete a case, a field and a clinic are: reading only."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from caselog import completeness, dictionary
from caselog.completeness import Completeness
from caselog.dictionary import Answers, Entry, is_blank
from caselog.models import Case, Testis
from caselog.models.case import CaseQuerySet
from caselog.services import cases, doubts, earlier, histology, laboratory


@dataclass(frozen=True)
class FieldCompleteness:
    """answered of asked: cases with an answer that is not in doubt, of those in which the question counts."""

    entry: Entry
    answered: int
    asked: int


@dataclass
class ClinicCompleteness:
    """required: what completes a record; optional: what may be asked besides, wherever it applies."""

    cases: int = 0
    complete: int = 0
    answered: int = 0
    expected: int = 0
    required: list[FieldCompleteness] = field(default_factory=list)
    optional: list[FieldCompleteness] = field(default_factory=list)
    # Cases with answers that somebody should look at.
    doubtful: list[tuple[Case, tuple[Entry, ...]]] = field(default_factory=list)


def readable(found: CaseQuerySet) -> CaseQuerySet:
    """With all that completeness reads; a query for each table, whatever the number of cases."""
    people = ("surgeon", "assistant", "laboratory_report__witness")
    testes = Prefetch("testes", Testis.objects.select_related("finding", "histology"))
    return found.select_related("patient", "laboratory_report", *people).prefetch_related(
        testes, "measurements", "confirmations"
    )


def answers_of(case: Case) -> dict[str, Any]:
    return cases.answers_of(case) | laboratory.answers_of(case) | histology.answers_of(case)


def of_case(case: Case, answers: Answers) -> Completeness:
    """answers: the operation's and the laboratory's, and what is known of an earlier one."""
    confirmed = {(one.code, one.about) for one in case.confirmations.all()}
    return completeness.of_answers(
        answers,
        completeness.parts_of(answers, laboratory=True),
        doubts.doubtful_fields(answers, confirmed),
    )


def of_clinic(found: CaseQuerySet) -> ClinicCompleteness:
    """The cases as `readable` reads them."""
    clinic = ClinicCompleteness()
    asked, answered, may, given = (Counter[str]() for _ in range(4))
    known = earlier.known_of(found)  # which reads them
    for case in found:
        answers = answers_of(case) | known.get(case.pk, {})
        of_this = of_case(case, answers)
        clinic.cases += 1
        clinic.complete += of_this.is_complete and _is_settled(case)
        clinic.answered += of_this.answered
        clinic.expected += len(of_this.expected)
        if of_this.doubtful:
            clinic.doubtful.append((case, of_this.doubtful))
        open_ = {entry.name for entry in (*of_this.missing, *of_this.doubtful)}
        required = {entry.name for entry in of_this.expected}
        asked.update(required)
        answered.update(required - open_)
        optional = _optional(case, answers, required)
        may.update(optional)
        given.update(name for name in optional if not is_blank(answers.get(name)))
    clinic.required = _fields(answered, asked)
    clinic.optional = _fields(given, may)
    return clinic


def _is_settled(case: Case) -> bool:
    """Signed, and if it was performed, reported finally."""
    report = getattr(case, "laboratory_report", None)
    return not case.is_draft and (not case.performed or (report is not None and report.is_final))


def _optional(case: Case, answers: Answers, required: set[str]) -> list[str]:
    """The questions that may be asked of this case besides."""
    part = [
        *completeness.parts_of(answers, laboratory=True),
        *(dictionary.HISTOLOGY if case.performed else []),
    ]
    alternatives = {entry.instead for entry in part} | {entry.name for entry in part if entry.instead}
    return [
        entry.name
        for entry in part
        if entry.name not in required | alternatives and not entry.required and entry.applies(answers)
    ]


def _fields(answered: Counter[str], asked: Counter[str]) -> list[FieldCompleteness]:
    return [
        FieldCompleteness(entry, answered[name], asked[name])
        for name, entry in dictionary.entries().items()
        if asked[name]
    ]
