"""The figures: rates beside their references, the difference, the tissue, the overlapping groups."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import words
from audit.measures import BY_ID
from audit.results import Audit, Comparison, Count, DifferenceComparison, TissueComparison
from audit.workbook.forest import figures, forest
from audit.workbook.sheet import Sheet, limit_of, shown
from caselog.choices import Procedure
from caselog.excel.columns import Column, Format, Formatted

_PERCENT, _INTEGER = Format.PERCENT, Format.INTEGER


def summary(audit: Audit) -> Sheet:
    """A row for each rate; beside several references, one for each of these."""
    rows = [one for comparison in audit.comparisons for one in comparison.judged]
    day = audit.made_at.date()
    printed = [
        Column(
            "measure",
            _("Measure"),
            _one_of_several if len(rows) > len(audit.comparisons) else _name,
            width=24,
        ),
        Column("found", _("Sperm found"), lambda c: c.found, _INTEGER, 11),
        Column("known", _("With a final result"), lambda c: c.known, _INTEGER, 10),
        Column("rate", _("Rate"), lambda c: shown(c.rate), _PERCENT, 9),
        Column("lower", _("From (95 %)"), lambda c: limit_of(c.interval, "lower"), _PERCENT, 10),
        Column("upper", _("To (95 %)"), lambda c: limit_of(c.interval, "upper"), _PERCENT, 10),
        Column("wide_lower", _("From (99.8 %)"), lambda c: limit_of(c.wide, "lower"), _PERCENT, 10),
        Column("wide_upper", _("To (99.8 %)"), lambda c: limit_of(c.wide, "upper"), _PERCENT, 10),
        Column("verdict", _("Verdict"), words.verdict, width=32),
        Column("reference", _("Reference"), words.reference, width=28),
        Column("readings", _("Ways to read it"), lambda c: "\n".join(words.readings(c)), width=28),
        Column("outlook", _("Outlook"), words.outlook, width=28),
        Column("pending", _("Results pending"), lambda c: c.pending, _INTEGER, 10),
        Column("exclusions", _("Left out"), words.exclusions, width=24),
    ]
    more = [
        Column("reference_lower", _("Reference from"), lambda c: limit_of(c.band, "lower"), _PERCENT, 11),
        Column("reference_upper", _("Reference to"), lambda c: limit_of(c.band, "upper"), _PERCENT, 11),
        Column("tolerance", _("Tolerance"), _tolerance, _PERCENT, 11),
        Column(
            "worst",
            _("From (95 %), all pending negative"),
            lambda c: limit_of(c.worst, "lower"),
            _PERCENT,
            18,
        ),
        Column(
            "best", _("To (95 %), all pending positive"), lambda c: limit_of(c.best, "upper"), _PERCENT, 18
        ),
        Column("pending_words", _("With the pending results"), words.pending, width=28),
        Column("population", _("Population"), lambda c: str(BY_ID[c.measure].population), width=30),
        Column("review", _("Review of the reference"), lambda c: words.overdue(c.reference, day), width=26),
    ]
    return Sheet(
        pgettext("sheet", "Summary"),
        _(
            "Each rate with its exact intervals (95 and 99.8 %), its reference and the verdict; "
            "a chart below."
        ),
        [*printed, *more, *figures()],
        rows,
        freeze_columns=1,
        printed_columns=len(printed),
        chart=lambda title: forest(title, rows=len(rows), first_figure=len(printed) + len(more) + 1),
    )


def _name(comparison: Comparison) -> str:
    return words.measure_name(comparison.measure)


def _one_of_several(comparison: Comparison) -> str:
    """The same rate stands once beside each reference."""
    figure = comparison.reference
    source = words.source_name(figure) if figure else words.reference(comparison)
    return f"{_name(comparison)} · {source}"


def _tolerance(comparison: Comparison) -> Any:
    """Where no verdict is given none is used."""
    return limit_of(comparison.band if comparison.verdict else None, "tolerance")


def difference_and_tissue(audit: Audit) -> Sheet:
    columns = [
        Column("comparison", _("Comparison"), lambda q: words.measure_name(q.measure), width=38),
        Column("quantity", _("Quantity"), lambda q: q.name, width=44),
        Column("value", _("Value"), lambda q: shown(q.value), Format.NUMBER, 14),
        Column("unit", pgettext("of a quantity", "Unit"), lambda q: q.unit, width=16),
        Column("words", _("In words"), lambda q: q.words, width=60),
    ]
    return Sheet(
        pgettext("sheet", "Difference and tissue"),
        _("micro-TESE beside conventional TESE: retrieval, and how much tissue each one took."),
        columns,
        [*_difference(audit), *_tissue(audit)],
    )


class Quantity(NamedTuple):
    measure: str
    name: str
    value: Any
    unit: str
    words: str = ""


def _difference(audit: Audit) -> Iterator[Quantity]:
    compared, found = audit.difference, audit.difference.difference
    limits = found.interval if found else None

    def row(name: str, value: Any, unit: str = "", said: str = "") -> Quantity:
        return Quantity(compared.measure, name, value, unit, said)

    yield row(
        _("Difference of the rates"),
        _share(found.estimate if found else None),
        "",
        words.difference(compared),
    )
    yield row(_("From (95 %, Newcombe)"), _share(limits.lower if limits else None))
    yield row(_("To (95 %, Newcombe)"), _share(limits.upper if limits else None))
    yield row(_("p of Fisher's exact test"), compared.fisher_p)
    yield row(
        _("Results pending"), Formatted(compared.pending, _INTEGER), "", words.difference_pending(compared)
    )
    yield _combined(compared)
    for one in compared.judged:
        yield row(_("Reference"), "", "", words.reference(one))


def _tissue(audit: Audit) -> Iterator[Quantity]:
    compared, ratio = audit.tissue, audit.tissue.ratio
    mg, times = pgettext("unit", "mg"), pgettext("of a quantity", "times")

    def row(name: str, value: Any, unit: str = "", said: str = "") -> Quantity:
        return Quantity(compared.measure, name, value, unit, said)

    def of(name: str) -> Any:
        return getattr(ratio, name) if ratio else None

    yield row(
        _("Ratio of the geometric means"), of("ratio_of_geometric_means"), times, words.tissue(compared)
    )
    yield row(_("From (95 %, Welch on logarithms)"), ratio and ratio.interval.lower, times)
    yield row(_("To (95 %, Welch on logarithms)"), ratio and _finite(ratio.interval.upper), times)
    yield row(_("Ratio of the medians"), of("ratio_of_medians"), times)
    yield row(_("Conventional TESE: geometric mean"), of("first_geometric_mean"), mg)
    yield row(_("Conventional TESE: median"), of("first_median"), mg)
    yield row(_("micro-TESE: geometric mean"), of("second_geometric_mean"), mg)
    yield row(_("micro-TESE: median"), of("second_median"), mg)
    for procedure, count in compared.weighed.items():
        name = _("Men weighed: %(procedure)s") % {"procedure": Procedure(procedure).label}
        yield row(name, Formatted(count.found, _INTEGER), "", _of(count))
    yield row(_("Men weighed as 0 mg, not in the ratio"), Formatted(compared.zero_weights, _INTEGER))
    yield _combined(compared)
    for one in compared.judged:
        yield row(_("Reference"), "", "", words.reference(one))


def _combined(compared: DifferenceComparison | TissueComparison) -> Quantity:
    count = Formatted(compared.combined, _INTEGER)
    return Quantity(
        compared.measure, _("Combined operations, in neither group"), count, "", words.combined(compared)
    )


def beside_the_rates(audit: Audit) -> Sheet:
    columns = [
        Column("measure", _("Measure"), lambda row: row.measure, width=46),
        Column("quantity", _("Quantity"), lambda row: row.name, width=50),
        *_counts(lambda row: row.k_of_n),
    ]
    return Sheet(
        pgettext("sheet", "Beside the rates"),
        _("For each rate: motile and usable sperm, all attempts, and the mix of the men."),
        columns,
        [one for comparison in audit.comparisons for one in _beside(comparison)],
        freeze_columns=1,
    )


class Share(NamedTuple):
    measure: str
    name: str
    k_of_n: Count


def _beside(comparison: Comparison) -> Iterator[Share]:
    for _key, name, count in words.beside(comparison):
        yield Share(words.measure_name(comparison.measure), name, count)


def overlapping_groups(audit: Audit) -> Sheet:
    columns = [
        Column("groups", _("In exactly these groups"), words.groups_together, width=90),
        *_counts(lambda overlap: overlap.count),
    ]
    return Sheet(
        pgettext("sheet", "Overlapping groups"),
        _("Men who failed before, have Klinefelter syndrome or a genetic cause: each man once."),
        columns,
        audit.overlaps,
    )


def _counts(count_of: Any) -> list[Column]:
    return [
        Column("found", _("Number"), lambda item: count_of(item).found, _INTEGER, 12),
        Column("known", _("Of"), lambda item: count_of(item).known, _INTEGER, 12),
        Column("rate", _("Share"), lambda item: shown(count_of(item).rate), _PERCENT, 12),
    ]


def _of(count: Count) -> str:
    return _("%(found)s of %(known)s") % {"found": count.found, "known": count.known}


def _share(fraction: float | None) -> Any:
    return None if fraction is None else Formatted(fraction, _PERCENT)


def _finite(value: float) -> Any:
    return value if isfinite(value) else "∞"
