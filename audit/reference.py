"""The figures that rates are compared with: reviewed files, read and checked whole.

How the files are made and reviewed: docs/reference-figures.md.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from audit.reference_rules import Fault, ReferenceErrors, faults_of
from audit.statistics import Band, clopper_pearson

FOLDER = Path(__file__).with_name("figures")
BOTH = "both"  # the document and the literature, side by side
CLINIC = "clinic"  # what a clinic adopted (audit.adopted)
SIDE_BY_SIDE = ("document", "literature")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to understand an ambiguous claim, as a band of rates."""

    id: str
    lower: float
    upper: float
    text_en: str
    text_ar: str


@dataclass(frozen=True, kw_only=True)
class ReferenceFigure:
    """One figure of one source.

    Rates, differences and their limits are fractions; ratios are plain numbers. found of known
    where the source gives counts: None is "not published", never zero. `primary` marks the figure
    that stands beside a measure, `verdict` whether it may be judged by.
    """

    id: str
    # "rate", "difference", "ratio", "tissue_ratio", "change" (÷ the level before), "statement" (no number)
    kind: str
    population_en: str
    population_ar: str
    unit: str  # what the source counts: "man", "attempt", "sample", "not_stated"
    checked_by: str
    checked_on: date
    next_review: date
    measure: str = ""  # "" for context that no measure has yet
    primary: bool = False
    claim: str = ""  # "C17": a claim of the source document; "" for literature
    label: str = ""  # "Corona 2019"
    citation: str = ""
    doi: str = ""
    found: int | None = None
    known: int | None = None
    lower: float | None = None
    upper: float | None = None
    estimate: float | None = None
    direction: str = ""  # "higher", where the source gives no number
    # "published", "exact" (95 %, from found and known), "document", "floor"; "" without a band
    band_from: str = ""
    tolerance: float = 0.10
    quote: str = ""
    readings: tuple[Reading, ...] = ()
    verdict: bool = False
    no_verdict: str = "context"
    note_en: str = ""
    note_ar: str = ""
    # What a clinic adopted, never a file: a figure of its own, and the tolerance that it took instead.
    own: bool = False
    usual_tolerance: float | None = None
    tolerance_reason: str = ""

    @property
    def band(self) -> Band | None:
        """Of a rate, where the figure has limits."""
        if self.kind != "rate" or self.lower is None or self.upper is None:
            return None
        return Band(self.lower, self.upper, self.tolerance)

    def is_overdue(self, day: date) -> bool:
        """Whether its source should have been read again before `day`."""
        return self.next_review < day


@dataclass(frozen=True, kw_only=True)
class ReferenceSet:
    id: str
    version: str
    title_en: str
    title_ar: str
    about_en: str
    about_ar: str
    figures: tuple[ReferenceFigure, ...]
    without_reference: tuple[str, ...] = ()  # measures for which no source was found

    def figure_for(self, measure: str) -> ReferenceFigure | None:
        """The figure that stands beside `measure`; None where this set has none.

        The rule that chooses it: docs/methods/which-reference.md.
        """
        return next((figure for figure in self.figures_for(measure) if figure.primary), None)

    def figures_for(self, measure: str) -> tuple[ReferenceFigure, ...]:
        return tuple(figure for figure in self.figures if figure.measure == measure)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def named(name: str) -> tuple[ReferenceSet, ...]:
    """The reference sets of files that a filter asks for, the first one first.

    Raises KeyError for a name that no file has.
    """
    return tuple(load(one) for one in (SIDE_BY_SIDE if name == BOTH else (name,)))


@cache
def load(name: str = "document") -> ReferenceSet:
    """The reference set of that name.

    Raises KeyError for a set that is not there, and ReferenceErrors with all that is wrong in it.
    """
    if name not in names():
        raise KeyError(name)
    return read(FOLDER / f"{name}.toml")


def read(path: Path) -> ReferenceSet:
    """The reference set in a TOML file. Raises ReferenceErrors with all that is wrong in it."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault("", "file", path.name, f"is not TOML in UTF-8 ({error})", "correct it there")
        raise ReferenceErrors(path.name, [fault]) from error
    _spread_defaults(written)
    if faults := faults_of(written, path.stem):
        raise ReferenceErrors(path.name, faults)
    figures = tuple(_figure(figure) for figure in written.pop("figures"))
    without = tuple(written.pop("without_reference", ()))
    written.pop("defaults", None)
    return ReferenceSet(figures=figures, without_reference=without, **written)


def text(about: Reading | ReferenceFigure | ReferenceSet, name: str, language: str) -> str:
    """text(figure, "population", "ar"): Arabic for Arabic, English for every other language."""
    return str(getattr(about, f"{name}_{'ar' if language.split('-')[0] == 'ar' else 'en'}"))


def _spread_defaults(written: dict[str, Any]) -> None:
    """What the set says once of all its figures is put into each that does not say otherwise."""
    defaults, figures = written.get("defaults"), written.get("figures")
    if isinstance(defaults, dict) and isinstance(figures, list):
        written["figures"] = [defaults | figure if isinstance(figure, dict) else figure for figure in figures]


def _figure(written: dict[str, Any]) -> ReferenceFigure:
    values = {"no_verdict": "" if written.get("verdict") else "context"} | written
    values["readings"] = tuple(Reading(**reading) for reading in written.get("readings", ()))
    found, known = written.get("found"), written.get("known")
    if found is not None and known:
        values.setdefault("estimate", found / known)
    if written.get("band_from") == "exact":
        interval = clopper_pearson(found or 0, known or 0)
        values |= {"lower": interval.lower, "upper": interval.upper}
    return ReferenceFigure(**_as_floats(values, ("lower", "upper", "estimate", "tolerance")))


def _as_floats(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """TOML's 1 as 1.0, so that a kept figure reads back as it was."""
    return values | {name: float(values[name]) for name in names if values.get(name) is not None}
