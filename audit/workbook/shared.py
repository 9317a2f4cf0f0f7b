"""The workbook of what may leave the clinic: the same counts as the shared page, and no case."""

from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.disclosure.results import Shared, SharedLine, SharedRate
from audit.results import Comparison, Part
from audit.workbook import cover, sources
from audit.workbook.sheet import UNDEFINED, Sheet, limit_of, shown
from caselog.excel.columns import Column, Format, case_fields, heading
from caselog.excel.writer import SheetLink, Workbook

_PERCENT, _INTEGER = Format.PERCENT, Format.INTEGER


def write(shared: Shared, language: str, to: IO[bytes]) -> None:
    """Write it to a binary file in the language "en" or "ar"."""
    with translation.override(language):
        sheets = [
            _rates(shared),
            _overlaps(shared),
            _lines(pgettext("sheet", "Retrieval by group"), shared.strata),
            _lines(pgettext("sheet", "Shares"), shared.shares),
            _mix(shared),
            _left_out(shared),
            sources.methods(),
        ]
        book = Workbook(
            title=_("Clinical audit of sperm retrieval: %(clinic)s") % {"clinic": shared.clinic},
            creator=f"Caselog {shared.product_version}",
            right_to_left=translation.get_language_bidi(),
        )
        book.add_page(cover.title(), _("Clinical audit of sperm retrieval"), [*_about(shared, sheets)])
        for sheet in sheets:
            book.add_table(sheet.title, sheet.columns, sheet.items, freeze_columns=sheet.freeze_columns)
        book.save(to)


def _about(shared: Shared, sheets: Iterable[Sheet]) -> Iterator[tuple[str | SheetLink, Any]]:
    if shared.clinic:
        yield _("Clinic"), shared.clinic
    yield _("To be shared"), "\n".join(words.shared_rules())
    if shared.synthetic:
        yield (
            _("Synthetic data"),
            _("Made-up men and made-up results. Not for any conclusion about a clinic."),
        )
    yield from words.shared_filters(shared)
    yield _("Level of the verdicts"), words.level(shared)
    yield _("Cases in the period"), _number(shared.cases)
    yield _("Difference of the rates"), words.shared_difference(shared)
    yield _("Version of the set"), shared.reference_version
    yield _("Made on"), shared.made_on
    yield _("Caselog version"), shared.product_version
    for sheet in sheets:
        yield SheetLink(sheet.title), sheet.tells


class _Judged(NamedTuple):
    rate: SharedRate
    beside: Comparison | None


def _rates(shared: Shared) -> Sheet:
    columns = [
        Column("measure", _("Measure"), lambda row: words.measure_name(row.rate.measure), width=34),
        Column("found", _("Sperm found"), lambda row: _number(row.rate.found), _INTEGER, 12),
        Column("known", _("With a final result"), lambda row: _number(row.rate.known), _INTEGER, 12),
        Column("rate", _("Rate"), lambda row: shown(row.beside and row.beside.rate), _PERCENT, 10),
        Column("lower", _("From (95 %)"), lambda row: _limit(row.beside, "lower"), _PERCENT, 10),
        Column("upper", _("To (95 %)"), lambda row: _limit(row.beside, "upper"), _PERCENT, 10),
        Column("verdict", _("Verdict"), lambda row: words.shared_verdict(*row), width=40),
        Column("reference", _("Reference"), _reference, width=34),
        Column("pending", _("Results pending"), lambda row: _number(row.rate.pending), _INTEGER, 12),
        Column("words", _("In words"), lambda row: words.shared_rate(row.rate), width=44),
    ]
    rows = [_Judged(one, beside) for one in shared.rates for beside in words.shared_beside(one)]
    return Sheet(
        pgettext("sheet", "Summary"),
        _("Each rate of rounded counts with its interval (95 %), its reference and the verdict."),
        columns,
        rows,
        freeze_columns=1,
    )


def _reference(row: _Judged) -> str:
    return words.reference(row.beside) if row.beside else UNDEFINED


def _overlaps(shared: Shared) -> Sheet:
    columns = [
        Column("groups", _("In exactly these groups"), words.groups_together, width=80),
        Column("found", _("Sperm found"), lambda one: _number(one.found), _INTEGER, 12),
        Column("known", _("With a final result"), lambda one: _number(one.known), _INTEGER, 12),
    ]
    return Sheet(
        pgettext("sheet", "Overlapping groups"),
        _("Men who failed before, have Klinefelter syndrome or a genetic cause: each man once."),
        columns,
        shared.overlaps,
    )


def _lines(title: str, lines: tuple[SharedLine, ...]) -> Sheet:
    columns = [
        Column("measure", _("Measure"), _measure, width=34),
        Column("group", _("Group"), words.shared_group, width=26),
        Column("what", _("What"), words.shared_what, width=28),
        Column("found", _("Number"), lambda line: _number(line.found), _INTEGER, 10),
        Column("known", _("Of"), lambda line: _number(line.known), _INTEGER, 10),
        Column("rate", _("Share"), lambda line: shown(line.rate), _PERCENT, 10),
        Column("lower", _("From (95 %)"), lambda line: limit_of(line.interval, "lower"), _PERCENT, 10),
        Column("upper", _("To (95 %)"), lambda line: limit_of(line.interval, "upper"), _PERCENT, 10),
        Column("words", _("In words"), words.shared_share, width=44),
    ]
    return Sheet(title, _("Counts of the groups, rounded or suppressed: no verdicts."), columns, lines)


def _measure(line: SharedLine) -> str:
    return words.measure_name(words.shared_measure(line))


def _mix(shared: Shared) -> Sheet:
    columns = [
        Column("dimension", _("Of the men"), lambda row: heading(case_fields()[row.dimension]), width=30),
        Column("value", _("Answer"), lambda row: words.field_answer(row.dimension, row.value), width=34),
        Column("men", _("Men"), lambda row: _number(row.men), _INTEGER, 10),
    ]
    return Sheet(
        pgettext("sheet", "Case mix"),
        _("Men at their first attempt, by type, cause and tests: it explains most differences."),
        columns,
        shared.mix,
    )


def _left_out(shared: Shared) -> Sheet:
    columns = [
        Column("part", _("Why it is in no rate"), lambda one: words.part_name(Part(one.part)), width=44),
        Column("cases", _("Cases"), lambda one: _number(one.cases), _INTEGER, 10),
    ]
    return Sheet(
        pgettext("sheet", "Cases left out"),
        _("How many cases wait for a result or are left out, and why."),
        columns,
        shared.left_out,
    )


def _number(count: int | None) -> int | str:
    return words.shared_count(count)


def _limit(beside: Comparison | None, name: str) -> Any:
    return limit_of(beside.interval if beside else None, name)
