"""The measures without a verdict, as the page shows them."""

from dataclasses import dataclass, replace
from itertools import groupby

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit import catalogue, depth, evidence, words
from audit.behind import KEY
from audit.definitions import Definition, Direction, Section
from audit.disclosure import Shared, SharedLine
from audit.quantities import ChangeMeasure, QuantityMeasure
from audit.reference import ReferenceFigure
from audit.results import Audit, Part
from audit.words.lines import Said

register = template.Library()
register.filter(words.contradiction)
register.filter(words.definition_changed)


@dataclass(frozen=True)
class Shown:
    definition: Definition
    divided_by: str
    rows: list[Said]

    @property
    def of_others(self) -> str:
        """Of groups: whose rate they divide, which may be that of a wider population."""
        return self.rows[0].what

    @property
    def caption(self) -> str:
        """One measure may have several tables: each is named by what divides it too."""
        return _("%(name)s: %(value)s") % {"name": self.definition.name, "value": self.divided_by}

    @property
    def drawn(self) -> bool:
        """Whether there is an interval that a picture could show."""
        return any(row.interval for row in self.rows)

    @property
    def tables(self) -> "list[Shown]":
        """One for each grouping."""
        grouped = groupby(self.rows, lambda row: row.key.split(KEY)[1])
        return [
            replace(self, divided_by=words.grouping_name(by) or self.divided_by, rows=[*rows])
            for by, rows in grouped
        ]

    @property
    def figures(self) -> list[ReferenceFigure]:
        return catalogue.figures_for(self.definition.id)


@dataclass(frozen=True)
class SectionShown:
    id: str
    name: str
    measures: list[Shown]


@register.filter
def described(audit: Audit, which: str) -> list[SectionShown]:
    """Of these sections, "safety time", those that this audit has something of: an old one has none."""
    names = {
        Section.OPERATION: _("Operation"),
        Section.TISSUE: _("Tissue"),
        Section.LABORATORY: _("Laboratory"),
        Section.SAFETY: _("Safety"),
        Section.TIME: _("Time"),
    }
    has = {line.measure for line in (*audit.shares, *audit.quantities, *audit.changes)}
    shown = [
        Shown(one, _("Group"), words.lines_of(audit, name))
        for name, one in catalogue.definitions().items()
        if name in has
    ]
    sections = [
        SectionShown(
            section, names[Section(section)], [one for one in shown if one.definition.section == section]
        )
        for section in which.split()
    ]
    return [section for section in sections if section.measures]


@register.filter
def groups_of(audit: Audit, measure: str) -> list[Shown]:
    """The groups of one rate's men, a table for each grouping."""
    defined = catalogue.definitions()
    return [
        Shown(defined[catalogue.stratum_id(by)], words.grouping_name(by), words.rows_of(lines))
        for by, lines in depth.strata_of(audit, measure).items()
    ]


@dataclass(frozen=True)
class SharedPartShown:
    name: str
    tables: list[tuple[str, list[SharedLine]]]


@register.filter
def shared_tables(shared: Shared) -> list[SharedPartShown]:
    """The lines of a shared audit by measure: rates by group, then shares."""
    parts = {_("Retrieval by group"): shared.strata, pgettext("sheet", "Shares"): shared.shares}
    return [SharedPartShown(name, words.shared_by_measure(lines)) for name, lines in parts.items() if lines]


@register.simple_tag
def against(claim: str) -> evidence.Contradiction | None:
    return evidence.against(claim)


@register.filter
def direction_name(definition: Definition) -> str:
    names = {
        Direction.HIGHER: pgettext("better", "higher"),
        Direction.LOWER: pgettext("better", "lower"),
        Direction.DESCRIPTIVE: pgettext("better", "neither: it describes"),
    }
    return names[definition.direction]


@register.filter
def left_out_names(definition: Definition) -> str:
    """Why somebody of a rate's men may not be counted."""
    return " · ".join(words.part_name(Part(part)) for part in definition.apart)


@register.filter
def method_name_of(definition: Definition) -> str:
    if isinstance(definition, ChangeMeasure):
        return _("Geometric mean of each man's ratio, with a t interval on logarithms (95 %)")
    if isinstance(definition, QuantityMeasure):
        return _("Median and quartiles of those known")
    return _("Exact interval of Clopper and Pearson (95 %)")
