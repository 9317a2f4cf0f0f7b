"""One rate in depth, in words: whether its groups differ, and a published P by several tests."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.published import PublishedP
from audit.results import Comparison, GroupsTested, Level, Unit
from audit.statistics import GroupTest, Interval, clopper_pearson
from audit.statistics.verdict import ALARM
from audit.words.groupings import grouping_name
from audit.words.levels import at_alarm
from audit.words.numerals import interval, isolate, p_value, percent, signed
from audit.words.rates import counted_in

LINE = 0.05  # that published tests are read by; nothing here is


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The rate as it would be, were all awaited results of one kind."""

    when: str
    counted: str
    rate: str
    wide: str = ""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """One test of two rates: its name, its P, and on which side of 0.05 that lies."""

    test: str
    p: str
    under: str
    used: bool = False


def bounds(comparison: Comparison) -> list[Bound]:
    """As known, and with all awaited results negative or positive; nothing while none is awaited."""
    found, known, awaited = comparison.found, comparison.known, comparison.pending
    if not awaited:
        return []
    rows = [
        (_("As known"), found, known, comparison.interval),
        (_("If none of the pending has sperm"), found, known + awaited, comparison.worst),
        (_("If all of the pending have sperm"), found + awaited, known + awaited, comparison.best),
    ]
    return [_bound(comparison, *row) for row in rows]


def _bound(comparison: Comparison, when: str, found: int, known: int, limits: Interval | None) -> Bound:
    counted = counted_in(comparison.unit, found, known)
    if not known:
        return Bound(when=when, counted=counted, rate="—")
    rate = percent(found / known)
    if limits is None:
        return Bound(when=when, counted=counted, rate=rate)
    said = _("%(rate)s (%(interval)s)") % {"rate": rate, "interval": interval(limits)}
    # A live verdict rests on the wider one: without it the table could contradict the word.
    live = comparison.level is Level.LIVE
    wide = at_alarm(clopper_pearson(found, known, ALARM)) if live else ""
    return Bound(when=when, counted=counted, rate=said, wide=wide)


def groups_tested(one: GroupsTested) -> str:
    """Of how many men in how many groups, by which test, with P and q."""
    counted = ngettext("%(n)s man", "%(n)s men", one.men) % {"n": one.men}
    groups = ngettext("%(n)s group", "%(n)s groups", one.tested.groups) % {"n": one.tested.groups}
    return _("%(by)s: %(men)s in %(groups)s, %(p)s (%(test)s), %(q)s") % {
        "by": grouping_name(one.by),
        "men": counted,
        "groups": groups,
        "p": p_value(one.tested.p),
        "test": group_test_name(one),
        "q": q_value(one.q),
    }


def group_test_name(one: GroupsTested) -> str:
    if one.tested.test is GroupTest.FISHER:
        return _("Fisher's exact test")
    if one.tested.test is GroupTest.CHI_SQUARE:
        return _("χ² test")
    return _("seeded permutation of χ²")


def q_value(q: float) -> str:
    return isolate("q < 0.001" if q < 0.001 else f"q = {q:.3f}")


def published(one: PublishedP) -> str:
    """What the source compares, and the P that it prints."""
    return _(
        "%(label)s: in men with Sertoli-cell-only histology sperm was found in %(first)s by micro-TESE and "
        "in %(second)s by conventional TESE, printed with %(p)s. The same men by the usual tests:"
    ) % {
        "label": isolate(one.source.label),
        "first": counted_in(Unit.MAN, *one.first),
        "second": counted_in(Unit.MAN, *one.second),
        "p": isolate(f"P = {one.p}"),
    }


def published_tests(one: PublishedP) -> list[Tested]:
    tests = one.tests
    if tests is None:
        return []
    return [
        _tested(_("χ², without a correction"), tests.chi_square),
        _tested(_("χ² with Yates's correction"), tests.chi_square_corrected),
        _tested(_("Fisher's exact test"), tests.fisher, used=True),
        _tested(_("Fisher's exact test, mid-P"), tests.fisher_mid_p),
    ]


def published_interval(one: PublishedP) -> str:
    found = one.difference
    if found is None:
        return ""
    return _("The difference is %(estimate)s points (%(lower)s to %(upper)s, Newcombe).") % {
        "estimate": signed(found.estimate),
        "lower": signed(found.interval.lower),
        "upper": signed(found.interval.upper),
    }


def _tested(test: str, p: float, *, used: bool = False) -> Tested:
    under = _("under %(line)s") if p < LINE else _("over %(line)s")
    return Tested(test=test, p=p_value(p), under=under % {"line": isolate(f"{LINE}")}, used=used)
