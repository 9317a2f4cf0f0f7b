"""When a man is due for each follow-up. The months are counted in days: a window is then the same
comparison of dates in Python and on either database.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from caselog.choices import FollowUpMonth

DAYS_AFTER = {
    FollowUpMonth.M3: 91,
    FollowUpMonth.M6: 183,
    FollowUpMonth.M12: 365,
    FollowUpMonth.M18: 548,
}
SLACK = timedelta(weeks=6)


@dataclass(frozen=True)
class Window:
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def due_on(operated: date, month: str) -> date:
    return operated + timedelta(days=DAYS_AFTER[FollowUpMonth(month)])


def window(operated: date, month: str) -> Window:
    """The days on which a visit counts as the one of that month."""
    middle = due_on(operated, month)
    return Window(middle - SLACK, middle + SLACK)


def operated_when_due(month: str, today: date) -> Window:
    """The days of operation of those whose window is open today."""
    middle = today - timedelta(days=DAYS_AFTER[FollowUpMonth(month)])
    return Window(middle - SLACK, middle + SLACK)
