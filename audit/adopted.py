"""What a clinic adopted, put together with the reviewed files: one reference set of its own.

Nothing is read or written here. The rule that chooses a figure: docs/methods/which-reference.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from audit import reference
from audit.counting import membership
from audit.measures import BY_ID
from audit.reference import CLINIC, SIDE_BY_SIDE, ReferenceFigure, ReferenceSet
from audit.statistics import clopper_pearson
from caselog.dataset import CaseRow

USUAL_SET = SIDE_BY_SIDE[0]
# From the most specific population to the widest: each man is compared with the first that he is in.
# The type stands before everything, since obstructive cases are never pooled with others, and a cause
# before the technique. Of the causes Klinefelter syndrome, a genetic one, is the more specific; a tie
# with an earlier attempt goes to the cause, which no later operation changes.
MOST_SPECIFIC_FIRST = (
    "obstructive",
    "klinefelter",
    "genetic",
    "failed_before",
    "micro_noa",
    "conventional_noa",
)


@dataclass(frozen=True)
class Tolerance:
    """What a clinic takes instead of a figure's own tolerance, a fraction, and why."""

    value: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """What stood in one version. own: the one that was entered last comes first."""

    version: int = 0  # 0: the clinic has adopted nothing yet
    base: str = USUAL_SET
    tolerances: Mapping[str, Tolerance]  # by the figure's id, of any set
    own: Sequence[ReferenceFigure] = ()


def judging_figures() -> dict[str, tuple[ReferenceSet, ReferenceFigure]]:
    """The figures of all files that a verdict can rest on, whose tolerance therefore matters; by id."""
    return {
        figure.id: (one, figure)
        for one in map(reference.load, reference.names())
        for figure in one.figures
        if figure.verdict
    }


def own_figure(
    *,
    id: str,
    measure: str,
    label: str,
    citation: str,
    population: str,
    unit: str,
    found: int | None,
    known: int | None,
    lower: float | None,
    upper: float | None,
    tolerance: float,
    checked_by: str,
    checked_on: date,
    next_review: date,
) -> ReferenceFigure:
    """A clinic's own rate as a figure like any other; without limits its band is the exact interval."""
    band_from = "published"
    if lower is None or upper is None:
        interval = clopper_pearson(found or 0, known or 0)
        lower, upper, band_from = interval.lower, interval.upper, "exact"
    return ReferenceFigure(
        id=id,
        kind="rate",
        measure=measure,
        label=label,
        citation=citation,
        population_en=population,
        population_ar=population,
        unit=unit,
        found=found,
        known=known,
        estimate=found / known if found is not None and known else None,
        lower=lower,
        upper=upper,
        band_from=band_from,
        tolerance=tolerance,
        checked_by=checked_by,
        checked_on=checked_on,
        next_review=next_review,
        verdict=True,
        no_verdict="",
        own=True,
    )


def reference_set(adopted: Adopted, *, title_en: str, title_ar: str) -> ReferenceSet:
    """The clinic's own figures, then those of the set it adopted, with the clinic's tolerances.

    title_en, title_ar: what the reader is to call it.
    """
    base = reference.load(adopted.base)
    figures = _own_first(adopted.own, [_tolerated(one, adopted.tolerances) for one in base.figures])
    covered = {figure.measure for figure in figures if figure.primary}
    return ReferenceSet(
        id=CLINIC,
        version=f"{adopted.version}, {base.id} {base.version}",
        title_en=title_en,
        title_ar=title_ar,
        about_en=base.about_en,
        about_ar=base.about_ar,
        figures=figures,
        without_reference=tuple(name for name in base.without_reference if name not in covered),
    )


def most_specific_first(references: ReferenceSet) -> tuple[ReferenceFigure, ...]:
    """The figures of a set that one case can be compared with, the narrowest population first.

    Only figures that can give a verdict are among them: for an ambiguous claim, or the figure of other
    men, the next wider population stands in.
    """
    primary = map(references.figure_for, MOST_SPECIFIC_FIRST)
    return tuple(figure for figure in primary if figure is not None and figure.verdict)


def figure_of_case(row: CaseRow, figures: Iterable[ReferenceFigure]) -> ReferenceFigure | None:
    """The first of these figures, the most specific one first, whose population the case is in for certain.

    None where none fits.
    """
    return next((one for one in figures if membership(BY_ID[one.measure], row) is True), None)


def _tolerated(figure: ReferenceFigure, tolerances: Mapping[str, Tolerance]) -> ReferenceFigure:
    taken = tolerances.get(figure.id)
    if taken is None:
        return figure
    return replace(
        figure, tolerance=taken.value, usual_tolerance=figure.tolerance, tolerance_reason=taken.reason
    )


def _own_first(
    own: Iterable[ReferenceFigure], others: Iterable[ReferenceFigure]
) -> tuple[ReferenceFigure, ...]:
    """The first figure of a measure that may stand beside it does; what it displaces is context."""
    taken: set[str] = set()
    figures = []
    for figure in (*(replace(one, primary=True) for one in own), *others):
        if figure.primary and figure.measure in taken:
            figure = replace(figure, primary=False, verdict=False, no_verdict="context")
        elif figure.primary:
            taken.add(figure.measure)
        figures.append(figure)
    return tuple(figures)
