"""A clinic's settings of small numbers, in words."""

from typing import Any

from django.utils.translation import pgettext

from audit.limits import BOUNDS, Settings
from audit.models import AuditSettings


def settings_said(stands: Settings) -> list[tuple[str, str]]:
    """Each setting's name and value."""
    said = [(_name(name), str(getattr(stands.limits, name))) for name in BOUNDS]
    return [
        *said,
        (_name("takes_part"), pgettext("answer", "yes") if stands.takes_part else pgettext("answer", "no")),
    ]


def _name(name: str) -> str:
    column: Any = AuditSettings._meta.get_field(name)
    return str(column.verbose_name)
