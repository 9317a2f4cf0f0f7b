"""The measures without a verdict: shares, medians and changes; rates by group; and every definition."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import catalogue, words
from audit.definitions import Definition, Direction
from audit.results import Answered, Audit, Change, Quantity, Share, Stratum
from audit.statistics import Interval
from audit.words.lines import Said, measured_in
from audit.workbook.sheet import Sheet, limit_of, shown
from caselog.excel.columns import Column, Format, Formatted


class _Row(NamedTuple):
    measure: str
    line: Share | Quantity | Change | Stratum
    answered: Answered | None
    said: Said


def described(audit: Audit) -> Sheet:
    lines: tuple[Share | Quantity | Change, ...] = (*audit.shares, *audit.quantities, *audit.changes)
    columns = [
        *_columns(),
        Column("figure", _("Share or median"), _figure, Format.PERCENT, 11),
        Column("unit", pgettext("of a quantity", "Unit"), _unit, width=9),
        Column("from", _("From"), lambda row: _limit(row, "lower"), Format.PERCENT, 10),
        Column("to", _("To"), lambda row: _limit(row, "upper"), Format.PERCENT, 10),
        Column("words", _("In words"), lambda row: row.said.value, width=44),
        Column("apart", _("Left out"), lambda row: _apart(row.said), width=34),
        Column("version", _("Version of the definition"), lambda row: audit.versions[row.measure], width=10),
    ]
    return Sheet(
        pgettext("sheet", "Shares and medians"),
        _("Anaesthesia, tissue, laboratory, complications, testosterone and days: no verdicts."),
        columns,
        [row for line in lines for row in _rows(line.measure, line)],
        freeze_columns=1,
    )


def by_group(audit: Audit) -> Sheet:
    columns = [
        *_columns(),
        Column("rate", _("Rate"), _figure, Format.PERCENT, 11),
        Column("from", _("From (95 %)"), lambda row: _limit(row, "lower"), Format.PERCENT, 10),
        Column("to", _("To (95 %)"), lambda row: _limit(row, "upper"), Format.PERCENT, 10),
        Column("pending", _("Results pending"), lambda row: row.line.pending, Format.INTEGER, 10),
        Column("words", _("In words"), lambda row: row.said.value, width=30),
    ]
    return Sheet(
        pgettext("sheet", "Retrieval by group"),
        _("Rates by cause, histology, earlier attempt and more, each man once in each group: no verdicts."),
        columns,
        [row for line in audit.strata for row in _rows(catalogue.stratum_id(line.by), line)],
        freeze_columns=1,
    )


def measures(audit: Audit) -> Sheet:
    """As they are defined today, with the version that the audit used."""
    better = {
        Direction.HIGHER: pgettext("better", "higher"),
        Direction.LOWER: pgettext("better", "lower"),
        Direction.DESCRIPTIVE: pgettext("better", "neither: it describes"),
    }
    columns: list[Column] = [
        Column("name", _("Measure"), lambda one: str(one.name), width=30),
        Column("claim", _("Claim of the document"), lambda one: one.claim, width=9),
        Column("population", _("Population"), lambda one: str(one.population), width=40),
        Column("unit", pgettext("of a measure", "Unit"), lambda one: words.unit_name(one.unit), width=10),
        Column("numerator", _("Counted"), lambda one: str(one.numerator), width=34),
        Column("denominator", _("Of"), lambda one: str(one.denominator), width=30),
        Column("better", _("Better"), lambda one: better[one.direction], width=12),
        Column("words", _("What it means"), lambda one: str(one.words), width=60),
        Column("version", _("Version today"), lambda one: one.version, width=9),
        Column("used", _("Version used"), _version_used(audit), width=9),
    ]
    return Sheet(
        pgettext("sheet", "Measures"),
        _("What each measure counts, of whom, and in which version of its definition."),
        columns,
        list(catalogue.definitions().values()),
        freeze_columns=1,
    )


def _version_used(audit: Audit) -> Callable[[Definition], str]:
    return lambda one: audit.versions.get(one.id, catalogue.FIRST_VERSION)


def _columns() -> list[Column]:
    return [
        Column("measure", _("Measure"), lambda row: words.measure_name(row.measure), width=34),
        Column("group", _("Group"), lambda row: row.said.group, width=26),
        Column("what", _("What"), lambda row: row.said.what, width=22),
        Column("n", _("Number"), lambda row: row.said.n, Format.INTEGER, 9),
        Column("of", _("Of"), lambda row: row.said.of, Format.INTEGER, 9),
    ]


def _rows(measure: str, line: Share | Quantity | Change | Stratum) -> list[_Row]:
    answers: tuple[Answered | None, ...] = (None,)
    if isinstance(line, Share) and line.known:
        answers = line.answers
    return [_Row(measure, line, one, said) for one, said in zip(answers, words.said(line), strict=True)]


def _figure(row: _Row) -> Any:
    """A share as a percentage, a median as a number; "—" where only counts are given."""
    line = row.line
    if isinstance(line, Quantity):
        return Formatted(line.quartiles.median, Format.NUMBER) if line.quartiles else shown(None)
    if isinstance(line, Change):
        return shown(line.of_pairs and line.of_pairs.ratio)
    return row.said.n / row.said.of if _interval(row) else shown(None)


def _unit(row: _Row) -> str:
    return measured_in(row.measure) if isinstance(row.line, Quantity) else ""


def _interval(row: _Row) -> Interval | None:
    if isinstance(row.line, Change):
        return row.line.of_pairs.interval if row.line.of_pairs else None
    if isinstance(row.line, Stratum):
        return row.line.interval
    return row.answered.interval if row.answered else None


def _limit(row: _Row, name: str) -> Any:
    """Of the 95 % interval; of a median the quartile."""
    if isinstance(row.line, Quantity):
        quartiles = row.line.quartiles
        return Formatted(getattr(quartiles, name), Format.NUMBER) if quartiles else shown(None)
    return limit_of(_interval(row), name)


def _apart(said: Said) -> str:
    return pgettext("list", ", ").join(words for _part, words in said.apart)
