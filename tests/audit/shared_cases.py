"""Made-up operations in numbers that make small counts, and a reader who tries to tell them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from audit.disclosure import Shared
from audit.results import Audit
from tests.audit.rows import row


def operations(seed: int, n: int) -> list:
    """n men, one operation each, of every type, cause and result; the same for the same seed."""
    draw = random.Random(seed)
    return [_one(draw, number) for number in range(n)]


def _one(draw: random.Random, number: int):
    obstructive, klinefelter = draw.random() < 0.2, draw.random() < 0.15
    found = draw.random() < (0.97 if obstructive else 0.45)
    complications = draw.choice(["some", "none_known", "none_known", "none_known", "not_followed", ""])
    return row(
        code=f"M{number:04d}-",
        on=1 + number % 28,
        azoospermia_type="oa" if obstructive else "noa",
        procedure="tesa" if obstructive else draw.choice(["micro_tese"] * 2 + ["conventional_tese", "tesa"]),
        primary_aetiology="vasectomy" if obstructive else "klinefelter" if klinefelter else "idiopathic",
        klinefelter_status="non_mosaic" if klinefelter and not obstructive else "not_klinefelter",
        y_microdeletion=draw.choice(["none", "azfc", "not_tested"]),
        prior_retrieval=draw.choice(["no_prior"] * 4 + ["none_found", "found"]),
        result_status="final" if draw.random() > 0.05 else "preliminary",
        sperm_found="motile" if found else "none",
        right_sperm_found="motile" if found else "none",
        right_count_category=draw.choice(["1_10", "11_100", "101_1000"]) if found else "zero",
        anaesthesia=draw.choice(["general", "general", "spinal", ""]),
        complications=complications,
        complication_grades=(draw.choice("1112"),) if complications == "some" else (),
        status=draw.choice(["performed"] * 20 + ["abandoned"]),
        status_reason="",
    )


@dataclass
class Reader:
    """Puts every count between limits by the rules of a shared file, and by how its tables add up."""

    limits: dict = field(default_factory=dict)
    sums: list = field(default_factory=list)

    def sees(self, name, count: int | None) -> None:
        if count is None:
            self.limits[name] = (0, inf)
        else:
            self.limits[name] = (0, 0) if count == 0 else (max(8, count - 2), count + 2)

    def sees_rate(self, name, found: int | None, known: int | None) -> None:
        self.sees((name, "found"), found)
        self.sees((name, "known"), known)
        self.limits[name, "failed"] = (0, inf)
        self.sums.append(((name, "known"), [(name, "found"), (name, "failed")]))

    def adds_up(self, total, parts) -> None:
        for kind in ("found", "failed", "known"):
            self.sums.append(((total, kind), [(part, kind) for part in parts]))

    def works_it_out(self) -> dict:
        before = None
        while before != self.limits:
            before = dict(self.limits)
            for total, parts in self.sums:
                self._by(total, parts)
        return self.limits

    def solves_it(self, name) -> tuple[float, float]:
        """All sums at once, as a linear programme: more than arithmetic sees, one sum at a time."""
        from scipy.optimize import linprog

        place = {one: number for number, one in enumerate(self.limits)}
        sums = []
        for total, parts in self.sums:
            line = [0] * len(place)
            line[place[total]] += 1
            for part in parts:
                line[place[part]] -= 1
            sums.append(line)
        bounds = [(least, None if most == inf else most) for least, most in self.limits.values()]
        least, most = (
            linprog([sign * (one == name) for one in place], A_eq=sums, b_eq=[0] * len(sums), bounds=bounds)
            for sign in (1, -1)
        )
        return least.fun, inf if most.status == 3 else -most.fun

    def _by(self, total, parts) -> None:
        at = self.limits
        self._narrow(total, sum(at[part][0] for part in parts), sum(at[part][1] for part in parts))
        for one in parts:
            others = [at[part] for part in parts if part != one]
            least = at[total][0] - sum(other[1] for other in others)
            self._narrow(one, least, at[total][1] - sum(other[0] for other in others))

    def _narrow(self, name, least, most) -> None:
        self.limits[name] = max(self.limits[name][0], least), min(self.limits[name][1], most)


def reader_of(shared: Shared) -> Reader:
    """All that a shared file of men with one operation each says, and how it adds up."""
    reader = Reader()
    arms = ("obstructive", "conventional_noa", "micro_noa")
    for rate in shared.rates:
        reader.sees_rate(rate.measure, rate.found, rate.known)
        reader.sees((rate.measure, "pending"), rate.pending)
    for one in shared.overlaps:
        reader.sees_rate(one.groups, one.found, one.known)
    reader.adds_up("c23_union", [one.groups for one in shared.overlaps])
    for group in ("failed_before", "klinefelter", "genetic"):
        reader.adds_up(group, [one.groups for one in shared.overlaps if group in one.groups])
    tables: dict = {}
    for line in shared.strata:
        name = (line.measure, line.by, line.group)
        reader.sees_rate(name, line.found, line.known)
        tables.setdefault((line.measure, line.by), []).append(name)
    for (measure, _by), names in tables.items():
        if measure in arms:
            reader.adds_up(measure, names)
    reader.adds_up("micro_noa", [("non_obstructive", "procedure", "micro_tese")])
    reader.adds_up("conventional_noa", [("non_obstructive", "procedure", "conventional_tese")])
    for line in shared.shares:
        reader.sees_rate((line.measure, line.group, line.answer), line.found, line.known)
    for line in shared.shares:
        if line.measure == "count_category" and line.answer == "1_10":
            answers = [one for one in shared.shares if (one.measure, one.group) == (line.measure, line.group)]
            parts = [((one.measure, one.group, one.answer), "found") for one in answers]
            reader.sums.append((((line.measure, line.group, "1_10"), "known"), parts))
    for one in shared.mix:
        reader.sees(("mix", one.dimension, one.value), one.men)
    reader.sees("cases", shared.cases)
    for one in shared.left_out:
        reader.sees(("left out", one.part), one.cases)
    left_out = [("left out", one.part) for one in shared.left_out]
    reader.sums.append(("cases", [*left_out, *((arm, "known") for arm in arms)]))
    if ("left out", "pending") in reader.limits:
        reader.sums.append((("left out", "pending"), [(arm, "pending") for arm in arms]))
    types = {"oa": arms[:1], "noa": ()}
    for code, of in types.items():
        if of and ("mix", "azoospermia_type", code) in reader.limits:
            parts = [(arm, kind) for arm in of for kind in ("known", "pending")]
            reader.sums.append((("mix", "azoospermia_type", code), parts))
    return reader


def true_counts(audit: Audit) -> Iterator[tuple]:
    """The counts of the audit itself, by the names that the reader gives them."""
    for one in audit.comparisons:
        yield from _rate(one.measure, one.found, one.known)
        yield (one.measure, "pending"), one.pending
    for one in audit.overlaps:
        yield from _rate(one.groups, one.count.found, one.count.known)
    for line in audit.strata:
        yield from _rate((line.measure, line.by, line.group), line.found, line.known)
    for line in audit.shares:
        for answer in line.answers:
            yield from _rate((line.measure, line.group, answer.answer), answer.found, line.known)
    yield "cases", audit.quality.cases
    for part, numbers in audit.quality.parts.items():
        yield ("left out", part), len(numbers)


def _rate(name, found: int, known: int) -> Iterator[tuple]:
    yield (name, "found"), found
    yield (name, "known"), known
    yield (name, "failed"), known - found
