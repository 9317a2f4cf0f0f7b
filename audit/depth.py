"""One rate in depth: its groups, and whether they differ by more than chance makes them.

The method: docs/methods/several-groups.md and docs/methods/q-values.md.
"""

from collections.abc import Sequence
from dataclasses import replace

from audit.behind import KNOWN, Figure, case_numbers
from audit.results import Audit, GroupsTested, Part, Stratum, Unit
from audit.statistics import GroupTest, SeveralGroups, benjamini_hochberg, fisher_exact, several_groups

# Named by an audit that was kept with its tests; one without was kept before they were.
_METHOD = "several-groups"
# Men of whom nobody knows the group are no group.
_NO_GROUP = ("", "not_tested", "unknown")
# Of a technique also all men who could have had it: what else was done in them, and found.
_WIDER = {"micro_noa": "non_obstructive", "conventional_noa": "non_obstructive"}


def strata_of(audit: Audit, measure: str) -> dict[str, list[Stratum]]:
    """The groups of the rate's men, and of the wider population, by grouping."""
    whose = (measure, _WIDER.get(measure))
    found: dict[str, list[Stratum]] = {}
    for line in audit.strata:
        if line.measure in whose:
            found.setdefault(line.by, []).append(line)
    return found


def groups_tested(audit: Audit, measure: str) -> list[GroupsTested]:
    """One test for each grouping with at least two groups; none where the unit is not the man.

    A man may be in several groups, by an operation in each. For a test of different men each
    stands in the group of the operation by which the rate counts him.
    """
    if audit.filters.unit is not Unit.MAN:
        return []
    counted = frozenset(case_numbers(audit, Figure(measure, KNOWN)))
    tested = []
    for by, lines in strata_of(audit, measure).items():
        groups = [_of_the_rate(line, counted) for line in lines if line.measure == measure]
        if result := _test([one for one in groups if one[1]]):
            tested.append((by, sum(known for _found, known in groups), result))
    q_values = benjamini_hochberg([result.p for _by, _men, result in tested])
    return [
        GroupsTested(measure=measure, by=by, men=men, tested=result, q=q)
        for (by, men, result), q in zip(tested, q_values, strict=True)
    ]


def held(audit: Audit, measures: Sequence[str] | None = None) -> Audit:
    """The audit with the tests of these rates; as it is kept, of each."""
    names = [one.measure for one in audit.comparisons] if measures is None else measures
    return replace(audit, tested=tuple(one for name in names for one in groups_tested(audit, name)))


def holds_tests(kept: Audit) -> bool:
    """Whether an audit was kept with its tests, be they none."""
    return _METHOD in kept.methods


def then(kept: Audit, measure: str) -> list[GroupsTested]:
    """The tests of one rate as an audit was kept with them."""
    return [one for one in kept.tested if one.measure == measure]


def _test(groups: Sequence[tuple[int, int]]) -> SeveralGroups | None:
    """Two groups by the exact test by which two rates are compared everywhere else."""
    tested = several_groups(groups)
    if tested is None or tested.groups > 2:
        return tested
    p = fisher_exact(*groups[0], *groups[1])
    return replace(tested, p=p, test=GroupTest.FISHER)


def _of_the_rate(line: Stratum, counted: frozenset[str]) -> tuple[int, int]:
    """(found, known) of the group, of those men whom the rate counts by this very operation."""
    if line.group in _NO_GROUP:
        return 0, 0
    found = _counted(line.cases.get(Part.FOUND, ()), counted)
    return found, found + _counted(line.cases.get(Part.NOT_FOUND, ()), counted)


def _counted(numbers: Sequence[str], counted: frozenset[str]) -> int:
    return len(counted.intersection(numbers))
