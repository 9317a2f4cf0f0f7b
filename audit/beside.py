"""What stands beside a rate: other successes, other units, the case mix of the men, overlapping groups."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from audit import counting
from audit.counting import Tally
from audit.measures import BY_ID, GROUPS, Measure
from audit.results import Count, Overlap, Part, Unit
from caselog import dictionary
from caselog.choices import SPERM_DISPOSITIONS, SpermFound, YMicrodeletion
from caselog.dataset import CaseRow


@dataclass(frozen=True)
class Parted:
    """The operations of k of n: those of k, and the others."""

    found: list[CaseRow]
    others: list[CaseRow]

    @property
    def count(self) -> Count:
        return Count(found=len(self.found), known=len(self.found) + len(self.others))

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        return counting.case_numbers({Part.FOUND: self.found, Part.NOT_FOUND: self.others})


def _parted(rows: Iterable[CaseRow], has: Callable[[CaseRow], bool]) -> Parted:
    parts: tuple[list[CaseRow], list[CaseRow]] = ([], [])
    for row in rows:
        parts[not has(row)].append(row)
    return Parted(*parts)


def _by_result(rows: Iterable[CaseRow]) -> Parted:
    return _parted((row for row in rows if not row.pending), lambda row: row.retrieved)


def counted(measure: Measure, tally: Tally, unit: Unit, rows: Sequence[CaseRow]) -> dict[str, Parted]:
    """Other successes and other units of the same population."""
    if unit is Unit.TESTIS:  # what became of the sperm is known of an operation, not of each testis
        return {}
    second = _second_lines(tally)
    return second if unit is Unit.ATTEMPT else second | _other_units(measure, rows)


def _second_lines(tally: Tally) -> dict[str, Parted]:
    """A spreadsheet's bare "yes" says neither whether the sperm moved nor what became of it."""
    said = {
        "motile": lambda row: row.sperm_found == SpermFound.MOTILE,
        "usable": lambda row: row.disposition in SPERM_DISPOSITIONS,
    }
    unsaid = {
        "motility_not_recorded": lambda row: row.sperm_found == SpermFound.UNSPECIFIED,
        "use_not_recorded": lambda row: not row.disposition,
    }
    lines = {name: _of_found(tally, has) for name, has in (said | unsaid).items()}
    return {name: parted for name, parted in lines.items() if name in said or parted.found}


def _of_found(tally: Tally, has: Callable[[CaseRow], bool]) -> Parted:
    """Of all with a result, those with sperm of which this is so."""
    of_found = _parted(tally.rows[Part.FOUND], has)
    return Parted(of_found.found, of_found.others + tally.rows[Part.NOT_FOUND])


def _other_units(measure: Measure, rows: Sequence[CaseRow]) -> dict[str, Parted]:
    """By operations, and by men with sperm found at any of them: each by the first one that found it."""
    known = counting.tally(measure, rows, Unit.ATTEMPT).with_result  # those that found sperm first
    men: dict[str, CaseRow] = {}
    for row in known:
        men.setdefault(row.patient_code, row)
    return {"attempts": _by_result(known), "men_ever_found": _by_result(men.values())}


def case_mix(rows: Sequence[CaseRow]) -> dict[str, Parted]:
    """What explains most differences between rates: how many have it, of how many of whom it is known."""
    mix = {}
    for name in ("klinefelter", "failed_before"):
        mix[name] = Parted(*([row for row in rows if GROUPS[name](row) is has] for has in (True, False)))
    question = dictionary.entries()["y_microdeletion"]
    said = [row for row in rows if row.y_microdeletion and question.applies(row.answers)]
    return mix | {"azf_tested": _parted(said, lambda row: row.y_microdeletion != YMicrodeletion.NOT_TESTED)}


def overlaps(rows: Sequence[CaseRow]) -> tuple[Overlap, ...]:
    """The men of the three groups, each once, by the groups that any of their attempts puts them in."""
    union = counting.tally(BY_ID["c23_union"], rows, Unit.MAN)
    groups_of: dict[str, set[str]] = {}
    for row in [*union.counted, *union.rows[Part.REPEAT]]:
        groups = {name for name, belongs in GROUPS.items() if belongs(row) is True}
        groups_of.setdefault(row.patient_code, set()).update(groups)
    together: dict[tuple[str, ...], list[CaseRow]] = {}
    for row in union.counted:
        exactly = tuple(name for name in GROUPS if name in groups_of[row.patient_code])
        together.setdefault(exactly, []).append(row)
    return tuple(_overlap(groups, _by_result(of_them)) for groups, of_them in sorted(together.items()))


def _overlap(groups: tuple[str, ...], men: Parted) -> Overlap:
    return Overlap(groups=groups, count=men.count, cases=men.cases)
