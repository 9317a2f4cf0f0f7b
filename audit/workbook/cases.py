"""The cases themselves: their mix, a line each without identifiers, and what the codes mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.results import Audit, Part
from audit.workbook.sheet import Sheet, shown
from caselog.dataset import COLUMNS, CaseRow
from caselog.dictionary import is_blank
from caselog.excel import codebook as excel_codebook
from caselog.excel.columns import Column, Format, case_columns, case_fields, heading

# Free text may name somebody; it stands, once, among the cases left out.
_NOT_LISTED = ("status_reason",)
_PRINTED = (
    "case_number", "procedure_date", "status", "azoospermia_type", "primary_aetiology", "klinefelter_status",
    "prior_retrieval", "procedure", "result_status", "sperm_found",
)  # fmt: skip


def case_mix(audit: Audit) -> Sheet:
    columns = [
        Column("dimension", _("Of the men"), lambda row: heading(case_fields()[row.dimension]), width=30),
        Column("value", _("Answer"), lambda row: words.field_answer(row.dimension, row.value), width=34),
        Column(
            "procedure",
            _("Procedure"),
            lambda row: words.procedure_name(row.procedure),
            width=24,
        ),
        Column("men", _("Men"), lambda row: row.men, Format.INTEGER, 10),
        Column("found", _("Sperm found"), lambda row: row.count.found, Format.INTEGER, 12),
        Column("known", _("With a final result"), lambda row: row.count.known, Format.INTEGER, 12),
        Column("rate", _("Rate"), lambda row: shown(row.count.rate), Format.PERCENT, 10),
    ]
    return Sheet(
        pgettext("sheet", "Case mix"),
        _("Men at their first attempt, by type, cause and tests: it explains most differences."),
        columns,
        audit.mix,
    )


def line_listing(audit: Audit, rows: Sequence[CaseRow]) -> Sheet:
    # What no row answers, such as the histology of a clinic without it, needs no column.
    names = [
        name
        for name in _listed()
        if name in _PRINTED or not all(is_blank(getattr(row, name)) for row in rows)
    ]
    number, *answers = case_columns(names)
    man = Column("man", _("Man"), lambda row: row["man"], Format.INTEGER, 8)
    columns = [number, man, *answers, *_places(audit)]
    return Sheet(
        pgettext("sheet", "Line listing"),
        _("One line a case, without identifiers, and where each case counts."),
        columns,
        _answers(rows),
        plain=True,
        freeze_columns=2,
        printed_columns=len(_PRINTED) + 1,
    )


def _listed() -> list[str]:
    """Every column of the dataset but identifiers; first those that a page of paper has room for."""
    rest = [
        name
        for name in COLUMNS
        if name in case_fields()
        and not case_fields()[name].identifier
        and name not in (*_PRINTED, *_NOT_LISTED)
    ]
    return [*_PRINTED, *rest]


def _answers(rows: Sequence[CaseRow]) -> Iterator[dict[str, Any]]:
    """The rows by field name, each man under a number of this workbook's own."""
    men: dict[str, int] = {}
    names = [field.name for field in fields(CaseRow)]
    for row in rows:
        man = men.setdefault(row.patient_code, len(men) + 1)
        yield {name: getattr(row, name) for name in names} | {"man": man}


def _places(audit: Audit) -> list[Column]:
    """For each measure a column that says where each case went in it."""
    return [
        Column(f"in_{comparison.measure}", _("In: %(measure)s") % {"measure": name}, place, width=18)
        for comparison in audit.comparisons
        for name in [words.measure_name(comparison.measure)]
        for place in [_place_in(comparison.cases)]
    ]


def _place_in(cases: Mapping[str, Sequence[str]]) -> Callable[[dict[str, Any]], str | None]:
    names = {part: words.part_name(Part(part)) for part in cases}
    places = {number: names[part] for part, numbers in cases.items() for number in numbers}
    return lambda row: places.get(row["case_number"])


def codebook() -> Sheet:
    return Sheet(
        pgettext("sheet", "Codebook"),
        _("Every column of the line listing: its unit, its codes and what they mean."),
        excel_codebook.columns(_("Heading in the line listing")),
        list(excel_codebook.codes(case_fields()[name] for name in _listed())),
        plain=True,
    )
