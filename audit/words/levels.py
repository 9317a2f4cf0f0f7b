"""How sure the verdicts of an audit are, and why, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audit.disclosure.results import Shared
from audit.results import Audit, Comparison, Level
from audit.statistics import Interval
from audit.statistics.verdict import ALARM, ALERT
from audit.words.numerals import interval, percent

_LIVE = _lazy(
    "Judged at %(live)s, because these figures are not closed: looking again after each case makes a false "
    "verdict more likely. Verdicts at %(closed)s belong to closed audits."
)
_CLOSED = _lazy(
    "Judged at %(closed)s, the level of closed audits and of finished series. "
    "A verdict that also holds at %(live)s says so."
)


def level(audit: Audit | Shared) -> str:
    """At which level its verdicts are judged."""
    sentence = _LIVE if audit.level is Level.LIVE else _CLOSED
    return str(sentence % {"closed": percent(ALERT), "live": percent(ALARM, 1)})


def wide(comparison: Comparison) -> str:
    """The exact 99.8 % interval; "" where there is none, as in an audit kept before it was made."""
    if comparison.wide is None:
        return ""
    return at_alarm(comparison.wide)


def at_alarm(limits: Interval) -> str:
    """An exact 99.8 % interval with its level."""
    return _("%(level)s: %(interval)s") % {"level": percent(ALARM, 1), "interval": interval(limits)}
