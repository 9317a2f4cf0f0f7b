"""The counts of an audit that leave the clinic, and how they add up: what a reader can subtract."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from audit.disclosure.cells import Relation, is_small, related
from audit.groupings import GROUPINGS
from audit.results import Audit, Part, Share, Stratum, Unit
from audit.shares import ANY

Name = Hashable
ARMS = ("obstructive", "conventional_noa", "micro_noa")
GROUPS = ("failed_before", "klinefelter", "genetic", "c23_union")
# Groups of a division that are, but for men with several attempts, the men of a rate.
_AGAIN = {
    "obstructive": "obstructive:azoospermia_type:oa",
    "conventional_noa": "non_obstructive:procedure:conventional_tese",
    "micro_noa": "non_obstructive:procedure:micro_tese",
    "klinefelter": "micro_noa:klinefelter:yes",
    "failed_before": "micro_noa:prior_retrieval:none_found",
}
_OF_TYPE: dict[Name, tuple[str, ...]] = {
    ("mix", "azoospermia_type", "oa"): ARMS[:1],
    ("mix", "azoospermia_type", "noa"): ARMS[1:],
}
_KINDS = ("found", "failed", "known")


@dataclass
class Counts:
    """counts by name: of each k of n "found", "failed" (never shown) and "known", after its own name."""

    counts: dict[Name, int] = field(default_factory=dict)
    shown: list[Name] = field(default_factory=list)
    first: list[Name] = field(default_factory=list)
    together: dict[Name, list[Name]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    last: list[Name] = field(default_factory=list)

    def show(self, name: Name, count: int) -> None:
        self.counts[name] = count
        self.shown.append(name)

    def hide(self, name: Name, count: int) -> None:
        """Not shown; a reader may work it out."""
        self.counts[name] = count

    def show_rate(self, name: Name, found: int, known: int) -> None:
        """What was found goes with its number of men, and where few failed: failures are counts too."""
        self.show((name, "found"), found)
        if is_small(known - found):
            self.first.append((name, "found"))
        self.show((name, "known"), known)
        self.hide((name, "failed"), known - found)
        self.together[name, "known"] = [(name, "found")]
        self.adds_up((name, "known"), [(name, "found"), (name, "failed")])

    def adds_up(self, total: Name, parts: list[Name]) -> None:
        self.relations.append(related(self.counts, total, parts))

    def each_adds_up(self, total: Name, parts: list[Name]) -> None:
        """What was found of the groups adds up, and what was not."""
        for kind in _KINDS:
            self.adds_up((total, kind), [(part, kind) for part in parts])


def counts_of(audit: Audit) -> Counts:
    found = Counts()
    for add in (_rates, _overlaps, _strata, _shares, _mix, _left_out):
        add(audit, found)
    return found


def _rates(audit: Audit, to: Counts) -> None:
    for one in audit.comparisons:
        to.show_rate(one.measure, one.found, one.known)
        to.show((one.measure, "pending"), one.pending)
        to.last += [(one.measure, "found"), (one.measure, "known")]


def _overlaps(audit: Audit, to: Counts) -> None:
    """Men by exactly the groups they belong to: they add up to each group, and to all of them."""
    for one in audit.overlaps:
        to.show_rate(one.groups, one.count.found, one.count.known)
    if audit.overlaps and audit.filters.unit is Unit.MAN:
        to.each_adds_up("c23_union", [one.groups for one in audit.overlaps])
        for group in GROUPS[:-1]:
            to.each_adds_up(group, [one.groups for one in audit.overlaps if group in one.groups])


def _strata(audit: Audit, to: Counts) -> None:
    """The groups of one division add up to all of the measure's men, however these are divided."""
    tables: dict[tuple[str, str], list[Name]] = {}
    for line in strata_of(audit):
        to.show_rate(line.key, line.found, line.known)
        tables.setdefault((line.measure, line.by), []).append(line.key)
    men: dict[str, Name] = {}
    for (measure, _by), keys in tables.items():
        if measure not in men:
            men[measure] = _men_of(measure, keys, audit, to)
        to.each_adds_up(men[measure], keys)
    if audit.filters.unit is Unit.MAN:
        for rate, stratum in _AGAIN.items():
            if (stratum, "known") in to.counts:
                to.each_adds_up(rate, [stratum])


def strata_of(audit: Audit) -> list[Stratum]:
    """Without groups that somebody named, such as a spreadsheet's histology."""
    return [
        line
        for line in audit.strata
        if line.by != "histology" or line.group in ("", *GROUPINGS["histology"].order)
    ]


def shares_of(audit: Audit) -> list[Share]:
    """Those of which anything is known."""
    return [line for line in audit.shares if line.known]


def _men_of(measure: str, keys: list[Name], audit: Audit, to: Counts) -> Name:
    """The name of all its men: of the rate, where rates count men too."""
    if audit.filters.unit is Unit.MAN and measure in ARMS:
        return measure
    name = ("men of", measure)
    for kind in _KINDS:
        to.hide((name, kind), sum(to.counts[key, kind] for key in keys))
    to.adds_up((name, "known"), [(name, "found"), (name, "failed")])
    return name


def _shares(audit: Audit, to: Counts) -> None:
    for line in shares_of(audit):
        of_line = [(line.key, one.answer) for one in line.answers]
        for one in line.answers:
            to.show_rate((line.key, one.answer), one.found, line.known)
        for name in of_line[1:]:  # of the same men
            to.adds_up((of_line[0], "known"), [(name, "known")])
        _answers(line, to)


def _answers(line: Share, to: Counts) -> None:
    """The answers exclude each other; the one that sums them up stands first."""
    names = [(line.key, one.answer) for one in line.answers if one.answer != ANY]
    if len(line.answers) < 2:
        return
    whole: Name = ((line.key, ANY), "found") if len(names) < len(line.answers) else (names[0], "known")
    parts: list[Name] = [(name, "found") for name in names]
    rest = (line.key, "other answers")
    to.hide(rest, to.counts[whole] - sum(to.counts[part] for part in parts))
    to.adds_up(whole, [*parts, rest])


def mix_of(audit: Audit) -> Counter[tuple[str, str]]:
    men: Counter[tuple[str, str]] = Counter()
    for row in audit.mix:
        men[row.dimension, row.value] += row.men
    return men


def _mix(audit: Audit, to: Counts) -> None:
    """Every division is of the same men, or, where only some are asked, of fewer."""
    tables: dict[str, list[Name]] = {}
    for (dimension, value), men in mix_of(audit).items():
        name = ("mix", dimension, value)
        to.show(name, men)
        tables.setdefault(dimension, []).append(name)
    if tables:
        to.hide("men", max(sum(to.counts[name] for name in names) for names in tables.values()))
    for names in tables.values():
        to.adds_up("men", names)
    if audit.filters.unit is Unit.MAN:
        for of_type, arms in _OF_TYPE.items():
            if of_type in to.counts:
                to.adds_up(of_type, [(arm, kind) for arm in arms for kind in ("known", "pending")])


def _left_out(audit: Audit, to: Counts) -> None:
    """All cases are in a rate or in one of these parts."""
    to.show("cases", audit.quality.cases)
    parts: list[Name] = []
    for part, cases in audit.quality.parts.items():
        to.show(("left out", part), len(cases))
        parts.append(("left out", part))
    if audit.filters.unit is Unit.TESTIS:
        return
    to.adds_up("cases", [*parts, *((arm, "known") for arm in ARMS)])
    if ("left out", Part.PENDING) in to.counts:
        to.adds_up(("left out", Part.PENDING), [(arm, "pending") for arm in ARMS])
