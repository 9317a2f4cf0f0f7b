"""The follow-ups that are due, the oldest first, in pages by key: of one man there may be several."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import Q
from django.http import QueryDict

from caselog import visits
from caselog.choices import FollowUpMonth
from caselog.models import Case
from caselog.models.case import CaseQuerySet
from caselog.web.paging import SIZE, Key, Page, by_key


@dataclass(frozen=True)
class Due:
    """One follow-up of one case with nothing recorded for it."""

    case: Case
    month: FollowUpMonth

    @property
    def on(self) -> date:
        return visits.due_on(self.case.procedure_date, self.month)

    @property
    def until(self) -> date:
        return visits.window(self.case.procedure_date, self.month).last

    @property
    def pk(self) -> int:
        """Of one man no two follow-ups are due on one day, so day and case are the key of a page."""
        return self.case.pk


def page(
    cases: CaseQuerySet,
    query: QueryDict,
    *,
    overdue: bool,
    months: list[FollowUpMonth],
    today: date,
    size: int = SIZE,
) -> Page:
    """One query for each month. Several months are put in order here, which no query of cases can."""

    def read(key: Key | None, back: bool, most: int) -> list[Due]:
        ask = partial(_of_month, cases, overdue=overdue, today=today, key=key, back=back, most=most)
        found = [due for month in months for due in ask(month)]
        return sorted(found, key=lambda due: (due.on, due.pk), reverse=back)

    return by_key(query, read, field="on", size=size)


def _of_month(
    cases: CaseQuerySet,
    month: FollowUpMonth,
    *,
    overdue: bool,
    today: date,
    key: Key | None,
    back: bool,
    most: int,
) -> list[Due]:
    found = cases.follow_up_overdue(month, today) if overdue else cases.follow_up_due(month, today)
    sign, side = ("-", "lt") if back else ("", "gt")
    if key:
        on, case = key
        operated = on - timedelta(days=visits.DAYS_AFTER[month])
        beyond = Q(**{f"procedure_date__{side}": operated})
        found = found.filter(beyond | Q(procedure_date=operated, **{f"pk__{side}": case}))
    return [Due(case, month) for case in found.order_by(f"{sign}procedure_date", f"{sign}pk")[:most]]
