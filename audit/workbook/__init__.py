"""The audit as an Excel workbook that explains itself: what stands on which sheet, in which order."""

from collections.abc import Sequence
from typing import IO

from django.utils import translation
from django.utils.translation import gettext as _

from audit.reference import ReferenceSet
from audit.results import Audit
from audit.workbook import case_mix, cases, comparisons, cover, lines, over_time, quality, sources
from audit.workbook.sheet import Sheet
from caselog.dataset import CaseRow
from caselog.excel.writer import Workbook, sheet_title


def write(
    audit: Audit,
    references: Sequence[ReferenceSet],
    rows: Sequence[CaseRow] | None,
    language: str,
    to: IO[bytes],
) -> None:
    """Write the audit to a binary file in the language "en" or "ar".

    references: the sets of `audit.references`, whole, or of a kept run what it used of them.
    rows: the audited cases, for the line listing; None for a kept run, which keeps the figures only.
    """
    with translation.override(language):
        sheets = _sheets(audit, references, rows)
        book = Workbook(
            title=_("Clinical audit of sperm retrieval: %(clinic)s") % {"clinic": audit.clinic},
            creator=f"Caselog {audit.product_version}",
            right_to_left=translation.get_language_bidi(),
        )
        titles = _unique_titles([sheet.title for sheet in sheets])
        cover.add_to(book, audit, references, list(zip(titles, sheets, strict=True)))
        for title, sheet in zip(titles, sheets, strict=True):
            book.add_table(
                title,
                sheet.columns,
                sheet.items,
                plain=sheet.plain,
                freeze_columns=sheet.freeze_columns,
                printed_columns=sheet.printed_columns,
                chart=sheet.chart(title) if sheet.chart else None,
                charts_beside=[draw(title) for draw in sheet.charts_beside],
            )
        book.save(to)


def _sheets(audit: Audit, references: Sequence[ReferenceSet], rows: Sequence[CaseRow] | None) -> list[Sheet]:
    sheets = [
        comparisons.summary(audit),
        comparisons.difference_and_tissue(audit),
        comparisons.beside_the_rates(audit),
        comparisons.overlapping_groups(audit),
        *([lines.by_group(audit), lines.described(audit)] if audit.versions else []),
        *([case_mix.adjusted(audit)] if audit.adjusted else []),
        *over_time.sheets(audit),
        sources.reference_figures(references, on=audit.made_at.date()),
        sources.methods(),
        lines.measures(audit),
        cases.case_mix(audit),
        quality.data_quality(audit),
        quality.cases_left_out(audit),
    ]
    if rows is not None:
        sheets.append(cases.line_listing(audit, rows))
    return [*sheets, cases.codebook()]


def _unique_titles(titles: Sequence[str]) -> list[str]:
    given = [cover.title()]
    for title in titles:
        given.append(sheet_title(title, given))
    return given[1:]
