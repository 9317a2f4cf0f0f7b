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
_ALL = (BY_ID["obstructive"], NON_OBSTRUCTIVE, BY_ID["conventional_noa"], BY_ID["micro_noa"])
OF = {measure.id: replace(measure, first_in_population=True) for measure in _ALL}

_EITHER = ("obstructive", "non_obstructive")
_TECHNIQUES = ("conventional_noa", "micro_noa")
_EACH = ("obstructive", *_TECHNIQUES)
# By the grouping (audit.groupings): whose rates are divided by it.
STRATA: dict[str, tuple[str, ...]] = {
    "azoospermia_type": _EITHER,
    "procedure": _EITHER,
    "primary_aetiology": _EACH,
    "histology": _EACH,
    "klinefelter": _TECHNIQUES,
    "prior_retrieval": _EACH,
    "attempt_number": _EACH,
}
