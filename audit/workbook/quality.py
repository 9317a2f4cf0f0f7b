"""What the figures do not rest on: answers that are missing, results that are awaited, cases left out."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.results import Audit, Part
from audit.workbook.sheet import Sheet
from caselog.excel.columns import Column, Format, case_fields, heading


class _Line(NamedTuple):
    topic: str
    name: str
    number: int
    of: int


def data_quality(audit: Audit) -> Sheet:
    columns = [
        Column("topic", _("Topic"), lambda line: line.topic, width=28),
        Column("name", _("What"), lambda line: line.name, width=50),
        Column("number", _("Number"), lambda line: line.number, Format.INTEGER, 12),
        Column("of", _("Of"), lambda line: line.of, Format.INTEGER, 12),
        Column(
            "share", _("Share"), lambda line: line.number / line.of if line.of else "—", Format.PERCENT, 12
        ),
    ]
    return Sheet(
        pgettext("sheet", "Data quality"),
        _("How many answers are missing in each field, and how many cases are in no rate."),
        columns,
        list(_lines(audit)),
    )


def _lines(audit: Audit) -> Iterator[_Line]:
    quality, topic = audit.quality, _("Cases in no rate")
    for part, cases in quality.parts.items():
        yield _Line(topic, words.part_name(Part(part)), len(cases), quality.cases)
    for field in quality.fields:
        missing = field.expected - field.recorded
        yield _Line(
            _("Not recorded, where asked"), heading(case_fields()[field.field]), missing, field.expected
        )


class _LeftOut(NamedTuple):
    case: str
    part: str
    reason: str


def cases_left_out(audit: Audit) -> Sheet:
    columns = [
        Column("case", _("Case"), lambda one: one.case, width=16),
        Column("part", _("Why it is in no rate"), lambda one: one.part, width=44),
        Column("reason", _("Reason, as it was typed"), lambda one: one.reason, width=80),
    ]
    reasons = {number: reason for number, _status, reason in audit.quality.reasons}
    return Sheet(
        pgettext("sheet", "Cases left out"),
        _("Each case that waits for a result or is left out, and why."),
        columns,
        [
            _LeftOut(number, words.part_name(Part(part)), reasons.get(number, ""))
            for part, numbers in audit.quality.parts.items()
            for number in numbers
        ],
        plain=True,
    )
