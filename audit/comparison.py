"""Rows, measures and a reference set in; an Audit out. Nothing is read or written here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial

from audit import beside, catalogue, counting, describing
from audit.adjusted import adjusted
from audit.counting import Tally
from audit.limits import USUAL, Limits
from audit.measures import BY_ID, DIFFERENCE, MEASURES, TISSUE, Measure
from audit.quality import case_mix, quality
from audit.reference import ReferenceFigure, ReferenceSet
from audit.results import (
    METHODS,
    SCHEMA,
    AlsoJudged,
    Audit,
    Comparison,
    Count,
    DifferenceComparison,
    Filters,
    Level,
    Part,
    ReferenceUsed,
    TissueComparison,
    Unit,
)
from audit.statistics import (
    Interval,
    Verdict,
    clopper_pearson,
    expected_false_below_total,
    fisher_exact,
    how_many_more,
    judge_with_pending,
    newcombe,
    tissue_ratio,
    wilson,
)
from audit.statistics.verdict import ALARM
from caselog import __version__, dataset
from caselog.dataset import CaseRow


def audit(
    rows: Sequence[CaseRow],
    *,
    filters: Filters,
    references: Sequence[ReferenceSet],
    level: Level,
    clinic: str,
    synthetic: bool,
    source: str,
    made_by: str,
    made_at: datetime,
    limits: Limits = USUAL,
) -> Audit:
    """Compare the rows, which the filters have already chosen, with one or more reference sets.

    references: as `filters.reference_set` asks for them, at least one; the first stands first.
    limits: of small numbers, as the clinic has set them.
    level: CLOSED only of cases that are not looked at again after each one.
    """
    ordered = counting.in_order(rows)
    tallies = {measure.id: counting.tally(measure, ordered, filters.unit) for measure in MEASURES}
    comparisons = tuple(
        _comparison(BY_ID[name], tally, filters.unit, references, ordered, level)
        for name, tally in tallies.items()
    )
    judged = [
        one for c in comparisons for one in c.judged if one.verdict is not None and one.band and one.known
    ]
    return Audit(
        schema=SCHEMA,
        methods=METHODS,
        columns=tuple(dataset.COLUMNS),
        clinic=clinic,
        synthetic=synthetic,
        source=source,
        filters=filters,
        made_at=made_at,
        made_by=made_by,
        product_version=__version__,
        reference_version=", ".join(dict.fromkeys(one.version for one in references)),
        fingerprint=dataset.fingerprint(ordered),
        comparisons=comparisons,
        overlaps=beside.overlaps(ordered),
        difference=_difference(ordered, references),
        tissue=_tissue(ordered, references),
        cells_judged=len(judged),
        expected_false_below=expected_false_below_total(
            ((c.known, c.band.lower) for c in judged if c.band), level.coverage
        ),
        quality=quality(ordered),
        mix=case_mix(ordered),
        references=tuple(used(one) for one in references),
        shares=describing.shares(ordered, limits.counts_only_below),
        quantities=describing.quantities(ordered, limits.counts_only_below),
        changes=describing.changes(ordered, limits.counts_only_below),
        strata=describing.strata(ordered, limits.counts_only_below),
        versions=catalogue.versions(),
        limits=limits,
        adjusted=adjusted(ordered, references, level.coverage),
        level=level,
    )


def used(reference: ReferenceSet) -> ReferenceUsed:
    return ReferenceUsed(**{part.name: getattr(reference, part.name) for part in fields(ReferenceUsed)})


def _comparison(
    measure: Measure,
    tally: Tally,
    unit: Unit,
    references: Sequence[ReferenceSet],
    rows: Sequence[CaseRow],
    level: Level,
) -> Comparison:
    found, known, pending = tally.found, tally.known, tally.pending
    first, *also = (judgement(one.figure_for(measure.id), tally, unit, level) for one in references)
    others, mix = beside.counted(measure, tally, unit, rows), beside.case_mix(tally.counted)
    return Comparison(
        measure=measure.id,
        unit=unit,
        found=found,
        known=known,
        pending=pending,
        interval=_limits(clopper_pearson, found, known, unit),
        wilson=_limits(wilson, found, known, unit),
        worst=_limits(clopper_pearson, found, known + pending, unit),
        best=_limits(clopper_pearson, found + pending, known + pending, unit),
        reference=first.reference,
        band=first.band,
        verdict=first.verdict,
        no_verdict=first.no_verdict,
        pending_decides=first.pending_decides,
        alarm=first.alarm,
        outlook=first.outlook,
        cases=counting.case_numbers(tally.rows),
        beside={name: parted.count for name, parted in others.items()},
        case_mix={name: parted.count for name, parted in mix.items()},
        cases_beside={name: parted.cases for name, parted in (others | mix).items()},
        also=tuple(also),
        level=level,
        wide=_limits(partial(clopper_pearson, coverage=ALARM), found, known, unit),
    )


def judgement(figure: ReferenceFigure | None, tally: Tally, unit: Unit, level: Level) -> AlsoJudged:
    band, no_verdict = figure.band if figure else None, _no_verdict(figure, unit)
    verdict, pending_decides, alarm, outlook = None, False, False, None
    if band and not no_verdict:
        judgement = judge_with_pending(tally.found, tally.known, tally.pending, band, level.coverage)
        verdict, pending_decides, alarm = judgement.verdict, judgement.pending_decides, judgement.alarm
        if verdict is Verdict.NOT_ENOUGH and not pending_decides:
            outlook = how_many_more(tally.found, tally.known, band, coverage=level.coverage)
    return AlsoJudged(
        reference=figure,
        band=band,
        verdict=verdict,
        no_verdict=no_verdict,
        pending_decides=pending_decides,
        alarm=alarm,
        outlook=outlook,
    )


def _limits(method: Callable[[int, int], Interval], found: int, known: int, unit: Unit) -> Interval | None:
    """None of nobody, who has no rate, and of testes: the two of one man are not two observations."""
    return method(found, known) if known and unit is not Unit.TESTIS else None


def _no_verdict(figure: ReferenceFigure | None, unit: Unit) -> str:
    """Why no verdict word is given; "" when one is."""
    if figure is None or figure.band is None:
        return figure.no_verdict if figure and figure.no_verdict else "no_reference"
    if not figure.verdict:
        return figure.no_verdict
    return "" if unit is Unit.MAN else "unit"


def _numbers(rows: Iterable[CaseRow]) -> tuple[str, ...]:
    return tuple(row.case_number for row in rows)


def _difference(rows: Sequence[CaseRow], references: Sequence[ReferenceSet]) -> DifferenceComparison:
    """Of men, whatever the unit of the rates: the two groups must be different men."""
    micro, conventional = (
        counting.tally(BY_ID[name], rows, Unit.MAN) for name in ("micro_noa", "conventional_noa")
    )
    arms = (micro.found, micro.known, conventional.found, conventional.known)
    difference = newcombe(*arms)
    first, *also = (one.figure_for(DIFFERENCE) for one in references)
    return DifferenceComparison(
        measure=DIFFERENCE,
        difference=difference,
        fisher_p=fisher_exact(*arms) if difference else None,
        reference=first,
        pending=micro.pending + conventional.pending,
        combined=_combined(micro, conventional),
        also=tuple(also),
    )


def _tissue(rows: Sequence[CaseRow], references: Sequence[ReferenceSet]) -> TissueComparison:
    """Per man, whatever the unit of the rates: the tissue that his first operation took."""
    tallies = {
        name: counting.tally(BY_ID[name], rows, Unit.MAN) for name in ("conventional_noa", "micro_noa")
    }
    arms = {name: tally.counted for name, tally in tallies.items()}
    recorded = {name: [row for row in men if row.tissue_mg is not None] for name, men in arms.items()}
    weighed = {name: [row for row in men if row.tissue_mg] for name, men in recorded.items()}
    first, *also = (one.figure_for(TISSUE) for one in references)
    mg = {name: [float(row.tissue_mg or 0) for row in men] for name, men in weighed.items()}
    return TissueComparison(
        measure=TISSUE,
        ratio=tissue_ratio(mg["conventional_noa"], mg["micro_noa"]),
        weighed={
            BY_ID[name].procedure or "": Count(found=len(weighed[name]), known=len(men))
            for name, men in arms.items()
        },
        zero_weights=sum(len(recorded[name]) - len(weighed[name]) for name in arms),
        reference=first,
        cases={BY_ID[name].procedure or "": _numbers(men) for name, men in weighed.items()},
        combined=_combined(*tallies.values()),
        also=tuple(also),
    )


def _combined(*arms: Tally) -> int:
    """One that was done by both techniques is left out of both arms, and is one operation."""
    return len({row.case_number for arm in arms for row in arm.rows[Part.COMBINED]})
