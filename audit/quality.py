"""What the figures of an audit rest on: the cases in no rate, the answers missing, the mix of the men."""

from collections import defaultdict
from collections.abc import Sequence

from audit import counting, groupings
from audit.results import IN_NO_RATE, CompletenessOfField, Count, MixRow, Part, Quality
from caselog import dataset, dictionary
from caselog.choices import (
    Aetiology,
    AzoospermiaType,
    CaseState,
    KlinefelterStatus,
    OperationStatus,
    PriorRetrieval,
    Procedure,
    YMicrodeletion,
)
from caselog.dataset import CaseRow

MIX = {
    "azoospermia_type": AzoospermiaType,
    "primary_aetiology": Aetiology,
    "klinefelter_status": KlinefelterStatus,
    "y_microdeletion": YMicrodeletion,
    "prior_retrieval": PriorRetrieval,
}


def quality(rows: Sequence[CaseRow]) -> Quality:
    parts: dict[Part, list[str]] = {}
    for row in rows:
        if part := _left_out(row):
            parts.setdefault(part, []).append(row.case_number)
    reasons = [(row.case_number, row.status, row.status_reason) for row in rows if row.status_reason]
    return Quality(
        cases=len(rows),
        parts={part: tuple(parts[part]) for part in IN_NO_RATE if part in parts},
        fields=tuple(
            CompletenessOfField(field=name, recorded=recorded, expected=expected)
            for name, recorded, expected in dataset.completeness(rows)
        ),
        reasons=tuple(reasons),
    )


def _left_out(row: CaseRow) -> Part | None:
    """Why a case is in no rate yet, or never will be."""
    return not_carried_out(row) or of_no_population(row) or (Part.PENDING if row.pending else None)


def not_carried_out(row: CaseRow) -> Part | None:
    """Why an operation is no man's first one; None where it may be."""
    if row.state == CaseState.DRAFT:
        return Part.DRAFT
    if row.status != OperationStatus.PERFORMED:
        return Part.CANCELLED if row.status == OperationStatus.CANCELLED else Part.ABANDONED
    return None


def of_no_population(row: CaseRow) -> Part | None:
    """Why one that was carried out is in no rate, whatever is found; None where it is in one."""
    if row.azoospermia_type == AzoospermiaType.NOT_AZOOSPERMIC:
        return Part.NOT_AZOOSPERMIC
    if row.azoospermia_type == AzoospermiaType.UNCERTAIN:
        return Part.UNCERTAIN_TYPE
    if row.azoospermia_type == AzoospermiaType.OBSTRUCTIVE:
        return None  # whatever the procedure
    if not row.azoospermia_type or not row.procedure:
        return Part.NOT_RECORDED
    if not {Procedure.MICRO_TESE, Procedure.CONVENTIONAL_TESE} & set(row.procedures):
        return Part.OTHER_PROCEDURE
    return Part.COMBINED if row.combined else None


def case_mix(rows: Sequence[CaseRow]) -> tuple[MixRow, ...]:
    """Men by what they have and what was done, with their results; in the vocabularies' order."""
    first = counting.first_attempts(rows)
    mix = []
    for dimension, vocabulary in MIX.items():
        asks = dictionary.entries()[dimension].applies
        groups: dict[tuple[str, str], list[CaseRow]] = defaultdict(list)
        for row in first:
            if asks(row.answers):
                groups[getattr(row, dimension), groupings.procedure(row)].append(row)
        for value in [*vocabulary.values, ""]:
            for procedure in [*Procedure.values, Part.COMBINED, ""]:
                if men := groups.get((value, procedure)):
                    mix.append(_mix_row(dimension, value, procedure, men))
    return tuple(mix)


def _mix_row(dimension: str, value: str, procedure: str, men: Sequence[CaseRow]) -> MixRow:
    by_result: dict[Part, list[CaseRow]] = defaultdict(list)
    for row in men:
        by_result[counting.result_of(row)].append(row)
    found, pending = len(by_result[Part.FOUND]), len(by_result[Part.PENDING])
    return MixRow(
        dimension=dimension,
        value=value,
        procedure=procedure,
        men=len(men),
        count=Count(found=found, known=len(men) - pending),
        cases=counting.case_numbers(by_result),
    )
