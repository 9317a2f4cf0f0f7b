"""The pages of the audit, in the order in which each of them offers the others."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit import catalogue
from audit.behind import KEY, Figure
from audit.definitions import Section
from audit.measures import BY_ID
from audit.results import ADJUSTED, BESIDE, CASE_MIX, OVERLAP

VIEWS = {
    "audit": _("Overview"),
    "audit_time": _("Over time"),
    "audit_between": _("Between clinics"),
    "audit_case_mix": _("Case-mix adjusted"),
    "audit_tissue": _("Tissue"),
    "audit_safety": _("Safety"),
    "audit_laboratory": _("Laboratory and timeliness"),
}
# Of those that a kept audit has too: their names there.
KEPT_NAMES = {
    "audit": "audit_run",
    "audit_measure": "audit_run_measure",
    "audit_time": "audit_run_time",
    "audit_case_mix": "audit_run_case_mix",
    "audit_tissue": "audit_run_tissue",
    "audit_safety": "audit_run_safety",
    "audit_laboratory": "audit_run_laboratory",
}
# Where a measure without a verdict is shown; the others are on the overview.
SECTIONS = {
    Section.TISSUE: "audit_tissue",
    Section.SAFETY: "audit_safety",
    Section.OPERATION: "audit_safety",
    Section.LABORATORY: "audit_laboratory",
    Section.TIME: "audit_laboratory",
}


def address(name: str, *args: str, kept=None, query: str = "") -> str:
    """Of a page about the same cases: today's under these filters, or that of a kept audit."""
    if kept:
        return reverse(KEPT_NAMES[name], args=[kept.pk, *args])
    return f"{reverse(name, args=args)}?{query}"


def over_time(measure: str, **whose) -> str:
    """The address of this rate in the order of time."""
    page = address("audit_time", **whose)
    return f"{page}{'&' if '?' in page else '?'}measure={measure}"


def back_from(figure: Figure, **whose) -> tuple[str, str]:
    """From the cases behind a figure to the page that shows it: its address and its name."""
    if figure.of_quarter:
        return over_time(figure.of_quarter, **whose), str(VIEWS["audit_time"])
    kind, *of = figure.measure.split(KEY)
    measure = {BESIDE: of[0], OVERLAP: "c23_union"}.get(kind, kind) if of else ""
    if measure in BY_ID:
        return address("audit_measure", measure, **whose), str(BY_ID[measure].name)
    name = "audit_case_mix" if kind in (ADJUSTED, CASE_MIX) else _section_page(kind.partition("-")[0])
    return address(name, **whose), str(VIEWS[name])


def _section_page(measure: str) -> str:
    defined = catalogue.definitions().get(measure)
    return SECTIONS.get(defined.section, "audit") if defined else "audit"


def others(path: str, query: str) -> Iterator[tuple[str, str, bool]]:
    """Of each page its name, its address with these filters, and whether it is the one at `path`."""
    for name, said in VIEWS.items():
        address = reverse(name)
        yield str(said), f"{address}?{query}", address == path


def of_kept(path: str, pk: int) -> Iterator[tuple[str, str, bool]]:
    """The same of the pages that a kept audit has."""
    for name, said in VIEWS.items():
        if name in KEPT_NAMES:
            address = reverse(KEPT_NAMES[name], args=[pk])
            yield str(said), address, address == path
