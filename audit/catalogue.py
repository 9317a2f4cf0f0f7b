"""Every measure of the audit, defined: docs/measures.md is written from this."""

from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from audit import reference
from audit.definitions import Definition, Direction, Section
from audit.measures import DIFFERENCE, MEASURES, TISSUE, Measure
from audit.quantities import CHANGES, QUANTITIES
from audit.reference import ReferenceFigure
from audit.results import EXCLUSIONS, Apart, Line, Part, Stratum, Unit
from audit.shares import SHARES
from audit.strata import STRATA

FIRST_VERSION = "1"  # of every definition that a run kept before versions were told has used
_FOUND = _("Men with sperm in the laboratory's final report, motile or not")
_KNOWN = _("Men with a final result")
_NAMES_OF_STRATA = {
    "azoospermia_type": _("Retrieval by type of azoospermia"),
    "procedure": _("Retrieval by procedure"),
    "primary_aetiology": _("Retrieval by primary cause"),
    "histology": _("Retrieval by histology"),
    "klinefelter": _("Retrieval in Klinefelter syndrome"),
    "prior_retrieval": _("Retrieval by earlier attempt"),
    "attempt_number": _("Retrieval by attempt number"),
    "year": _("Retrieval by year"),
}
_WORDS_OF_STRATA = {
    "azoospermia_type": _("Two different conditions: they are never pooled."),
    "procedure": _("Any procedure, also those that no reference compares."),
    "primary_aetiology": _("The cause explains most of the difference between two clinics."),
    "histology": _("One pattern of both testes, or of the one examined. It is known only after the "
                   "operation, so no man can be chosen by it."),
    "klinefelter": _("By the status or the primary cause; men who were not tested stand apart."),
    "prior_retrieval": _("By what the last earlier attempt found, here or elsewhere."),
    "attempt_number": _("By the number of attempts in the man's life, as recorded. Who comes back was "
                        "chosen by what was found before."),
    "year": _("By the calendar year of the operation. The first and the last one may be cut by the period."),
}  # fmt: skip


@cache
def definitions() -> dict[str, Definition]:
    """By id, in the order in which they are read."""
    every: list[Definition] = [_of_rate(measure) for measure in MEASURES]
    every += [_DIFFERENCE, _RATIO, *map(_of_stratum, STRATA), *SHARES, *QUANTITIES, *CHANGES]
    return {one.id: one for one in every}


def versions() -> dict[str, str]:
    return {name: one.version for name, one in definitions().items()}


def changed(then: Mapping[str, str], used: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of the measures that a kept audit used, those defined otherwise today: the version then and now.

    Now is "" where the measure is there no more.
    """
    now = versions()
    pairs = {name: (then.get(name, FIRST_VERSION), now.get(name, "")) for name in used}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def stratum_id(by: str) -> str:
    return f"retrieval_by_{by}"


def measure_of(line: Line | Stratum) -> str:
    """The definition that a line is of."""
    return stratum_id(line.by) if isinstance(line, Stratum) else line.measure


def figures_for(measure: str) -> list[ReferenceFigure]:
    """What every reference set that the product comes with has on the measure: context, no verdict."""
    return [figure for name in reference.names() for figure in reference.load(name).figures_for(measure)]


def _of_rate(measure: Measure) -> Definition:
    group = measure.claim == "C23"
    return Definition(
        id=measure.id, version=measure.version, claim=measure.claim, name=measure.name,
        population=measure.population, numerator=_FOUND, denominator=_KNOWN, words=measure.words,
        apart=(Part.PENDING, *EXCLUSIONS), direction=Direction.HIGHER,
        section=Section.GROUPS if group else Section.RATES,
    )  # fmt: skip


def _of_stratum(by: str) -> Definition:
    return Definition(
        id=stratum_id(by), claim=_claim_of(by), name=_NAMES_OF_STRATA[by],
        population=_("Each man once in each group, by his first operation in it"),
        numerator=_FOUND, denominator=_KNOWN, words=_WORDS_OF_STRATA[by],
        apart=(Part.PENDING,), direction=Direction.HIGHER, section=Section.GROUPS,
    )  # fmt: skip


def _claim_of(by: str) -> str:
    return {"klinefelter": "C23", "prior_retrieval": "C23", "procedure": "C9", "histology": "C6"}.get(
        by, "C1"
    )


_DIFFERENCE = Definition(
    id=DIFFERENCE, claim="C10", name=_("micro-TESE minus conventional TESE"), section=Section.RATES,
    population=_("Men with non-obstructive azoospermia, micro-TESE or conventional TESE"),
    numerator=_("Rate of micro-TESE minus rate of conventional TESE"), denominator=_KNOWN,
    apart=(Part.PENDING, Part.COMBINED), direction=Direction.HIGHER,
    words=_("The men were not drawn by lot: who has which technique is decided by what is known of him, and "
            "the difference is not adjusted for it."),
)  # fmt: skip
_RATIO = Definition(
    id=TISSUE, claim="C18", name=_("Tissue, conventional TESE ÷ micro-TESE"), section=Section.TISSUE,
    population=_("Men with non-obstructive azoospermia, micro-TESE or conventional TESE"),
    numerator=_("Geometric mean of the tissue of a man, conventional TESE"),
    denominator=_("Geometric mean of the tissue of a man, micro-TESE"),
    apart=(Apart.NOT_WEIGHED, Apart.ESTIMATED, Apart.ZERO, Part.COMBINED), unit=Unit.MAN,
    words=_("Per man, both testes together. A published factor near 70 is per sample, another quantity."),
)  # fmt: skip
