"""The whole record of a clinic as a workbook: a sheet for each part, the codebook, and what was left out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from caselog import __version__
from caselog.choices import Consent
from caselog.dictionary import Entry
from caselog.excel import codebook
from caselog.excel.columns import CASES, SHEETS, case_columns, sheet_fields, sheet_titles
from caselog.excel.writer import Workbook
from caselog.models import Case, Clinic, Complication, FollowUp, IcsiCycle, User
from caselog.permissions import Permission, permissions_of, require
from caselog.services import completeness, follow_up

Row = dict[str, Any]
# The dataset's own columns of a case stand in the laboratory's and each testis' answers already.
_NOT_LISTED = ("sperm_found", "tissue_weight_mg", "histology")
# On what ground a man's record leaves the clinic.
CONSENT = ("research_consent", "research_consent_on")
_SEVERAL: dict[str, tuple[Any, Callable[[Any], Row]]] = {
    "follow_up": (FollowUp.objects.prefetch_related("measurements"), follow_up.answers_of_visit),
    "complication": (Complication.objects.all(), follow_up.answers_of_complication),
    "icsi": (IcsiCycle.objects.all(), follow_up.answers_of_cycle),
}


@dataclass(frozen=True)
class Record:
    """The rows of each sheet, and whom they leave out."""

    rows: dict[str, list[Row]]
    identifiers: bool  # what may point to a man beside his code
    refused: int  # men
    not_asked: int  # men without an answer about consent: in the rows, or left out with `consented`
    consented: bool


def record_of(
    *, by, clinic: Clinic, since: date | None = None, until: date | None = None, consented: bool = False
) -> Record:
    """What `by` may take out of the clinic: operations from `since` to `until`, both included.

    Men who refused that their record leaves the clinic are left out and counted; with `consented`,
    everybody who did not agree. The same number of queries whatever the number of cases.
    """
    require(by, Permission.EXPORT_RECORD, clinic)
    found = Case.objects.visible_to(by).filter(clinic=clinic)
    found = found.filter(procedure_date__gte=since) if since else found
    found = found.filter(procedure_date__lte=until) if until else found
    read = completeness.readable(found).select_related(
        "patient", "surgeon", "assistant", "laboratory_report__witness", "laboratory_report__embryologist"
    )
    cases = list(read.order_by("procedure_date", "pk"))
    kept = {case.pk: case for case in cases if _may_leave(case, consented)}
    names = _names(clinic)
    keys = {pk: _key(case) for pk, case in kept.items()}
    rows = {CASES: [keys[pk] | _answers(case, names) for pk, case in kept.items()]}
    for sheet, (records, answers_of) in _SEVERAL.items():
        of_clinic = records.filter(clinic=clinic).order_by("case__procedure_date", "case_id", "pk")
        rows[sheet] = [keys[one.case_id] | answers_of(one) for one in of_clinic if one.case_id in keys]
    return Record(
        rows=rows,
        identifiers=Permission.CHANGE_PATIENTS in permissions_of(by, clinic),
        refused=_men(cases, Consent.NO),
        not_asked=_men(cases, Consent.NOT_ASKED, ""),
        consented=consented,
    )


def write(record: Record, *, clinic: Clinic, language: str, now: datetime, to: IO[bytes]) -> None:
    """The record as an .xlsx file, in the language "en" or "ar". The cases stand on its first sheet."""
    with translation.override(language):
        book = Workbook(
            title=_("Record of %(clinic)s") % {"clinic": clinic},
            creator=f"Caselog {__version__}",
            right_to_left=translation.get_language_bidi(),
        )
        for sheet in SHEETS:
            names = [entry.name for entry in columns_of(sheet, identifiers=record.identifiers)]
            columns = case_columns(names, sheet)
            book.add_table(sheet_titles()[sheet], columns, record.rows[sheet], plain=True, freeze_columns=3)
        listed = {
            entry: None for sheet in SHEETS for entry in columns_of(sheet, identifiers=record.identifiers)
        }
        book.add_table(
            pgettext("sheet", "Codebook"), codebook.columns(_("Heading")), codebook.codes(listed), plain=True
        )
        book.add_page(pgettext("sheet", "About this file"), str(clinic), _about(record, clinic, now))
        book.save(to)


def columns_of(sheet: str, *, identifiers: bool = True) -> list[Entry]:
    """The fields that the export writes on this sheet; first those that say which case it is."""
    fields = sheet_fields(sheet)
    first = [fields[name] for name in ("case_number", "patient_code", "procedure_date")]
    rest = [entry for name, entry in fields.items() if name not in _NOT_LISTED and entry not in first]
    return [*first, *(entry for entry in rest if identifiers or not entry.identifier)]


def _may_leave(case: Case, consented: bool) -> bool:
    consent = case.patient.research_consent
    return consent == Consent.YES if consented else consent != Consent.NO


def _men(cases: Iterable[Case], *answers: str) -> int:
    return len({case.patient_id for case in cases if case.patient.research_consent in answers})


def _key(case: Case) -> Row:
    return {
        "case_number": case.number,
        "patient_code": case.patient.code,
        "procedure_date": case.procedure_date,
    }


def _answers(case: Case, names: dict[int, str]) -> Row:
    report = getattr(case, "laboratory_report", None)
    answers = completeness.answers_of(case)
    answers["state"] = case.state
    if report:
        answers |= {"result_status": report.result_status, "embryologist": report.embryologist}
    return {
        name: names.get(value.pk, value.email) if isinstance(value, User) else value
        for name, value in answers.items()
    }


def _names(clinic: Clinic) -> dict[int, str]:
    """Of everybody who works or worked here, the name; the address where two have the same name."""
    people = list(User.objects.filter(memberships__clinic=clinic).distinct())
    same = [str(person) for person in people]
    return {person.pk: str(person) if same.count(str(person)) == 1 else person.email for person in people}


def _about(record: Record, clinic: Clinic, now: datetime) -> Iterator[tuple[str, Any]]:
    if clinic.synthetic:
        yield (
            _("Synthetic data"),
            _("Made-up men and made-up results. Not for any conclusion about a clinic."),
        )
    yield _("Written on"), timezone.localtime(now).date()
    yield _("Cases"), len(record.rows[CASES])
    yield _("Men who refused, left out"), record.refused
    if record.consented:
        yield _("Men without consent on record, left out"), record.not_asked
    else:
        yield _("Men not asked for consent, included"), record.not_asked
    yield (
        _("How to read it"),
        _(
            "“Not recorded” means that nobody answered; an empty cell, that the question does not apply. "
            "Zero and “not tested” are answers. Free text may name somebody: read it before you pass it on."
        ),
    )
