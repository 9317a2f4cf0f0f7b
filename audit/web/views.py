"""The pages of the audit, in the order in which each of them offers the others."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

VIEWS = {
    "audit": _("Overview"),
    "audit_between": _("Between clinics"),
}


def others(path: str, query: str) -> Iterator[tuple[str, str, bool]]:
    """Of each page its name, its address with these filters, and whether it is the one at `path`."""
    for name, said in VIEWS.items():
        address = reverse(name)
        yield str(said), f"{address}?{query}", address == path
