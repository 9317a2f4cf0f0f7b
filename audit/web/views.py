"""The pages of the audit, in the order in which each of them offers the others."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
