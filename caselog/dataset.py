"""The analysis dataset: one row per case, the only way in which audits see cases.

A row comes from the database (`cases_of`) or from a spreadsheet (`audit.spreadsheet`); the
columns are those of the data dictionary. "" and None mean "not recorded"; "not tested",
"not weighed" and zero are values of their own.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from caselog import dictionary, gathered
from caselog.choices import (
    RETRIEVED,
    CaseState,
    OperationStatus,
    ResultStatus,
    Side,
    SpermFound,
    Weighing,
)
from caselog.completeness import of_answers, parts_of
from caselog.selection import EVERY_CASE, RULES, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One operation. Holds no identifier but the patient's code, by which his attempts are joined."""

    case_id: int | None = None
    case_number: str = ""
    patient_code: str
    procedure_date: date | None = None
    state: str = CaseState.COMPLETE
    status: str = OperationStatus.PERFORMED
    status_reason: str = ""
    attempt_number: int | None = None
    age_at_procedure: int | None = None
    azoospermia_type: str = ""
    primary_aetiology: str = ""
    klinefelter_status: str = ""
    y_microdeletion: str = ""
    prior_retrieval: str = ""
    prior_procedure: str = ""
    procedure: str = ""  # the last one, where several were done in one operation
    preceding_procedures: list[str] = field(default_factory=list)
    sides: str = ""
    anaesthesia: str = ""
    magnification: str = ""
    intraoperative_complication: str = ""
    histology: str = ""  # as a spreadsheet gives it
    right_pattern: str = ""  # of the histology
    left_pattern: str = ""
    right_vessels_preserved: str = ""
    left_vessels_preserved: str = ""
    right_weighing: str = ""
    right_tissue_weight_mg: Decimal | None = None
    right_samples_n: int | None = None
    left_weighing: str = ""
    left_tissue_weight_mg: Decimal | None = None
    left_samples_n: int | None = None
    tissue_weight_mg: Decimal | None = None  # of both sides together, where a spreadsheet gives no more
    result_status: str = ""  # "" while the laboratory has reported nothing
    right_sperm_found: str = ""
    left_sperm_found: str = ""
    sperm_found: str = ""  # the best finding of the sides, or the spreadsheet's own column
    right_count_category: str = ""
    left_count_category: str = ""
    search_minutes: int | None = None
    disposition: str = ""
    # All follow-ups of the operation together; spreadsheets have none. "" while none was recorded,
    # which is neither "none known" nor "not followed up".
    complications: str = ""
    complication_grades: list[str] = field(default_factory=list)  # one each; "" for one without a grade
    ultrasound: str = ""  # the worst that was seen
    replacement_started: str = ""
    replacement_month: int | None = None  # of the first follow-up that says so
    # Total testosterone, nmol/L, before the operation and at the follow-up of that month; None also
    # where it was not measured.
    testosterone_before: Decimal | None = None
    testosterone_3: Decimal | None = None
    testosterone_6: Decimal | None = None
    testosterone_12: Decimal | None = None
    testosterone_18: Decimal | None = None
    # Whole days from the operation to the case's first entry, and to the final result.
    days_to_entry: int | None = None
    days_to_final: int | None = None
    # No answer: the man's operations of the period before this one that a selection left out. They
    # decide, as they do without it, whether this one is his first.
    earlier: tuple["CaseRow", ...] = ()

    @property
    def answers(self) -> dict[str, Any]:
        """By the names of the columns; `dataclasses.asdict` would copy every value."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def pending(self) -> bool:
        """An operation whose final result is not known."""
        return self.result_status != ResultStatus.FINAL or not self.sperm_found

    @property
    def retrieved(self) -> bool:
        """Spermatozoa in the final report, motile or not. Meaningless while pending."""
        return not self.pending and self.sperm_found in RETRIEVED

    @property
    def procedures(self) -> list[str]:
        """What was done in this operation, in order, each once."""
        return [one for one in dict.fromkeys([*self.preceding_procedures, self.procedure]) if one]

    @property
    def combined(self) -> bool:
        """Several procedures in one operation: what it found and took is of none of them alone."""
        return len(self.procedures) > 1

    @property
    def operated(self) -> list[str]:
        """The sides that were operated on; empty where no side was recorded."""
        return [side.value for side in Side if self.sides in (side.value, "both")]

    @property
    def tissue_mg(self) -> Decimal | None:
        """All tissue taken from the man, mg; None unless every operated side was weighed, not estimated."""
        if self.tissue_weight_mg is not None:
            return self.tissue_weight_mg
        weights = [
            None if self._of(side, "weighing") == Weighing.ESTIMATED else self._of(side, "tissue_weight_mg")
            for side in self.operated
        ]
        if not weights or None in weights:
            return None
        return sum((mg for mg in weights if mg is not None), Decimal(0))

    def _of(self, side: str, name: str) -> Any:
        return getattr(self, f"{side}_{name}")


COLUMNS = [column.name for column in fields(CaseRow) if column.name != "earlier"]
_BEST = [SpermFound.MOTILE, SpermFound.UNSPECIFIED, SpermFound.IMMOTILE, SpermFound.NONE]


def best_finding(findings: Iterable[str]) -> str:
    """Of the findings of a man's sides the one that counts for him; "" when no side was examined."""
    return gathered.first_of(_BEST, findings)


def cases_of(
    user, clinic, *, since: date | None = None, until: date | None = None, chosen: Selection = EVERY_CASE
) -> list[CaseRow]:
    """The `chosen` cases of `clinic` that `user` may see, from `since` to `until`, both included.

    Drafts, cancelled and abandoned operations are there too: an audit counts what it leaves out.
    In the order of operation. Five queries, whatever the number of cases.
    """
    found = _of_period(user, clinic, since, until)
    if chosen.narrowed_by:
        men = found.filter(chosen.in_sql).values("patient")
        found = found.filter(patient__in=men).annotate(is_chosen=_flag(chosen.in_sql))
    cases = gathered.read(found.order_by("procedure_date", "pk"))
    if not chosen.narrowed_by:
        return [_row(case) for case in cases]
    return _narrowed((_row(case), bool(case.is_chosen)) for case in cases)


def select(rows: Iterable[CaseRow], chosen: Selection) -> list[CaseRow]:
    """Of rows of a period those that are chosen, as `cases_of` chooses them. A row names no surgeon."""
    if not chosen.narrowed_by:
        return list(rows)
    return _narrowed((row, chosen.chooses(row.answers)) for row in rows)


def left_by_each(
    user, clinic, *, since: date | None = None, until: date | None = None, chosen: Selection
) -> dict[str, int]:
    """How many cases of the period each filter alone would leave, by its name; one query."""
    from django.db.models import Count

    counts = {
        name: Count("pk", filter=RULES[name].in_sql(value)) for name, value in chosen.narrowed_by.items()
    }
    return _of_period(user, clinic, since, until).aggregate(**counts)


def surgeons_of(user, clinic) -> dict[int, str]:
    """Who operated in `clinic`, by key, in the order of their names; one query."""
    from caselog.models import Case

    found = Case.objects.visible_to(user).filter(clinic=clinic, surgeon__isnull=False).order_by()
    people = found.values_list("surgeon", "surgeon__name", "surgeon__email").distinct()
    return dict(sorted(((pk, name or email) for pk, name, email in people), key=lambda one: one[::-1]))


def operation_order(row: CaseRow) -> tuple[date, int]:
    """By day, then by attempt; without a day last."""
    return row.procedure_date or date.max, row.attempt_number or 0


def _of_period(user, clinic, since: date | None, until: date | None):
    from caselog.models import Case  # the spreadsheet audit needs no database

    found = Case.objects.visible_to(user).filter(clinic=clinic)
    if since:
        found = found.filter(procedure_date__gte=since)
    return found.filter(procedure_date__lte=until) if until else found


def _flag(condition):
    from django.db.models import BooleanField, ExpressionWrapper

    return ExpressionWrapper(condition, output_field=BooleanField())


def _narrowed(rows: Iterable[tuple[CaseRow, bool]]) -> list[CaseRow]:
    """The rows that are chosen, each with what was left out before it of the same man."""
    left_out: dict[str, list[CaseRow]] = defaultdict(list)
    kept = []
    for row, chosen in sorted(rows, key=lambda one: operation_order(one[0])):
        if chosen:
            kept.append(replace(row, earlier=tuple(left_out[row.patient_code])))
        else:
            left_out[row.patient_code].append(row)
    return kept


def _row(case) -> CaseRow:
    of_sides: dict[str, Any] = {}
    for testis in case.testes.all():
        finding, histology = getattr(testis, "finding", None), getattr(testis, "histology", None)
        of_sides |= {
            f"{testis.side}_weighing": testis.weighing,
            f"{testis.side}_tissue_weight_mg": testis.tissue_weight_mg,
            f"{testis.side}_samples_n": testis.samples_n,
            f"{testis.side}_vessels_preserved": testis.vessels_preserved,
            f"{testis.side}_pattern": histology.pattern if histology else "",
            f"{testis.side}_sperm_found": finding.sperm_found if finding else "",
            f"{testis.side}_count_category": gathered.count_category(finding) if finding else "",
        }
    report = getattr(case, "laboratory_report", None)
    born = case.patient.birth_year
    age = case.age_at_procedure
    return CaseRow(
        case_id=case.pk,
        case_number=case.number,
        patient_code=case.patient.code,
        procedure_date=case.procedure_date,
        state=case.state,
        status=case.status,
        status_reason=case.status_reason,
        attempt_number=case.attempt_number,
        age_at_procedure=age if age is not None or born is None else case.procedure_date.year - born,
        azoospermia_type=case.azoospermia_type,
        primary_aetiology=case.primary_aetiology,
        klinefelter_status=case.klinefelter_status,
        y_microdeletion=case.y_microdeletion,
        prior_retrieval=case.prior_retrieval,
        prior_procedure=case.prior_procedure,
        procedure=case.procedure,
        preceding_procedures=case.preceding_procedures,
        sides=case.sides,
        anaesthesia=case.anaesthesia,
        magnification=case.magnification,
        intraoperative_complication=case.intraoperative_complication,
        result_status=report.result_status if report else "",
        sperm_found=best_finding(v for k, v in of_sides.items() if k.endswith("_sperm_found")),
        search_minutes=report.search_minutes if report else None,
        disposition=report.disposition if report else "",
        days_to_entry=gathered.days(case, case.created_at),
        days_to_final=gathered.days(case, report.finalised_at if report else None),
        **of_sides,
        **case.afterwards,
    )


def completeness(rows: Sequence[CaseRow]) -> list[tuple[str, int, int]]:
    """For each column that may be required: its name, how many rows answer it, how many should."""
    expected, missing = Counter[str](), Counter[str]()
    for row in rows:
        answers, reported = row.answers, row.result_status == ResultStatus.FINAL
        of_row = of_answers(answers, parts_of(answers, laboratory=reported))
        expected.update(entry.name for entry in of_row.expected)
        missing.update(entry.name for entry in of_row.missing)
    return [
        (entry.name, expected[entry.name] - missing[entry.name], expected[entry.name])
        for entry in dictionary.entries().values()
        if entry.name in COLUMNS and expected[entry.name]
    ]


def frame(rows: Sequence[CaseRow]):
    """The rows as a pandas DataFrame, one column per field, dtype object.

    Objects, because pandas would turn integers beside a gap into floats and "NA" into nothing.
    """
    import pandas as pd  # 1 s and 100 MB that a page without an audit does not pay

    return pd.DataFrame([row.answers for row in rows], columns=COLUMNS, dtype=object)


def fingerprint(rows: Sequence[CaseRow]) -> str:
    """SHA-256 of the rows: equal fingerprints mean that two audits saw the same data.

    Of a selection also what was left out before a row: it decides who is counted.
    """
    digest = hashlib.sha256()
    for row in rows:
        for part in _as_json(row):
            digest.update(part.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _as_json(row: CaseRow) -> Iterator[str]:
    for one in (row, *row.earlier):
        yield json.dumps([getattr(one, name) for name in COLUMNS], default=str, ensure_ascii=False)
