"""The ways to divide operations into groups. A group is a code; "" is "not recorded"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audit.counting import result_of
from audit.measures import GROUPS
from audit.results import Part
from caselog.choices import (
    Aetiology,
    AzoospermiaType,
    HistologyPattern,
    PriorRetrieval,
    Procedure,
)
from caselog.dataset import CaseRow

ALL = "all"
DIFFERS = "differs"  # the two testes
_HAS = {True: "yes", False: "no"}
MOST_ATTEMPTS = 11


@dataclass(frozen=True)
class Grouping:
    """code: the group of an operation. order: the groups as they stand; unforeseen ones follow.
    always: the groups that are shown with nobody in them too.
    """

    code: Callable[[CaseRow], str]
    order: Sequence[str] = ()
    always: Sequence[str] = ()

    def groups(self, rows: Sequence[CaseRow]) -> dict[str, list[CaseRow]]:
        """The rows by group, in the order of the groups."""
        found: dict[str, list[CaseRow]] = {code: [] for code in self.always}
        for row in rows:
            found.setdefault(self.code(row), []).append(row)
        place = {code: number for number, code in enumerate(dict.fromkeys(self.order))}
        last = len(place)
        ordered = sorted(found, key=lambda code: (code == "", place.get(code, last), code))
        return {code: found[code] for code in ordered}


def _all(_row: CaseRow) -> str:
    return ALL


def procedure(row: CaseRow) -> str:
    return Part.COMBINED if row.combined else row.procedure


def _klinefelter(row: CaseRow) -> str:
    member = GROUPS["klinefelter"](row)
    if member is Part.NOT_RECORDED:
        return ""
    return str(member) if isinstance(member, Part) else _HAS[member]


def _histology(row: CaseRow) -> str:
    """One pattern of both testes, or of the one that was examined; or as a spreadsheet writes it."""
    patterns = {row.right_pattern, row.left_pattern} - {""}
    examined = patterns - {HistologyPattern.NOT_DONE, HistologyPattern.INSUFFICIENT} or patterns
    if not examined:
        return row.histology.strip()
    return examined.pop() if len(examined) == 1 else DIFFERS


def _diagnosis(row: CaseRow) -> str:
    """Klinefelter syndrome apart from the rest, as the literature on replacement has it."""
    return "klinefelter" if GROUPS["klinefelter"](row) is True else row.azoospermia_type


def _year(row: CaseRow) -> str:
    return str(row.procedure_date.year) if row.procedure_date else ""


_BOTH_TECHNIQUES = (Procedure.CONVENTIONAL_TESE, Procedure.MICRO_TESE)
GROUPINGS = {
    "": Grouping(_all, always=[ALL]),
    "procedure": Grouping(procedure, [*_BOTH_TECHNIQUES, *Procedure.values, Part.COMBINED], _BOTH_TECHNIQUES),
    "finding": Grouping(result_of, [Part.FOUND, Part.NOT_FOUND, Part.PENDING]),
    "diagnosis": Grouping(_diagnosis, ["klinefelter", *AzoospermiaType.values]),
    "azoospermia_type": Grouping(lambda row: row.azoospermia_type, AzoospermiaType.values),
    "primary_aetiology": Grouping(lambda row: row.primary_aetiology, Aetiology.values),
    "klinefelter": Grouping(_klinefelter, ["yes", "no", Part.NOT_TESTED]),
    "histology": Grouping(_histology, [*HistologyPattern.values, DIFFERS]),
    "prior_retrieval": Grouping(lambda row: row.prior_retrieval, PriorRetrieval.values),
    "attempt_number": Grouping(
        lambda row: str(row.attempt_number or ""), [str(n) for n in range(1, MOST_ATTEMPTS + 1)]
    ),
    "year": Grouping(_year),
}
