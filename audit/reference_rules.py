"""What a file of reference figures must keep to; all its faults are found in one reading.

The rules see the file as it was written, before anything is computed from it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from math import inf
from typing import Any

CODES = {
    "kind": ("rate", "difference", "ratio", "tissue_ratio", "change", "statement"),
    "unit": ("man", "attempt", "sample", "not_stated"),
    "band_from": ("", "published", "exact", "document", "floor"),
    "direction": ("", "higher"),
    "no_verdict": (
        "",
        "ambiguous",
        "context",
        "direction_only",
        "no_interval",
        "other_population",
        "other_unit",
        "small_series",
    ),
}
KEYS: dict[str, Any] = {
    "id": str,
    "measure": str,
    "primary": bool,
    "kind": str,
    "claim": str,
    "label": str,
    "citation": str,
    "doi": str,
    "population_en": str,
    "population_ar": str,
    "unit": str,
    "found": int,
    "known": int,
    "lower": float,
    "upper": float,
    "estimate": float,
    "direction": str,
    "band_from": str,
    "tolerance": float,
    "quote": str,
    "readings": list,
    "verdict": bool,
    "no_verdict": str,
    "note_en": str,
    "note_ar": str,
    "checked_by": str,
    "checked_on": date,
    "next_review": date,
}
READING_KEYS: dict[str, Any] = {"id": str, "lower": float, "upper": float, "text_en": str, "text_ar": str}
SET_KEYS: dict[str, Any] = {
    "id": str,
    "version": str,
    "title_en": str,
    "title_ar": str,
    "about_en": str,
    "about_ar": str,
    "without_reference": list,
    "defaults": dict,
    "figures": list,
}
_TYPE_NAMES = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    date: "a date such as 2026-11-22, without quotes",
    list: "a list",
    dict: "a table",
}
_LIMITS = {"rate": (0.0, 1.0), "difference": (-1.0, 1.0)}
_DOI = re.compile(r"10\.\d{4,9}/\S+")

Breach = tuple[str, str, str]  # field, rule, remedy


@dataclass(frozen=True)
class Fault:
    figure: str  # "" where it is the set's own
    field: str
    value: Any
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.figure or 'the set'}, {self.field} = {self.value!r}: {self.rule}; {self.remedy}"


class ReferenceErrors(ValueError):
    """Everything that is wrong with one file of reference figures."""

    def __init__(self, file: str, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join([f"{file}, faults: {len(self.faults)}", *map(str, self.faults)]))


def measures() -> tuple[str, ...]:
    """What figures may stand beside."""
    # A measure names the parts of a result, and a result holds figures.
    from audit.measures import BY_ID, DIFFERENCE, TISSUE

    return (*BY_ID, DIFFERENCE, TISSUE)


def described() -> tuple[str, ...]:
    """What figures may be the context of: measures without a verdict."""
    from audit.quantities import CHANGES, QUANTITIES
    from audit.shares import SHARES

    return tuple(measure.id for measure in (*SHARES, *QUANTITIES, *CHANGES))


def faults_of(written: dict[str, Any], name: str) -> list[Fault]:
    """The faults of a file called `name`, whose figures already carry the set's defaults."""
    found, kept = _typed("", written, SET_KEYS)
    found += _breaches("", kept, _set_rule(kept, name))
    figures = []
    for number, figure in enumerate(kept.get("figures", ()), start=1):
        wrong, clean = _typed(f"figure {number}", figure, KEYS)
        place = clean.get("id") or f"figure {number}"
        found += wrong
        for rule in (_codes, _source, _counts, _band, _verdict, _texts, _checked):
            found += _breaches(place, clean, rule(clean))
        found += _of_readings(place, clean)
        figures.append(clean)
    return found + list(_between(figures, kept.get("without_reference", [])))


def _breaches(place: str, kept: dict[str, Any], breaches: Iterable[Breach]) -> list[Fault]:
    return [Fault(place, field, kept.get(field), rule, remedy) for field, rule, remedy in breaches]


def _typed(place: str, written: Any, keys: dict[str, Any]) -> tuple[list[Fault], dict[str, Any]]:
    """The faults of name and type, and what is left without the entries that have one."""
    if not isinstance(written, dict):
        return [Fault(place, "figure", written, "must be a table", "write [[figures]] and its fields")], {}
    place = str(written.get("id") or place) if place else ""
    faults, kept = [], {}
    for key, value in written.items():
        if key not in keys:
            close = get_close_matches(key, keys, 1)
            remedy = f"write {close[0]}" if close else "take it out"
            faults.append(Fault(place, key, value, "is no field", remedy))
        elif not _is(value, keys[key]):
            wanted = _TYPE_NAMES[keys[key]]
            faults.append(Fault(place, key, value, f"must be {wanted}", f"write {wanted}"))
        else:
            kept[key] = value
    return faults, kept


def _is(value: Any, wanted: Any) -> bool:
    if wanted in (int, float):
        return isinstance(value, int | wanted) and not isinstance(value, bool)
    return isinstance(value, wanted) and not isinstance(value, datetime)


def _set_rule(kept: dict[str, Any], name: str) -> Iterator[Breach]:
    if kept.get("id") != name:
        yield "id", "must be the file's name", f'write id = "{name}"'
    if not kept.get("version"):
        yield "version", "is missing", "write the date of the last change"
    if not kept.get("figures"):
        yield "figures", "is missing", "write at least one [[figures]]"
    yield from _both_languages(kept, "title")
    yield from _both_languages(kept, "about")


def _codes(figure: dict[str, Any]) -> Iterator[Breach]:
    if not figure.get("id"):
        yield "id", "is missing", "give the figure a name: corona-2019-micro"
    for field, codes in {**CODES, "measure": ("", *measures(), *described())}.items():
        value = figure.get(field, "")
        if value not in codes:
            rule = "is not known" if value else "is missing"
            yield field, rule, "write one of " + ", ".join(code for code in codes if code)
    if figure.get("primary") and not figure.get("measure"):
        yield "measure", "is missing from a primary figure", "name the measure, or take primary out"


def _source(figure: dict[str, Any]) -> Iterator[Breach]:
    claim, citation, doi = (figure.get(field, "") for field in ("claim", "citation", "doi"))
    if not claim and not citation:
        yield "citation", "is missing", "write the citation, or the claim's number"
    if claim and not re.fullmatch(r"C\d+", claim):
        yield "claim", "must be the number of a claim", "write it as C16"
    if claim and not figure.get("quote"):
        yield "quote", "is missing", "copy the claim's words from the document, unchanged"
    if citation and not figure.get("label"):
        yield "label", "is missing", "write the short name that verdicts use: Corona 2019"
    if doi and not _DOI.fullmatch(doi):
        yield "doi", "is no DOI", "write it from 10. on, or leave it out"


def _counts(figure: dict[str, Any]) -> Iterator[Breach]:
    found, known = figure.get("found"), figure.get("known")
    for field, value in (("found", found), ("known", known)):
        if value is not None and value < 0:
            yield field, "is a count", "write 0 or more"
    if found is not None and (known is None or found > known):
        yield "found", f"is more than known ({known})", "write k as found and n as known"


def _band(figure: dict[str, Any]) -> Iterator[Breach]:
    lower, upper, band_from = figure.get("lower"), figure.get("upper"), figure.get("band_from", "")
    yield from _limits(figure, figure.get("kind", ""))
    if band_from == "exact":
        if lower is not None or upper is not None:
            yield "band_from", "is computed from k and n", "take lower and upper out"
        if figure.get("found") is None or not figure.get("known"):
            yield "band_from", "needs k and n", "write found and known"
    elif bool(band_from) != (lower is not None):
        yield "band_from", "goes with lower and upper", "write all three, or none of them"
    if band_from == "floor" and upper != 1:
        yield "upper", "is not open, and the band is a floor", "write 1.0"
    if not 0 <= figure.get("tolerance", 0) < 1:
        yield "tolerance", "must be a fraction", "write 0.10 for ten points"


def _limits(band: dict[str, Any], kind: str) -> Iterator[Breach]:
    least, most = _LIMITS.get(kind, (0.0, inf))
    for field in ("lower", "upper", "estimate"):
        if band.get(field) is not None and not least <= band[field] <= most:
            yield field, f"must be from {least:g} to {most:g}", "write fractions: 0.60 for 60 %"
    lower, upper = band.get("lower"), band.get("upper")
    if (lower is None) != (upper is None) or (lower is not None and lower > upper):
        yield "lower", f"makes no band with upper ({upper})", "write both, the smaller as lower"


def _verdict(figure: dict[str, Any]) -> Iterator[Breach]:
    verdict, reason = figure.get("verdict", False), figure.get("no_verdict", "")
    has_band = figure.get("lower") is not None or figure.get("band_from") == "exact"
    if verdict and not (figure.get("primary") and figure.get("kind") == "rate" and has_band):
        yield "verdict", "needs a primary rate with a band", "write false, and no_verdict"
    if verdict and reason:
        yield "no_verdict", "contradicts verdict = true", "take one of them out"
    if figure.get("primary") and not verdict and not reason:
        yield "no_verdict", "is missing", "say why no verdict is given"


def _texts(figure: dict[str, Any]) -> Iterator[Breach]:
    yield from _both_languages(figure, "population")
    if figure.get("note_en") or figure.get("note_ar"):
        yield from _both_languages(figure, "note")


def _both_languages(kept: dict[str, Any], field: str) -> Iterator[Breach]:
    for key in (f"{field}_en", f"{field}_ar"):
        if not kept.get(key, "").strip():
            yield key, "is missing", "write it in both languages"


def _checked(figure: dict[str, Any]) -> Iterator[Breach]:
    for field in ("checked_by", "checked_on", "next_review"):
        if not figure.get(field):
            yield field, "is missing", "say who read the source, when, and when next"
    checked, review = figure.get("checked_on"), figure.get("next_review")
    if checked and review and review <= checked:
        yield "next_review", f"is not later than checked_on ({checked})", "write a later day"


def _of_readings(figure: str, kept: dict[str, Any]) -> Iterator[Fault]:
    for number, written in enumerate(kept.get("readings", ()), start=1):
        place = f"{figure}, reading {number}"
        wrong, reading = _typed("", written, READING_KEYS)
        breaches = [*_limits(reading, kept.get("kind", "")), *_both_languages(reading, "text")]
        for field in ("id", "lower"):
            if field not in reading:
                breaches.append((field, "is missing", "write id, lower and upper"))
        yield from (replace(fault, figure=place) for fault in wrong)
        yield from _breaches(place, reading, breaches)


def _between(figures: list[dict[str, Any]], without: list[Any]) -> Iterator[Fault]:
    """Names are used once, and each measure has one primary figure or is said to have none."""
    for name, times in Counter(figure.get("id", "") for figure in figures).items():
        if name and times > 1:
            yield Fault(name, "id", name, f"is used {times} times", "give each figure a name of its own")
    known = measures()
    for measure in without:
        if measure not in known:
            remedy = "write one of " + ", ".join(known)
            yield Fault("", "without_reference", measure, "is not known", remedy)
    primary = Counter(figure.get("measure") for figure in figures if figure.get("primary"))
    for measure in known:
        wanted = 0 if measure in without else 1
        if primary[measure] != wanted:
            rule = f"{measure} has {primary[measure]} primary figures, and needs {wanted}"
            yield Fault("", "primary", measure, rule, "mark one, or name it in without_reference")
