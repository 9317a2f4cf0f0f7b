"""Observed beside expected men with sperm: each reference set, and each figure that men had as theirs."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.results import Adjusted, Audit, TakenFigure
from audit.statistics import Interval
from audit.workbook.sheet import Sheet, shown
from caselog.excel.columns import Column, Format


class _Row(NamedTuple):
    """A set, or one figure of it."""

    beside: Adjusted
    taken: TakenFigure | None

    @property
    def found(self) -> int:
        return self.taken.found if self.taken else self.beside.result.observed

    @property
    def known(self) -> int:
        return self.taken.known if self.taken else self.beside.result.known

    @property
    def pending(self) -> int:
        return (self.taken or self.beside).pending

    @property
    def expected(self) -> Interval:
        return self.taken.expected if self.taken else self.beside.result.expected


def adjusted(audit: Audit) -> Sheet:
    columns = [
        Column("set", _("Reference set"), lambda row: words.adjusted.set_of(row.beside), width=24),
        Column("figure", _("Compared with"), _figure, width=46),
        Column("found", _("Sperm found"), lambda row: row.found, Format.INTEGER, 10),
        Column("known", _("With a final result"), lambda row: row.known, Format.INTEGER, 10),
        Column("pending", _("Results pending"), lambda row: row.pending, Format.INTEGER, 10),
        Column("lower", _("Lower edges"), lambda row: row.expected.lower, Format.NUMBER, 10),
        Column("upper", _("Upper edges"), lambda row: row.expected.upper, Format.NUMBER, 10),
        Column("from", _("Expected from"), lambda row: _range(row, "range_lower"), Format.INTEGER, 10),
        Column("to", _("Expected to"), lambda row: _range(row, "range_upper"), Format.INTEGER, 10),
        Column("ratio", _("Observed ÷ expected"), _ratio, width=14),
        Column("words", _("In words"), _words, width=60),
    ]
    return Sheet(
        _title(),
        _("Men with sperm found beside the number that their own references lead one to expect."),
        columns,
        list(_rows(audit)),
        freeze_columns=2,
    )


def _title() -> str:
    return pgettext("sheet", "Case-mix adjusted")


def _rows(audit: Audit) -> Iterator[_Row]:
    for one in audit.adjusted:
        yield _Row(one, None)
        yield from (_Row(one, taken) for taken in one.figures)


def _figure(row: _Row) -> str:
    return words.adjusted.taken(row.taken) if row.taken else _("All")


def _range(row: _Row, end: str) -> int | str:
    """What chance could give is asked of all men together."""
    known = row.known and not row.taken
    return getattr(row.beside.result, end) if known else shown(None)


def _ratio(row: _Row) -> str:
    return shown(None) if row.taken else words.adjusted.ratio(row.beside) or shown(None)


def _words(row: _Row) -> str:
    if row.taken:
        return ""
    said = words.adjusted
    told = [said.judgement(row.beside), said.difference(row.beside), said.awaited(row.beside)]
    return "\n".join(filter(None, [*told, *said.without_figure_said(row.beside)]))
