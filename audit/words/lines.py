"""The lines of measures without a verdict, in words: one group each, and one share, median or change."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, ngettext_lazy, npgettext, pgettext, pgettext_lazy

from audit import catalogue
from audit.behind import KEY, KNOWN
from audit.measures import BY_ID
from audit.quantities import DAYS
from audit.results import ADJUSTED, Answered, Apart, Audit, Change, Line, Part, Quantity, Share, Stratum, Unit
from audit.shares import ANY, DAMAGE, UNGRADED
from audit.statistics import Interval
from audit.strata import OF
from audit.words.adjusted import adjusted_name
from audit.words.groupings import group_name
from audit.words.names import measure_name, part_name
from audit.words.numerals import decimal, interval, isolate, percent, span
from audit.words.rates import pending_rates
from caselog.choices import ClavienDindo, CountCategory

_AS_A_FRACTION = 100  # after 2.5 a word has the form that it has after 100, in English and in Arabic
_ANSWERS = {
    "general": _lazy("General anaesthesia"),
    "microscope": _lazy("Operating microscope"),
    ANY: _lazy("At least one"),
    UNGRADED: _lazy("Without a grade"),
    DAMAGE: _lazy("Lesion or atrophy"),
    "yes": pgettext_lazy("answer", "Yes"),
}
_OF_VESSELS = {"yes": _lazy("Preserved"), "no": _lazy("Not preserved")}
_NOBODY = {
    Unit.MAN: _lazy("no man in this group"),
    Unit.ATTEMPT: _lazy("no operation in this group"),
    Unit.TESTIS: _lazy("no testis in this group"),
}
_NONE_KNOWN = {
    Unit.MAN: ngettext_lazy("not known of the %(n)s man", "not known of any of the %(n)s men", "n"),
    Unit.ATTEMPT: ngettext_lazy(
        "not known of the %(n)s operation", "not known of any of the %(n)s operations", "n"
    ),
    Unit.TESTIS: ngettext_lazy("not known of the %(n)s testis", "not known of any of the %(n)s testes", "n"),
}
_APART = {
    Apart.PENDING: ngettext_lazy("%(n)s result pending", "%(n)s results pending", "n"),
    Apart.REPEAT: ngettext_lazy("%(n)s later attempt", "%(n)s later attempts", "n"),
    Apart.FIRST_LEFT_OUT: ngettext_lazy(
        "%(n)s later attempt of a man whose first one is outside the filters",
        "%(n)s later attempts of men whose first one is outside the filters",
        "n",
    ),
    Apart.NOT_RECORDED: ngettext_lazy("%(n)s not recorded", "%(n)s not recorded", "n"),
    Apart.NOT_NOTED: ngettext_lazy("%(n)s not noted", "%(n)s not noted", "n"),
    Apart.UNKNOWN: ngettext_lazy("%(n)s unknown", "%(n)s unknown", "n"),
    Apart.NOT_FOLLOWED: ngettext_lazy("%(n)s not followed up", "%(n)s not followed up", "n"),
    Apart.NOT_SCANNED: ngettext_lazy("%(n)s without ultrasound", "%(n)s without ultrasound", "n"),
    Apart.NOT_WEIGHED: ngettext_lazy("%(n)s not weighed", "%(n)s not weighed", "n"),
    Apart.ESTIMATED: ngettext_lazy("%(n)s estimated", "%(n)s estimated", "n"),
    Apart.NOT_BEFORE: ngettext_lazy("%(n)s without a value before", "%(n)s without a value before", "n"),
    Apart.NOT_AFTER: ngettext_lazy("%(n)s without a later value", "%(n)s without a later value", "n"),
    Apart.REPLACEMENT: ngettext_lazy("%(n)s under replacement", "%(n)s under replacement", "n"),
    Apart.ZERO: ngettext_lazy("%(n)s with a value of 0", "%(n)s with a value of 0", "n"),
}
_WHY = {
    Apart.PENDING: pgettext_lazy("part", "Result pending"),
    Apart.REPEAT: pgettext_lazy("part", "Later attempt of a man already counted"),
    Apart.FIRST_LEFT_OUT: pgettext_lazy("part", "Later attempt; the man's first one is outside the filters"),
    Apart.NOT_RECORDED: _lazy("Not recorded"),
    Apart.NOT_NOTED: pgettext_lazy("answer", "Not noted"),
    Apart.UNKNOWN: pgettext_lazy("answer", "Unknown"),
    Apart.NOT_FOLLOWED: _lazy("Not followed up"),
    Apart.NOT_SCANNED: _lazy("Without ultrasound"),
    Apart.NOT_WEIGHED: _lazy("Not weighed"),
    Apart.ESTIMATED: _lazy("Estimated"),
    Apart.NOT_BEFORE: _lazy("Without a value before"),
    Apart.NOT_AFTER: _lazy("Without a later value"),
    Apart.REPLACEMENT: _lazy("Under testosterone replacement"),
    Apart.ZERO: _lazy("With a value of 0"),
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """One row of a table: the group, what is told of it, and on how many it rests.

    n of `of`, which is 0 where nothing is known: then `value` says why. part: names the cases behind n
    (`audit.behind`). apart: the others, in the first row of a group.
    """

    key: str
    group: str
    what: str
    part: str
    n: int
    of: int
    value: str
    pending: str = ""
    apart: tuple[tuple[str, str], ...] = ()
    interval: Interval | None = None  # of a share or a rate: what there is to draw


def said(line: Share | Quantity | Change | Stratum) -> list[Said]:
    """The rows of one line; a share of which something is known has one for each answer."""
    if isinstance(line, Share):
        if not line.known:
            return [_row(line, "", 0, 0, _none(line), apart=_apart(line))]
        return [_share(line, one, _apart(line) if one is line.answers[0] else ()) for one in line.answers]
    if isinstance(line, Stratum):
        return [_stratum(line)]
    if isinstance(line, Change):
        return [_change(line)]
    return [_quantity(line)]


def sentence(row: Said) -> str:
    """The row for a reader without a table."""
    counted = _("%(n)s of %(of)s") % {"n": row.n, "of": row.of} if row.of else ""
    parts = [counted, row.value, row.pending, *(words for _part, words in row.apart)]
    # Translators: between the items of a list.
    told = pgettext("list", ", ").join(filter(None, parts))
    if not row.what:
        return _("%(group)s: %(told)s") % {"group": row.group, "told": told}
    return _("%(group)s, %(what)s: %(told)s") % {"group": row.group, "what": row.what, "told": told}


def sentences(line: Share | Quantity | Change | Stratum) -> list[str]:
    return [sentence(row) for row in said(line)]


def line_name(key: str, part: str) -> str:
    """Of the cases behind a row: the measure, the group and what was counted of it."""
    measure, by, group = key.split(KEY, 2)
    measure = measure.partition("-")[0]
    if measure == ADJUSTED:
        return adjusted_name(by, group, part)
    if part == KNOWN:
        counted = _("Known")
    elif part in Apart.__members__.values():
        counted = str(_WHY[Apart(part)])
    else:
        counted = part_name(Part(part)) if measure in {**OF, **BY_ID} else answer_name(measure, part)
    return _("%(measure)s, %(group)s: %(counted)s") % {
        "measure": measure_name(measure), "group": group_name(by, group), "counted": counted,
    }  # fmt: skip


def lines_of(audit: Audit, measure: str) -> list[Said]:
    """Every row that the audit has on this measure."""
    lines: tuple[Share | Quantity | Change, ...] = (*audit.shares, *audit.quantities, *audit.changes)
    return [row for line in lines if line.measure == measure for row in said(line)]


def rows_of(lines: Iterable[Share | Quantity | Change | Stratum]) -> list[Said]:
    return [row for line in lines for row in said(line)]


def strata_of(audit: Audit, by: str) -> list[Said]:
    return [row for line in audit.strata if line.by == by for row in said(line)]


def nothing_known(audit: Audit) -> list[str]:
    """The measures of which not one answer was recorded."""
    measures = {row.measure: False for row in (*audit.shares, *audit.quantities, *audit.changes)}
    for line in (*audit.shares, *audit.quantities, *audit.changes):
        measures[line.measure] |= line.known > 0
    return [measure for measure, known in measures.items() if not known]


def definition_changed(audit: Audit) -> list[str]:
    """Of a kept audit, what is defined otherwise today; its figures are of the definition of then."""
    used = dict.fromkeys([*(one.measure for one in audit.comparisons), *audit.versions])
    now_and_then = catalogue.changed(audit.versions, used)
    return [
        _("%(measure)s (version %(then)s, today %(now)s)")
        % {"measure": measure_name(measure), "then": then, "now": now or "—"}
        for measure, (then, now) in now_and_then.items()
    ]


def _row(
    line: Line,
    what: str,
    n: int,
    of: int,
    value: str,
    *,
    part: str = KNOWN,
    pending="",
    apart=(),
    limits: Interval | None = None,
):
    return Said(
        key=line.key,
        group=group_name(line.by, line.group),
        what=what,
        part=part,
        n=n,
        of=of,
        value=value,
        pending=pending,
        apart=apart,
        interval=limits,
    )


def _share(line: Share, one: Answered, apart: tuple[tuple[str, str], ...]) -> Said:
    value = rate_of(one.found, line.known, one.interval)
    waiting = _bounds(one.found, line.known, line.pending) if one.interval else ""
    # Grades are parts of “at least one”, which is drawn.
    drawn = one.answer == ANY or line.answers[0].answer != ANY
    return _row(
        line, answer_name(line.measure, one.answer), one.found, line.known, value,
        part=one.answer, pending=waiting, apart=apart, limits=one.interval if drawn else None,
    )  # fmt: skip


def _bounds(found: int, known: int, pending: int) -> str:
    """Of the share, if every awaited result gave this answer, and if none did."""
    if not pending:
        return ""
    told = ngettext("with %(n)s result pending: %(rates)s", "with %(n)s results pending: %(rates)s", pending)
    limits = Interval(found / (known + pending), (found + pending) / (known + pending))
    return told % {"n": pending, "rates": interval(limits)}


def _stratum(line: Stratum) -> Said:
    waiting = apart_words(Apart.PENDING, line.pending) if line.pending else ""
    if line.interval:
        waiting = pending_rates(line.found, line.known, line.pending)
    return Said(
        key=line.key, group=group_name(line.by, line.group), what=measure_name(line.measure), part=Part.FOUND,
        n=line.found, of=line.known, pending=waiting,
        value=rate_of(line.found, line.known, line.interval) if line.known else _("no final result yet"),
        interval=line.interval,
    )  # fmt: skip


def _quantity(line: Quantity) -> Said:
    what, value = pgettext("figure", "Median"), _none(line) or _median(line)
    return _row(line, what, line.known, _known_of(line), value, apart=_apart(line))


def _median(line: Quantity) -> str:
    if line.quartiles is None:
        return _("too few for a median")
    return _("%(median)s (quartiles %(quartiles)s)") % {
        "median": _measured(line.quartiles.median, line.measure),
        "quartiles": span(line.quartiles.lower, line.quartiles.upper),
    }


def _measured(value: float, measure: str) -> str:
    """120 mg, 1 day, 2.5 days: a unit that is a word agrees with its number."""
    shown = round(value, 1)
    if getattr(catalogue.definitions().get(measure), "measured_in", "") is not DAYS:
        return _("%(value)s %(unit)s") % {"value": decimal(shown), "unit": measured_in(measure)}
    form = int(shown) if shown.is_integer() else _AS_A_FRACTION
    return npgettext("measured", "%(n)s day", "%(n)s days", form) % {"n": decimal(shown)}


def _change(line: Change) -> Said:
    what = ngettext("After %(n)s month", "After %(n)s months", line.month) % {"n": line.month}
    value = _none(line) or _of_pairs(line)
    return _row(line, what, line.known, _known_of(line), value, apart=_apart(line))


def _of_pairs(line: Change) -> str:
    found = line.of_pairs
    if found is None:
        return _("too few for a ratio")
    told = _("%(ratio)s of the level before (%(interval)s); medians %(before)s and %(after)s %(unit)s")
    return told % {
        "ratio": percent(found.ratio),
        "interval": interval(found.interval),
        "before": decimal(found.median_before),
        "after": decimal(found.median_after),
        "unit": measured_in(line.measure),
    }


def _known_of(line: Line) -> int:
    return line.total if line.known else 0


def _none(line: Line) -> str:
    """Why there is no figure at all; "" where there is one, or the counts alone."""
    if not line.total:
        return str(_NOBODY[line.unit])
    return "" if line.known else str(_NONE_KNOWN[line.unit] % {"n": line.total})


def rate_of(found: int, known: int, limits: Interval | None) -> str:
    if limits is None:
        return _("too few for a percentage")
    return _("%(rate)s (%(interval)s)") % {"rate": percent(found / known), "interval": interval(limits)}


def _apart(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple((part, apart_words(part, len(line.cases[part]))) for part in Apart if part in line.cases)


def apart_words(part: Apart, n: int) -> str:
    return str(_APART[part] % {"n": n})


def measured_in(measure: str) -> str:
    """mg, min, days, nmol/L."""
    found = catalogue.definitions().get(measure)
    return isolate(str(getattr(found, "measured_in", "")))


def answer_name(measure: str, answer: str) -> str:
    if answer in CountCategory.values and measure == "count_category":
        return isolate(str(CountCategory(answer).label))
    if answer in ClavienDindo.values:
        return _("Grade %(grade)s") % {"grade": isolate(str(ClavienDindo(answer).label))}
    names = _OF_VESSELS if measure == "vessels_preserved" else _ANSWERS
    return str(names.get(answer, answer))
