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
from caselog.web.paging import SIZE, Key, Page, link, read_key


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
    back = "after" not in query and "before" in query
    key = read_key(query.get("before" if back else "after", ""), with_time=False)
    ask = partial(_of_month, cases, overdue=overdue, today=today, key=key, back=back, most=size + 1)
    found = [due for month in months for due in ask(month)]
    found.sort(key=lambda due: (due.on, due.pk), reverse=back)
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    has_previous, has_next = (more, key is not None) if back else (key is not None, more)
    return Page(
        rows,
        previous=link(query, "before", rows[0], "on") if rows and has_previous else "",
        next=link(query, "after", rows[-1], "on") if rows and has_next else "",
    )


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
