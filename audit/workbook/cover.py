"""The cover: what was audited, by which rules, by whom, and what stands on the other sheets."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.reference import ReferenceSet
from audit.results import Audit
from audit.workbook.sheet import Sheet
from caselog.excel.writer import SheetLink, Workbook

Item = tuple[str | SheetLink, Any]
CLINIC = "clinic"  # Audit.source of an audit of the clinic's own records


def title() -> str:
    return pgettext("sheet", "Cover")


def add_to(
    book: Workbook, audit: Audit, references: Sequence[ReferenceSet], sheets: Sequence[tuple[str, Sheet]]
) -> None:
    heading = _("Clinical audit of sperm retrieval")
    items: list[Item] = [*_about(audit, references), *_contents(sheets)]
    book.add_page(title(), heading, items)


def _about(audit: Audit, references: Sequence[ReferenceSet]) -> Iterator[Item]:
    filters = audit.filters
    made = localtime(audit.made_at) if is_aware(audit.made_at) else audit.made_at
    yield _("Clinic"), audit.clinic
    if audit.synthetic:
        yield (
            _("Synthetic data"),
            _("Made-up men and made-up results. Not for any conclusion about a clinic."),
        )
    if audit.source != CLINIC:
        yield _("File"), audit.source
    yield _("Operations from"), filters.since or _("the first recorded")
    yield _("Operations until"), filters.until or _("the last recorded")
    yield from words.narrowed_by(filters)
    yield _("Cases in the period"), audit.quality.cases
    yield _("Counted in"), words.unit_name(filters.unit)
    yield _("Level of the verdicts"), words.level(audit)
    for reference in references:
        yield _("Reference set"), words.text(reference, "title")
        yield _("About this set"), words.text(reference, "about")
        yield _("Version of the set"), reference.version
    if overdue := words.overdue_figures(audit):
        yield _("Reviews overdue"), "\n".join(overdue)
    yield _("Made by"), audit.made_by
    yield _("Made on"), made.date()
    yield _("Made at"), f"{made:%H:%M} {made.tzname() or ''}".strip()
    yield _("Caselog version"), audit.product_version
    yield _("Fingerprint of the data"), audit.fingerprint
    yield (
        _("Identifiers"),
        _("The line listing holds no patient code and no birth year: it numbers the men anew. Case numbers "
          "and dates stay, so that the clinic can find a case again."),
    )  # fmt: skip
    yield (
        _("Free text"),
        _("Reasons stand as they were typed among the cases left out, and a spreadsheet's histology in the "
          "line listing. They may name somebody: read them before you pass the workbook on."),
    )  # fmt: skip
    yield (
        _("How to read a cell"),
        _("0 is a result. “not recorded”: the answer was not given. “Not tested” and “Not weighed” are "
          "answers. An empty cell: the question does not apply. “—”: the figure cannot be computed."),
    )  # fmt: skip


def _contents(sheets: Sequence[tuple[str, Sheet]]) -> Iterator[Item]:
    for name, sheet in sheets:
        yield SheetLink(name), sheet.tells
