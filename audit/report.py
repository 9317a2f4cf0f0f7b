"""An audit as text for a terminal, and as JSON for other programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import storage, words
from audit.catalogue import measure_of, stratum_id
from audit.disclosure import Shared
from audit.measures import BY_ID, DIFFERENCE
from audit.results import (
    Adjusted,
    Audit,
    Change,
    Comparison,
    DifferenceComparison,
    Quantity,
    Share,
    Stratum,
    TissueComparison,
)
from audit.spreadsheet import Cases
from audit.spreadsheet.rules import USUAL_MG

SCHEMA = 1  # raised when a reader of the JSON would have to change
CELLS_NAMED = 10


def notes(cases: Cases) -> list[str]:
    """What of the file was not used, what it does not say, and what needs a look."""
    said = []
    if cases.ignored:
        said.append(_("Columns not used: %(names)s") % {"names": ", ".join(cases.ignored)})
    if cases.other_sheets:
        said.append(_("Sheets not read: %(names)s") % {"names": ", ".join(cases.other_sheets)})
    if cases.absent:
        said.append(_("Not recorded: %(names)s") % {"names": ", ".join(cases.absent)})
    if cases.unusual:
        low, high = USUAL_MG
        said.append(
            _("Weights outside %(low)s to %(high)s mg, to be checked: %(cells)s")
            % {"low": low, "high": high, "cells": _shortened(cases.unusual)}
        )
    if cases.first_after_another:
        said.append(
            _("Attempt 1 beside an earlier attempt, to be checked: %(cells)s")
            % {"cells": _shortened(cases.first_after_another)}
        )
    return said


def _shortened(cells: Sequence[str]) -> str:
    shown = ", ".join(cells[:CELLS_NAMED])
    return shown if len(cells) <= CELLS_NAMED else f"{shown}, … ({len(cells)})"


def lines(audit: Audit, notes: Sequence[str]) -> Iterator[str]:
    yield _("Audit of %(source)s") % {"source": audit.source}
    for name, value in words.filters(audit.filters):
        yield f"{name}: {value}"
    yield _("Cases: %(n)s") % {"n": audit.quality.cases}
    yield words.level(audit)
    yield from notes
    for comparison in audit.comparisons:
        yield ""
        yield f"{words.measure_name(comparison.measure)} · {BY_ID[comparison.measure].population}"
        yield from _indented(_of_rate(comparison))
    for group in (audit.difference, audit.tissue):
        yield ""
        yield words.measure_name(group.measure)
        yield from _indented(_of_groups(group))
    for one in audit.adjusted:
        yield ""
        yield _("Case-mix adjusted: %(set)s") % {"set": words.adjusted.set_of(one)}
        yield from _indented(_of_adjusted(one))
    if chance := words.chance(audit):
        yield ""
        yield chance
    if overdue := words.overdue_figures(audit):
        yield ""
        yield from overdue
    yield from _described(audit)
    yield ""
    yield from words.contradictions(audit)
    yield ""
    yield _("Fingerprint of the data: %(digest)s") % {"digest": audit.fingerprint}


def _described(audit: Audit) -> Iterator[str]:
    """The measures without a verdict, and the rates by group; unknown ones only by name."""
    unknown = words.nothing_known(audit)
    measures = dict.fromkeys(line.measure for line in (*audit.shares, *audit.quantities, *audit.changes))
    for measure in measures:
        if measure not in unknown:
            yield ""
            yield words.measure_name(measure)
            yield from _indented([words.sentence(row) for row in words.lines_of(audit, measure)])
    for by in dict.fromkeys(line.by for line in audit.strata):
        yield ""
        yield words.measure_name(stratum_id(by))
        yield from _indented([words.sentence(row) for row in words.strata_of(audit, by)])
    if unknown:
        yield ""
        names = pgettext("list", ", ").join(words.measure_name(measure) for measure in unknown)
        yield _("Nothing recorded for: %(names)s") % {"names": names}


def _indented(sentences: Sequence[str]) -> Iterator[str]:
    yield from (f"  {sentence}" for sentence in sentences if sentence)


def _of_rate(comparison: Comparison) -> list[str]:
    return [
        words.rate(comparison),
        words.wide(comparison),
        *(said for one in comparison.judged for said in _of_reference(one)),
        words.disagreement(comparison),
        words.pending(comparison),
        words.exclusions(comparison),
    ]


def _of_reference(one: Comparison) -> list[str]:
    return [words.verdict(one), words.reference(one), *words.readings(one), words.outlook(one)]


def _of_groups(group: DifferenceComparison | TissueComparison) -> list[str]:
    if isinstance(group, DifferenceComparison):
        figures = [words.difference(group), words.difference_pending(group)]
    else:
        figures = [words.tissue(group), words.weighed(group)]
    return [*figures, words.combined(group), *map(words.reference, group.judged)]


def _of_adjusted(one: Adjusted) -> list[str]:
    said = words.adjusted
    return [
        said.observed(one),
        said.judgement(one),
        said.difference(one),
        *map(said.taken_with_numbers, one.figures),
        said.awaited(one),
        *said.without_figure_said(one),
    ]


def as_json(audit: Audit, notes: Sequence[str]) -> dict[str, Any]:
    """The audit as it would be kept, and what it says in words, by measure."""
    sentences = {c.measure: [s for s in _of_rate(c) if s] for c in audit.comparisons}
    for group in (audit.difference, audit.tissue):
        sentences[group.measure] = [s for s in _of_groups(group) if s]
    lines: list[Share | Quantity | Change | Stratum] = [*audit.shares, *audit.quantities, *audit.changes]
    for line in [*lines, *audit.strata]:
        sentences.setdefault(measure_of(line), []).extend(words.sentences(line))
    for one in audit.adjusted:
        sentences[one.key] = [s for s in _of_adjusted(one) if s]
    return {
        "schema": SCHEMA,
        "audit": storage.to_json(audit),
        "level": words.level(audit),
        "sentences": sentences,
        "chance": words.chance(audit),
        "notes": list(notes),
    }


def shared_lines(shared: Shared) -> Iterator[str]:
    """What may leave the clinic: no name of the file, no case and no fingerprint."""
    yield from words.shared_rules()
    for name, value in words.shared_filters(shared):
        yield f"{name}: {value}"
    yield _("Cases: %(n)s") % {"n": words.shared_count(shared.cases)}
    yield words.level(shared)
    for measure, sentences in words.shared_sentences(shared).items():
        yield ""
        yield words.measure_name(measure)
        yield from _indented(sentences)
    yield ""
    yield words.measure_name(DIFFERENCE)
    yield from _indented([words.shared_difference(shared)])


def shared_json(shared: Shared) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "shared": storage.plain(shared),
        "rules": words.shared_rules(),
        "level": words.level(shared),
        "sentences": words.shared_sentences(shared) | {DIFFERENCE: [words.shared_difference(shared)]},
    }
