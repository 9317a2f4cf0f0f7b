"""Retrieval by group: of which men, and by what they are divided. A table, not branches.

Each man counts once in each group, by his first operation in it. The groups of one man may be
several, as his attempts are; obstructive and non-obstructive men are never pooled.
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from audit.measures import BY_ID, Measure
from caselog.choices import AzoospermiaType

NON_OBSTRUCTIVE = Measure(
    "non_obstructive", "C9", _("Non-obstructive azoospermia"),
    _("Men with non-obstructive azoospermia, any procedure"), AzoospermiaType.NON_OBSTRUCTIVE, None,
)  # fmt: skip
_ALL = (*BY_ID.values(), NON_OBSTRUCTIVE)
OF = {measure.id: replace(measure, first_in_population=True) for measure in _ALL}

_EITHER = ("obstructive", "non_obstructive")
_TECHNIQUES = ("conventional_noa", "micro_noa")
_EACH = ("obstructive", *_TECHNIQUES)
_C23 = tuple(name for name, measure in BY_ID.items() if measure.claim == "C23")
# By the grouping (audit.groupings): whose rates are divided by it.
STRATA: dict[str, tuple[str, ...]] = {
    "azoospermia_type": _EITHER,
    "procedure": _EITHER,
    "primary_aetiology": (*_EACH, "failed_before", "genetic", "c23_union"),
    "histology": (*_EACH, *_C23),
    "klinefelter": _TECHNIQUES,
    "prior_retrieval": (*_EACH, "klinefelter", "genetic"),
    "attempt_number": (*_EACH, *_C23),
    "year": (*_EACH, *_C23),
}
