"""Rows, measures and a reference set in; an Audit out. Nothing is read or written here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from audit import counting
from audit.counting import Tally
from audit.measures import BY_ID, DIFFERENCE, GROUPS, MEASURES, TISSUE, Measure
from audit.reference import ReferenceFigure, ReferenceSet, load
from audit.results import (
    EXCLUSIONS,
    Audit,
    Comparison,
    CompletenessOfField,
    Count,
    DifferenceComparison,
    Filters,
    MixRow,
    Overlap,
    Part,
    Quality,
    TissueComparison,
    Unit,
)
from audit.statistics import (
    Band,
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
from caselog import __version__, dataset, dictionary
from caselog.choices import (
    SPERM_DISPOSITIONS,
    Aetiology,
    AzoospermiaType,
    CaseState,
    KlinefelterStatus,
    OperationStatus,
    PriorRetrieval,
    Procedure,
    SpermFound,
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


def audit(
    rows: Sequence[CaseRow],
    *,
    filters: Filters,
    clinic: str,
    synthetic: bool,
    source: str,
    made_by: str,
    made_at: datetime,
) -> Audit:
    """Compare the rows, which the period has already chosen, with a reference set."""
    reference = load(filters.reference_set)
    ordered = counting.in_order(rows)
    tallies = {measure.id: counting.tally(measure, ordered, filters.unit) for measure in MEASURES}
    comparisons = tuple(
        _comparison(BY_ID[name], tally, filters.unit, reference, ordered) for name, tally in tallies.items()
    )
    judged = [c for c in comparisons if c.verdict is not None and c.band and c.known]
    return Audit(
        clinic=clinic,
        synthetic=synthetic,
        source=source,
        filters=filters,
        made_at=made_at,
        made_by=made_by,
        product_version=__version__,
        reference_version=reference.version,
        fingerprint=dataset.fingerprint(ordered),
        comparisons=comparisons,
        overlaps=_overlaps(tallies["c23_union"]),
        difference=_difference(tallies, filters.unit, reference),
        tissue=_tissue(ordered, reference),
        cells_judged=len(judged),
        expected_false_below=expected_false_below_total((c.known, c.band.lower) for c in judged if c.band),
        quality=_quality(ordered),
        mix=_mix(ordered),
    )


def _comparison(
    measure: Measure, tally: Tally, unit: Unit, reference: ReferenceSet, rows: Sequence[CaseRow]
) -> Comparison:
    found, known, pending = tally.found, tally.known, tally.pending
    figure = reference.figure_for(measure.id)
    band = _band(figure)
    independent = unit is not Unit.TESTIS  # two testes of one man are not two observations
    no_verdict = _no_verdict(figure, unit)
    verdict, pending_decides, alarm, outlook = None, False, False, None
    if band and not no_verdict:
        judgement = judge_with_pending(found, known, pending, band)
        verdict, pending_decides, alarm = judgement.verdict, judgement.pending_decides, judgement.alarm
        outlook = how_many_more(found, known, band) if verdict is Verdict.NOT_ENOUGH else None
    return Comparison(
        measure=measure.id,
        unit=unit,
        found=found,
        known=known,
        pending=pending,
        interval=clopper_pearson(found, known) if independent else None,
        wilson=wilson(found, known) if independent else None,
        worst=clopper_pearson(found, known + pending) if independent else None,
        best=clopper_pearson(found + pending, known + pending) if independent else None,
        reference=figure,
        band=band,
        verdict=verdict,
        no_verdict=no_verdict,
        pending_decides=pending_decides,
        alarm=alarm,
        outlook=outlook,
        cases={part: _numbers(found_rows) for part, found_rows in tally.rows.items() if found_rows},
        beside=_beside(measure, tally, unit, rows),
        case_mix=_case_mix(tally.counted),
    )


def _band(figure: ReferenceFigure | None) -> Band | None:
    if figure is None or figure.kind != "rate" or figure.lower is None or figure.upper is None:
        return None
    return Band(figure.lower, figure.upper, figure.tolerance)


def _no_verdict(figure: ReferenceFigure | None, unit: Unit) -> str:
    """Why no verdict word is given; "" when one is."""
    if figure is None or _band(figure) is None:
        return figure.no_verdict if figure and figure.no_verdict else "no_reference"
    if not figure.verdict:
        return figure.no_verdict
    return "" if unit is Unit.MAN else "unit"


def _numbers(rows: Iterable[CaseRow]) -> tuple[str, ...]:
    return tuple(row.case_number for row in rows)


def _count(rows: Sequence[CaseRow]) -> Count:
    known = [row for row in rows if not row.pending]
    return Count(found=sum(row.retrieved for row in known), known=len(known))


def _beside(measure: Measure, tally: Tally, unit: Unit, rows: Sequence[CaseRow]) -> Mapping[str, Count]:
    """Other successes and other units of the same population."""
    if unit is Unit.TESTIS:  # what became of the sperm is known of an operation, not of each testis
        return {}
    second = _second_lines(tally)
    return second if unit is Unit.ATTEMPT else second | _other_units(measure, rows)


def _second_lines(tally: Tally) -> Mapping[str, Count]:
    """A spreadsheet's bare "yes" says neither whether the sperm moved nor what became of it."""
    found, none = tally.rows[Part.FOUND], len(tally.rows[Part.NOT_FOUND])
    motility = [row for row in found if row.sperm_found != SpermFound.UNSPECIFIED]
    fate = [row for row in found if row.disposition]
    return {
        "motile": Count(
            found=sum(row.sperm_found == SpermFound.MOTILE for row in motility), known=len(motility) + none
        ),
        "usable": Count(
            found=sum(row.disposition in SPERM_DISPOSITIONS for row in fate), known=len(fate) + none
        ),
    }


def _other_units(measure: Measure, rows: Sequence[CaseRow]) -> Mapping[str, Count]:
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
    untested = ("", YMicrodeletion.NOT_TESTED)
    tested = sum(row.y_microdeletion not in untested for row in rows)
    return mix | {"azf_tested": Count(found=tested, known=len(rows))}


def _overlaps(union: Tally) -> tuple[Overlap, ...]:
    """The men of the three groups, each once, by the groups they are in."""
    together: dict[tuple[str, ...], list[CaseRow]] = {}
    for row in union.counted:
        groups = tuple(name for name, belongs in GROUPS.items() if belongs(row) is True)
        together.setdefault(groups, []).append(row)
    return tuple(Overlap(groups=groups, count=_count(rows)) for groups, rows in sorted(together.items()))


def _difference(tallies: Mapping[str, Tally], unit: Unit, reference: ReferenceSet) -> DifferenceComparison:
    micro, conventional = tallies["micro_noa"], tallies["conventional_noa"]
    arms = (micro.found, micro.known, conventional.found, conventional.known)
    difference = newcombe(*arms) if unit is not Unit.TESTIS else None
    return DifferenceComparison(
        measure=DIFFERENCE,
        difference=difference,
        fisher_p=fisher_exact(*arms) if difference else None,
        reference=reference.figure_for(DIFFERENCE),
        pending=micro.pending + conventional.pending,
    )


def _tissue(rows: Sequence[CaseRow], reference: ReferenceSet) -> TissueComparison:
    """Per man, whatever the unit of the rates: the tissue that his first operation took."""
    arms = {
        name: counting.tally(BY_ID[name], rows, Unit.MAN).counted
        for name in ("conventional_noa", "micro_noa")
    }
    recorded = {name: [row for row in men if row.tissue_mg is not None] for name, men in arms.items()}
    weighed = {name: [row for row in men if row.tissue_mg] for name, men in recorded.items()}
    mg = {name: [float(row.tissue_mg or 0) for row in men] for name, men in weighed.items()}
    return TissueComparison(
        measure=TISSUE,
        ratio=tissue_ratio(mg["conventional_noa"], mg["micro_noa"]),
        weighed={
            BY_ID[name].procedure or "": Count(found=len(weighed[name]), known=len(men))
            for name, men in arms.items()
        },
        zero_weights=sum(len(recorded[name]) - len(weighed[name]) for name in arms),
        reference=reference.figure_for(TISSUE),
        cases={BY_ID[name].procedure or "": _numbers(men) for name, men in weighed.items()},
    )


def _quality(rows: Sequence[CaseRow]) -> Quality:
    parts: dict[Part, list[CaseRow]] = {}
    for row in rows:
        if part := _left_out(row):
            parts.setdefault(part, []).append(row)
    reasons = [(row.case_number, row.status, row.status_reason) for row in rows if row.status_reason]
    return Quality(
        cases=len(rows),
        parts={part: _numbers(parts[part]) for part in (Part.PENDING, *EXCLUSIONS) if part in parts},
        not_azoospermic=sum(row.azoospermia_type == AzoospermiaType.NOT_AZOOSPERMIC for row in rows),
        fields=tuple(
            CompletenessOfField(field=name, recorded=recorded, expected=expected)
            for name, recorded, expected in dataset.completeness(rows)
        ),
        reasons=tuple(reasons),
    )


def _left_out(row: CaseRow) -> Part | None:
    """Why a case is in no rate yet, or never will be."""
    if row.state == CaseState.DRAFT:
        return Part.DRAFT
    if row.status != OperationStatus.PERFORMED:
        return Part.CANCELLED if row.status == OperationStatus.CANCELLED else Part.ABANDONED
    if row.azoospermia_type == AzoospermiaType.UNCERTAIN:
        return Part.UNCERTAIN_TYPE
    if not row.azoospermia_type or not row.procedure:
        return Part.NOT_RECORDED
    return Part.PENDING if row.pending else None


def _mix(rows: Sequence[CaseRow]) -> tuple[MixRow, ...]:
    """Men by what they have and what was done, with their results; in the vocabularies' order."""
    men = dataset.frame(first := counting.first_attempts(rows))
    men["men"] = 1
    men["known"] = [not row.pending for row in first]
    men["found"] = [row.retrieved for row in first]
    mix = []
    for dimension, vocabulary in MIX.items():
        asked = [dictionary.entries()[dimension].applies(row.answers) for row in first]
        counts = men.loc[asked].groupby([dimension, "procedure"])[["men", "found", "known"]].sum()
        for value in [*vocabulary.values, ""]:
            for procedure in [*Procedure.values, ""]:
                if (value, procedure) in counts.index:
                    n, found, known = (int(number) for number in counts.loc[(value, procedure)])
                    mix.append(
                        MixRow(
                            dimension=dimension,
                            value=value,
                            procedure=procedure,
                            men=n,
                            count=Count(found=found, known=known),
                        )
                    )
    return tuple(mix)
