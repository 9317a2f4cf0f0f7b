"""Rows, measures and a reference set in; an Audit out. Nothing is read or written here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial

from audit import catalogue, counting, describing
from audit.adjusted import adjusted
from audit.counting import Tally
from audit.limits import USUAL, Limits
from audit.measures import BY_ID, DIFFERENCE, GROUPS, MEASURES, TISSUE, Measure
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
    Overlap,
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
from caselog import __version__, dataset, dictionary
from caselog.choices import SPERM_DISPOSITIONS, SpermFound, YMicrodeletion
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
        overlaps=_overlaps(ordered),
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
        cases={part: _numbers(found_rows) for part, found_rows in tally.rows.items() if found_rows},
        beside=_beside(measure, tally, unit, rows),
        case_mix=_case_mix(tally.counted),
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


def _count(rows: Sequence[CaseRow]) -> Count:
    known = [row for row in rows if not row.pending]
    return Count(found=sum(row.retrieved for row in known), known=len(known))


def _beside(measure: Measure, tally: Tally, unit: Unit, rows: Sequence[CaseRow]) -> dict[str, Count]:
    """Other successes and other units of the same population."""
    if unit is Unit.TESTIS:  # what became of the sperm is known of an operation, not of each testis
        return {}
    second = _second_lines(tally)
    return second if unit is Unit.ATTEMPT else second | _other_units(measure, rows)


def _second_lines(tally: Tally) -> dict[str, Count]:
    """A spreadsheet's bare "yes" says neither whether the sperm moved nor what became of it."""
    found, n = tally.rows[Part.FOUND], len(tally.with_result)
    lines = {
        "motile": sum(row.sperm_found == SpermFound.MOTILE for row in found),
        "usable": sum(row.disposition in SPERM_DISPOSITIONS for row in found),
    }
    unsaid = {
        "motility_not_recorded": sum(row.sperm_found == SpermFound.UNSPECIFIED for row in found),
        "use_not_recorded": sum(not row.disposition for row in found),
    }
    lines |= {name: k for name, k in unsaid.items() if k}
    return {name: Count(found=k, known=n) for name, k in lines.items()}


def _other_units(measure: Measure, rows: Sequence[CaseRow]) -> dict[str, Count]:
    """By operations, and by men with sperm found at any of them."""
    known = counting.tally(measure, rows, Unit.ATTEMPT).with_result
    ever: dict[str, bool] = {}
    for row in known:
        ever[row.patient_code] = ever.get(row.patient_code, False) or row.retrieved
    return {
        "attempts": _count(known),
        "men_ever_found": Count(found=sum(ever.values()), known=len(ever)),
    }


def _case_mix(rows: Sequence[CaseRow]) -> Mapping[str, Count]:
    """What explains most differences between rates: how many have it, of how many of whom it is known."""
    groups = {name: [GROUPS[name](row) for row in rows] for name in ("klinefelter", "failed_before")}
    mix = {
        name: Count(found=answers.count(True), known=sum(isinstance(answer, bool) for answer in answers))
        for name, answers in groups.items()
    }
    question = dictionary.entries()["y_microdeletion"]
    said = [row.y_microdeletion for row in rows if row.y_microdeletion and question.applies(row.answers)]
    tested = sum(answer != YMicrodeletion.NOT_TESTED for answer in said)
    return mix | {"azf_tested": Count(found=tested, known=len(said))}


def _overlaps(rows: Sequence[CaseRow]) -> tuple[Overlap, ...]:
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
    return tuple(Overlap(groups=groups, count=_count(rows)) for groups, rows in sorted(together.items()))


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
