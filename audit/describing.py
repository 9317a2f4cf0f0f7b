"""Computes the measures without a verdict: shares, quantities, changes, and rates by group."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from audit import counting
from audit.behind import KNOWN
from audit.definitions import Described
from audit.groupings import GROUPINGS
from audit.quantities import CHANGES, MONTHS, QUANTITIES, ChangeMeasure, QuantityMeasure
from audit.results import Answered, Apart, Change, OfPairs, Part, Quantity, Share, Stratum, Unit
from audit.shares import SHARES, ShareMeasure
from audit.statistics import Interval, clopper_pearson, paired_change, quartiles
from audit.strata import OF, STRATA
from caselog.dataset import CaseRow

Rows = Sequence[CaseRow]


class _Group(NamedTuple):
    by: str
    code: str
    rows: list[CaseRow]
    later: dict[str, list[CaseRow]]  # by Apart: of men who count by an earlier one, or by none


class _Sorted(NamedTuple):
    """What is known of a group, with the operation it is known of, and who is apart."""

    known: list[tuple[Any, CaseRow]]
    apart: dict[str, list[CaseRow]]


def shares(rows: Rows, fewest: int) -> tuple[Share, ...]:
    """rows: in the order of operation. fewest: below it only counts are given."""
    return tuple(_share(measure, group, fewest) for measure in SHARES for group in _groups(measure, rows))


def quantities(rows: Rows, fewest: int) -> tuple[Quantity, ...]:
    return tuple(
        _quantity(measure, group, fewest) for measure in QUANTITIES for group in _groups(measure, rows)
    )


def changes(rows: Rows, fewest: int) -> tuple[Change, ...]:
    """At each month; of the groups without enough pairs at any month, such as most causes, only those
    that are always shown.
    """
    found = []
    for measure in CHANGES:
        for group in _groups(measure, rows):
            lines = [_change(measure, group, month, fewest) for month in MONTHS]
            if any(line.of_pairs for line in lines) or group.code in GROUPINGS[group.by].always:
                found += lines
    return tuple(found)


def strata(rows: Rows, fewest: int) -> tuple[Stratum, ...]:
    """By every grouping of which at least one answer was recorded."""
    of_measure = {name: counting.of_population(measure, rows) for name, measure in OF.items()}
    found = []
    for by, names in STRATA.items():
        for name in names:
            groups = GROUPINGS[by].groups(of_measure[name])
            lines = [
                _stratum(name, by, code, _alone(by, code, of_group), fewest)
                for code, of_group in groups.items()
            ]
            counted = [line for line in lines if line.known or line.pending]
            if any(line.group for line in counted):
                found += counted
    return tuple(found)


def _alone(by: str, code: str, rows: Rows) -> list[CaseRow]:
    """Of what a filter left out before a row only its own group: a first one of another is none here."""
    code_of = GROUPINGS[by].code
    earlier = (tuple(one for one in row.earlier if code_of(one) == code) for row in rows)
    return [
        replace(row, earlier=kept) if row.earlier else row for row, kept in zip(rows, earlier, strict=True)
    ]


def _groups(measure: Described, rows: Rows) -> Iterator[_Group]:
    population = [row for row in rows if measure.counts(row) and measure.belongs(row)]
    first = {row.patient_code: row for row in counting.first_attempts(rows, measure.counts)}
    for by in measure.groupings:
        for code, of_group in GROUPINGS[by].groups(population).items():
            yield _group(by, code, of_group, first if measure.unit is Unit.MAN else None)


def _group(by: str, code: str, rows: Rows, first: Mapping[str, CaseRow] | None) -> _Group:
    """first: the operation by which each man counts; None where every operation counts."""
    if first is None:
        return _Group(by, code, [*rows], {})
    counted, later = [], defaultdict(list)
    for row in rows:
        if row is first.get(row.patient_code):
            counted.append(row)
        else:
            why = Apart.REPEAT if row.patient_code in first else Apart.FIRST_LEFT_OUT
            later[why.value].append(row)
    return _Group(by, code, counted, later)


def _sorted(values: Iterable[tuple[Any, CaseRow]]) -> _Sorted:
    known, apart = [], defaultdict(list)
    for value, row in values:
        if isinstance(value, Apart):
            apart[value.value].append(row)
        else:
            known.append((value, row))
    return _Sorted(known, apart)


def _line(measure: Described, group: _Group, found: _Sorted) -> dict[str, Any]:
    """The fields of `audit.results.Line`."""
    cases = {KNOWN: [row for _value, row in found.known], **found.apart, **group.later}
    return {
        "measure": measure.id,
        "unit": measure.unit,
        "by": group.by,
        "group": group.code,
        "known": len(found.known),
        "total": len(found.known) + sum(map(len, found.apart.values())),
        "cases": {part: _numbers(of_part) for part, of_part in cases.items() if of_part},
    }


def _numbers(rows: Iterable[CaseRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.case_number for row in rows))  # once, where both testes are counted


def _share(measure: ShareMeasure, group: _Group, fewest: int) -> Share:
    found = _sorted((measure.answer(row), row) for row in group.rows)
    answers = []
    for name, counted in measure.counted.items():
        gave = [row for answer, row in found.known if answer in counted]
        if gave or name in measure.always:
            limits = _limits(len(gave), len(found.known), fewest)
            answers.append(Answered(answer=name, found=len(gave), interval=limits, cases=_numbers(gave)))
    pending = len(found.apart.get(Apart.PENDING, ()))
    return Share(**_line(measure, group, found), answers=tuple(answers), pending=pending)


def _limits(found: int, known: int, fewest: int) -> Interval | None:
    return clopper_pearson(found, known) if known >= max(fewest, 1) else None


def _quantity(measure: QuantityMeasure, group: _Group, fewest: int) -> Quantity:
    found = _sorted((value, row) for row in group.rows for value in measure.values(row))
    values = [value for value, _row in found.known]
    enough = len(values) >= max(fewest, 1)
    return Quantity(**_line(measure, group, found), quartiles=quartiles(values) if enough else None)


def _change(measure: ChangeMeasure, group: _Group, month: int, fewest: int) -> Change:
    found = _sorted((measure.pair(row, month), row) for row in group.rows)
    pairs = [pair for pair, _row in found.known]
    return Change(
        **_line(measure, group, found),
        month=month,
        of_pairs=_of_pairs(pairs) if len(pairs) >= max(fewest, 2) else None,
    )


def _of_pairs(pairs: list[tuple[float, float]]) -> OfPairs | None:
    change = paired_change(pairs)
    if change.ratio is None or change.interval is None:
        return None
    before, after = zip(*pairs, strict=True)
    return OfPairs(
        ratio=change.ratio,
        interval=change.interval,
        median_before=quartiles(before).median,
        median_after=quartiles(after).median,
    )


def _stratum(name: str, by: str, code: str, rows: Rows, fewest: int) -> Stratum:
    tally = counting.tally(OF[name], rows, Unit.MAN)
    parts = (Part.FOUND, Part.NOT_FOUND, Part.PENDING)
    return Stratum(
        measure=name,
        by=by,
        group=code,
        found=tally.found,
        known=tally.known,
        pending=tally.pending,
        interval=_limits(tally.found, tally.known, fewest),
        cases={part.value: _numbers(tally.rows[part]) for part in parts if tally.rows[part]},
    )
