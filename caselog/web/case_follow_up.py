"""The time after the operation, as the page of a case tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from caselog import visits
from caselog.choices import Complications, FollowUpMonth
from caselog.dictionary import FOLLOW_UP, ICSI, Answers
from caselog.lists import listed
from caselog.models import Case, FollowUp, IcsiCycle
from caselog.services import follow_up
from caselog.services.rules_follow_up import timing
from caselog.templatetags.caselog import day
from caselog.web.summary import Result, Row, answered, hormones, shown

# In the heading of the visit already.
_SAID_ABOVE = ("month", "seen_on")


@dataclass(frozen=True)
class Visit:
    """One month of the follow-up: what was recorded, or when it is due."""

    month: FollowUpMonth
    status: Result
    record: FollowUp | None
    rows: list[Row]
    remark: str = ""
    contradicted: bool = False


def follow_up_of(case: Case, *, today: date) -> dict[str, Any]:
    """Three queries, however much there is. Reads the case's measurements, which its page has read."""
    if not follow_up.is_open(case):
        return {"followed_up": False}
    recorded = {visit.month: visit for visit in case.follow_ups.all()}
    complications = list(case.complications.order_by("onset_day", "pk"))
    for one in complications:
        one.case = case
    denied = follow_up.denied(recorded.values(), complications)
    return {
        "followed_up": True,
        "visits": [_visit(case, month, recorded.get(month), denied, today) for month in FollowUpMonth],
        "complications": complications,
        "none_known": listed(
            visit.get_month_display()
            for visit in recorded.values()
            if visit.complications == Complications.NONE_KNOWN
        ),
        "cycles": [(cycle, _rows_of_cycle(cycle)) for cycle in case.icsi_cycles.order_by("started_on", "pk")],
    }


def _visit(
    case: Case, month: FollowUpMonth, record: FollowUp | None, denied: list[FollowUp], today: date
) -> Visit:
    if record is None:
        return Visit(month, _when(case, month, today), None, [])
    if record.complications == Complications.NOT_FOLLOWED:
        status = Result(record.get_complications_display(), "off")
        rows = [Row(_("Note"), record.follow_up_note, "")] if record.follow_up_note else []
        return Visit(month, status, record, rows)
    measured = [row for row in case.measurements.all() if row.follow_up_id == record.pk]
    answers = follow_up.answers_of_visit(record, measured)
    status = Result(_("Seen on %(day)s") % {"day": day(record.seen_on)}, "done")
    remark = timing(record, case.procedure_date)
    return Visit(month, status, record, list(_rows_of_visit(answers)), remark, record in denied)


def _when(case: Case, month: FollowUpMonth, today: date) -> Result:
    window = visits.window(case.procedure_date, month)
    if today < window.first:
        return Result(_("From %(day)s") % {"day": day(window.first)}, "off")
    if today <= window.last:
        return Result(_("Due now, until %(day)s") % {"day": day(window.last)}, "part")
    return Result(_("Overdue since %(day)s") % {"day": day(window.last)}, "open")


def _rows_of_visit(answers: Answers) -> Iterator[Row]:
    """In the order in which they were asked; a hormone takes one line."""
    told: set[str] = set()
    for entry in FOLLOW_UP:
        if not entry.analyte and entry.name not in _SAID_ABOVE:
            yield from answered([entry], answers)
        elif entry.analyte and entry.analyte not in told:
            told.add(entry.analyte)
            keep = {f"{entry.analyte}_value"} if entry.required else ()
            yield from hormones([entry], answers, keep)


def _rows_of_cycle(cycle: IcsiCycle) -> list[Row]:
    answers = follow_up.answers_of_cycle(cycle)
    return [
        Row(str(capfirst(entry.label)), shown(entry, answers[entry.name]), _("not answered"))
        for entry in ICSI
        if entry.name != "started_on" and entry.applies(answers)
    ]
