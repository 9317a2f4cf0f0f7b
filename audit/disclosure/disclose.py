"""The one way from an audit to what may leave the clinic."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from math import floor

from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from audit import comparison
from audit.counting import Tally
from audit.disclosure.cells import ROUNDED_TO, SMALLEST_SHOWN, rounded, suppressed
from audit.disclosure.relations import counts_of, mix_of, shares_of, strata_of
from audit.disclosure.results import (
    SCHEMA,
    Shared,
    SharedLine,
    SharedMix,
    SharedOverlap,
    SharedPart,
    SharedRate,
)
from audit.limits import USUAL
from audit.reference import ReferenceFigure
from audit.results import AlsoJudged, Audit, Comparison, Unit
from audit.statistics import Difference, Interval, clopper_pearson, newcombe
from audit.statistics.verdict import ALARM

CLINIC = "clinic"  # Audit.source of an audit of the clinic's own records
MOST_PENDING = SMALLEST_SHOWN - 1  # taken where the number of awaited results is suppressed


@dataclass(frozen=True)
class _Safe:
    """Every count as it is shown: rounded, 0, or None where it is suppressed."""

    shown: dict[Hashable, int | None]

    def count(self, *name: Hashable) -> int | None:
        return self.shown[name if len(name) > 1 else name[0]]

    def rate(self, name: Hashable) -> tuple[int | None, int | None]:
        return self.count(name, "found"), self.count(name, "known")


def disclose(audit: Audit) -> Shared:
    """What may leave the clinic of an audit: a function of the counts that it shows, and of nothing else."""
    of = counts_of(audit)
    gone = suppressed(
        of.counts, of.relations, shown=of.shown, first=of.first, together=of.together, last=of.last
    )
    safe = _Safe({name: None if name in gone else rounded(of.counts[name]) for name in of.shown})
    rates = tuple(_rate(one, safe) for one in audit.comparisons)
    made = localtime(audit.made_at) if is_aware(audit.made_at) else audit.made_at
    return Shared(
        schema=SCHEMA,
        clinic=audit.clinic if audit.source == CLINIC else "",  # a file's name was typed
        synthetic=audit.synthetic,
        filters=replace(audit.filters, surgeon=None, surgeon_name=""),
        level=audit.level,
        one_surgeon=audit.filters.surgeon is not None,
        made_on=made.date(),
        product_version=audit.product_version,
        reference_version=audit.reference_version,
        smallest_shown=SMALLEST_SHOWN,
        rounded_to=ROUNDED_TO,
        cases=safe.count("cases"),
        rates=rates,
        difference=_difference(rates) if audit.filters.unit is Unit.MAN else None,
        overlaps=tuple(
            SharedOverlap(groups=one.groups, found=found, known=known)
            for one in audit.overlaps
            for found, known in [safe.rate(one.groups)]
        ),
        strata=tuple(_strata(audit, safe)),
        shares=tuple(_shares(audit, safe)),
        mix=tuple(
            SharedMix(dimension=dimension, value=value, men=safe.count("mix", dimension, value))
            for dimension, value in mix_of(audit)
        ),
        left_out=tuple(
            SharedPart(part=part, cases=safe.count("left out", part)) for part in audit.quality.parts
        ),
    )


def _rate(one: Comparison, safe: _Safe) -> SharedRate:
    found, known = safe.rate(one.measure)
    pending = safe.count(one.measure, "pending")
    judgements: tuple[AlsoJudged, ...] = ()
    interval = wide = None
    if found is not None and known is not None:
        waiting = MOST_PENDING if pending is None else pending
        judgements = tuple(_judgements(one, Tally(found=found, known=known, pending=waiting)))
        if known and one.unit is not Unit.TESTIS:
            interval, wide = clopper_pearson(found, known), clopper_pearson(found, known, ALARM)
    return SharedRate(
        measure=one.measure, unit=one.unit, found=found, known=known, pending=pending, interval=interval,
        wide=wide, level=one.level, judgements=judgements,
    )  # fmt: skip


def _judgements(one: Comparison, tally: Tally) -> Iterator[AlsoJudged]:
    """Made anew of the rounded counts; of those no number of further cases is told."""
    for beside in one.judged:
        yield replace(
            comparison.judgement(_public(beside.reference), tally, one.unit, one.level), outlook=None
        )


def _public(figure: ReferenceFigure | None) -> ReferenceFigure | None:
    """A figure that the clinic typed stays without its words and its counts, its limits in whole percent."""
    if figure is None or not figure.own:
        return figure
    return replace(
        figure,
        label=_("this clinic's own figure"),
        citation="",
        population_en="",
        population_ar="",
        found=None,
        known=None,
        checked_by="",
        tolerance_reason="",
        estimate=None,
        lower=_down(figure.lower),
        upper=_up(figure.upper),
    )


def _down(fraction: float | None) -> float | None:
    return None if fraction is None else floor(100 * fraction) / 100


def _up(fraction: float | None) -> float | None:
    return None if fraction is None else -floor(-100 * fraction) / 100


def _difference(rates: tuple[SharedRate, ...]) -> Difference | None:
    counts = {one.measure: (one.found, one.known) for one in rates}
    (found1, known1), (found2, known2) = counts["micro_noa"], counts["conventional_noa"]
    if found1 is None or known1 is None or found2 is None or known2 is None:
        return None
    return newcombe(found1, known1, found2, known2)


def _interval(found: int | None, known: int | None, audit: Audit) -> Interval | None:
    fewest = (audit.limits or USUAL).counts_only_below
    return clopper_pearson(found, known) if found is not None and known and known >= fewest else None


def _strata(audit: Audit, safe: _Safe) -> Iterator[SharedLine]:
    for line in strata_of(audit):
        found, known = safe.rate(line.key)
        yield SharedLine(
            measure=line.measure, by=line.by, group=line.group, answer="", unit=Unit.MAN,
            found=found, known=known, interval=_interval(found, known, audit),
        )  # fmt: skip


def _shares(audit: Audit, safe: _Safe) -> Iterator[SharedLine]:
    for line in shares_of(audit):
        for one in line.answers:
            found, known = safe.rate((line.key, one.answer))
            yield SharedLine(
                measure=line.measure, by=line.by, group=line.group, answer=one.answer, unit=line.unit,
                found=found, known=known, interval=_interval(found, known, audit),
            )  # fmt: skip
